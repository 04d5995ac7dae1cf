"""Two risks at once: lambda on two moons, and on digits."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import streamlit as st

from pages.ui import registry, results
from pages.ui.charts import chart
from tl_core import joint_lesson, recording
from tl_core.analysis.intervals import Interval, interval
from tl_core.figures import domains as figures
from tl_core.figures import joint as planes
from tl_core.figures import theme
from tl_core.history import History
from tl_core.joint_lesson import LAMBDAS, SCENES, SEEDS
from tl_core.lesson_studies import LAMBDAS as RACES

START = 6
"""The place of the weight that is shown first: 1."""
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
        "Target risk plus **λ** times source risk, on one backbone θ. With "
        "**one head**, $h_t = h_s$: one answer has to serve both domains. "
        "With **two heads** only the features are shared."
    )
    _moons()
    st.divider()
    _digits()


def _moons() -> None:
    found = joint_lesson.recorded()
    if not found:
        st.info("`make record` trains the moons behind this picture.")
        return
    titles = {key: scene.title for key, scene in SCENES.items()}
    key = st.segmented_control(
        "Two moons",
        list(titles),
        format_func=titles.__getitem__,
        default="far",
        key="joint.scene",
        required=True,
    )
    scene = found[key or "far"]
    words = on_moons(scene)
    st.markdown(f"**{words}**")
    left, right = st.columns([3, 2], gap="large")
    with left:
        chart(planes.plane(scene, LAMBDAS, START), words, "joint.plane")
    with right:
        _moons_front(scene)
    _origin()
    _links({"1": SCENES[key or "far"].settings(1.0, 0)}, "λ = 1 on moons")


def _origin() -> None:
    """What is drawn, and where it comes from."""
    device, day = joint_lesson.where()
    st.caption(
        f"Move λ under the picture. Blue dashed: where the source's reader "
        "changes its mind; orange: the target's; with one head they are one "
        f"line. {joint_lesson.LABELS} labelled target points (diamonds), 400 "
        "source points, half of them drawn; losses are on these, accuracies "
        f"on 200 test points of each domain. The plane is of seed 0, numbers "
        f"are means over seeds {', '.join(map(str, SEEDS))} · {device} · "
        f"recorded {day}"
    )


def _moons_front(scene: planes.Recorded) -> None:
    """Both accuracies of every weight."""
    shares = {
        weight: (
            interval(scene["accuracy_source"][row].tolist()),
            interval(scene["accuracy_target"][row].tolist()),
        )
        for row, weight in enumerate(LAMBDAS)
    }
    words = both_at(shares, (LAMBDAS[0], LAMBDAS[START], LAMBDAS[-1]))
    st.markdown("**Test accuracy**")
    st.dataframe(
        [
            {
                "λ": f"{weight:g}",
                "source": f"{100 * source.mean:.1f} %",
                "target": f"{100 * target.mean:.1f} %",
            }
            for weight, (source, target) in shares.items()
        ],
        hide_index=True,
        height=35 * (len(shares) + 1) + 3,
    )
    st.caption(words)


def on_moons(scene: planes.Recorded) -> str:
    """Which weight serves the target best, and what both ends give."""
    target = scene["accuracy_target"].mean(1)
    source = scene["accuracy_source"].mean(1)
    best = int(np.argmax(target))
    seeds = scene["accuracy_target"]
    gain = interval((seeds[best] - seeds[0]).tolist())
    none, best_at, most = (
        f"λ\u00a0=\u00a0{LAMBDAS[row]:g}" for row in (0, best, -1)
    )
    return (
        f"The target is read best, {100 * target[best]:.1f} %, with {best_at};"
        f" target labels alone ({none}) give {100 * target[0]:.1f} % "
        f"({100 * gain.mean:+.1f} ± {100 * gain.half:.1f} points, seed by "
        f"seed), {most} gives {100 * target[-1]:.1f} %. The source goes from "
        f"{100 * source[0]:.1f} to {100 * source[-1]:.1f} %"
    )


def both_at(points: Points, weights: tuple[float, ...]) -> str:
    """Target accuracies with intervals at some weights."""
    parts = [
        f"λ = {weight:g}: {100 * points[weight][1].mean:.1f} ± "
        f"{100 * points[weight][1].half:.1f} %"
        for weight in weights
    ]
    return "Target with its 95 % interval at " + "; ".join(parts) + "."


def _digits() -> None:
    st.subheader("On turned digits", anchor=False)
    runs = {w: recording.recorded_race(race) for w, race in RACES.items()}
    runs = {weight: found for weight, found in runs.items() if found}
    if len(runs) < 2:
        st.info("`make record` makes the runs behind these charts.")
        return
    points = ends(runs)
    words = trade(points)
    st.markdown(f"**{words}**")
    colour = theme.style("joint").colour
    chart(planes.front(points, colour), words, "joint.front")
    _gradients(runs)
    results.provenance([run for found in runs.values() for run in found])
    settings = RACES[1.0].settings
    _links(
        {
            "one head": {**settings, "strategy": "joint"},
            "two heads": {
                **settings,
                "strategy": "joint",
                "strategy.heads": "two",
            },
        },
        "",
    )


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
    how = "with" if falls else "not with"
    return (
        f"From λ = {low:g} to {high:g} the source goes from "
        f"{100 * s0.mean:.1f} to {100 * s1.mean:.1f} % and the target from "
        f"{100 * t0.mean:.1f} to {100 * t1.mean:.1f} %; the target's mean "
        f"falls {how} every larger λ"
    )


def _gradients(runs: Mapping[float, list[History]]) -> None:
    """How the risks' gradients lie to each other while training goes on."""
    curves = {w: cosine(runs[w]) for w in FOLLOWED if w in runs}
    curves = {w: curve for w, curve in curves.items() if curve[0]}
    if not curves:
        return
    words = pull(curves)
    st.markdown(f"**Do the risks agree?** {words}")
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
        f"from {spans[0].mean:+.2f} to {spans[-1].mean:+.2f} with "
        f"λ = {weight:g}"
        for weight, (_, spans) in curves.items()
    ]
    return (
        "The cosine between the gradients of both risks, on held-out samples "
        f"with respect to the backbone, goes {', '.join(parts)}. Below zero "
        "a step that helps one domain hurts the other."
    )


def _links(choices: Mapping[str, Mapping[str, object]], what: str) -> None:
    with st.container(horizontal=True):
        for name, settings in choices.items():
            st.page_link(
                registry.path_of("run"),
                label=f"Run {what or f'with {name}'} yourself",
                icon=":material/play_arrow:",
                query_params={k: str(v) for k, v in settings.items()},
            )
