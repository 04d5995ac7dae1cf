"""Views of the alignment page to move things in: two laws, two moons."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages.ui import results
from pages.ui.charts import chart
from tl_core import kernel_lesson, recording, sentences, takeaways
from tl_core.figures import alignment as figures
from tl_core.figures import maps
from tl_core.races import race
from tl_core.texts import say

GRID = 200
TITLES = {
    "biased": say("biased, all pairs"),
    "unbiased": say("unbiased, pairs of different samples"),
    "linear": say("linear time, each sample once"),
}


def laws() -> None:
    """Two normal laws, their witness, and three estimates of MMD²."""
    left, right = st.columns([1, 2], gap="large")
    with left:
        shift = st.slider(say("Shift of the target"), -3.0, 3.0, 1.0, 0.1)
        spread = st.slider(say("Spread of the target"), 0.3, 3.0, 1.0, 0.1)
        h = st.slider(say("Bandwidth h"), 0.1, 5.0, 1.0, 0.1)
        n = st.slider(say("Samples of each law"), 10, 100, 40, 10)
    exact = kernel_lesson.truth(shift, spread, h)
    with right:
        st.markdown(
            say(
                "**MMD² is {exact:.3f}** · the witness is high where the "
                "source is likelier, low where the target is, as seen "
                "through a kernel of width h",
                exact=exact,
            )
        )
        z = np.linspace(-6, 6, GRID)
        chart(
            figures.laws(z, *_seen(z, shift, spread, h)),
            say(
                "Two normal laws {shift:g} apart; MMD² is {exact:.3f}.",
                shift=shift,
                exact=exact,
            ),
            "witness.laws",
        )
    _estimates(n, shift, spread, h, exact)


def _seen(
    z: np.ndarray, shift: float, spread: float, h: float
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Both densities at z, and the witness: two densities made wider by h."""
    wide = [np.sqrt(1 + h * h), np.sqrt(spread**2 + h * h)]
    bumps = [_normal(z, m, s) for m, s in zip((0, shift), wide, strict=True)]
    witness = h * np.sqrt(2 * np.pi) * (bumps[0] - bumps[1])
    densities = {
        "source": _normal(z, 0, 1),
        "target": _normal(z, shift, spread),
    }
    return densities, witness


def _normal(z: np.ndarray, mean: float, spread: float) -> np.ndarray:
    away = (z - mean) / spread
    return np.exp(-away * away / 2) / (spread * np.sqrt(2 * np.pi))


def _estimates(
    n: int, shift: float, spread: float, h: float, exact: float
) -> None:
    found = kernel_lesson.estimates(n, shift, spread, h)
    said = "; ".join(
        say(
            "{name}: bias {mean:+.3f}, spread {std:.3f}",
            name=name,
            mean=values.mean() - exact,
            std=values.std(),
        )
        for name, values in found.items()
    )
    st.markdown(
        say(
            "**Three estimates from {n} samples** · {draws} draws of each",
            n=n,
            draws=kernel_lesson.DRAWS,
        )
    )
    chart(figures.estimates(found, exact, TITLES), said, "witness.estimates")
    st.caption(
        say(
            "{said}. Training minimises the biased one, which is never "
            "negative; plots and tests take the unbiased one, whose mean is "
            "the truth (Gretton et al. 2012). Arithmetic, not a run: samples "
            "of the two laws are drawn here, with seed 0.",
            said=said,
        )
    )


def moons() -> None:
    """The witness over the plane, and decision boundaries of recorded runs."""
    group = race("moons")
    history = recording.read(group.spec("source_only", 0).id)
    if history is None:
        st.info(say("`make record` makes the runs that are shown here."))
        return
    left, right = st.columns(2, gap="medium")
    with left:
        _plane(history.arrays("samples"))
    with right:
        way = st.selectbox(
            say("Decision boundary of"),
            group.strategies,
            format_func=sentences.title,
            index=group.strategies.index("mmd"),
            key="witness.way",
        )
        _boundary(group.spec(way, 0).id)
    results.provenance([history])


def _plane(samples: dict[str, np.ndarray]) -> None:
    x, y = samples["source_x"], samples["target_x"]
    share = st.select_slider(
        say("Bandwidth, as a share of the median distance"),
        [0.05, 0.1, 0.25, 0.5, 1.0, 2.0],
        0.25,
        key="witness.share",
    )
    h = share * kernel_lesson.median_distance(x, y)
    distance = float(kernel_lesson.unbiased(x, y, h))
    words = say(
        "With h = {h:.2f} the unbiased MMD² is {distance:.3f}.",
        h=h,
        distance=distance,
    )
    st.markdown(say("**The witness** · {words}", words=words))
    axis = np.linspace(-2, 2, 61)
    across, up = np.meshgrid(axis, axis)
    plane = np.stack([across.ravel(), up.ravel()], 1)
    f = kernel_lesson.witness(x, y, plane, h).reshape(across.shape)
    chart(figures.witness_map(axis, f, samples), words, "witness.moons")


def _boundary(run_id: str) -> None:
    history = recording.read(run_id)
    if history is None or history.finished is None:
        return
    reached = history.finished.accuracy["target"]
    words = say(
        "It reads {reached} of the target.", reached=sentences.percent(reached)
    )
    drawn = history.arrays("boundary_after"), history.arrays("samples")
    figure = maps.boundary_map(*drawn)
    chart(figure, takeaways.sides(*drawn), "witness.boundary")
    st.caption(words)
