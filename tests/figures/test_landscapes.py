"""Surfaces and lines of a loss are drawn where they were measured."""

import numpy as np
import pytest

from tl_core.figures import landscapes, theme

XS, YS = [0.0, 1.0, 2.0], [0.0, 1.0]
LOSSES = np.array([[0.2, 0.4, 9.0], [0.1, 0.5, 1.0]])
CORNERS = {"before": (0.0, 0.0), "<after>": (1.0, 1.0)}


def test_the_surface_and_its_networks():
    figure = landscapes.loss_plane(LOSSES, XS, YS, CORNERS)
    contour, corners = figure.data
    np.testing.assert_allclose(contour.z, LOSSES)
    assert contour.zmin == 0.1
    assert contour.zmax == pytest.approx(1.5)  # thrice the worst corner
    assert list(corners.x) == [0, 1]
    assert list(corners.text) == ["before", "&lt;after&gt;"]
    title = "distance between weights (weight units)"
    assert figure.layout.xaxis.title.text == title


def test_the_loss_at_a_corner_is_that_of_its_grid_point():
    found = landscapes.corner_losses(LOSSES, XS, YS, {"a": (1.9, 0.8)})
    assert found == [1.0]


def test_without_corners_the_whole_height_is_shown():
    contour = landscapes.loss_plane(LOSSES, XS, YS, {}).data[0]
    assert contour.zmax == 9.0


def test_a_flat_surface_is_drawn():
    contour = landscapes.loss_plane(np.ones((2, 3)), XS, YS, CORNERS).data[0]
    assert contour.zmax > contour.zmin


def test_a_path_lies_between_surface_and_networks():
    ways = {"<full>": [(0.0, 0.0), (0.5, 0.7)]}
    figure = landscapes.loss_plane(LOSSES, XS, YS, CORNERS, ways)
    assert list(figure.data[1].y) == [0.0, 0.7]
    assert "<full>" not in figure.data[1].name


def test_a_line_says_between_whom_and_keeps_domain_colours():
    figure = landscapes.loss_line(
        [0, 0.5, 1],
        {"source": [0.1, 0.4, 0.2], "foretold": [0.1, 0.2, 0.5]},
        ("before", "after"),
    )
    source, foretold = figure.data
    assert source.line.color == theme.SOURCE
    assert list(foretold.y) == [0.1, 0.2, 0.5]
    title = "way from before to after (share)"
    assert figure.layout.xaxis.title.text == title
    assert "nats" in figure.layout.yaxis.title.text
