"""Views of the forgetting page, each of recorded runs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import streamlit as st

from pages.ui import registry, results
from pages.ui.charts import chart
from tl_core import catalog, recording, sentences, takeaways
from tl_core.analysis import forgetting
from tl_core.analysis.intervals import Interval, interval
from tl_core.figures import forgetting as figures
from tl_core.figures import importance, price
from tl_core.figures.race import by_strategy, mean_curve
from tl_core.history import History
from tl_core.races import Race
from tl_core.studies import STIFF, STUDIES

STUDY = next(race for race in STUDIES if race.key == "forgetting")
SHOWN = ("full", "ewc", "lora")
DEFAULT = 300.0
"""The stiffness of EWC's springs as it comes."""


@cache
def titles() -> dict[str, str]:
    """Every strategy's name."""
    return {key: sentences.title(key) for key in catalog.keys("strategies")}


def lost() -> None:
    """Both domains while adapting, and forgetting against what is gained."""
    groups = by_strategy(recording.recorded_race(STUDY))
    chosen = st.pills(
        "Strategies",
        list(groups),
        format_func=sentences.title,
        default=[key for key in SHOWN if key in groups],
        selection_mode="multi",
        key="forgetting.strategies",
    )
    left, right = st.columns([3, 2], gap="medium")
    with left:
        st.markdown("**While they adapt** · source dashed, target solid")
        chart(
            price.both_domains(
                {k: curves(groups[k]) for k in chosen}, titles()
            ),
            said(groups, chosen),
            "forgetting.curves",
        )
    with right:
        st.markdown("**In the end** · the best stand at the upper left")
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
            f"{titles()[key]} loses {100 * gone:.1f} points of source and "
            f"reads {sentences.percent(reached)} of the target"
        )
    return "; ".join(parts) + "." if parts else "Choose a strategy."


def table(groups: dict[str, list[History]]) -> None:
    """Forgetting under both of its names."""
    rows = []
    for key, runs in groups.items():
        gone = [forgetting.lost(run.accuracy("source")[1]) for run in runs]
        rows.append(
            {
                "strategy": titles()[key],
                "target accuracy": plus_minus(share(runs, "target")),
                "source accuracy": plus_minus(share(runs, "source")),
                "forgetting (best - last)": points([g.by_best for g in gone]),
                "backward transfer (last - first)": points(
                    [-g.by_first for g in gone]
                ),
            }
        )
    with st.expander("Under its names", icon=":material/table:"):
        st.markdown(
            "**Forgetting** counts from the best moment (Chaudhry et al. "
            "2018), **backward transfer** from the first (Lopez-Paz and "
            "Ranzato 2017); both from the points of the curves, in points, "
            "± half the 95 % interval over seeds."
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
        label="Run it yourself",
        icon=":material/play_arrow:",
        query_params={**link, "strategy": "ewc"},
    )
    st.caption(race.note)


def stiffness() -> dict[float, list[History]]:
    """The recorded runs of each stiffness of EWC's springs."""
    found = {g: recording.recorded_race(race) for g, race in STIFF.items()}
    return {gamma: runs for gamma, runs in found.items() if runs}


def price_of() -> None:
    """The sweep of gamma with its Pareto front."""
    sweep = stiffness()
    spans = {
        gamma: (share(runs, "source"), share(runs, "target"))
        for gamma, runs in sweep.items()
    }
    loose, best = spans[0.0], spans[DEFAULT]
    words = (
        f"Without springs (γ = 0) {sentences.percent(loose[0].mean)} of the "
        f"source and {sentences.percent(loose[1].mean)} of the target are "
        f"read; with γ = {DEFAULT:g} it is "
        f"{sentences.percent(best[0].mean)} and "
        f"{sentences.percent(best[1].mean)}."
    )
    st.markdown(
        "**EWC** ties every weight to its old value by a spring as stiff as "
        "γ times its importance for the source (Kirkpatrick et al. 2017). "
        "How stiff is worth it? " + words
    )
    chart(price.sweep(spans, "γ"), words, "forgetting.price")
    st.caption(
        "Bars are 95 % intervals over seeds; filled marks are those that no "
        "other beats on both."
    )
    results.provenance([run for runs in sweep.values() for run in runs])
    try_it(STIFF[DEFAULT])


def weights() -> None:
    """Where importance lies, and whether springs held what matters."""
    sweep = stiffness()
    options = [gamma for gamma in sweep if gamma]
    gamma: float = st.select_slider(
        "Stiffness γ", options, DEFAULT, key="forgetting.gamma"
    )
    tied, loose = sweep[gamma][0], sweep[0.0][0]
    found, free = tied.arrays("fisher"), loose.arrays("fisher")
    _lie(found, tied.spec.backbone)
    moved(found, free)
    results.provenance([tied, loose])
    try_it(STIFF[gamma])


def _lie(found: dict[str, np.ndarray], backbone: str) -> None:
    """How unevenly importance is spread, and over which stages."""
    stages = [*catalog.entry("backbones", backbone).card.stages, "head"]
    left, right = st.columns(2, gap="medium")
    whole = found["lorenz"][0]
    top = 1 - float(whole[95])
    with left:
        st.markdown(
            f"**How unevenly it is spread** · the top 5 % of the weights "
            f"hold {sentences.percent(top)} of the importance"
        )
        names = ["all", *stages]
        ginis = [importance.gini(curve) for curve in found["lorenz"]]
        figure = importance.lorenz_curves(found["lorenz"], names, ginis)
        words = takeaways.unequal(whole, ginis[0])
        chart(figure, words, "forgetting.lorenz")
    with right:
        st.markdown("**Where they lie** · importance beside size")
        sizes = found["size"] / found["size"].sum()
        figure = importance.stage_bars(
            dict(zip(stages, map(float, found["share"]), strict=True)),
            dict(zip(stages, map(float, sizes), strict=True)),
        )
        words = takeaways.heaviest(stages, found["share"], sizes)
        chart(figure, words, "forgetting.stages")


def moved(tied: dict[str, np.ndarray], free: dict[str, np.ndarray]) -> None:
    """The scatter of importance against the way that weights went."""
    clouds = {
        "full": (free["fisher"], free["moved"]),
        "ewc": (tied["fisher"], tied["moved"]),
    }
    tops = {}
    for name, (fisher, went) in clouds.items():
        tops[name] = float(
            np.median(went[fisher >= np.quantile(fisher, 0.99)])
        )
    words = (
        "The most important 1 % of the weights moved by "
        f"{tops['full']:.2g} without springs and by "
        f"{tops['ewc']:.2g} with them (medians)."
    )
    st.markdown("**Did the springs hold what matters?** " + words)
    figure = price.moved_by_importance(clouds, titles())
    chart(figure, words, "forgetting.moved")
