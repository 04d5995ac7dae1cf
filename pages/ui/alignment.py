"""Views of the alignment page that show recorded runs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from pages.ui import registry, results
from pages.ui.charts import chart
from tl_core import catalog, recording, sentences
from tl_core.analysis.intervals import Interval, interval
from tl_core.figures import alignment as figures
from tl_core.figures.curves import mmd_curves, thin
from tl_core.figures.race import by_strategy, target_accuracy
from tl_core.history import History
from tl_core.races import RACES
from tl_core.studies import ALIGNED, PROPORTIONS

WAYS = ("mmd", "coral", "dann")
BASE = ("source_only", "adabn")
MEASURED = (*(race for race in RACES if race.key != "moons"), PROPORTIONS)
Shares = dict[str, Interval]


def helps() -> None:
    """Every pair: the ways of aligning beside doing nothing and AdaBN."""
    runs = {race.title: recording.recorded_race(race) for race in MEASURED}
    found = {title: shares(group) for title, group in runs.items() if group}
    names = {key: sentences.title(key) for key in catalog.keys("strategies")}
    words = verdict(found)
    st.markdown(words)
    chart(figures.over_pairs(found, names), words, "alignment.pairs")
    st.markdown(harm(found[PROPORTIONS.title]))
    st.caption(
        "Bars are 95 % intervals over seeds. The default settings of MMD, "
        "CORAL and DANN were chosen by looking at MNIST-M and at turned and "
        "noisy MNIST, and not at the other pairs."
    )
    st.caption(origin([run for group in runs.values() for run in group]))
    with st.container(horizontal=True):
        for race in (MEASURED[0], PROPORTIONS):
            given = {k: str(v) for k, v in race.settings.items()}
            st.page_link(
                registry.path_of("run"),
                label=f"Run DANN on: {race.title}",
                icon=":material/play_arrow:",
                query_params={**given, "strategy": "dann"},
            )


def origin(runs: Sequence[History]) -> str:
    """Where numbers of several pairs come from."""
    first = runs[0]
    devices = ", ".join(sorted({run.device for run in runs}))
    seeds = sorted({run.spec.seed for run in runs})
    pairs = {run.spec.dataset for run in runs}
    return (
        f"{len(runs)} runs on {len(pairs)} datasets · {first.spec.backbone} · "
        f"{first.spec.pretrain_steps} + {first.spec.steps} steps · seeds "
        f"{', '.join(map(str, seeds))} · {devices} · "
        f"{sum(run.seconds for run in runs):.0f} s in all · recorded "
        f"{max(run.recorded for run in runs)} · spec version "
        f"{first.spec.version}"
    )


def shares(runs: Sequence[History]) -> Shares:
    """Target accuracy over seeds of each strategy without target labels."""
    return {
        key: interval([target_accuracy(run) for run in group])
        for key, group in by_strategy(runs).items()
        if key in (*BASE, *WAYS)
    }


def verdict(found: dict[str, Shares]) -> str:
    """On how many pairs each way beats both baselines for sure."""
    moved = [row for title, row in found.items() if title != PROPORTIONS.title]
    parts = []
    for key in WAYS:
        sure = [
            all(row[key].low > row[other].high for other in BASE)
            for row in moved
        ]
        parts.append(f"{sentences.title(key)} on {sum(sure)}")
    return (
        f"**Where inputs moved** ({len(moved)} pairs), intervals lie above "
        f"those of the source model and of AdaBN for {', '.join(parts)}."
    )


def harm(row: Shares) -> str:
    """What aligning costs where only the proportions of classes differ."""
    base = row["source_only"].mean
    parts = [
        f"{sentences.title(key)} {100 * (row[key].mean - base):+.1f}"
        for key in WAYS
    ]
    return (
        "**Where only proportions moved** nothing had to be aligned, and "
        f"forcing it costs: {', '.join(parts)} points against the source "
        "model. Features of two laws with other proportions of classes can "
        "only be made alike by mixing classes (Zhao et al. 2019)."
    )


def along() -> None:
    """MMD by stage over steps, against chance, and the domain classifier."""
    left, right = st.columns(2)
    title = left.selectbox("Pair", list(ALIGNED), key="alignment.pair")
    race = ALIGNED[title]
    way = right.selectbox(
        "Strategy",
        (*WAYS, *BASE),
        format_func=sentences.title,
        key="alignment.way",
    )
    history = recording.read(race.spec(way, race.seeds[0]).id)
    if history is None:
        st.info("`make record` makes this run.")
        return
    _distances(history)
    if "domain" in history.losses("adapt"):
        _classifier(history)
    results.provenance([history])


def _distances(history: History) -> None:
    left, right = st.columns([3, 2], gap="medium")
    last = history.stages[-1]
    values, null = history.mmd(last)[1], history.mmd_null(last)[1]
    words = (
        f"In {last}, MMD² goes from {values[0]:.3f} to {values[-1]:.3f}; "
        f"below {null[-1]:.3f} (dotted) it would be no sign of a difference."
    )
    with left:
        st.markdown(f"**Distance between the domains** · {words}")
        chart(mmd_curves(history), words, "alignment.mmd")
    kernels = history.arrays("mmd_by_kernel")
    with right:
        words = by_kernel(kernels, last)
        st.markdown(f"**Kernel by kernel** · {words}")
        chart(figures.by_kernel(kernels), words, "alignment.kernels")
    st.caption(fresh(history))


def by_kernel(kernels: dict[str, np.ndarray], stage: str) -> str:
    """Under how many kernels the domains still differ, in words."""
    seen = {
        when: int((kernels[when] > kernels[f"{when}_null"]).sum())
        for when in ("before", "after")
    }
    return (
        f"Of {len(kernels['widths'])} kernels {seen['before']} tell the "
        f"domains apart in {stage} before, {seen['after']} after."
    )


def fresh(history: History) -> str:
    """The proxy A-distance of every stage, in words."""
    apart = history.arrays("a_distance")
    said = ", ".join(
        f"{stage} {before:.2f} → {after:.2f}"
        for stage, before, after in zip(
            history.stages, apart["before"], apart["after"], strict=True
        )
    )
    return (
        "Proxy A-distance by a classifier trained afresh, before and "
        f"after (0 alike, 2 apart): {said}."
    )


def _classifier(history: History) -> None:
    left, middle, right = st.columns(3, gap="medium")
    steps, values = thin(*history.losses("adapt")["domain"])
    words = f"The domain classifier's loss ends at {values[-1]:.2f} nats."
    with left:
        st.markdown(f"**Is it confused?** {words}")
        figure = figures.confusion_loss(steps, values)
        chart(figure, words, "alignment.confused")
    steps, apart = history.scores("a_distance")
    with middle:
        words = (
            f"A fresh one puts the domains {apart[0]:.2f} apart at the start "
            f"and {apart[-1]:.2f} at the end."
        )
        st.markdown(f"**Is it right?** {words}")
        chart(figures.fresh(steps, apart), words, "alignment.fresh")
    with right:
        st.markdown("**How hard are features pushed?** Along Ganin's ramp.")
        words = "λ rises from 0 to 0.99 in half of the steps."
        chart(figures.ramp(), words, "alignment.ramp")
    st.caption(
        "A loss near ln 2 = 0.69 is what guessing costs. It says that *this* "
        "classifier cannot tell the domains apart: because they are alike, or "
        "because it was outrun. Hence the fresh one, fitted anew at every "
        "point to features it has not seen (proxy A-distance, Ben-David et "
        "al. 2007)."
    )
