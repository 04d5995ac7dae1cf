"""Advice: a reader's situation, what the rules say of it, and why."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from pages.ui import advice_test, registry, situation
from pages.ui.situation import Network
from tl_core import advice_cases, matrix, recommend, sentences
from tl_core.advice_rules import RULES
from tl_core.fit import backbone_does_not_fit, strategy_does_not_fit
from tl_core.lesson_studies import READERS
from tl_core.recommend import Advice, Situation
from tl_core.texts import say

SHOWN = 3
"""Advice that is given."""


def show() -> None:
    """Questions on the left, advice on the right; then the test of it."""
    if not advice_cases.recorded():
        st.info(say("`make record` makes the numbers behind this advice."))
        return
    st.markdown(
        say(
            "Say what you have. A table of rules gives points, each for a "
            "reason that somebody published; below, its advice is held "
            "against {count} competitions that were run.",
            count=len(advice_cases.recorded()),
        )
    )
    left, right = st.columns([2, 3], gap="large")
    with left:
        pair, network, at = situation.ask()
    with right:
        _advice(pair, network, at)
    _every_rule(at)
    st.divider()
    advice_test.show()


def _advice(pair: str, network: Network, at: Situation) -> None:
    """The first few, with their reasons."""
    ranked = recommend.advise(at, RULES)
    if not ranked:
        st.warning(
            say(
                "Nothing in the catalog learns from what is left. Label some "
                "target samples, allow source samples, or find more memory."
            )
        )
    else:
        title = sentences.title(ranked[0].strategy)
        st.markdown(say("### Try {title} first", title=title))
        st.caption(
            say(
                "{count} strategies can run here; of equal points the one "
                "that trains fewer numbers comes first.",
                count=len(ranked),
            )
        )
    for place, advice in enumerate(ranked[:SHOWN], start=1):
        with st.container(border=True):
            _one(place, advice, at)
            _again(pair, network, advice, at)
    _left_out(at)


def _left_out(at: Situation) -> None:
    """The strategies that cannot run in this situation, each with why."""
    out = recommend.left_out(at)
    if not out:
        return
    with st.expander(
        say("{count} strategies are left out: why?", count=len(out))
    ):
        st.markdown(
            "\n".join(
                f"- **{sentences.title(key)}** {reason}."
                for key, reason in out.items()
            )
        )


def _one(place: int, advice: Advice, at: Situation) -> None:
    """A strategy, its points and where they come from."""
    title = sentences.title(advice.strategy)
    signed = _signed(advice.points)
    points = (
        say("{signed} point", signed=signed)
        if abs(advice.points) == 1
        else say("{signed} points", signed=signed)
    )
    st.markdown(
        say(
            "**{place}. {title}** · {points} · needs {needs}",
            place=place,
            title=title,
            points=points,
            needs=matrix.needs(advice.strategy),
        )
    )
    lines = [
        f"- **{_signed(rule.points[advice.strategy])}** {rule.told(at)}. "
        f"{rule.reason} :gray[{rule.source}]"
        for rule in advice.because
    ]
    st.markdown(
        "\n".join(lines) or say("No rule speaks for it or against it.")
    )


def _signed(points: int) -> str:
    return f"+{points}" if points > 0 else str(points).replace("-", "−")


def _again(pair: str, network: Network, advice: Advice, at: Situation) -> None:
    """The way to a run of the advice, where the lab has such a network."""
    link = settings(pair, network, advice.strategy, at.labels)
    if not link:
        return
    label = say("Run it yourself")
    if "target_labels" in link:
        count = link["target_labels"]
        label = say("Run it yourself, with {count} labels", count=count)
    st.page_link(
        registry.path_of("run"),
        label=label,
        icon=":material/play_arrow:",
        query_params=link,
    )


def settings(
    pair: str, network: Network, strategy: str, labels: int
) -> dict[str, str]:
    """The settings of a run of the advice; {} if the lab lacks the network,
    or the pair has no use for the strategy. A pair may have fewer samples to
    label than were asked for: then all of them."""
    race = next(r for r in advice_cases.PAIRS if r.title == pair)
    found = {**race.settings, "strategy": strategy}
    if network.key == READERS["backbone"]:
        found["backbone"] = network.key
    dataset = str(found["dataset"])
    backbone = str(found.get("backbone", network.key))
    if (
        not network.key
        or backbone_does_not_fit(backbone, dataset)
        or strategy_does_not_fit(strategy, dataset, backbone, {})
    ):
        return {}
    if labels:
        there = advice_cases.pairs()[pair]["labels"]
        found["target_labels"] = labels if labels < there else "all"
    return {name: str(value) for name, value in found.items()}


def _every_rule(at: Situation) -> None:
    """The whole table: nothing is hidden."""
    holding = [rule for rule in RULES if rule.when(at)]
    with st.expander(
        say(
            "All {count} rules; {holding} hold here",
            count=len(RULES),
            holding=len(holding),
        ),
        icon=":material/rule:",
    ):
        st.dataframe(
            [
                {
                    say("holds"): rule in holding,
                    say("if"): rule.told(at),
                    say("points"): _points(rule.points),
                    say("because"): rule.reason,
                    say("source"): rule.source,
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
