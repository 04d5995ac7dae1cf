"""Figures about two risks, about controls, and about tasks."""

import numpy as np
import pytest

from tests.figures.test_every_figure import check
from tl_core.analysis.intervals import interval
from tl_core.figures import domains, joint, joint_front, tasks
from tl_core.figures.domains import Row

WEIGHTS = (0, 0.5, 2)
SPAN = interval([0.4, 0.5, 0.6])


@pytest.fixture
def scene():
    rows = len(WEIGHTS)
    p = np.arange(rows * 9).reshape(rows, 3, 3).astype(np.uint8)
    numbers = {
        f"{name}_{domain}": np.linspace(0.1, 0.9, rows * 2).reshape(rows, 2)
        for name in ("loss", "accuracy")
        for domain in ("source", "target")
    }
    points = {
        f"{domain}_{part}": values
        for domain in ("source", "target")
        for part, values in (("x", np.eye(2)), ("y", np.array([0, 1])))
    }
    axis = np.linspace(-2, 2, 3)
    return {**numbers, **points, "p_source": p, "p_target": p, "axis": axis}


def test_the_slider_has_a_frame_for_each_weight(scene):
    figure = joint.plane(scene, WEIGHTS, 1)
    names = [frame.name for frame in figure.frames]
    assert names == ["0", "0.5", "2"]
    assert [s.label for s in figure.layout.sliders[0].steps] == names
    assert figure.layout.sliders[0].active == 1
    kinds = [figure.data[k].type for k in figure.frames[0].traces]
    assert kinds == ["heatmap", "contour", "contour", "scatter"]
    for row, frame in enumerate(figure.frames):
        expected = np.round(scene["p_target"][row] / 250, 2)
        np.testing.assert_allclose(frame.data[0].z, expected)
        assert frame.data[3].x[0] == names[row]
    np.testing.assert_allclose(figure.data[0].z, figure.frames[1].data[0].z)


def test_losses_are_means_over_seeds(scene):
    figure = joint.plane(scene, WEIGHTS, 0)
    lines = [t for t in figure.data if (t.name or "").startswith("loss on")]
    expected = scene["loss_source"].mean(1)
    np.testing.assert_allclose(lines[0].y, expected)
    check(figure)


def test_a_loss_of_zero_stays_on_the_logarithmic_axis(scene):
    scene["loss_target"][:] = 0
    figure = joint.plane(scene, WEIGHTS, 0)
    line = next(t for t in figure.data if t.name == "loss on the target")
    assert set(line.y) == {joint.LEAST}


def test_the_front_names_each_weight():
    figure = joint_front.front(
        {0.0: (SPAN, SPAN), 1.0: (SPAN, SPAN)}, "#C0619A"
    )
    assert figure.data[0].text == ("λ = 0", "λ = 1")
    check(figure)


def test_a_row_holds_its_mean_interval_and_seeds():
    figure = domains.accuracies(
        [Row("one", "full", [0.4, 0.6]), Row("two", "scratch", [0.1, 0.2])]
    )
    # The first row is on top, so it is drawn last.
    assert figure.data[2].y[0] == "one"
    assert figure.data[2].x[0] == pytest.approx(0.5)
    half = interval([0.4, 0.6]).half
    assert figure.data[2].error_x.array[0] == pytest.approx(half)
    assert figure.data[3].x == (0.4, 0.6)
    check(figure)


def test_every_other_figure_speaks():
    check(domains.steps([Row("one", "full", [25, 50])]))
    check(domains.differences({"a minus b": SPAN, "b minus c": SPAN}))
    check(domains.told_apart({"a pair": SPAN}))
    check(domains.cosines({1.0: ([0, 5], [SPAN, SPAN])}))
    shares = {"source": [0.5, 0.5], "target": [0.9, 0.1]}
    check(tasks.proportions(shares, "ab"))
    check(tasks.label_map("ab", "c", [("a", "c")]))


def test_a_long_name_is_broken_between_words():
    assert domains.broken("short") == "short"
    long = "The same weights, shuffled within each tensor"
    lines = domains.broken(long).split("<br>")
    assert len(lines) == 2
    assert " ".join(lines) == long


def test_where_nothing_fits_the_map_says_so():
    empty = tasks.label_map("ab", "cd", [])
    assert empty.layout.annotations[0].text == tasks.NOTHING
    full = tasks.label_map("ab", "cd", [("b", "c")])
    assert not full.layout.annotations
    line = full.data[0]
    assert (line.y[0], line.y[1]) == (0, 1)
