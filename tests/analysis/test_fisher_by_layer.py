"""The diagonal in one pass is the one of the definition."""

import pytest
import torch
from torch import nn

from tl_core import catalog
from tl_core.analysis import fisher, fisher_by_layer
from tl_core.backbones.base import build
from tl_core.datasets.base import Samples

CLASSES = 4


def samples(*shape: int) -> Samples:
    generator = torch.Generator().manual_seed(3)
    x = torch.rand(*shape, generator=generator)
    return Samples(x, torch.arange(len(x)) % CLASSES)


def agrees(model: nn.Module, seen: Samples) -> None:
    ours = fisher_by_layer.exact(model, seen)
    defined = fisher.exact(model, seen)
    assert list(ours) == list(defined)
    least = 1e-6 * max(f.max().item() for f in defined.values())
    for name, f in defined.items():
        torch.testing.assert_close(ours[name], f, rtol=1e-3, atol=least)


@pytest.mark.parametrize(
    ("key", "knobs"),
    [
        ("convnet", {"norm": "batch"}),
        ("convnet", {"norm": "group"}),
        ("convnet", {"norm": "none"}),
        ("vit_tiny", {"depth": 2}),
    ],
)
def test_it_is_the_definition_on_a_network(key, knobs):
    made = catalog.create("backbones", key, knobs)
    model = build(made, (1, 28, 28), CLASSES, 0).eval()
    agrees(model, samples(3, 1, 28, 28))


def test_it_is_the_definition_in_the_plane_with_more_than_one_part(
    monkeypatch,
):
    monkeypatch.setattr(fisher_by_layer, "AT_ONCE", 2)
    made = catalog.create("backbones", "mlp", {"norm": "batch"})
    agrees(build(made, (2,), CLASSES, 0).eval(), samples(5, 2))


def test_it_is_the_definition_in_layers_without_a_formula():
    torch.manual_seed(0)
    model = nn.Sequential(
        nn.Conv2d(2, 4, 3, padding=1, groups=2),
        nn.ReLU(inplace=True),
        nn.Conv2d(4, 4, 3, stride=2, padding=1, padding_mode="circular"),
        nn.PReLU(),
        nn.Conv2d(4, 4, 3, stride=2, dilation=2, padding=2, bias=False),
        nn.Flatten(),
        nn.Linear(16, CLASSES),
    )
    agrees(model.eval(), samples(3, 2, 8, 8))


def test_frozen_weights_are_measured_and_stay_frozen():
    model = build(catalog.create("backbones", "mlp", {}), (2,), CLASSES, 0)
    model.freeze(model.backbone)
    agrees(model.eval(), samples(3, 2))
    assert not any(p.requires_grad for p in model.backbone.parameters())


def test_the_root_of_the_information_in_the_logits():
    p = torch.rand(6, CLASSES, dtype=torch.float64).softmax(1)
    p[0] = torch.tensor([0.0, 1.0, 0.0, 0.0])
    columns = fisher_by_layer.root(p)
    assert columns.shape == (CLASSES - 1, 6, CLASSES)
    square = torch.einsum("knc,knd->ncd", columns, columns)
    whole = torch.diag_embed(p) - p[:, :, None] * p[:, None]
    torch.testing.assert_close(square, whole)


def test_what_it_cannot_measure_it_refuses():
    layer = nn.Linear(2, 2)
    with pytest.raises(ValueError, match="is used twice"):
        fisher_by_layer.exact(
            nn.Sequential(layer, nn.ReLU(), layer).eval(), samples(2, 2)
        )
    with pytest.raises(ValueError, match="training mode"):
        fisher_by_layer.exact(nn.Linear(2, 2), samples(2, 2))
    model = nn.Linear(2, CLASSES).eval()
    model.register_module("spare", nn.Linear(2, 2))
    with pytest.raises(ValueError, match=r"spare\.\w+ are not used"):
        fisher_by_layer.exact(model, samples(2, 2))
