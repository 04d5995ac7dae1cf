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


@pytest.mark.parametrize("shift", [0, 2, 5])
def test_every_label_names_the_digit_in_the_picture(shift):
    pair = DigitsSplit(shift=shift).load()
    digit = {
        x.tobytes(): str(int(y))
        for x, y in zip(TARGET.train.x.numpy(), TARGET.train.y, strict=True)
    }
    train = pair.target.train
    for x, y in zip(train.x.numpy(), train.y, strict=True):
        assert digit[x.tobytes()] == pair.classes[int(y)]
    wanted = (TARGET.train.y >= shift) & (TARGET.train.y < shift + 5)
    assert len(train) == wanted.sum()


def test_parity_is_the_remainder_by_two():
    pair = DigitsSplit(labels="parity").load()
    assert pair.classes == ("even", "odd")
    assert pair.source_classes == CLASSES
    assert torch.equal(pair.target.test.x, TARGET.test.x)
    for y, digit in zip(pair.target.test.y, TARGET.test.y, strict=True):
        assert pair.classes[int(y)] == ("odd" if digit % 2 else "even")


def test_parity_heeds_no_shift():
    one, two = (DigitsSplit(s, "parity").load() for s in (0, 5))
    assert torch.equal(one.target.train.y, two.target.train.y)
    assert torch.equal(one.source.train.x, two.source.train.x)
    assert torch.equal(one.source.train.x, SOURCE.train.x)
