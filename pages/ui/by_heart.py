"""Twenty labels of a far target: what is learned by heart, and what helps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from pages.ui import registry, results
from pages.ui.charts import chart
from pages.ui.choices import begin
from pages.ui.claims import BADGES
from pages.ui.cures import against, learned, measured
from tl_core import recording, sentences, verdicts
from tl_core.analysis.intervals import Interval
from tl_core.claim import Claim
from tl_core.figures import labels as figures
from tl_core.figures.labels import Learned
from tl_core.lesson_studies import CURES, TINY
from tl_core.races import Race
from tl_core.texts import say
from tl_core.tuning_claims import TUNING

Settings = dict[str, str]
FULL, PROBE, SCRATCH = "Full fine-tuning", "Linear probe", "From scratch"
"""The titles of these ways' races."""
KEYS = {
    "Inverted, noisy digits": "looks",
    "Five other digits": "classes",
}
"""How claims call the targets."""
WHY = {
    "Inverted, noisy digits": say(
        "Light and dark are exchanged and there is noise: what has to change "
        "lies in the first stage. Partial fine-tuning freezes it, with the "
        "source's BatchNorm statistics, and LoRA of low rank can turn it "
        "only in a few directions. So what limits these cures here may be "
        "what they cannot learn, not what they learn by heart."
    ),
    "Five other digits": say(
        "Strokes are strokes: the first stages may serve the other digits as "
        "they are, so that freezing them takes little away; but with few "
        "steps at a small rate full fine-tuning leaves them nearly as they "
        "were anyway, so that it gives little, too. LoRA has to bring "
        "classes into the last stage through few directions."
    ),
}
"""What may be behind the results, in words; the numbers are measured."""


def choose(given: Mapping[str, str]) -> Settings:
    """Which target."""
    told = {str(row["dataset"]): name for name, row in TINY.items()}
    asked = told.get(given.get("dataset", ""), "")
    begin("strategies.target", list(TINY), asked)
    target = st.segmented_control(
        say("Far target"),
        list(TINY),
        format_func=say,
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
        st.info(say("`make record` makes the runs behind these charts."))
        return
    st.markdown(
        say("**What do 20 samples teach?** {gap}", gap=gap(rows[FULL]))
    )
    st.markdown(say("**What helps?** {helped}", helped=helped(gains)))
    left, right = st.columns(2, gap="large")
    with left:
        _gaps(rows)
    with right:
        _cost(races)
    _claims(target)
    st.markdown(say("**Why may that be?** {why}", why=WHY[target]))
    _origin(races)


def _gaps(rows: Mapping[str, Learned]) -> None:
    """Own samples and others."""
    st.markdown(say("**Learned by heart** · its own samples, and others"))
    words = heard(rows)
    chart(figures.gaps(list(rows.values())), words, "strategies.gaps")


def _origin(races: Mapping[str, Race]) -> None:
    """What the ways are, their runs, and how to run them again."""
    st.caption(
        say(
            "Gently: a learning rate of 3e-4 instead of 1e-3, weight decay "
            "0.1 and dropout 0.3. Augmented: shifted by up to a tenth of a "
            "side. All have 200 steps; bars are 95 % intervals over seeds; "
            "differences are taken seed by seed."
        )
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
                label=say("Run it yourself: {name}", name=say(name)),
                icon=":material/play_arrow:",
                query_params={k: str(v) for k, v in spec.changes().items()},
            )


def gap(full: Learned) -> str:
    """How much full fine-tuning learns by heart."""
    return say(
        "Full fine-tuning reads {own} of its own samples and {others} of "
        "others: a gap of {gap:.1f} points.",
        own=sentences.percent(full.fitted.mean),
        others=sentences.percent(full.test.mean),
        gap=100 * full.gap,
    )


def helped(gains: Mapping[str, Interval]) -> str:
    """Which ways beat full fine-tuning, which lose, which cannot be told."""
    better = [name for name, span in gains.items() if span.low > 0]
    worse = [name for name, span in gains.items() if span.high < 0]
    unclear = [n for n in gains if n not in better and n not in worse]
    parts = [
        say("Better than full fine-tuning: {ways}", ways=_ways(better, gains))
    ]
    if worse:
        parts.append(say("Worse: {ways}", ways=_ways(worse, gains)))
    if unclear:
        parts.append(
            say(
                "Not to be told apart from it: {ways}",
                ways=_ways(unclear, gains),
            )
        )
    return say("{ways} (points of target accuracy).", ways=". ".join(parts))


def _ways(names: Sequence[str], gains: Mapping[str, Interval]) -> str:
    """Ways, each with its gain."""
    parts = [f"{say(name)} ({points(gains[name])})" for name in names]
    return "; ".join(parts) or say("none")


def points(span: Interval) -> str:
    """A difference in points with its interval."""
    return f"{100 * span.mean:+.1f} ± {100 * span.half:.1f}"


def heard(rows: Mapping[str, Learned]) -> str:
    """Each way's two accuracies, in words."""
    parts = [
        say(
            "{name} {own} and {others}",
            name=row.name,
            own=sentences.percent(row.fitted.mean),
            others=sentences.percent(row.test.mean),
        )
        for row in rows.values()
    ]
    return say("Own samples and others: {ways}.", ways="; ".join(parts))


def _cost(races: Mapping[str, Race]) -> None:
    """What each way leaves of the source."""
    st.markdown(say("**And the source?** · what is left of it"))
    rows = {
        name: Learned(
            say(name), race.strategies[0], *[measured(race, "source")] * 2
        )
        for name, race in races.items()
        if name != SCRATCH
    }
    before = measured(races[FULL], "source_before").mean
    best = max(rows.values(), key=lambda row: row.test.mean)
    words = say(
        "Of {before} before, {name} leaves the most, {most}; full "
        "fine-tuning {full}. Read by its old head, the probe's network keeps "
        "{probe}.",
        before=sentences.percent(before),
        name=best.name,
        most=sentences.percent(best.test.mean),
        full=sentences.percent(rows[FULL].test.mean),
        probe=sentences.percent(
            measured(races[PROBE], "source_old_head").mean
        ),
    )
    chart(figures.cost(list(rows.values()), before), words, "strategies.cost")
    st.caption(words)


def _claims(target: str) -> None:
    """What is said of it, and whether it holds here."""
    st.markdown(say("**What is said, and what was measured**"))
    for each in claims_of(target):
        verdict = verdicts.verdict(each)
        icon, colour = BADGES[verdict.badge]
        told = say(
            "{points} points, {source}",
            points=points(verdict.effect),
            source=each.source,
        )
        badge = f":{colour}-badge[{icon} {verdict.said}]"
        st.markdown(f"{badge} {each.statement} :gray[{told}]")


def claims_of(target: str) -> list[Claim]:
    """The claims about this target."""
    key = KEYS[target]
    wanted = [f"by_heart_{key}", f"partial_cures_{key}", f"lora_cures_{key}"]
    wanted += ["hot_rates_hurt"] * (key == "looks")
    return [each for each in TUNING if each.key in wanted]
