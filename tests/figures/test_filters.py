"""Pictures of filters hold the filters' numbers."""

import numpy as np
import pytest

from tl_core.figures import filters, tiles

MAPS = np.arange(3 * 2 * 2, dtype=float).reshape(3, 2, 2) - 5
TEXTS = ["filter 0", "filter 1", "filter 2"]


def test_tiles_lie_in_reading_order_with_gaps_between():
    values, owner = tiles.tile(MAPS, columns=2)
    assert values.shape == owner.shape == (5, 5)
    np.testing.assert_array_equal(values[:2, 3:], MAPS[1])
    np.testing.assert_array_equal(values[3:, :2], MAPS[2])
    assert np.isnan(values[2]).all()
    assert np.isnan(values[3:, 3:]).all()
    assert set(owner[:, 2]) == {-1}
    assert (owner[3:, :2] == 2).all()


def test_signed_maps_are_white_at_zero_and_named():
    (sheet,) = tiles.signed_maps(MAPS, TEXTS, columns=2).data
    assert (sheet.zmin, sheet.zmax) == (-1, 1)
    assert np.nanmax(np.abs(sheet.z)) == 1
    np.testing.assert_allclose(sheet.z[3:, :2], MAPS[2] / 6)
    assert sheet.text[4][0] == "filter 2"
    assert sheet.text[2][0] == ""


def test_positive_maps_share_a_scale():
    (sheet,) = tiles.positive_maps(MAPS + 5, TEXTS).data
    assert sheet.showscale
    assert np.nanmax(sheet.z) == 11


def test_dead_filters_are_drawn():
    (sheet,) = tiles.signed_maps(np.zeros((1, 2, 2)), ["dead"]).data
    assert (sheet.z == 0).all()


def test_a_spectrum_s_axes_are_frequencies():
    figure = filters.spectrum_map(np.zeros((8, 8)))
    assert figure.data[0].x[4] == 0
    assert figure.data[0].x[0] == -0.5
    assert "cycles per pixel" in figure.layout.xaxis.title.text


def test_shares_of_filters_rise_to_one_beside_the_null():
    figure = filters.gabor_shares([0.9, 0.5], [0.1, 0.3, 0.2])
    ours, null = figure.data
    assert list(ours.x) == [0.5, 0.9]
    assert list(ours.y) == [0.5, 1.0]
    assert list(null.y) == pytest.approx([1 / 3, 2 / 3, 1])
    assert null.name == "random filters"


def test_every_wave_is_a_dot():
    (dots,) = filters.orientations([10, 170], [0.1, 0.4], [0.5, 0.9]).data
    assert list(dots.x) == [10, 170]
    assert dots.customdata[1].tolist() == [1, 0.9]
    assert "cycles per pixel along" in dots.hovertemplate


def test_the_most_turned_filter_comes_first():
    (bars,) = filters.turned_strip([0.9, -0.2, 1.0]).data
    assert list(bars.x) == ["1", "0", "2"]
    assert list(bars.y) == [-0.2, 0.9, 1.0]
