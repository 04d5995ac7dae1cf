"""Three ways in which a source hurts, side by side."""

from __future__ import annotations

import streamlit as st

from pages.ui import registry, results
from pages.ui.charts import chart
from tl_core import distortion, sentences
from tl_core.analysis.intervals import Interval, interval
from tl_core.figures import negative_transfer as figures
from tl_core.figures.race import target_accuracy
from tl_core.history import History
from tl_core.races import Race
from tl_core.studies import PROPORTIONS, STUDIES

WHY = {
    "Kept head, other names": "The head starts wrong and has to be unlearned "
    "first; with few steps and labels that costs more than the features "
    "bring (Wang et al. 2019).",
    "Shuffled source, new head": "Labels by lot teach nothing, but a new "
    "head forgets them at once: what is left is a start like any other.",
    "Label shift": "Aligning makes both domains' features alike although "
    "their classes come in other proportions, which is only possible by "
    "mixing classes (Zhao et al. 2019).",
}


def show() -> None:
    """The three cases as rows of one chart, and why."""
    try:
        pairs = cases()
    except LookupError:
        st.info("`make record` makes the runs behind this chart.")
        return
    rows = {name: difference(*runs) for name, runs in pairs.items()}
    signs = {name: distortion.sign(span) for name, span in rows.items()}
    words = said(rows, signs)
    st.markdown(f"**{words}**")
    chart(figures.cases(rows, signs), words, "negative.cases")
    for column, (title, why) in zip(st.columns(3), WHY.items(), strict=True):
        column.markdown(f"**{title}** · {why}")
    st.caption(
        "The first two rows: full fine-tuning minus training from scratch. "
        "The others: the aligned network minus the source model. Paired by "
        "seed, with 95 % intervals."
    )
    results.provenance([run for pair in pairs.values() for run in pair[0]])
    link = {k: str(v) for k, v in PROPORTIONS.settings.items()}
    st.page_link(
        registry.path_of("run"),
        label="Run it yourself: aligning under label shift",
        icon=":material/play_arrow:",
        query_params={**link, "strategy": "dann"},
    )


def study(key: str) -> Race:
    """A recorded study by its key."""
    return next(race for race in STUDIES if race.key == key)


def cases() -> dict[str, tuple[list[History], list[History]]]:
    """Runs with and without what may hurt, by case."""
    found = {
        name: tuple(
            distortion.runs(study(key), way) for way in ("full", "scratch")
        )
        for name, key in (
            ("Kept head, other names", "renamed"),
            ("Shuffled source, new head", "shuffled"),
        )
    }
    still = distortion.runs(PROPORTIONS, "source_only")
    for way in ("mmd", "coral", "dann"):
        name = f"Label shift, {sentences.title(way)}"
        found[name] = (distortion.runs(PROPORTIONS, way), still)
    return {name: (one, other) for name, (one, other) in found.items()}


def difference(one: list[History], other: list[History]) -> Interval:
    """Target accuracy of the first minus that of the second, by seed."""
    return interval(
        [
            target_accuracy(a) - target_accuracy(b)
            for a, b in zip(one, other, strict=True)
        ]
    )


def said(rows: dict[str, Interval], signs: dict[str, str]) -> str:
    """Which cases hurt, in words."""
    parts = [
        f"{name} {signs[name]} ({100 * span.mean:+.1f} ± "
        f"{100 * span.half:.1f} points)"
        for name, span in rows.items()
    ]
    return "; ".join(parts) + "."
