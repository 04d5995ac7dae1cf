"""Twenty labels of a far target: what is learned by heart, and what helps."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from pages.ui import registry, results
from pages.ui.charts import chart
from pages.ui.choices import begin
from pages.ui.claims import BADGES
from tl_core import recording, sentences, verdicts
from tl_core.analysis.intervals import Interval, interval
from tl_core.claim import Arm, Claim
from tl_core.figures import labels as figures
from tl_core.figures.labels import Learned
from tl_core.lesson_studies import CURES, TINY
from tl_core.races import Race
from tl_core.tuning_claims import TUNING

Settings = dict[str, str]
FULL = "Full fine-tuning"
PROBE, SCRATCH = "Linear probe", "From scratch"
KEYS = {
    "Inverted, noisy digits": "looks",
    "Five other digits": "classes",
}
"""How claims call the targets."""
WHY = {
    "Inverted, noisy digits": "Light and dark are exchanged and there is "
    "noise: what has to change lies in the first stage. Partial fine-tuning "
    "freezes it, with the source's BatchNorm statistics, and LoRA of low "
    "rank can turn it only in a few directions. So what limits these cures "
    "here may be what they cannot learn, not what they learn by heart.",
    "Five other digits": "Strokes are strokes: the first stages may serve "
    "the other digits as they are, so that freezing them takes little away; "
    "but with few steps at a small rate full fine-tuning leaves them nearly "
    "as they were anyway, so that it gives little, too. LoRA has to bring "
    "classes into the last stage through few directions.",
}
"""What may be behind the results, in words; the numbers are measured."""


def choose(given: Mapping[str, str]) -> Settings:
    """Which target."""
    told = {str(row["dataset"]): name for name, row in TINY.items()}
    asked = told.get(given.get("dataset", ""), "")
    begin("strategies.target", list(TINY), asked)
    target = st.segmented_control(
        "Far target",
        list(TINY),
        key="strategies.target",
        required=True,
        persist_state="page",
    )
    return {"dataset": str(TINY[target or next(iter(TINY))]["dataset"])}


def show(settings: Settings) -> None:
    """Gaps, costs, and the claims with their verdicts."""
    target = next(
        name
        for name, given in TINY.items()
        if given["dataset"] == settings["dataset"]
    )
    races = {race.title: race for race in CURES[target]}
    try:
        rows = {name: learned(race) for name, race in races.items()}
        gains = {
            name: against(race, races[FULL])
            for name, race in races.items()
            if name != FULL
        }
    except LookupError:
        st.info("`make record` makes the runs behind these charts.")
        return
    st.markdown(f"**What do 20 samples teach?** {gap(rows[FULL])}")
    st.markdown(f"**What helps?** {helped(gains)}")
    left, right = st.columns(2, gap="large")
    with left:
        _gaps(rows)
    with right:
        _cost(races)
    _claims(target)
    st.markdown(f"**Why may that be?** {WHY[target]}")
    _origin(races)


def _gaps(rows: Mapping[str, Learned]) -> None:
    """Own samples and others."""
    st.markdown("**Learned by heart** · its own samples, and others")
    words = heard(rows)
    chart(figures.gaps(list(rows.values())), words, "strategies.gaps")


def _origin(races: Mapping[str, Race]) -> None:
    """What the ways are, their runs, and how to run them again."""
    st.caption(
        "Gently: a learning rate of 3e-4 instead of 1e-3, weight decay 0.1 "
        "and dropout 0.3. Augmented: shifted by up to a tenth of a side. All "
        "have 200 steps; bars are 95 % intervals over seeds; differences are "
        "taken seed by seed."
    )
    results.provenance(
        [r for race in races.values() for r in recording.recorded_race(race)]
    )
    with st.container(horizontal=True):
        for name in (FULL, "Partial, gently", "LoRA"):
            race = races[name]
            spec = race.spec(race.strategies[0], race.seeds[0])
            st.page_link(
                registry.path_of("run"),
                label=f"Run it yourself: {name}",
                icon=":material/play_arrow:",
                query_params={k: str(v) for k, v in spec.changes().items()},
            )


def learned(race: Race) -> Learned:
    """A way's accuracy on its own 20 samples and on others, over seeds.

    Raises:
        LookupError: a run is missing.
    """
    (strategy,) = race.strategies
    fitted, test = (measured(race, what) for what in ("fitted", "target"))
    return Learned(race.title, strategy, fitted, test)


def measured(race: Race, what: str) -> Interval:
    """One measure of a race of one strategy, over seeds."""
    (strategy,) = race.strategies
    return interval(Arm(race.key, strategy, what).values(recording.read))


def against(race: Race, full: Race) -> Interval:
    """Target accuracy minus that of full fine-tuning, paired by seed."""
    one, other = (
        Arm(r.key, r.strategies[0]).values(recording.read)
        for r in (race, full)
    )
    return interval([a - b for a, b in zip(one, other, strict=True)])


def gap(full: Learned) -> str:
    """How much full fine-tuning learns by heart."""
    return (
        f"Full fine-tuning reads {sentences.percent(full.fitted.mean)} of "
        f"its own samples and {sentences.percent(full.test.mean)} of others: "
        f"a gap of {100 * full.gap:.1f} points."
    )


def helped(gains: Mapping[str, Interval]) -> str:
    """Which ways beat full fine-tuning, which lose, which cannot be told."""
    groups = {
        "Better than full fine-tuning": [
            n for n, s in gains.items() if s.low > 0
        ],
        "Worse": [n for n, s in gains.items() if s.high < 0],
        "Not to be told apart from it": [
            n for n, s in gains.items() if s.low <= 0 <= s.high
        ],
    }
    parts = [
        f"{word}: "
        + ("; ".join(f"{n} ({points(gains[n])})" for n in names) or "none")
        for word, names in groups.items()
        if names or word.startswith("Better")
    ]
    return ". ".join(parts) + " (points of target accuracy)."


def points(span: Interval) -> str:
    """A difference in points with its interval."""
    return f"{100 * span.mean:+.1f} ± {100 * span.half:.1f}"


def heard(rows: Mapping[str, Learned]) -> str:
    """Each way's two accuracies, in words."""
    parts = [
        f"{name} {sentences.percent(row.fitted.mean)} and "
        f"{sentences.percent(row.test.mean)}"
        for name, row in rows.items()
    ]
    return f"Own samples and others: {'; '.join(parts)}."


