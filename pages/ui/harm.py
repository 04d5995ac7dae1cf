"""Three ways in which a source hurts, side by side, and whether they do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from pages.ui import registry, results
from pages.ui.charts import chart
from pages.ui.claims import BADGES
from tl_core import distortion, sentences, verdicts
from tl_core.analysis.intervals import Interval, interval
from tl_core.claims import CLAIMS
from tl_core.figures import negative_transfer as figures
from tl_core.figures.race import target_accuracy
from tl_core.history import History
from tl_core.races import Race
from tl_core.studies import PROPORTIONS, STUDIES
from tl_core.texts import say

Pair = tuple[list[History], list[History]]
"""Runs with what may hurt, and without."""


@dataclass(frozen=True)
class Way:
    """One way to be hurt: a race, the strategies that are compared with a
    baseline, why they may hurt, and the claims that say so."""

    race: Race
    strategies: tuple[str, ...]
    baseline: str
    why: str
    claims: tuple[str, ...]

    def rows(self, title: str) -> dict[str, Pair]:
        """The runs behind each row of the chart.

        Raises:
            LookupError: one is missing.
        """
        still = distortion.runs(self.race, self.baseline)
        return {
            say(title)
            if len(self.strategies) == 1
            else f"{say(title)}, {sentences.title(key)}": (
                distortion.runs(self.race, key),
                still,
            )
            for key in self.strategies
        }


def study(key: str) -> Race:
    """A recorded study by its key."""
    return next(race for race in STUDIES if race.key == key)


ALIGNERS = ("mmd", "coral", "dann")
WAYS = {
    "Kept head, other names": Way(
        study("renamed"),
        ("full",),
        "scratch",
        say(
            "The head starts wrong and has to be unlearned first; with few "
            "steps and labels that costs more than the features bring (Wang "
            "et al. 2019, arXiv:1811.09751)."
        ),
        ("kept_head_hurts",),
    ),
    "Shuffled source, new head": Way(
        study("shuffled"),
        ("full",),
        "scratch",
        say(
            "Labels by lot teach little, and a new head forgets them at once: "
            "what is left is nearly a start like any other."
        ),
        ("shuffled_source_hurts",),
    ),
    "Label shift": Way(
        PROPORTIONS,
        ALIGNERS,
        "source_only",
        say(
            "Aligning makes both domains' features alike although their "
            "classes come in other proportions, which is only possible by "
            "mixing classes (Zhao et al. 2019, arXiv:1901.09453)."
        ),
        tuple(f"{key}_hurts_on_label_shift" for key in ALIGNERS),
    ),
}


def show() -> None:
    """The three cases as rows of one chart, why, and what the claims say."""
    try:
        pairs = cases()
    except LookupError:
        st.info(say("`make record` makes the runs behind this chart."))
        return
    rows = {name: difference(*runs) for name, runs in pairs.items()}
    signs = {name: distortion.sign(span) for name, span in rows.items()}
    words = said(rows, signs)
    st.markdown(f"**{words}**")
    chart(figures.cases(rows, signs), words, "negative.cases")
    st.caption(
        say(
            "The first two rows: full fine-tuning minus training from "
            "scratch. The others: the aligned network minus the source "
            "model. Paired by seed, with 95 % intervals."
        )
    )
    for column, (title, way) in zip(st.columns(3), WAYS.items(), strict=True):
        with column:
            _why(title, way)
    st.page_link(
        registry.path_of("claims"),
        label=say("Every claim and its runs"),
        icon=":material/fact_check:",
    )


def _why(title: str, way: Way) -> None:
    """A way to be hurt: why, the claims' verdicts, runs, and the way on."""
    st.markdown(f"**{say(title)}** · {way.why}")
    _verdicts(way)
    runs = [run for pair in way.rows(title).values() for run in pair[0]]
    results.provenance([*runs, *distortion.runs(way.race, way.baseline)])
    spec = way.race.spec(way.strategies[-1], way.race.seeds[0])
    st.page_link(
        registry.path_of("run"),
        label=say(
            "Run it yourself: {sentences}",
            sentences=sentences.title(way.strategies[-1]),
        ),
        icon=":material/play_arrow:",
        query_params={k: str(v) for k, v in spec.changes().items()},
    )


def _verdicts(way: Way) -> None:
    """Each claim with what its runs say."""
    for claim in CLAIMS:
        if claim.key in way.claims:
            found = verdicts.verdict(claim)
            icon, colour = BADGES[found.badge]
            st.markdown(
                say(
                    "Claim: {statement} :{colour}-badge[{icon} {badge}] "
                    ":gray[({source})]",
                    statement=claim.statement,
                    colour=colour,
                    icon=icon,
                    badge=found.said,
                    source=claim.source,
                )
            )


def cases() -> dict[str, Pair]:
    """Runs with and without what may hurt, by case.

    Raises:
        LookupError: one is missing.
    """
    return {
        name: pair
        for title, way in WAYS.items()
        for name, pair in way.rows(title).items()
    }


def difference(one: list[History], other: list[History]) -> Interval:
    """Target accuracy of the first minus that of the second, by seed."""
    return interval(
        [
            target_accuracy(a) - target_accuracy(b)
            for a, b in zip(one, other, strict=True)
        ]
    )


def said(rows: Mapping[str, Interval], signs: Mapping[str, str]) -> str:
    """Which cases hurt, in words."""
    told = {
        "hurts": say("Hurts"),
        "helps": say("Helps"),
        "not clear": say("Not clear"),
    }
    parts = []
    for sign, word in told.items():
        mine = [
            say("{name} ({mean:+.1f} points)", name=name, mean=100 * span.mean)
            for name, span in rows.items()
            if signs[name] == sign
        ]
        if mine:
            parts.append(f"{word}: {'; '.join(mine)}.")
    return " ".join(parts)
