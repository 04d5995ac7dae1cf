"""Text to vision: MNIST, and nothing else."""

import torch

from tl_core.datasets.digits import mnist_whole
from tl_core.datasets.text_to_vision import TextToVision


def test_the_target_is_all_of_mnist_and_there_is_no_source():
    pair = TextToVision().load()
    assert torch.equal(pair.target.train.x, mnist_whole().train.x)
    assert torch.equal(pair.target.test.y, mnist_whole().test.y)
    assert len(pair.source.train) == len(pair.source.test) == 0
    assert pair.source.train.x.shape[1:] == pair.shape