def _cost(races: Mapping[str, Race]) -> None:
    """What each way leaves of the source."""
    st.markdown("**And the source?** · what is left of it")
    rows = [
        Learned(name, race.strategies[0], *[measured(race, "source")] * 2)
        for name, race in races.items()
        if name != SCRATCH
    ]
    before = measured(races[FULL], "source_before").mean
    best = max(rows, key=lambda row: row.test.mean)
    words = (
        f"Of {sentences.percent(before)} before, {best.name} leaves the "
        f"most, {sentences.percent(best.test.mean)}; full fine-tuning "
        + sentences.percent(
            next(row for row in rows if row.name == FULL).test.mean
        )
        + ". Read by its old head, the probe's network keeps "
        + sentences.percent(measured(races[PROBE], "source_old_head").mean)
        + "."
    )
    chart(figures.cost(rows, before), words, "strategies.cost")
    st.caption(words)


def _claims(target: str) -> None:
    """What is said of it, and whether it holds here."""
    st.markdown("**What is said, and what was measured**")
    for each in claims_of(target):
        verdict = verdicts.verdict(each)
        icon, colour = BADGES[verdict.badge]
        st.markdown(
            f":{colour}-badge[{icon} {verdict.badge}] {each.statement} "
            f":gray[{100 * verdict.effect.mean:+.1f} ± "
            f"{100 * verdict.effect.half:.1f} points, {each.source}]"
        )


def claims_of(target: str) -> list[Claim]:
    """The claims about this target."""
    key = KEYS[target]
    wanted = [f"by_heart_{key}", f"partial_cures_{key}", f"lora_cures_{key}"]
    wanted += ["hot_rates_hurt"] * (key == "looks")
    return [each for each in TUNING if each.key in wanted]
