"""What each change of the shift designer does to a picture."""

import pytest
import torch

from tl_core.datasets import shifts

X = torch.rand((6, 1, 28, 28), generator=torch.Generator().manual_seed(1))


def chance() -> torch.Generator:
    return torch.Generator().manual_seed(0)


CHANGES = {
    "rotation": lambda x, a: shifts.rotate_and_scale(x, 90 * a, 0, chance()),
    "scale": lambda x, a: shifts.rotate_and_scale(x, 0, a, chance()),
    "thickness": shifts.thicken,
    "background": lambda x, a: shifts.put_before_photos(x, a, 3),
    "tint": lambda x, a: shifts.tint(x, a, chance()),
    "inversion": shifts.invert,
    "light": shifts.light,
    "darkness": lambda x, a: shifts.light(x, -a),
    "contrast": shifts.contrast,
    "greyness": lambda x, a: shifts.contrast(x, -a),
    "rain": lambda x, a: shifts.rain(x, a, 3),
    "blur": shifts.blur,
    "noise": lambda x, a: shifts.add_noise(x, a, chance()),
}


@pytest.mark.parametrize("name", CHANGES)
def test_an_amount_of_zero_changes_no_pixel(name):
    x = X.repeat(1, 3, 1, 1) if name == "tint" else X
    assert torch.equal(CHANGES[name](x, 0.0), x)


@pytest.mark.parametrize("name", CHANGES)
def test_a_larger_amount_changes_more_and_stays_a_picture(name):
    x = X.repeat(1, 3, 1, 1) if name == "tint" else X
    little, much = (CHANGES[name](x, amount) for amount in (0.2, 0.8))
    assert (little - x).abs().mean() < (much - x).abs().mean()
    assert little.min() >= 0
    assert much.max() <= 1 + 1e-6
    assert much.shape == x.shape


def test_a_blur_is_the_normal_density():
    x = torch.zeros(1, 1, 41, 41)
    x[0, 0, 20, 20] = 1.0
    blurred = shifts.blur(x, 2.0)[0, 0]
    assert blurred.sum() == pytest.approx(1, abs=1e-5)
    offsets = torch.arange(41.0) - 20
    variance = (blurred.sum(0) * offsets**2).sum()
    assert variance == pytest.approx(4.0, rel=0.05)


def test_a_scale_of_one_doubles():
    x = torch.zeros(1, 1, 28, 28)
    x[0, 0, 10:18, 10:18] = 1.0
    assert shifts.rotate_and_scale(x, 0, 1, chance()).sum() == pytest.approx(
        4 * x.sum().item(), rel=0.02
    )


def test_rain_falls_in_slanted_streaks():
    wet = shifts.rain(torch.zeros(50, 1, 28, 28), 0.5, seed=0)
    streaks = (wet > 0).float()
    assert 0.02 < streaks.mean() < 0.4
    below = (streaks[:, :, 1:] * streaks[:, :, :-1]).mean()
    beside = (streaks[..., 1:] * streaks[..., :-1]).mean()
    assert below > 2 * beside
