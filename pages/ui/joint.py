"""Two risks at once: lambda on two moons, and on digits."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from pages.ui import joint_moons, registry, results
from pages.ui.charts import chart
from tl_core import recording
from tl_core.analysis.intervals import Interval, interval
from tl_core.figures import domains as figures
from tl_core.figures import joint_front, theme
from tl_core.history import History
from tl_core.lesson_studies import LAMBDAS as RACES
from tl_core.texts import say

FOLLOWED = (0.1, 1.0, 10.0)
"""Weights whose gradients are followed."""
FORMULA = (
    r"\min_{\theta,\,h_t,\,h_s}\; \mathcal L_t(\theta, h_t) "
    r"+ \lambda\,\mathcal L_s(\theta, h_s)"
)
Points = Mapping[float, tuple[Interval, Interval]]


def show() -> None:
    """The plane under a slider, then the front and the gradients on
    digits."""
    st.latex(FORMULA)
    st.markdown(
        say(
            "Target risk plus **λ** times source risk, on one backbone θ. "
            "With **one head**, $h_t = h_s$: one answer has to serve both "
            "domains. With **two heads** only the features are shared."
        )
    )
    joint_moons.show()
    st.divider()
    _digits()


def _digits() -> None:
    st.subheader(say("On turned digits"), anchor=False)
    runs = {w: recording.recorded_race(race) for w, race in RACES.items()}
    runs = {weight: found for weight, found in runs.items() if found}
    if len(runs) < 2:
        st.info(say("`make record` makes the runs behind these charts."))
        return
    points = ends(runs)
    words = trade(points)
    st.markdown(f"**{words}**")
    colour = theme.style("joint").colour
    chart(joint_front.front(points, colour), words, "joint.front")
    _gradients(runs)
    results.provenance([run for found in runs.values() for run in found])
    _links()


def ends(runs: Mapping[float, list[History]]) -> Points:
    """Final (source, target) accuracies over seeds, weight by weight."""
    return {
        weight: (_span(found, "source"), _span(found, "target"))
        for weight, found in runs.items()
    }


def _span(runs: list[History], domain: str) -> Interval:
    return interval([h.finished.accuracy[domain] for h in runs if h.finished])


def trade(points: Points) -> str:
    """Whether more weight trades target for source, in words."""
    (low, (s0, t0)), *_, (high, (s1, t1)) = points.items()
    targets = [target.mean for _, target in points.values()]
    falls = all(a >= b for a, b in zip(targets[:-1], targets[1:], strict=True))
    change = say(
        "From λ = {low:g} to {high:g} the source goes from {source_low:.1f} "
        "to {source_high:.1f} % and the target from {target_low:.1f} to "
        "{target_high:.1f} %",
        low=low,
        high=high,
        source_low=100 * s0.mean,
        source_high=100 * s1.mean,
        target_low=100 * t0.mean,
        target_high=100 * t1.mean,
    )
    order = (
        say("the target's mean falls with every larger λ")
        if falls
        else say("the target's mean falls not with every larger λ")
    )
    return f"{change}; {order}"


def _gradients(runs: Mapping[float, list[History]]) -> None:
    """How the risks' gradients lie to each other while training goes on."""
    curves = {w: cosine(runs[w]) for w in FOLLOWED if w in runs}
    curves = {w: curve for w, curve in curves.items() if curve[0]}
    if not curves:
        return
    words = pull(curves)
    st.markdown(say("**Do the risks agree?** {words}", words=words))
    chart(figures.cosines(curves), words, "joint.cosine")


def cosine(runs: list[History]) -> tuple[list[int], list[Interval]]:
    """The gradients' cosine over steps, an interval over seeds each."""
    found = [run.scores("gradient_cosine") for run in runs]
    columns = zip(*(values for _, values in found), strict=False)
    return found[0][0], [interval(column) for column in columns]


def pull(
    curves: Mapping[float, tuple[list[int], list[Interval]]],
) -> str:
    """Whether the risks come to pull against each other, in words."""
    parts = [
        say(
            "from {first:+.2f} to {last:+.2f} with λ = {weight:g}",
            first=spans[0].mean,
            last=spans[-1].mean,
            weight=weight,
        )
        for weight, (_, spans) in curves.items()
    ]
    return say(
        "The cosine between the gradients of both risks, on held-out samples "
        "with respect to the backbone, goes {changes}. Below zero a step that "
        "helps one domain hurts the other.",
        changes=", ".join(parts),
    )


def _links() -> None:
    settings = {**RACES[1.0].settings, "strategy": "joint"}
    choices = {
        say("Run with one head yourself"): settings,
        say("Run with two heads yourself"): {
            **settings,
            "strategy.heads": "two",
        },
    }
    with st.container(horizontal=True):
        for label, given in choices.items():
            st.page_link(
                registry.path_of("run"),
                label=label,
                icon=":material/play_arrow:",
                query_params={k: str(v) for k, v in given.items()},
            )
