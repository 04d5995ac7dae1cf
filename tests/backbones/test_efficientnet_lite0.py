"""EfficientNet-Lite0: names photographs, and its features serve a probe."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
import skimage.data
import torch
from PIL import Image
from sklearn.datasets import load_sample_image
from sklearn.linear_model import LogisticRegression
from torch import Tensor
from torchvision.models._meta import _IMAGENET_CATEGORIES as NAMES

from tl_core.backbones.base import build
from tl_core.backbones.efficientnet_lite0 import (
    EfficientNetLite0,
    convolution,
    imagenet_logits,
    imagenet_network,
)

PHOTOS = Path(__file__).parents[3] / "shared" / "data" / "ants_bees.zip"
CATS = {"Egyptian cat", "tiger cat", "tabby"}


def central(image: np.ndarray) -> Tensor:
    """The largest central square as (1, 3, side, side) in [0, 1]."""
    height, width, _ = image.shape
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    square = image[top : top + side, left : left + side]
    return torch.tensor(square).movedim(2, 0)[None] / 255


@pytest.mark.parametrize(
    ("photo", "expected", "share"),
    [
        (skimage.data.coffee, {"espresso"}, 0.9),
        (skimage.data.chelsea, CATS, 0.8),
        (skimage.data.rocket, {"missile", "projectile", "space shuttle"}, 0.3),
        (lambda: load_sample_image("flower.jpg"), {"daisy"}, 0.15),
        (
            lambda: load_sample_image("china.jpg"),
            {"palace", "bell cote", "monastery"},
            0.5,
        ),
    ],
    ids=["coffee", "cat", "rocket", "flower", "temple"],
)
def test_photographs_are_named_sensibly(photo, expected, share):
    shares = imagenet_logits(central(photo())).softmax(1)[0]
    assert NAMES[int(shares.argmax())] in expected
    assert sum(shares[NAMES.index(name)] for name in expected) > share


def test_padding_is_tensorflows():
    x = torch.arange(16.0).view(1, 1, 4, 4)
    conv = convolution(1, 1, 3, 2).eval()
    torch.nn.init.ones_(conv[1].weight)
    conv[2].running_var.fill_(1 - 1e-3)
    windows = [
        [x[0, 0, i : i + 3, j : j + 3].sum() for j in (0, 2)] for i in (0, 2)
    ]
    torch.testing.assert_close(conv(x)[0, 0], torch.tensor(windows))
    kernel5 = convolution(1, 1, 5, 2)[0]
    assert kernel5.padding == (1, 2, 1, 2)


def test_every_stage_halves_the_map_where_the_paper_says():
    network = build(
        EfficientNetLite0(weights="random", side="128"), (3, 90, 70), 2, 0
    )
    found = network.backbone.stage_features(torch.rand(2, 3, 90, 70))
    sides = [z.shape[2] for z in found.values() if z.dim() == 4]
    assert sides == [64, 64, 32, 16, 8, 8, 4, 4]
    assert found["conv"].shape == (2, 1280)


def test_one_channel_is_read_as_grey():
    network = imagenet_network("96")
    x = torch.rand(2, 1, 28, 28)
    torch.testing.assert_close(network(x), network(x.expand(-1, 3, -1, -1)))


def test_only_imagenet_weights_count_as_trained():
    for weights in ("imagenet", "random"):
        backbone = EfficientNetLite0(weights=weights).build((3, 96, 96))
        assert backbone.arrives_trained == (weights == "imagenet")


@pytest.mark.parametrize(
    "other",
    [EfficientNetLite0(weights="random"), EfficientNetLite0(side="96")],
)
def test_weights_and_side_change_the_features(other):
    x = torch.rand(2, 3, 64, 64)
    one, two = (
        build(r, (3, 64, 64), 2, 0).eval()
        for r in (EfficientNetLite0(), other)
    )
    assert not torch.allclose(one.features(x), two.features(x))


def read(split: str) -> tuple[Tensor, list[str]]:
    """The photos (n, 3, 128, 128) of one split of the zip, and their
    classes."""
    with zipfile.ZipFile(PHOTOS) as file:
        names = [n for n in file.namelist() if n.startswith(f"{split}/")]
        images = [
            np.asarray(Image.open(io.BytesIO(file.read(n))).convert("RGB"))
            for n in names
        ]
    x = torch.tensor(np.stack(images)).movedim(3, 1) / 255
    return x, [name.split("/")[1] for name in names]


@pytest.mark.skipif(
    not PHOTOS.is_file(), reason="the photos of ants and bees are not here"
)
def test_frozen_features_tell_ants_from_bees():
    network = build(EfficientNetLite0(), (3, 128, 128), 2, seed=0).eval()

    @torch.no_grad()
    def features(x: Tensor) -> np.ndarray:
        return torch.cat([network.features(p) for p in x.split(64)]).numpy()

    x, y = read("target")
    probe = LogisticRegression(max_iter=1000).fit(features(x), y)
    unseen, labels = read("target_test")
    assert probe.score(features(unseen), labels) >= 0.85
