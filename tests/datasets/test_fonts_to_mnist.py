"""Printed digits: no two fonts alike, poses within bounds, a fair mixture."""

import pytest
import torch

from tl_core.datasets.digits import CLASSES, mnist
from tl_core.datasets.fonts_to_mnist import (
    FONTS,
    LARGE,
    FontsToMnist,
    glyph,
    posed,
    printed,
)


def test_no_two_fonts_print_a_digit_alike():
    drawn = torch.stack([glyph(f, "4") for f in FONTS]).flatten(1)
    apart = torch.cdist(drawn, drawn) + 1e9 * torch.eye(len(FONTS))
    assert apart.min() > 5


def test_no_font_lacks_a_digit():
    for font in FONTS:
        drawn = torch.stack([glyph(font, c) for c in CLASSES]).flatten(1)
        apart = torch.cdist(drawn, drawn) + 1e9 * torch.eye(10)
        assert apart.min() > 5


@pytest.mark.parametrize("font", FONTS)
def test_a_digit_stands_in_the_middle_and_has_one_height(font):
    ink = glyph(font, "8")[0] > 0.5
    rows, columns = ink.any(1).nonzero(), ink.any(0).nonzero()
    assert rows.max() - rows.min() == pytest.approx(80, abs=3)
    assert rows.max() + rows.min() == pytest.approx(LARGE, abs=4)
    assert columns.max() + columns.min() == pytest.approx(LARGE, abs=4)


def test_a_digit_keeps_its_ink_when_it_is_posed():
    x = torch.zeros(300, 1, LARGE, LARGE)
    x[:, :, 36:76, 46:66] = 1.0
    out = posed(x, torch.Generator().manual_seed(0))
    assert out.shape == (300, 1, 28, 28)
    ink = out.sum(dim=(1, 2, 3)) * 16 / (40 * 20)
    assert ink.min() > 0.86**2
    assert ink.max() < 1.14**2
    assert ink.std() > 0.05


def test_printed_digits_are_alike_often_and_differ():
    samples = printed(500, seed=5)
    assert torch.bincount(samples.y).tolist() == [50] * 10
    assert len({x.tobytes() for x in samples.x.numpy()}) == 500


@pytest.mark.parametrize("severity", [0.0, 0.3, 1.0])
def test_severity_is_the_share_of_handwriting(severity):
    written = {x.tobytes() for x in mnist().x.numpy()}
    target = FontsToMnist(severity=severity).load().target
    for samples in (target.train, target.test):
        hits = [x.tobytes() in written for x in samples.x.numpy()]
        assert sum(hits) / len(hits) == pytest.approx(severity, abs=1e-9)
