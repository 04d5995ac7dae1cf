"""Advice: a reader's situation, what the rules say of it, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf

import streamlit as st

from pages.ui import advice_test, registry
from tl_core import advice_cases, matrix, recommend, sentences
from tl_core.advice_rules import RULES
from tl_core.advice_score import calibrated
from tl_core.fit import strategy_does_not_fit
from tl_core.lesson_studies import READERS
from tl_core.recommend import TEXTBOOK, Advice, Situation

LABELS = (0, 10, 20, 50, 100, 200, 500, 1000, 2000)
BUDGETS = (1e6, 1e8, 1e9, 8e9, 24e9, 80e9, inf)
"""Bytes of memory."""
SHOWN = 3
"""Advice that is given."""
MOONS = "Two moons, turned"


@dataclass(frozen=True)
class Network:
    """What the rules have to know of a network."""

    name: str
    parameters: int
    tokens: bool
    key: str = ""


NETWORKS = (
    Network("the lab's convnet, 118 thousand", 117_550, False, "convnet"),
    Network("the lab's transformer, 455 thousand", 455_050, True, "vit_tiny"),
    Network("ResNet-50, 25.6 million", 25_557_032, False),
    Network("ViT-B/16, 86.6 million", 86_567_656, True),
    Network("GPT-2 XL, 1.56 billion", 1_557_611_200, True),
    Network("a language model, 7 billion", 7_000_000_000, True),
)


def show() -> None:
    """Questions on the left, advice on the right; then the test of it."""
    if not advice_cases.recorded():
        st.info("`make record` makes the numbers behind this advice.")
        return
    st.markdown(
        "Say what you have. A table of rules gives points, each for a reason "
        "that somebody published; below, its advice is held against "
        f"{len(advice_cases.recorded())} competitions that were run."
    )
    left, right = st.columns([2, 3], gap="large")
    with left:
        pair, network, at = situation()
    with right:
        _advice(pair, network, at)
    _every_rule(at)
    st.divider()
    advice_test.show()


def situation() -> tuple[str, Network, Situation]:
    """The reader's answers."""
    pair = _similar()
    labels = st.select_slider(
        "Labelled target samples, $N_t$", LABELS, value=100, key="advice.n"
    )
    has = [
        st.toggle(title, value=value, key=f"advice.{key}")
        for key, (title, value) in HAS.items()
    ]
    shifted = st.toggle(
        "Classes come in other proportions",
        value=pair == advice_cases.PROPORTIONS.title,
        key=f"advice.shifted.{pair}",
    )
    network = st.selectbox(
        "Network", NETWORKS, format_func=lambda n: n.name, key="advice.network"
    )
    budget = st.select_slider(
        "Memory for weights, gradients and optimiser",
        BUDGETS,
        value=inf,
        format_func=lambda b: "no limit" if b == inf else recommend.size(b),
        key="advice.memory",
    )
    rules = st.segmented_control(
        "What is few, and which alignment first?",
        ["Textbook", "Calibrated here"],
        default="Textbook",
        key="advice.rules",
        help="Textbooks do not say. We take 100 labels and DANN, or what has "
        "the least regret over the competitions below.",
        required=True,
    )
    known = advice_cases.pairs()[pair]
    return (
        pair,
        network,
        Situation(
            labels=labels,
            unlabelled=has[0],
            source=has[1],
            keep=has[2],
            same_classes=not has[3],
            same_proportions=not shifted,
            tokens=network.tokens,
            batch_norm=not network.tokens,
            parameters=network.parameters,
            memory=budget,
            reads=known["reads"] if labels else None,
            apart=known.get("apart"),
            calibration=TEXTBOOK if rules == "Textbook" else calibrated(),
        ),
    )


HAS = {
    "unlabelled": ("Unlabelled target samples are at hand", True),
    "source": ("Source samples may be used", True),
    "keep": ("The source task is still needed", False),
    "classes": ("The target has other classes", False),
}


