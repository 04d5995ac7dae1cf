"""Views of the forgetting page, each of recorded runs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import streamlit as st

from pages.ui import registry, results
from pages.ui.charts import chart
from tl_core import catalog, recording, sentences
from tl_core.analysis import forgetting
from tl_core.analysis.intervals import Interval, interval
from tl_core.figures import forgetting as figures
from tl_core.figures import price
from tl_core.figures.race import by_strategy, mean_curve
from tl_core.history import History
from tl_core.races import Race
from tl_core.studies import STUDIES
from tl_core.texts import say

STUDY = next(race for race in STUDIES if race.key == "forgetting")
SHOWN = ("full", "ewc", "lora")


@cache
def titles() -> dict[str, str]:
    """Every strategy's name."""
    return {key: sentences.title(key) for key in catalog.keys("strategies")}


def lost() -> None:
    """Both domains while adapting, and forgetting against what is gained."""
    groups = by_strategy(recording.recorded_race(STUDY))
    chosen = st.pills(
        say("Strategies"),
        list(groups),
        format_func=sentences.title,
        default=[key for key in SHOWN if key in groups],
        selection_mode="multi",
        key="forgetting.strategies",
    )
    left, right = st.columns([3, 2], gap="medium")
    with left:
        st.markdown(say("**While they adapt** · source dashed, target solid"))
        chart(
            price.both_domains(
                {k: curves(groups[k]) for k in chosen}, titles()
            ),
            said(groups, chosen),
            "forgetting.curves",
        )
    with right:
        st.markdown(say("**In the end** · the best stand at the upper left"))
        points = {key: trade(runs) for key, runs in groups.items()}
        chart(
            figures.trade(points, titles()),
            said(groups, list(groups)),
            "forgetting.trade",
        )
    table(groups)
    results.provenance([run for runs in groups.values() for run in runs])
    try_it(STUDY)


def curves(runs: Sequence[History]) -> dict[str, price.Curve]:
    """Mean accuracy over seeds on each domain, by step."""
    found: dict[str, price.Curve] = {}
    for domain in ("source", "target"):
        steps, spans = mean_curve(runs, domain)
        found[domain] = steps, [span.mean for span in spans]
    return found


def share(runs: Sequence[History], name: str) -> Interval:
    """A final accuracy over seeds, on all test samples."""
    ended = [run.finished for run in runs if run.finished]
    return interval([end.accuracy[name] for end in ended])


def trade(runs: Sequence[History]) -> tuple[float, float]:
    """Mean source accuracy lost, and mean target accuracy."""
    before, after = share(runs, "source_before"), share(runs, "source")
    return before.mean - after.mean, share(runs, "target").mean


def said(groups: dict[str, list[History]], keys: Sequence[str]) -> str:
    """What each strategy lost and reached, in words."""
    parts = []
    for key in keys:
        gone, reached = trade(groups[key])
        parts.append(
            say(
                "{strategy} loses {gone:.1f} points of source and reads "
                "{reached} of the target",
                strategy=titles()[key],
                gone=100 * gone,
                reached=sentences.percent(reached),
            )
        )
    return "; ".join(parts) + "." if parts else say("Choose a strategy.")


def table(groups: dict[str, list[History]]) -> None:
    """Forgetting under both of its names."""
    rows = []
    for key, runs in groups.items():
        gone = [forgetting.lost(run.accuracy("source")[1]) for run in runs]
        rows.append(
            {
                say("strategy"): titles()[key],
                say("target accuracy"): plus_minus(share(runs, "target")),
                say("source accuracy"): plus_minus(share(runs, "source")),
                say("forgetting (best - last)"): points(
                    [g.by_best for g in gone]
                ),
                say("backward transfer (last - first)"): points(
                    [-g.by_first for g in gone]
                ),
            }
        )
    with st.expander(say("Under its names"), icon=":material/table:"):
        st.markdown(
            say(
                "**Forgetting** counts from the best moment (Chaudhry et al. "
                "2018), **backward transfer** from the first (Lopez-Paz and "
                "Ranzato 2017); both from the points of the curves, in "
                "points, ± half the 95 % interval over seeds."
            )
        )
        st.dataframe(rows, hide_index=True)


def plus_minus(span: Interval) -> str:
    """A share as points with half its interval."""
    return f"{100 * span.mean:.1f} ± {100 * span.half:.1f} %"


def points(shares: Sequence[float]) -> str:
    """Differences of shares as points with half their interval."""
    span = interval(shares)
    return f"{100 * span.mean:+.1f} ± {100 * span.half:.1f}"


def try_it(race: Race) -> None:
    """The way to a run of one's own with these settings."""
    link = {name: str(value) for name, value in race.settings.items()}
    st.page_link(
        registry.path_of("run"),
        label=say("Run it yourself"),
        icon=":material/play_arrow:",
        query_params={**link, "strategy": "ewc"},
    )
    st.caption(race.note)
