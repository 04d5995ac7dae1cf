"""Spectra and patterns of filters against sums written out."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from tl_core.analysis.filters import (
    first_filters,
    log_spectrum,
    main_pattern,
    turned,
)
from tl_core.analysis.gabor import Gabor
from tl_core.backbones.base import build
from tl_core.backbones.convnet import ConvNet

PLANTED = Gabor(30.0, 0.20, 40.0, 2.0, 3.0, 0.3, -0.5, 0.7, 1.0)


def test_the_spectrum_is_the_fourier_sum():
    filters = np.random.default_rng(1).normal(size=(2, 3, 5, 5))
    found = log_spectrum(filters, size=8)
    frequency = np.fft.fftshift(np.fft.fftfreq(8))
    grid = np.arange(5)
    for row, column in ((4, 4), (6, 1)):
        power = 0.0
        for channel in filters[1]:
            turn = frequency[row] * grid[:, None] + frequency[column] * grid
            power += abs((channel * np.exp(-2j * np.pi * turn)).sum()) ** 2
        assert found[1, row, column] == pytest.approx(math.log10(power))


def test_a_wave_stands_at_its_frequency():
    wave = Gabor(0.0, 0.25, 0.0, 4.0, 4.0, 0.0, 0.0, 1.0, 1.0)
    spectrum = log_spectrum(wave.pattern(11)[None, None], 32)[0]
    row, column = np.unravel_index(spectrum.argmax(), spectrum.shape)
    frequency = np.fft.fftshift(np.fft.fftfreq(32))
    assert frequency[row] == 0
    assert abs(frequency[column]) == pytest.approx(0.25, abs=1 / 32)


def test_channels_that_share_a_pattern_give_it_back():
    g = PLANTED.pattern(7)
    filters = np.stack([0.5 * g, -0.2 * g, 0.7 * g])[None]
    (found,) = main_pattern(filters)
    size = math.sqrt(0.25 + 0.04 + 0.49)
    np.testing.assert_allclose(found, size * g, atol=1e-10)
    single = main_pattern(-g[None, None])[0]
    np.testing.assert_allclose(single, -g, atol=1e-10)


def test_the_first_convolution_is_found():
    model = build(ConvNet(width=4), (3, 28, 28), 2, seed=0)
    name, found = first_filters(model)
    assert name == "backbone.stages.conv1.0"
    first = model.backbone.stages["conv1"][0].weight
    torch.testing.assert_close(torch.tensor(found).float(), first.detach())
    with pytest.raises(ValueError, match="no convolution of at least 2 x 2"):
        first_filters(nn.Linear(2, 2))


def test_the_first_convolution_that_is_large_enough_is_found():
    layers = [nn.Conv2d(1, 2, 1), nn.Conv2d(2, 3, 3), nn.Conv2d(3, 4, 5)]
    model = nn.Sequential(*layers, nn.Conv2d(4, 5, 7))
    assert [first_filters(model, side)[0] for side in (1, 2, 5)] == list("012")
    assert first_filters(model, 6)[1].shape == (5, 4, 7, 7)


def test_a_filter_that_turned_has_the_angle_s_cosine():
    before = np.zeros((3, 1, 1, 2))
    before[:, 0, 0] = [[1, 0], [1, 0], [0, 2]]
    after = np.zeros((3, 1, 1, 2))
    after[:, 0, 0] = [[3, 0], [1, 1], [0, -1]]
    np.testing.assert_allclose(turned(before, after), [1, 0.5**0.5, -1])
