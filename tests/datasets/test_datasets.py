"""Domain pairs: shapes, laws, and shifts that do what their knobs say."""

import pytest
import torch

from tests.conftest import OFFLINE
from tl_core import catalog
from tl_core.analysis.mmd import permutation_p_value
from tl_core.datasets.base import DomainPair, split
from tl_core.datasets.mnist_shifted import MnistShifted
from tl_core.datasets.mnist_to_mnistm import blend
from tl_core.datasets.moons import Moons
from tl_core.datasets.shifts import rotate_and_scale, thicken

KEYS = OFFLINE
STILL = MnistShifted(inversion=0)


def load(key: str) -> DomainPair:
    knobs = catalog.entry("datasets", key).settings({})
    return catalog.create("datasets", key, knobs).load()


def parts(pair: DomainPair):
    for domain in (pair.source, pair.target):
        yield domain.train
        yield domain.test


@pytest.mark.parametrize("key", KEYS)
def test_a_pair_is_sound(key):
    pair = load(key)
    for samples in parts(pair):
        assert samples.x.dtype == torch.float32
        assert samples.y.dtype == torch.int64
        assert tuple(samples.x.shape[1:]) == pair.shape
        assert len(samples.x) == len(samples.y)
        assert torch.isfinite(samples.x).all()
        if len(pair.shape) == 3 and len(samples):
            assert samples.x.min() >= 0
            assert samples.x.max() <= 1


@pytest.mark.parametrize("key", KEYS)
def test_every_class_is_in_every_part(key):
    pair = load(key)
    named = [(pair.target, pair.classes)]
    named += [(pair.source, pair.head_classes)] if pair.has_source else []
    for domain, classes in named:
        for samples in (domain.train, domain.test):
            assert set(samples.y.tolist()) == set(range(len(classes)))


@pytest.mark.parametrize("key", KEYS)
def test_a_pair_has_no_source_samples_where_its_card_says_so(key):
    card = catalog.entry("datasets", key).card
    assert load(key).has_source == (card.source_task == "")


@pytest.mark.parametrize("key", KEYS)
def test_a_pair_is_the_same_every_time(key):
    for one, two in zip(parts(load(key)), parts(load(key)), strict=True):
        assert torch.equal(one.x, two.x)
        assert torch.equal(one.y, two.y)


@pytest.mark.parametrize("key", KEYS)
def test_no_test_sample_was_trained_on(key):
    for domain in (load(key).source, load(key).target):
        train = {x.tobytes() for x in domain.train.x.numpy()}
        test = {x.tobytes() for x in domain.test.x.numpy()}
        assert len(train & test) <= 1  # the package repeats a digit or two


def test_the_target_of_shifted_mnist_is_other_digits():
    pair = STILL.load()
    source = {tuple(x) for x in pair.source.train.x.flatten(1).tolist()}
    target = {tuple(x) for x in pair.target.train.x.flatten(1).tolist()}
    assert len(source & target) <= 1


def p_value(pair: DomainPair) -> float:
    a, b = (d.test.x[:200].flatten(1) for d in (pair.source, pair.target))
    return permutation_p_value(a, b, 100)


def test_without_a_shift_the_domains_cannot_be_told_apart():
    assert p_value(STILL.load()) > 0.05
    assert p_value(Moons(rotation=0).load()) > 0.05


@pytest.mark.parametrize(
    "knobs",
    [
        {"rotation": 45},
        {"inversion": 0.3},
        {"noise": 0.3},
        {"thickness": 1},
        {"thickness": -1},
    ],
)
def test_each_knob_moves_the_target_and_leaves_the_source(knobs):
    shifted = MnistShifted(**{"inversion": 0, **knobs}).load()
    assert torch.equal(shifted.source.test.x, STILL.load().source.test.x)
    assert p_value(shifted) < 0.05


def test_colour_gives_both_domains_three_channels():
    pair = MnistShifted(inversion=0, colour=0.8).load()
    assert pair.shape == (3, 28, 28)
    channels = pair.target.test.x.mean(dim=(0, 2, 3))
    spread = pair.target.test.x.std(dim=1).mean()
    assert spread > 0.01
    assert channels.min() > 0
    assert pair.source.test.x.std(dim=1).max() == 0


def test_inversion_of_one_exchanges_ink_and_paper():
    inverted = MnistShifted(inversion=1).load().target.test.x
    torch.testing.assert_close(inverted, 1 - STILL.load().target.test.x)


def test_a_quarter_turn_turns_about_the_centre():
    x = torch.zeros(1, 1, 9, 9)
    x[0, 0, 4, 7] = 1.0

    turned = rotate_and_scale(x, 1e-6, 0, torch.Generator().manual_seed(0))
    torch.testing.assert_close(turned, x, atol=1e-4, rtol=0)
    turned = rotate_and_scale(
        x.expand(200, -1, -1, -1), 90, 0, torch.Generator()
    )
    mass = turned.mean(0)[0]
    assert mass[:3].sum() + mass[6:].sum() > 0.5
    assert mass[4, 7] < 0.1


def test_thickness_dilates_and_erodes():
    x = torch.zeros(1, 1, 9, 9)
    x[0, 0, 3:6, 3:6] = 1.0
    assert thicken(x, 1).sum() == 25
    assert thicken(x, -1).sum() == 1
    assert thicken(x, 0.5).sum() == pytest.approx(9 + 16 / 2)
    assert torch.equal(thicken(x, 0), x)


def test_blending_is_the_difference_to_a_photo():
    nothing = blend(torch.zeros(4, 1, 28, 28), seed=3)
    ink = blend(torch.ones(4, 1, 28, 28), seed=3)
    torch.testing.assert_close(ink, 1 - nothing)
    assert nothing.std() > 0.05


def test_moons_turn_by_the_angle_they_say():
    still, turned = Moons(rotation=0).load(), Moons(rotation=90).load()
    x, y = still.target.test.x.T
    torch.testing.assert_close(
        turned.target.test.x, torch.stack([-y, x], 1), atol=1e-5, rtol=0
    )


def test_a_split_keeps_pairs_of_x_and_y_together():
    x = torch.arange(10.0)[:, None]
    domain = split(x, torch.arange(10), test=3, seed=0)
    for part in (domain.train, domain.test):
        assert torch.equal(part.x[:, 0].long(), part.y)
    assert (len(domain.train), len(domain.test)) == (7, 3)
