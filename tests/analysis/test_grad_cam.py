"""Grad-CAM against a detector built by hand, and against loops."""

import pytest
import torch
from torch import nn

from tl_core.analysis.grad_cam import enlarged, grad_cam, token_grid
from tl_core.backbones.base import Backbone, Network, build
from tl_core.backbones.convnet import ConvNet
from tl_core.backbones.vit_tiny import VitTiny

PATCH = torch.tensor([[1.0, -1.0, 1.0], [-1.0, 1.0, -1.0], [1.0, -1.0, 1.0]])


def detector() -> Network:
    """Class 0 counts checkerboards of 3 x 3, class 1 bright pixels."""
    conv = nn.Conv2d(1, 2, 3, padding=1)
    with torch.no_grad():
        conv.weight[0, 0] = PATCH
        conv.weight[1] = 0
        conv.weight[1, 0, 1, 1] = 1
        conv.bias[:] = torch.tensor([-4.0, 0.0])
    pool = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())
    stages = {"conv": nn.Sequential(conv, nn.ReLU()), "pool": pool}
    model = Network(Backbone(stages, 2, has_tokens=False), 2)
    nn.init.eye_(model.head.weight)
    nn.init.zeros_(model.head.bias)
    return model.eval()


def scene() -> torch.Tensor:
    """A checkerboard around row 3, column 9, a bright square elsewhere."""
    x = torch.zeros(1, 1, 16, 16)
    x[0, 0, 2:5, 8:11] = PATCH
    x[0, 0, 10:14, 2:6] = 0.5
    return x


def test_the_map_of_a_class_peaks_where_its_evidence_is():
    model, x = detector(), scene()
    (checked,) = grad_cam(model, x, "conv", torch.tensor([0]))
    assert divmod(int(checked.argmax()), 16) == (3, 9)
    assert checked[10:14, 2:6].sum() == 0
    (bright,) = grad_cam(model, x, "conv", torch.tensor([1]))
    assert bright[10:14, 2:6].min() == pytest.approx(0.5 / 256)


def test_it_is_the_definition_written_as_loops():
    model = build(ConvNet(width=4), (1, 28, 28), 3, seed=0).eval()
    x, labels = torch.rand(3, 1, 28, 28), torch.tensor([2, 0, 1])
    found = grad_cam(model, x, "conv1", labels)
    stages = list(model.backbone.stages.values())
    for i, label in enumerate(labels):
        a = stages[0](x[i : i + 1]).detach().requires_grad_()
        model.head(stages[2](stages[1](a)))[0, label].backward()
        total = torch.zeros(a.shape[2:])
        for k in range(4):
            total += a.grad[0, k].mean() * a[0, k].detach()
        torch.testing.assert_close(found[i], total.clamp(min=0))


def test_tokens_have_maps_too():
    model = build(VitTiny(depth=2), (1, 28, 28), 3, seed=0).eval()
    x, labels = torch.rand(2, 1, 28, 28), torch.tensor([0, 1])
    found = grad_cam(model, x, "block1", labels)
    assert found.shape == (2, 17)
    a = model.backbone.stage_features(x)["block1"].detach().requires_grad_()
    later = model.backbone.stages
    logits = model.head(later["norm"](later["block2"](a)))
    (logits[0, 0] + logits[1, 1]).backward()
    for i in range(2):
        for token in range(17):
            value = (a.grad[i].mean(0) * a[i, token]).sum().clamp(min=0)
            assert found[i, token].item() == pytest.approx(
                value.item(), abs=1e-6
            )
    assert token_grid(found).shape == (2, 4, 4)
    torch.testing.assert_close(token_grid(found)[:, 1, 2], found[:, 7])


def test_the_network_stays_as_it_was():
    model = detector()
    before = {k: v.clone() for k, v in model.state_dict().items()}
    grad_cam(model, scene(), "conv", torch.tensor([0]))
    assert all(
        torch.equal(v, before[k]) for k, v in model.state_dict().items()
    )
    assert all(p.grad is None for p in model.parameters())


def test_an_enlarged_map_fills_the_input_and_keeps_its_peak():
    maps = torch.zeros(2, 4, 4)
    maps[0, 1, 3] = 7.0
    large = enlarged(maps, 16, 16)
    assert large.shape == (2, 16, 16)
    assert large[0].max() == 1
    row, column = divmod(int(large[0].argmax()), 16)
    assert row // 4 == 1
    assert column // 4 == 3
    assert large[1].max() == 0


def test_what_has_no_map_is_refused():
    model = detector()
    with pytest.raises(ValueError, match="'pool'; stages with places are: c"):
        grad_cam(model, scene(), "pool", torch.tensor([0]))
    with pytest.raises(ValueError, match=r"call model.eval\(\)"):
        grad_cam(model.train(), scene(), "conv", torch.tensor([0]))
    with pytest.raises(ValueError, match="7 tokens"):
        token_grid(torch.zeros(1, 7))
