"""Channels, their best images, and images made for them."""

import pytest
import torch
from torch import nn

from tl_core.analysis.activations import (
    Climb,
    maps,
    maximised,
    roughness,
    strengths,
    top_images,
)
from tl_core.backbones.base import Backbone, Network, build
from tl_core.backbones.convnet import ConvNet
from tl_core.backbones.vit_tiny import VitTiny
from tl_core.datasets.digits import mnist

CONV = build(ConvNet(width=4, norm="group"), (1, 28, 28), 3, seed=0).eval()


def pictures(n: int, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.rand(n, 1, 28, 28, generator=generator)


def test_maps_are_the_stage_s_outputs():
    x = pictures(2)
    stages = CONV.backbone.stage_features(x)
    torch.testing.assert_close(maps(CONV, x, "conv2"), stages["conv2"])
    torch.testing.assert_close(maps(CONV, x, "dense"), stages["dense"])


def test_tokens_are_shown_by_their_lengths():
    vit = build(VitTiny(depth=1), (1, 28, 28), 3, seed=0).eval()
    x = pictures(2)
    z = vit.backbone.stage_features(x)["block1"]
    found = maps(vit, x, "block1")
    for i in range(2):
        for t in range(17):
            length = sum(v.item() ** 2 for v in z[i, t]) ** 0.5
            assert found[i, t].item() == pytest.approx(length, rel=1e-4)


def test_the_best_images_of_each_channel_by_a_loop():
    x = pictures(12)
    places, values = top_images(CONV, x, "conv2", k=3)
    assert places.shape == values.shape == (6, 3)
    z = CONV.backbone.stage_features(x)["conv2"]
    for channel in range(6):
        means = [z[i, channel].mean().item() for i in range(12)]
        order = sorted(range(12), key=lambda i: -means[i])
        assert values[channel].tolist() == pytest.approx(
            [means[i] for i in order[:3]], abs=1e-6
        )
        assert [means[i] for i in places[channel]] == pytest.approx(
            [means[i] for i in order[:3]], abs=1e-6
        )


@pytest.mark.parametrize("stage", ["conv1", "conv2", "dense"])
def test_a_climbed_picture_beats_its_start_and_every_real_one(stage):
    real = mnist().x[:300]
    start = 0.4 + 0.2 * pictures(1)
    among, before = strengths(CONV, real, stage), strengths(CONV, start, stage)
    channel = int((among.amax(0) * (before[0] > 0)).argmax())
    assert before[0, channel] > 0
    made = maximised(CONV, start, stage, channel, Climb(steps=60))
    reached = strengths(CONV, made, stage)[0, channel]
    assert reached > among[:, channel].max()
    assert reached > before[0, channel]
    assert 0 <= made.min() <= made.max() <= 1


def test_a_linear_channel_s_best_picture_is_known():
    """Its slope is its weights, so pixels go where their signs point."""
    linear = nn.Linear(16, 1)
    nn.init.normal_(linear.weight, generator=torch.Generator().manual_seed(0))
    stages = {"only": nn.Sequential(nn.Flatten(), linear)}
    model = Network(Backbone(stages, 1, has_tokens=False), 2).eval()
    free = Climb(steps=60, jitter=0, l2=0.0, tv=0.0)
    made = maximised(model, torch.full((1, 1, 4, 4), 0.5), "only", 0, free)
    expected = (linear.weight > 0).float().view(1, 1, 4, 4)
    torch.testing.assert_close(made, expected)


def test_penalties_make_a_picture_smoother_and_darker():
    start = pictures(1)
    free = maximised(CONV, start, "conv1", 1, Climb(30, l2=0.0, tv=0.0))
    smooth = maximised(CONV, start, "conv1", 1, Climb(30, l2=0.0, tv=5.0))
    dark = maximised(CONV, start, "conv1", 1, Climb(30, l2=5.0, tv=0.0))
    assert roughness(smooth) < 0.8 * roughness(free)
    assert dark.square().mean() < 0.8 * free.square().mean()


def test_roughness_is_a_mean_of_differences():
    x = torch.tensor([[[[0.0, 1.0], [0.5, 0.5]]]])
    assert roughness(x).item() == pytest.approx(0.5 + 0.5)


def test_pictures_climb_alone_and_the_same_way_again():
    start, how = pictures(2), Climb(steps=5)
    both = maximised(CONV, start, "conv1", 0, how, seed=3)
    torch.testing.assert_close(
        both, maximised(CONV, start, "conv1", 0, how, seed=3)
    )
    alone = maximised(CONV, start[1:], "conv1", 0, how, seed=3)
    torch.testing.assert_close(both[1:], alone, rtol=1e-3, atol=1e-3)
    other = maximised(CONV, start, "conv1", 0, how, seed=4)
    assert not torch.equal(both, other)


def test_what_is_not_there_is_named():
    x = pictures(1)
    with pytest.raises(ValueError, match="'conv9'; the stages are: conv1"):
        maps(CONV, x, "conv9")
    with pytest.raises(ValueError, match="no channel 6; its channels are 0 t"):
        maximised(CONV, x, "conv2", 6)
    training = build(ConvNet(width=4), (1, 28, 28), 3, seed=0).train()
    with pytest.raises(ValueError, match=r"call model.eval\(\)"):
        maximised(training, x, "conv2", 0)
