"""What runs with other and with the chosen cut through a network reached."""

from __future__ import annotations

import streamlit as st

from pages.ui import results
from pages.ui.charts import chart
from pages.ui.choices import LABELS
from tl_core import freezing, recording, sentences
from tl_core.analysis.intervals import interval
from tl_core.claim import Arm
from tl_core.figures import strategies as figures
from tl_core.figures.strategies import Reached
from tl_core.freezing import Plan
from tl_core.history import History
from tl_core.lesson_studies import MATRIX, MATRIX_TOKENS, THAWED
from tl_core.races import Race
from tl_core.texts import say

SCRATCH = say("From scratch")
Arms = dict[str, tuple[Race, str]]
"""A race and a strategy in it, by the name of the row."""


def pair_of(backbone: str) -> dict[str, object]:
    """The settings of the recorded runs' pair, or of one that the network
    can start on."""
    if recorded := RECORDED.get(backbone):
        race, _ = next(iter(recorded(LABELS[0]).values()))
        return {**race.settings}
    return {"dataset": freezing.dataset_of(backbone)}


def of_convnet(labels: int | str) -> Arms:
    """All cuts through the ConvNet, and scratch."""
    return {
        SCRATCH: (MATRIX[labels], "scratch"),
        say("All trained"): (MATRIX[labels], "full"),
        say("From conv2 on"): (THAWED[labels], "partial"),
        say("From dense on"): (MATRIX[labels], "partial"),
        say("Head only"): (MATRIX[labels], "linear_probe"),
    }


def of_transformer(labels: int | str) -> Arms:
    """Both ends, on the small transformer."""
    return {
        say("All trained"): (MATRIX_TOKENS[labels], "full"),
        say("Head only"): (MATRIX_TOKENS[labels], "linear_probe"),
    }


RECORDED = {"convnet": of_convnet, "vit_tiny": of_transformer}
"""Networks of which runs with several cuts are recorded."""


def show(backbone: str, plan: Plan, told: str) -> None:
    """The rows of the network, the chosen cut lit, or that there are none."""
    st.markdown(say("**What did such cuts reach?**"))
    if backbone not in RECORDED:
        st.info(
            say(
                "No run of this network with a part frozen ships with the "
                "lab: train one with the link below, or choose the ConvNet."
            ),
            icon=":material/science:",
        )
        return
    labels = next(n for n in LABELS if str(n) == told)
    arms = RECORDED[backbone](labels)
    runs = {name: found(*arm) for name, arm in arms.items()}
    if not all(runs.values()):
        st.info(say("`make record` makes the runs behind this chart."))
        return
    rows = [row(name, *arms[name]) for name in arms]
    lit = chosen(arms, plan)
    words = said(rows, arms, lit)
    st.markdown(words)
    chart(figures.both(rows, lit), words, "strategies.reached")
    st.caption(setup(labels))
    results.provenance([run for found in runs.values() for run in found])


def setup(labels: int | str) -> str:
    """What the runs have in common, and how their marks are to be read."""
    return say(
        "Upright digits to digits turned by 45°, {count} labelled target "
        "samples, equal budgets; bars are 95 % intervals over seeds. The "
        "probe's head is new; the open mark is the source read by the old "
        "head, which a probe leaves as it was.",
        count=say("all") if labels == "all" else labels,
    )


def found(race: Race, strategy: str) -> list[History]:
    """The recorded runs of a strategy."""
    runs = recording.recorded_race(race)
    return [run for run in runs if run.spec.strategy == strategy]


def row(name: str, race: Race, strategy: str) -> Reached:
    """What a row's runs reached over seeds."""
    source, target, kept = (
        interval(Arm(race.key, strategy, what).values(recording.read))
        for what in ("source", "target", "source_old_head")
    )
    probe = strategy == "linear_probe"
    return Reached(name, source, target, kept if probe else None)


def chosen(arms: Arms, plan: Plan) -> str:
    """The name of the row that cuts where the plan does, "" for none."""
    wanted = plan.settings
    for name, (race, strategy) in arms.items():
        spec = race.spec(strategy, race.seeds[0])
        trained = str(spec.strategy_params.get("trained", ""))
        if wanted == {"strategy": strategy} or wanted == {
            "strategy": strategy,
            "strategy.trained": trained,
        }:
            return name
    return ""


def said(rows: list[Reached], arms: Arms, lit: str) -> str:
    """What the chosen cut reached, against full fine-tuning."""
    if not lit:
        return say(
            "No run with exactly this cut is recorded: train one below."
        )
    one = next(row for row in rows if row.name == lit)
    words = say(
        "Chosen, **{lit}**: {target} of the target, {source} of the source",
        lit=lit,
        target=sentences.percent(one.target.mean),
        source=sentences.percent(one.source.mean),
    )
    if arms[lit][1] == "full":
        return f"{words}."
    gain, kept = (against_full(arms, lit, what) for what in DOMAINS)
    return say(
        "{words}. Against full fine-tuning: target {gain}, source {kept}.",
        words=words,
        gain=gain,
        kept=kept,
    )


DOMAINS = ("target", "source")


def against_full(arms: Arms, name: str, domain: str) -> str:
    """A paired difference in points, and whether one can be told."""
    full = next(arm for arm in arms.values() if arm[1] == "full")
    pairs = (
        Arm(race.key, strategy, domain).values(recording.read)
        for race, strategy in (arms[name], full)
    )
    span = interval([a - b for a, b in zip(*pairs, strict=True)])
    gain = say(
        "{mean:+.1f} ± {half:.1f} points",
        mean=100 * span.mean,
        half=100 * span.half,
    )
    if span.low <= 0 <= span.high:
        return say("{gain} (no difference can be told)", gain=gain)
    return gain
