"""ImageNet to signs: the signs of the other pair, without a source."""

import torch

from tl_core.datasets.imagenet_to_signs import ImagenetToSigns
from tl_core.datasets.signs import CLASSES, by_day


def test_by_day_they_are_the_signs_as_drawn():
    pair = ImagenetToSigns().load()
    assert pair.shape == (3, 96, 96)
    assert pair.classes == CLASSES
    assert not pair.has_source
    assert torch.equal(pair.target.test.x, by_day(500, 96, 13).x)


def test_by_night_they_are_the_same_signs_in_the_dark():
    day, night = (ImagenetToSigns(night=n).load().target for n in (0, 1))
    assert torch.equal(day.train.y, night.train.y)
    assert night.train.x.mean() < 0.6 * day.train.x.mean()
