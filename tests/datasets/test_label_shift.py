"""Only the classes' proportions move, and as they are said to."""

import math

import pytest
import torch

from tl_core.datasets.digits import mnist_halves
from tl_core.datasets.label_shift import ORDER, LabelShift


def counts(y: torch.Tensor) -> torch.Tensor:
    return torch.bincount(y, minlength=10)[list(ORDER)].double()


@pytest.mark.parametrize("severity", [0.0, 0.5, 1.0])
def test_proportions_fall_off_exponentially(severity):
    every = mnist_halves()[1]
    pair = LabelShift(severity=severity).load()
    for part in ("train", "test"):
        kept = counts(getattr(pair.target, part).y)
        share = kept / counts(getattr(every, part).y)
        for rank in range(10):
            expected = math.exp(-severity * 3 * rank / 9)
            # Half a digit is lost or won by rounding.
            assert share[rank] == pytest.approx(expected, abs=0.5 / 40)


def test_no_picture_is_changed_only_left_out():
    every = mnist_halves()[1].train
    known = {
        x.tobytes(): int(y)
        for x, y in zip(every.x.numpy(), every.y, strict=True)
    }
    train = LabelShift().load().target.train
    for x, y in zip(train.x.numpy(), train.y, strict=True):
        assert known[x.tobytes()] == int(y)


def test_a_smaller_severity_keeps_what_a_larger_one_keeps():
    little, much = (LabelShift(severity=s).load() for s in (0.4, 0.9))
    rows = {x.tobytes() for x in little.target.train.x.numpy()}
    assert {x.tobytes() for x in much.target.train.x.numpy()} <= rows


def test_the_source_s_classes_are_alike():
    y = LabelShift().load().source.train.y
    assert counts(y).min() > 0.8 * counts(y).max()
