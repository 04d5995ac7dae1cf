"""The target's names change, the pictures do not."""

import pytest
import torch

from tl_core.datasets.digits import mnist_halves
from tl_core.datasets.mnist_renamed import MnistRenamed


def test_inputs_are_those_of_the_two_halves():
    pair = MnistRenamed(severity=1, shuffled=1).load()
    source, target = mnist_halves()
    assert torch.equal(pair.source.train.x, source.train.x)
    assert torch.equal(pair.target.test.x, target.test.x)


@pytest.mark.parametrize(("severity", "among"), [(1, 10), (0.5, 5), (0.2, 2)])
def test_the_first_digits_take_each_others_names(severity, among):
    old = mnist_halves()[1].test.y
    new = MnistRenamed(severity=severity).load().target.test.y
    assert ((old < among) == (old != new)).all()
    for digit in range(among):
        assert (new[old == digit] == (digit + 1) % among).all()


def test_no_digit_can_change_alone():
    old = mnist_halves()[1].train.y
    for severity in (0, 0.1):
        pair = MnistRenamed(severity=severity).load()
        assert torch.equal(pair.target.train.y, old)


@pytest.mark.parametrize("share", [0, 0.5, 1])
def test_as_many_source_labels_are_drawn_as_asked_for(share):
    old, new = mnist_halves()[0], MnistRenamed(shuffled=share).load().source
    wrong = (old.train.y != new.train.y).double().mean().item()
    assert wrong == pytest.approx(0.9 * share, abs=0.03)
    assert torch.equal(old.test.y, new.test.y)
