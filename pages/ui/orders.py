"""One after the other, both at once, or from scratch: equal budgets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from pages.ui import registry, results
from pages.ui.charts import chart
from tl_core import recording, sentences
from tl_core.analysis.intervals import interval
from tl_core.figures import domains as figures
from tl_core.figures import race as curves
from tl_core.figures.domains import Row
from tl_core.history import History
from tl_core.lesson_studies import ORDERS
from tl_core.texts import say

NAMES = {
    "full": say("One after the other"),
    "joint": say("Both at once"),
    "scratch": say("From scratch"),
}


def show() -> None:
    """Target accuracy over steps, and the steps that each order needs."""
    runs = recording.recorded_race(ORDERS)
    groups = curves.by_strategy(runs)
    if set(groups) != set(NAMES):
        st.info(say("`make record` makes the runs behind these charts."))
        return
    st.markdown(
        say(
            r"**Sequential** transfer starts at the weights of the source, "
            r"$\theta = \theta_s^*$, and minimises $\mathcal L_t$ alone "
            r"(full fine-tuning). **Joint** training starts there too and "
            r"minimises $\mathcal L_t + \mathcal L_s$. **From scratch** "
            r"knows no source. All have the same 100 labels and 150 steps. "
            r"The textbook says that sequential transfer needs fewer steps "
            r"than scratch."
        )
    )
    words = who_wins(groups)
    st.markdown(f"**{words}**")
    chart(curves.race_curves(runs), words, "orders.curves")
    _sooner(groups)
    results.provenance(runs)
    _links()


def _sooner(groups: Mapping[str, Sequence[History]]) -> None:
    """The steps that each order needs."""
    needed = {key: until(groups, key) for key in NAMES}
    words = saved(needed)
    st.markdown(f"**{words}**")
    chart(figures.steps(_rows(needed)), words, "orders.steps")
    looks = groups["scratch"][0].accuracy("target")[0]
    st.caption(
        say(
            "Per seed: the first look at which an order reads at least what "
            "scratch reads at its end, on 256 held-out samples; a seed that "
            "never does is left out. Scratch is looked at every {width} "
            "steps, so a step count is known to that width.",
            width=looks[1],
        )
    )


def until(groups: Mapping[str, Sequence[History]], key: str) -> dict[int, int]:
    """By seed: the first measured step at which the runs of a strategy read
    what the scratch run of the same seed reads at its end; seeds at which
    they never do are left out."""
    goals = {
        run.spec.seed: run.accuracy("target")[1][-1]
        for run in groups["scratch"]
    }
    found = {}
    for run in groups[key]:
        goal = goals.get(run.spec.seed)
        for step, share in zip(*run.accuracy("target"), strict=True):
            if goal is not None and share >= goal:
                found[run.spec.seed] = step
                break
    return found


def who_wins(groups: Mapping[str, Sequence[History]]) -> str:
    """What each order reads of the target at the end, the best first."""
    spans = {
        key: interval([curves.target_accuracy(h) for h in groups[key]])
        for key in NAMES
    }
    ordered = sorted(NAMES, key=lambda key: -spans[key].mean)
    parts = [
        f"{NAMES[key].lower()} {100 * spans[key].mean:.1f} ± "
        f"{100 * spans[key].half:.1f} %"
        for key in ordered
    ]
    return say(
        "At the end the target is read: {accuracies}",
        accuracies=", ".join(parts),
    )


def saved(needed: Mapping[str, Mapping[int, int]]) -> str:
    """How many steps sequential transfer saves, seed by seed."""
    full, scratch = needed["full"], needed["scratch"]
    both = [seed for seed in full if seed in scratch]
    reached = say(
        "Both at once gets there in {count} of {seeds} seeds",
        count=len(needed["joint"]),
        seeds=len(scratch),
    )
    if not both:
        return say(
            "No seed of sequential transfer gets to scratch. {joint}",
            joint=reached,
        )
    gain = interval([scratch[seed] - full[seed] for seed in both])
    return say(
        "To read what scratch reads at its end, one after the other needs "
        "{mean:.0f} ± {half:.0f} steps less than scratch itself ({compared} "
        "of {seeds} seeds). {joint}",
        mean=gain.mean,
        half=gain.half,
        compared=len(both),
        seeds=len(scratch),
        joint=reached,
    )


def _rows(needed: Mapping[str, Mapping[int, int]]) -> list[Row]:
    return [
        Row(
            say("{order}, {seeds} seeds", order=NAMES[key], seeds=len(steps)),
            key,
            list(steps.values()),
        )
        for key, steps in needed.items()
        if steps
    ]


def _links() -> None:
    with st.container(horizontal=True):
        for key in NAMES:
            given = {**ORDERS.settings, "strategy": key}
            st.page_link(
                registry.path_of("run"),
                label=say("Run {strategy}", strategy=sentences.title(key)),
                icon=":material/play_arrow:",
                query_params={k: str(v) for k, v in given.items()},
            )
