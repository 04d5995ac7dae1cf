"""The small vision transformer against torchvision's, and its attention."""

import pytest
import torch
from torch import nn
from torchvision.models import VisionTransformer

from tl_core.backbones.attention import Attention, mix
from tl_core.backbones.base import build
from tl_core.backbones.vit_tiny import Embedding, VitTiny, load_torchvision
from tl_core.card import SpecError


def torchvision_vit() -> VisionTransformer:
    torch.manual_seed(0)
    model = VisionTransformer(
        image_size=28,
        patch_size=7,
        num_layers=2,
        num_heads=3,
        hidden_dim=24,
        mlp_dim=96,
        num_classes=5,
    ).eval()
    for parameter in model.parameters():  # no zero may hide a mix-up
        nn.init.normal_(parameter, std=0.3)
    return model


def test_torchvision_weights_give_torchvision_logits():
    theirs = torchvision_vit()
    ours = build(VitTiny(width=24, depth=2), (3, 28, 28), 5, seed=1).eval()
    load_torchvision(ours.backbone, theirs.state_dict())
    ours.head.load_state_dict(theirs.heads.head.state_dict())
    x = torch.rand(4, 3, 28, 28)
    torch.testing.assert_close(ours(x), theirs(x), rtol=1e-5, atol=1e-5)


def test_weights_of_another_size_are_refused():
    ours = build(VitTiny(width=48, depth=2), (3, 28, 28), 5, seed=1)
    with pytest.raises(RuntimeError, match="size mismatch"):
        load_torchvision(ours.backbone, torchvision_vit().state_dict())


def test_attention_equals_the_loop_written_out():
    attention = Attention(6, heads=2)
    x = torch.randn(2, 5, 6)
    q, k, v = (layer(x) for layer in (attention.q, attention.k, attention.v))
    out = torch.zeros(2, 5, 6)
    for b in range(2):
        for h in (slice(0, 3), slice(3, 6)):
            for t in range(5):
                scores = k[b, :, h] @ q[b, t, h] / 3**0.5
                share = scores.exp() / scores.exp().sum()
                out[b, t, h] = share @ v[b, :, h]
    torch.testing.assert_close(attention(x), attention.o(out))


def test_attention_maps_are_the_shares_that_mix_the_values():
    block = VitTiny(width=24, depth=1).build((1, 28, 28)).stages["block1"]
    x = torch.randn(2, 17, 24)
    maps = block.maps(x)
    assert maps.shape == (2, 3, 17, 17)
    torch.testing.assert_close(maps.sum(-1), torch.ones(2, 3, 17))
    attention = block.attention
    v = attention.split(attention.v(block.norm1(x)))
    mixed = (maps @ v).transpose(1, 2).flatten(2)
    torch.testing.assert_close(attention.o(mixed), attention(block.norm1(x)))


class OneKey(nn.Module):
    """A prefix whose value is all there is to read."""

    def forward(self, q, k, v):
        length = q.new_full((len(q), q.shape[1], 1, q.shape[3]), 7.0)
        return mix(q, 1e4 * q.mean(2, keepdim=True), length)


def test_a_prefix_takes_the_place_of_the_mix():
    attention = Attention(6, heads=2)
    x = torch.randn(2, 5, 6)
    attention.prefix = OneKey()
    sevens = attention.o(torch.full((2, 5, 6), 7.0))
    torch.testing.assert_close(attention(x), sevens)


def test_a_replaced_query_layer_is_used():
    block = VitTiny(width=24, depth=1).build((1, 28, 28)).stages["block1"]
    x = torch.randn(2, 17, 24)
    before = block(x)
    block.attention.q = nn.Sequential(block.attention.q, nn.Linear(24, 24))
    assert not torch.allclose(block(x), before)


def test_patches_keep_their_place_and_the_class_token_comes_first():
    layer = Embedding((1, 4, 4), patches=2, width=1)
    nn.init.ones_(layer.patches.project.weight)
    nn.init.zeros_(layer.patches.project.bias)
    nn.init.zeros_(layer.position)
    x = torch.zeros(1, 1, 4, 4)
    x[0, 0, 0, 2:] = 1.0
    assert layer(x).flatten().tolist() == [0, 0, 2, 0, 0]


def test_sides_that_do_not_divide_are_padded():
    layer = Embedding((1, 5, 9), patches=4, width=8)
    assert layer.patches.patch == (2, 3)
    assert layer(torch.rand(2, 1, 5, 9)).shape == (2, 17, 8)


def test_heads_must_divide_the_width():
    with pytest.raises(SpecError, match=r"width cannot be 100 .* of 3"):
        VitTiny(width=100).build((1, 28, 28))


@pytest.mark.parametrize(
    "other",
    [
        VitTiny(patches=7),
        VitTiny(width=48),
        VitTiny(depth=2),
        VitTiny(heads=2),
    ],
)
def test_every_setting_changes_the_network(other):
    x = torch.rand(4, 1, 28, 28)
    one, two = (
        build(r, (1, 28, 28), 3, seed=0)(x) for r in (VitTiny(), other)
    )
    assert not torch.allclose(one, two)
