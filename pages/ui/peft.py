"""Views of the PEFT page that show recorded runs."""

from __future__ import annotations

import streamlit as st

from pages.ui import registry, results
from pages.ui.charts import chart
from tl_core import ranks, recording, sentences
from tl_core.analysis.intervals import Interval, interval
from tl_core.figures import peft as figures
from tl_core.figures.peft import Way
from tl_core.figures.race import by_strategy
from tl_core.history import History
from tl_core.studies import FEW_WEIGHTS, RANKS, STUDIES, TURNED
from tl_core.texts import say

FORGETTING = next(race for race in STUDIES if race.key == "forgetting")
WITHIN = 0.02
"""Share of the target that counts as about as good."""


def front() -> None:
    """What few trained numbers reach, on either domain."""
    domain = st.segmented_control(
        say("Accuracy on"),
        ["target", "source"],
        format_func=say,
        default="target",
        key="peft.domain",
        required=True,
    )
    groups = adapted()
    if not groups:
        st.info(say("`make record` makes the runs behind this chart."))
        return
    ways = [way(name, runs, domain or "target") for name, runs in groups]
    words = said(ways)
    st.markdown(f"**{words}**")
    chart(figures.front(ways, domain or "target"), words, "peft.front")
    st.caption(
        say(
            "Each strategy adapts a network of upright digits to turned ones "
            "with equal budgets and all labels; the source is read by the "
            "adapted network, adapters on. Every rank has s = α / r = 2: α "
            "grows with r so that the step size of BA does not shrink as r "
            "grows; no run here varies α in training (**BA grows** turns it "
            "afterwards)."
        )
    )
    results.provenance([run for _, runs in groups for run in runs])
    _links()


def adapted() -> list[tuple[str, list[History]]]:
    """The recorded runs of each way to adapt, by its name."""
    groups = [
        (say("rank {rank}", rank=rank), recording.recorded_race(race))
        for rank, race in RANKS.items()
    ]
    others = by_strategy(recording.recorded_race(FEW_WEIGHTS))
    groups += [(sentences.title(key), runs) for key, runs in others.items()]
    return [(name, runs) for name, runs in groups if runs]


def way(name: str, runs: list[History], domain: str) -> Way:
    """One way to adapt: what it trains, and what it reaches on a domain."""
    shares = [run.finished.accuracy[domain] for run in runs if run.finished]
    trained = runs[0].phases[-1].parameters["trained"]
    return Way(name, runs[0].spec.strategy, trained, interval(shares))


def said(ways: list[Way]) -> str:
    """What the fewest numbers buy that come near full fine-tuning."""
    full = next(w for w in ways if w.strategy == "full")
    near = [w for w in ways if w.reached.mean > full.reached.mean - WITHIN]
    least = min(near, key=lambda w: w.trained)
    who = sentences.title(least.strategy)
    if least.strategy == "lora":
        who = say("{strategy} of {rank}", strategy=who, rank=least.name)
    return say(
        "{who} trains {share:.0f} % of the numbers and reads {reads:.1f} %; "
        "full fine-tuning {full:.1f} ± {half:.1f} %",
        who=who,
        share=100 * least.trained / full.trained,
        reads=100 * least.reached.mean,
        full=100 * full.reached.mean,
        half=100 * full.reached.half,
    )


def _links() -> None:
    with st.container(horizontal=True):
        for rank in (1, 8, 32):
            given = {**TURNED, **RANKS[rank].settings, "strategy": "lora"}
            st.page_link(
                registry.path_of("run"),
                label=say("Run rank {rank}", rank=rank),
                icon=":material/play_arrow:",
                query_params={k: str(v) for k, v in given.items()},
            )


def what_rank() -> None:
    """Of what rank full fine-tuning's change is, beside chance."""
    found = ranks.recorded()
    if not found:
        st.info(say("`make record` makes the numbers behind this chart."))
        return
    layers = found["layers"]
    words = of_rank(layers)
    st.markdown(
        say(
            r"LoRA supposes that a change needs few directions. Take the "
            r"change that **full** fine-tuning made, $\Delta W = W - W_0$, "
            r"and keep its largest singular values. {words}",
            words=words,
        )
    )
    chart(figures.ranks(layers), words, "peft.ranks")
    st.caption(
        say(
            "Dotted: random matrices of the same shape, the mean of 50. A "
            "convolution's weight is a matrix of filters by inputs. The "
            "change is that of {strategy} on {dataset}, seed {seed} · "
            "{device} · recorded {recorded} · spec id {id}",
            strategy=ranks.spec().strategy,
            dataset=ranks.spec().dataset,
            seed=ranks.spec().seed,
            device=found["device"],
            recorded=found["recorded"],
            id=ranks.spec().id,
        )
    )


def of_rank(layers: list[dict[str, list[float]]], rank: int = 8) -> str:
    """What a rank keeps of each layer's change, in words."""
    parts = [
        say(
            "{keeps:.0f} % of {layer} ({chance:.0f} % by chance)",
            keeps=100 * layer["keeps"][rank - 1],
            layer=layer["layer"],
            chance=100 * layer["chance"][rank - 1],
        )
        for layer in layers
        if len(layer["keeps"]) > rank
    ]
    return say(
        "Rank {rank} keeps {shares}.", rank=rank, shares=", ".join(parts)
    )


def on_and_off() -> None:
    """The source before, with the adapter on, and with it off."""
    groups = by_strategy(recording.recorded_race(FORGETTING))
    if "lora" not in groups:
        st.info(say("`make record` makes the runs behind this chart."))
        return
    on = st.toggle(say("Adapter on"), value=True, key="peft.on")
    bars = source_shares(groups)
    lit = say("LoRA, on") if on else say("LoRA, off")
    words = say(
        "{state}: {mean:.1f} ± {half:.1f} % of the source, {before:.1f} % "
        "before",
        state=lit,
        mean=100 * bars[lit].mean,
        half=100 * bars[lit].half,
        before=100 * bars[say("before")].mean,
    )
    st.markdown(f"**{words}**")
    chart(figures.switched(bars, lit), words, "peft.switch")
    st.caption(
        say(
            "On, LoRA forgets like any fine-tuning, if less. Off, the "
            "network is the one before, bit for bit: the base never moved. "
            "Full fine-tuning has nothing to switch off."
        )
    )
    results.provenance(groups["lora"])


def source_shares(groups: dict[str, list[History]]) -> dict[str, Interval]:
    """Source accuracy over seeds under the names of the bars."""
    places = {
        say("before"): ("lora", "source_before"),
        say("LoRA, on"): ("lora", "source"),
        say("LoRA, off"): ("lora", "source_adapter_off"),
        say("Full fine-tuning"): ("full", "source"),
    }
    return {
        name: interval(
            [r.finished.accuracy[key] for r in groups[strategy] if r.finished]
        )
        for name, (strategy, key) in places.items()
    }
