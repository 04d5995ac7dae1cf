"""Prefixes and prompts against attention written out, one query at a time."""

import math

import pytest
import torch

from tl_core.analysis.attention import attention_maps, attentions
from tl_core.backbones.attention import Attention, mix
from tl_core.backbones.base import Network, build
from tl_core.backbones.vit_tiny import VitTiny
from tl_core.learnt_tokens import Insert, LearntPrefix, Remove

TOKENS = 1 + 4


def vit() -> Network:
    recipe = VitTiny(patches=2, width=8, depth=2, heads=2)
    return build(recipe, (1, 8, 8), 3, seed=0).eval()


def qkv() -> tuple[torch.Tensor, ...]:
    torch.manual_seed(0)
    return tuple(torch.randn(3, 2, 5, 4) for _ in range(3))


def opened(length: int = 6, gate: float = 0.7) -> LearntPrefix:
    torch.manual_seed(1)
    prefix = LearntPrefix(heads=2, length=length, d=4)
    prefix.gate.data.fill_(gate)
    return prefix


def test_a_closed_gate_is_attention_bit_for_bit():
    q, k, v = qkv()
    prefix = opened(gate=0.0)
    assert torch.equal(prefix(q, k, v), mix(q, k, v))
    prefix(q, k, v).square().sum().backward()
    assert prefix.gate.grad.abs().min() > 0
    assert prefix.keys.grad.abs().max() == 0


def test_an_open_gate_is_attention_over_prefix_and_tokens():
    """tanh(g) = 1: prefix tuning as in the paper, keys in front of keys."""
    q, k, v = qkv()
    prefix = opened(gate=20.0)
    keys = torch.cat([prefix.keys.expand(3, -1, -1, -1), k], dim=2)
    values = torch.cat([prefix.values.expand(3, -1, -1, -1), v], dim=2)
    torch.testing.assert_close(prefix(q, k, v), mix(q, keys, values))


def test_zero_keys_and_values_are_not_a_neutral_start():
    q, k, v = qkv()
    prefix = opened(gate=20.0)
    prefix.keys.data.zero_()
    prefix.values.data.zero_()
    change = (prefix(q, k, v) - mix(q, k, v)).norm() / mix(q, k, v).norm()
    assert change > 0.3


def test_a_half_open_gate_is_its_formula_one_query_at_a_time():
    q, k, v = qkv()
    prefix = opened().requires_grad_(False)
    found = prefix(q, k, v)
    for b, h, t in [(0, 0, 0), (1, 1, 3), (2, 0, 4)]:
        own = [math.exp(q[b, h, t] @ key / 2) for key in k[b, h]]
        new = [math.exp(q[b, h, t] @ key / 2) for key in prefix.keys[h]]
        lam = math.tanh(0.7) * sum(new) / (sum(new) + sum(own))
        y = sum(w / sum(own) * x for w, x in zip(own, v[b, h], strict=True))
        p = sum(
            w / sum(new) * x
            for w, x in zip(new, prefix.values[h], strict=True)
        )
        expected = (1 - lam) * y + lam * p
        torch.testing.assert_close(
            found[b, h, t], expected, rtol=1e-5, atol=1e-6
        )


@pytest.mark.parametrize("gate", [0.0, 0.7, -0.3, 20.0])
def test_attention_rows_sum_to_one_and_give_the_output(gate):
    q, k, v = qkv()
    prefix = opened(gate=gate)
    maps = prefix.maps(q, k)
    assert maps.shape == (3, 2, 5, 6 + 5)
    torch.testing.assert_close(maps.sum(-1), torch.ones(3, 2, 5))
    values = torch.cat([prefix.values.expand(3, -1, -1, -1), v], dim=2)
    torch.testing.assert_close(maps @ values, prefix(q, k, v))


def test_learnt_tokens_enter_behind_the_first_and_leave_again():
    insert, x = Insert(3, width=4, fan_in=9), torch.randn(2, 5, 4)
    longer = insert(x)
    assert longer.shape == (2, 8, 4)
    assert torch.equal(longer[:, 0], x[:, 0])
    assert torch.equal(longer[:, 4:], x[:, 1:])
    for sample in longer:
        assert torch.equal(sample[1:4], insert.prompt)
    assert torch.equal(Remove(3)(longer), x)


def test_learnt_tokens_start_uniform_as_in_visual_prompt_tuning():
    torch.manual_seed(0)
    prompt = Insert(200, width=96, fan_in=49).prompt.detach()
    reach = math.sqrt(6 / (49 + 96))
    assert prompt.abs().max() <= reach
    assert prompt.abs().max() == pytest.approx(reach, rel=1e-3)
    assert prompt.var().item() == pytest.approx(reach**2 / 3, rel=0.03)


def test_maps_of_a_plain_transformer_are_by_stage_and_sum_to_one():
    maps = attention_maps(vit(), torch.rand(3, 1, 8, 8))
    assert list(maps) == ["block1", "block2"]
    for rows in maps.values():
        assert rows.shape == (3, 2, TOKENS, TOKENS)
        torch.testing.assert_close(rows.sum(-1), torch.ones(3, 2, TOKENS))


def test_maps_times_values_are_what_the_attention_gives():
    model, x = vit(), torch.rand(3, 1, 8, 8)
    maps = attention_maps(model, x)["block1"]
    block = model.backbone.stages["block1"]
    attention: Attention = block.attention
    tokens = block.norm1(model.backbone.stages["patches"](x))
    read = maps @ attention.split(attention.v(tokens))
    y = attention.o(read.transpose(1, 2).flatten(2))
    torch.testing.assert_close(y, attention(tokens))


def test_a_prefix_is_in_the_maps_and_no_hook_is_left():
    model, x = vit(), torch.rand(3, 1, 8, 8)
    for _, attention in attentions(model):
        attention.prefix = opened(length=6)
    rows = attention_maps(model, x)["block2"]
    assert rows.shape == (3, 2, TOKENS, 6 + TOKENS)
    torch.testing.assert_close(rows.sum(-1), torch.ones(3, 2, TOKENS))
    assert (rows[..., :6] > 0).all()
    assert not any(a._forward_pre_hooks for _, a in attentions(model))
