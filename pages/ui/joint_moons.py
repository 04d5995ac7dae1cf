"""Two risks at once on two moons: the plane under a slider, and what every
weight of the source's risk gives."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import streamlit as st

from pages.ui import registry
from pages.ui.charts import chart
from tl_core import joint_lesson
from tl_core.analysis.intervals import Interval, interval
from tl_core.figures import joint as planes
from tl_core.joint_lesson import LAMBDAS, SCENES, SEEDS
from tl_core.texts import say

START = 6
"""The place of the weight that is shown first: 1."""
Points = Mapping[float, tuple[Interval, Interval]]


def show() -> None:
    """The plane of one scene under a slider, and the accuracies of every
    weight."""
    found = joint_lesson.recorded()
    if not found:
        st.info(say("`make record` trains the moons behind this picture."))
        return
    titles = {key: scene.title for key, scene in SCENES.items()}
    key = st.segmented_control(
        say("Two moons"),
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
        _front(scene)
    _origin()
    settings = SCENES[key or "far"].settings(1.0, 0)
    with st.container(horizontal=True):
        st.page_link(
            registry.path_of("run"),
            label=say("Run λ = 1 on moons yourself"),
            icon=":material/play_arrow:",
            query_params={k: str(v) for k, v in settings.items()},
        )


def _origin() -> None:
    """What is drawn, and where it comes from."""
    device, day = joint_lesson.where()
    st.caption(
        say(
            "Move λ under the picture. Blue dashed: where the source's "
            "reader changes its mind; orange: the target's; with one head "
            "they are one line. {labels} labelled target points (diamonds), "
            "400 source points, half of them drawn; losses are on these, "
            "accuracies on 200 test points of each domain. The plane is of "
            "seed 0, numbers are means over seeds {seeds} · {device} · "
            "recorded {day}",
            labels=joint_lesson.LABELS,
            seeds=", ".join(map(str, SEEDS)),
            device=device,
            day=day,
        )
    )


def _front(scene: planes.Recorded) -> None:
    """Both accuracies of every weight."""
    shares = {
        weight: (
            interval(scene["accuracy_source"][row].tolist()),
            interval(scene["accuracy_target"][row].tolist()),
        )
        for row, weight in enumerate(LAMBDAS)
    }
    words = both_at(shares, (LAMBDAS[0], LAMBDAS[START], LAMBDAS[-1]))
    st.markdown(say("**Test accuracy**"))
    st.dataframe(
        [
            {
                "λ": f"{weight:g}",
                say("source"): f"{100 * source.mean:.1f} %",
                say("target"): f"{100 * target.mean:.1f} %",
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
    return say(
        "The target is read best, {best:.1f} %, with {best_at}; target "
        "labels alone ({none}) give {alone:.1f} % ({gain:+.1f} ± {half:.1f} "
        "points, seed by seed), {most} gives {target_most:.1f} %. The source "
        "goes from {source_none:.1f} to {source_most:.1f} %",
        best=100 * target[best],
        best_at=best_at,
        none=none,
        alone=100 * target[0],
        gain=100 * gain.mean,
        half=100 * gain.half,
        most=most,
        target_most=100 * target[-1],
        source_none=100 * source[0],
        source_most=100 * source[-1],
    )


def both_at(points: Points, weights: tuple[float, ...]) -> str:
    """Target accuracies with intervals at some weights."""
    parts = [
        f"λ = {weight:g}: {100 * points[weight][1].mean:.1f} ± "
        f"{100 * points[weight][1].half:.1f} %"
        for weight in weights
    ]
    return say(
        "Target with its 95 % interval at {weights}.", weights="; ".join(parts)
    )
