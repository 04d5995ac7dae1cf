"""The recorded transfer curve, and the way to run a point of it."""

from __future__ import annotations

import streamlit as st

from pages.ui import registry, results
from pages.ui.charts import chart
from tl_core import catalog, recording
from tl_core.analysis.intervals import Interval, interval
from tl_core.figures.race import target_accuracy
from tl_core.figures.transfer import transfer_curves
from tl_core.history import History
from tl_core.races import Race
from tl_core.studies import CURVES
from tl_core.texts import say


def show() -> None:
    """Four curves over the number of transplanted stages."""
    runs = {
        name: [recording.recorded_race(race) for race in races]
        for name, races in CURVES.items()
    }
    if not all(group for groups in runs.values() for group in groups):
        st.info(say("`make record` makes the runs behind this chart."))
        return
    spans = {
        name: [interval([target_accuracy(h) for h in group]) for group in rows]
        for name, rows in runs.items()
    }
    every: list[History] = [
        h for rows in runs.values() for g in rows for h in g
    ]
    stages = catalog.entry("backbones", every[0].spec.backbone).card.stages
    st.markdown(
        say(
            "**How general is each stage?** Stages of a network of other "
            "digits (A) or of the same ones (B) carry new stages that learn "
            "the digits 0 to 4 from few labels. {verdict}",
            verdict=verdict(spans),
        )
    )
    chart(transfer_curves(spans, stages), verdict(spans), "features.transfer")
    results.provenance(every)
    _links(stages)


def verdict(spans: dict[str, list[Interval]]) -> str:
    """What the curves say at their right end, in words."""
    base, last = spans["BnB"][0], {k: v[-1] for k, v in spans.items()}
    return say(
        "From scratch they reach {scratch}. With all stages frozen, those of "
        "the same digits give {same}, those of other digits {other}; tuned, "
        "{same_tuned} and {other_tuned}.",
        scratch=_percent(base),
        same=_percent(last["BnB"]),
        other=_percent(last["AnB"]),
        same_tuned=_percent(last["BnB+"]),
        other_tuned=_percent(last["AnB+"]),
    )


def _percent(span: Interval) -> str:
    return f"{100 * span.mean:.1f} ± {100 * span.half:.1f} %"


def _links(stages: tuple[str, ...]) -> None:
    """Each number of frozen stages of other digits, as a run."""
    with st.container(horizontal=True):
        for kept in range(1, len(stages) + 1):
            st.page_link(
                registry.path_of("run"),
                label=say("Run AnB with {kept}", kept=kept),
                icon=":material/play_arrow:",
                query_params=_settings(CURVES["AnB"][kept]),
            )


def _settings(race: Race) -> dict[str, str]:
    (strategy,) = race.strategies
    given = {**race.settings, "strategy": strategy}
    return {name: str(value) for name, value in given.items()}
