"""Digits with other labels: which classes move, and which images."""

import pytest
import torch

from tl_core.datasets.digits import CLASSES, mnist_halves
from tl_core.datasets.digits_split import DigitsSplit

SOURCE, TARGET = mnist_halves()


@pytest.mark.parametrize("shift", range(6))
def test_the_target_begins_shift_digits_later(shift):
    pair = DigitsSplit(shift=shift).load()
    assert pair.head_classes == CLASSES[:5]
    assert pair.classes == CLASSES[shift : shift + 5]
    assert len(set(pair.classes) - set(pair.head_classes)) == shift
    assert (pair.source_classes is None) == (shift == 0)


@pytest.mark.parametrize(("shift", "first"), [(0, 0), (2, 0), (5, 0), (5, 5)])
def test_every_label_names_the_digit_in_the_picture(shift, first):
    pair = DigitsSplit(shift=shift, first=first).load()
    digit = {
        x.tobytes(): str(int(y))
        for x, y in zip(TARGET.train.x.numpy(), TARGET.train.y, strict=True)
    }
    train = pair.target.train
    for x, y in zip(train.x.numpy(), train.y, strict=True):
        assert digit[x.tobytes()] == pair.classes[int(y)]
    wanted = [str(int(y)) in pair.classes for y in TARGET.train.y]
    assert len(train) == sum(wanted)


def test_either_half_of_the_digits_can_be_the_source():
    one = DigitsSplit(shift=0).load()
    two = DigitsSplit(shift=5, first=5).load()
    assert two.head_classes == CLASSES[5:]
    assert two.classes == one.classes == CLASSES[:5]
    assert torch.equal(one.target.test.x, two.target.test.x)


def test_parity_is_the_remainder_by_two():
    pair = DigitsSplit(labels="parity").load()
    assert pair.classes == ("even", "odd")
    assert pair.source_classes == CLASSES
    assert torch.equal(pair.target.test.x, TARGET.test.x)
    for y, digit in zip(pair.target.test.y, TARGET.test.y, strict=True):
        assert pair.classes[int(y)] == ("odd" if digit % 2 else "even")


def test_parity_heeds_no_shift():
    one, two = (DigitsSplit(s, labels="parity").load() for s in (0, 5))
    assert torch.equal(one.target.train.y, two.target.train.y)
    assert torch.equal(one.source.train.x, two.source.train.x)
    assert torch.equal(one.source.train.x, SOURCE.train.x)
