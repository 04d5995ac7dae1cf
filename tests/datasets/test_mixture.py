"""Mixing two domains, and the two MNIST pairs that can be weakened."""

import pytest
import torch

from tl_core.datasets.base import Samples
from tl_core.datasets.digits import mnist_halves, mnist_whole, optdigits
from tl_core.datasets.mixture import mixed
from tl_core.datasets.mnist_to_mnistm import MnistToMnistM, blend
from tl_core.datasets.mnist_to_optdigits import MnistToOptdigits

NEAR = Samples(torch.arange(40.0).view(40, 1), torch.zeros(40).long())
FAR = Samples(torch.arange(100.0, 130).view(30, 1), torch.ones(30).long())


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 1.0])
def test_a_mixture_has_the_share_it_says_of_each(share):
    got = mixed(NEAR, FAR, share)
    far = got.x[:, 0] >= 100
    assert far.sum() == round(30 * share)
    assert torch.equal(got.y == 1, far)


def test_a_mixture_grows_without_giving_anything_back():
    little, much = (mixed(NEAR, FAR, s).y for s in (0.3, 0.6))
    assert (much >= little).all()


def test_optical_digits_stay_what_they_were_at_full_severity():
    pair = MnistToOptdigits().load()
    every = {x.tobytes() for x in optdigits().x.numpy()}
    assert {x.tobytes() for x in pair.target.train.x.numpy()} <= every
    assert (len(pair.target.train), len(pair.target.test)) == (1297, 500)


def test_without_severity_no_test_digit_was_trained_on():
    pair = MnistToOptdigits(severity=0).load()
    test = {x.tobytes() for x in pair.target.test.x.numpy()}
    for samples in (pair.source.train, pair.target.train):
        train = {x.tobytes() for x in samples.x.numpy()}
        assert len(train & test) <= 1  # the package repeats a digit or two
    assert test <= {x.tobytes() for x in mnist_whole().test.x.numpy()}


def test_photos_of_no_contrast_leave_the_digits_alone():
    target = MnistToMnistM(severity=0).load().target
    digits = mnist_halves()[1].test.x
    assert torch.equal(target.test.x, digits.expand(-1, 3, -1, -1))


def test_full_contrast_is_the_recipe_of_the_paper():
    target = MnistToMnistM().load().target
    digits = mnist_halves()[1].test.x
    photo = blend(torch.zeros_like(digits), seed=2)
    assert torch.equal(target.test.x, (photo - digits).abs())