def _similar() -> str:
    """A pair of the lab, and how similar its domains were measured to be."""
    pairs = advice_cases.pairs()
    pair = st.selectbox(
        "As similar as",
        list(pairs),
        index=list(pairs).index("MNIST → turned by 45°"),
        key="advice.pair",
    )
    found = pairs[pair]
    apart = found.get("apart")
    st.caption(
        f"Measured: the source model reads {100 * found['reads']:.0f} % of "
        f"the target, MMD² {found['mmd']:.2f}"
        + ("" if apart is None else f", A-distance {apart:.2f} of 2")
        + f" in its last stage; {found['seeds']:.0f} seeds."
    )
    return pair


def _advice(pair: str, network: Network, at: Situation) -> None:
    """The first few, with their reasons."""
    ranked = recommend.advise(at, RULES)
    if not ranked:
        st.warning(
            "Nothing in the catalog learns from what is left. Label some "
            "target samples, allow source samples, or find more memory."
        )
    else:
        title = sentences.title(ranked[0].strategy)
        st.markdown(f"### Try {title} first")
        st.caption(
            f"{len(ranked)} strategies can run here; of equal points the one "
            "that trains fewer numbers comes first."
        )
    for place, advice in enumerate(ranked[:SHOWN], start=1):
        with st.container(border=True):
            _one(place, advice, at)
            _again(pair, network, advice, at)
    out = recommend.left_out(at)
    if out:
        with st.expander(f"{len(out)} strategies are left out: why?"):
            st.markdown(
                "\n".join(
                    f"- **{sentences.title(key)}** {reason}."
                    for key, reason in out.items()
                )
            )


def _one(place: int, advice: Advice, at: Situation) -> None:
    """A strategy, its points and where they come from."""
    title = sentences.title(advice.strategy)
    st.markdown(
        f"**{place}. {title}** · {_signed(advice.points)} "
        f"point{'' if abs(advice.points) == 1 else 's'} · needs "
        f"{matrix.needs(advice.strategy)}"
    )
    lines = [
        f"- **{_signed(rule.points[advice.strategy])}** {rule.told(at)}. "
        f"{rule.reason} :gray[{rule.source}]"
        for rule in advice.because
    ]
    st.markdown("\n".join(lines) or "No rule speaks for it or against it.")


def _signed(points: int) -> str:
    return f"+{points}" if points > 0 else str(points).replace("-", "−")


def _again(pair: str, network: Network, advice: Advice, at: Situation) -> None:
    """The way to a run of the advice, where the lab has such a network."""
    race = next(r for r in advice_cases.PAIRS if r.title == pair)
    settings = dict(race.settings)
    if pair != MOONS and network.key == READERS["backbone"]:
        settings["backbone"] = network.key
    backbone = str(settings.get("backbone", "convnet"))
    dataset = str(settings["dataset"])
    misfit = strategy_does_not_fit(advice.strategy, dataset, backbone, {})
    if not network.key or misfit:
        return
    link = {**settings, "strategy": advice.strategy}
    if at.labels:
        link["target_labels"] = at.labels
    st.page_link(
        registry.path_of("run"),
        label="Run it yourself",
        icon=":material/play_arrow:",
        query_params={name: str(value) for name, value in link.items()},
    )


def _every_rule(at: Situation) -> None:
    """The whole table: nothing is hidden."""
    holding = [rule for rule in RULES if rule.when(at)]
    with st.expander(
        f"All {len(RULES)} rules; {len(holding)} hold here",
        icon=":material/rule:",
    ):
        st.dataframe(
            [
                {
                    "holds": rule in holding,
                    "if": rule.told(at),
                    "points": _points(rule.points),
                    "because": rule.reason,
                    "source": rule.source,
                }
                for rule in RULES
            ],
            hide_index=True,
        )


def _points(points: Mapping[str, int]) -> str:
    return ", ".join(
        f"{matrix.short(key)} {_signed(value)}"
        for key, value in points.items()
    )
