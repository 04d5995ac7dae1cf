"""MobileNetV3-Small: the original's features, whatever the stages."""

import pytest
import torch
from torchvision.models import mobilenet_v3_small

from tl_core.backbones import imagenet
from tl_core.backbones import mobilenet_v3_small as module
from tl_core.backbones.base import build
from tl_core.backbones.mobilenet_v3_small import MobileNetV3Small
from tl_core.backbones.rgb import IMAGENET_MEAN, IMAGENET_SD


@pytest.mark.parametrize("stem", ["small", "imagenet"])
def test_learned_weights_give_torchvisions_features(stem, monkeypatch):
    torch.manual_seed(3)
    theirs = mobilenet_v3_small().eval()
    monkeypatch.setattr(imagenet, "load", lambda url: theirs.state_dict())
    assert module.URL.startswith("https://")
    recipe = MobileNetV3Small(weights="imagenet", stem=stem)
    ours = build(recipe, (3, 64, 64), 10, seed=0).eval()
    if stem == "small":
        theirs.features[0][0].stride = (1, 1)
    x = torch.rand(2, 3, 64, 64)
    mean, sd = (torch.tensor(v) for v in (IMAGENET_MEAN, IMAGENET_SD))
    standard = ((x.movedim(1, 3) - mean) / sd).movedim(3, 1)
    expected = theirs.avgpool(theirs.features(standard)).flatten(1)
    torch.testing.assert_close(ours.features(x), expected)
    assert ours.backbone.arrives_trained


def test_a_stage_ends_where_the_map_gets_smaller():
    network = build(MobileNetV3Small(), (1, 32, 32), 10, seed=0)
    found = network.backbone.stage_features(torch.rand(2, 1, 32, 32))
    sides = [z.shape[2] for z in found.values() if z.dim() == 4]
    assert sides == [32, 16, 8, 4, 2]


def test_no_layer_is_lost():
    network = build(MobileNetV3Small(), (1, 32, 32), 10, seed=0)
    ours = sum(p.numel() for p in network.backbone.parameters())
    theirs = mobilenet_v3_small().features.parameters()
    assert ours == sum(p.numel() for p in theirs)


def test_one_channel_is_read_as_grey():
    network = build(MobileNetV3Small(), (1, 32, 32), 10, seed=0).eval()
    x = torch.rand(2, 1, 32, 32)
    grey = x.expand(-1, 3, -1, -1)
    torch.testing.assert_close(network(x), network(grey))
