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
from tl_core.figures import reversal
from tl_core.figures.curves import mmd_curves, thin
from tl_core.figures.race import by_strategy, target_accuracy
from tl_core.history import History
from tl_core.races import RACES
from tl_core.studies import ALIGNED, PROPORTIONS
from tl_core.texts import say

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
        say(
            "Bars are 95 % intervals over seeds. The default settings of "
            "MMD, CORAL and DANN were chosen by looking at MNIST-M and at "
            "turned and noisy MNIST, and not at the other pairs."
        )
    )
    st.caption(origin([run for group in runs.values() for run in group]))
    with st.container(horizontal=True):
        for race in (MEASURED[0], PROPORTIONS):
            given = {k: str(v) for k, v in race.settings.items()}
            st.page_link(
                registry.path_of("run"),
                label=say("Run DANN on: {title}", title=race.title),
                icon=":material/play_arrow:",
                query_params={**given, "strategy": "dann"},
            )


def origin(runs: Sequence[History]) -> str:
    """Where numbers of several pairs come from."""
    first = runs[0]
    devices = ", ".join(sorted({run.device for run in runs}))
    seeds = sorted({run.spec.seed for run in runs})
    pairs = {run.spec.dataset for run in runs}
    return say(
        "{runs} runs on {pairs} datasets · {backbone} · {pretrain_steps} + "
        "{steps} steps · seeds {seeds} · {devices} · {seconds:.0f} s in all "
        "· recorded {day} · spec version {version}",
        runs=len(runs),
        pairs=len(pairs),
        backbone=first.spec.backbone,
        pretrain_steps=first.spec.pretrain_steps,
        steps=first.spec.steps,
        seeds=", ".join(map(str, seeds)),
        devices=devices,
        seconds=sum(run.seconds for run in runs),
        day=max(run.recorded for run in runs),
        version=first.spec.version,
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
        name = sentences.title(key)
        parts.append(say("{name} on {count}", name=name, count=sum(sure)))
    return say(
        "**Where inputs moved** ({moved} pairs), intervals lie above those "
        "of the source model and of AdaBN for {ways}.",
        moved=len(moved),
        ways=", ".join(parts),
    )


def harm(row: Shares) -> str:
    """What aligning costs where only the proportions of classes differ."""
    base = row["source_only"].mean
    parts = [
        f"{sentences.title(key)} {100 * (row[key].mean - base):+.1f}"
        for key in WAYS
    ]
    return say(
        "**Where only proportions moved** nothing had to be aligned, and "
        "forcing it costs: {ways} points against the source model. Features "
        "of two laws with other proportions of classes can only be made "
        "alike by mixing classes (Zhao et al. 2019).",
        ways=", ".join(parts),
    )


def along() -> None:
    """MMD by stage over steps, against chance, and the domain classifier."""
    left, right = st.columns(2)
    title = left.selectbox(say("Pair"), list(ALIGNED), key="alignment.pair")
    race = ALIGNED[title]
    way = right.selectbox(
        say("Strategy"),
        (*WAYS, *BASE),
        format_func=sentences.title,
        key="alignment.way",
    )
    history = recording.read(race.spec(way, race.seeds[0]).id)
    if history is None:
        st.info(say("`make record` makes this run."))
        return
    _distances(history)
    if "domain" in history.losses("adapt"):
        _classifier(history)
    results.provenance([history])


def _distances(history: History) -> None:
    left, right = st.columns([3, 2], gap="medium")
    last = history.stages[-1]
    values, null = history.mmd(last)[1], history.mmd_null(last)[1]
    words = say(
        "In {last}, MMD² goes from {first:.3f} to {final:.3f}; below "
        "{null:.3f} (dotted) it would be no sign of a difference.",
        last=last,
        first=values[0],
        final=values[-1],
        null=null[-1],
    )
    with left:
        st.markdown(
            say("**Distance between the domains** · {words}", words=words)
        )
        chart(mmd_curves(history), words, "alignment.mmd")
    kernels = history.arrays("mmd_by_kernel")
    with right:
        words = by_kernel(kernels, last)
        st.markdown(say("**Kernel by kernel** · {words}", words=words))
        chart(figures.by_kernel(kernels), words, "alignment.kernels")
    st.caption(fresh(history))


def by_kernel(kernels: dict[str, np.ndarray], stage: str) -> str:
    """Under how many kernels the domains still differ, in words."""
    seen = {
        when: int((kernels[when] > kernels[f"{when}_null"]).sum())
        for when in ("before", "after")
    }
    return say(
        "Of {count} kernels {before} tell the domains apart in {stage} "
        "before, {after} after.",
        count=len(kernels["widths"]),
        before=seen["before"],
        stage=stage,
        after=seen["after"],
    )


def fresh(history: History) -> str:
    """The proxy A-distance of every stage, in words."""
    apart = history.arrays("a_distance")
    stages = ", ".join(
        f"{stage} {before:.2f} → {after:.2f}"
        for stage, before, after in zip(
            history.stages, apart["before"], apart["after"], strict=True
        )
    )
    return say(
        "Proxy A-distance by a classifier trained afresh, before and after "
        "(0 alike, 2 apart): {stages}.",
        stages=stages,
    )


def _classifier(history: History) -> None:
    left, middle, right = st.columns(3, gap="medium")
    with left:
        _confused(history)
    with middle:
        _fresh(history)
    with right:
        st.markdown(
            say("**How hard are features pushed?** Along Ganin's ramp.")
        )
        words = say("λ rises from 0 to 0.99 in half of the steps.")
        chart(reversal.ramp(), words, "alignment.ramp")
    st.caption(
        say(
            "A loss near ln 2 = 0.69 is what guessing costs. It says that "
            "*this* classifier cannot tell the domains apart: because they "
            "are alike, or because it was outrun. Hence the fresh one, "
            "fitted anew at every point to features it has not seen (proxy "
            "A-distance, Ben-David et al. 2007)."
        )
    )


def _confused(history: History) -> None:
    """The loss of the classifier that is trained along."""
    steps, losses = thin(*history.losses("adapt")["domain"])
    words = say(
        "The domain classifier's loss ends at {loss:.2f} nats.",
        loss=losses[-1],
    )
    st.markdown(say("**Is it confused?** {words}", words=words))
    figure = reversal.confusion_loss(steps, losses)
    chart(figure, words, "alignment.confused")


def _fresh(history: History) -> None:
    """What classifiers fitted anew say of the domains."""
    steps, apart = history.scores("a_distance")
    words = say(
        "A fresh one puts the domains {first:.2f} apart at the start and "
        "{final:.2f} at the end.",
        first=apart[0],
        final=apart[-1],
    )
    st.markdown(say("**Is it right?** {words}", words=words))
    chart(reversal.fresh(steps, apart), words, "alignment.fresh")
