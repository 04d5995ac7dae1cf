"""Prefix tuning: its limits, what it trains, and what it leaves alone."""

import pytest
import torch

from tests.conftest import toy
from tests.strategies.toys import CPU, TOKENS, adapted, equal, spec_for
from tl_core import training
from tl_core.analysis.attention import attention_maps, attentions
from tl_core.card import SpecError
from tl_core.evaluation import logits_of
from tl_core.feed import visible_pair
from tl_core.strategies.prefix import PrefixTuning
from tl_core.training import load_pair, new_network, train

TOY = TOKENS
EFFECTS = {"length": 2, "lr_scale": 1.0, "head": "new"}


def network():
    spec = spec_for("prefix")
    pair = load_pair(spec, CPU)
    return new_network(spec, pair), pair, spec


@pytest.mark.parametrize("head", ["new", "source"])
def test_no_prefix_is_a_linear_probe(head):
    own = {"strategy.length": 0, "strategy.head": head}
    probe = toy("linear_probe", **{**TOKENS, "strategy.head": head})
    prefix = spec_for("prefix", **own)
    assert equal(adapted(prefix), adapted(probe))
    told, same = list(train(prefix)), list(train(probe))
    assert [e for e in told if type(e).__name__ == "Evaluated"] == [
        e for e in same if type(e).__name__ == "Evaluated"
    ]


def test_the_first_output_is_the_source_networks_bit_for_bit():
    model, pair, spec = network()
    x = pair.target.test.x[:8]
    source = model.eval()(x)
    PrefixTuning().setup(model, visible_pair(spec, pair))
    assert all(a.prefix is not None for _, a in attentions(model))
    assert torch.equal(model.eval()(x), source)


def test_only_prefixes_and_the_head_move_and_off_they_are_gone():
    model, pair, spec = network()
    list(training.pretrain(spec, model, pair))
    before = {k: v.clone() for k, v in model.state_dict().items()}
    x = pair.source.test.x[:64]
    source, head = logits_of(model.eval(), x), model.head.state_dict()
    head = {k: v.clone() for k, v in head.items()}
    list(training.adapt(spec, model, pair))
    after = model.state_dict()
    kept = [k for k in after if "prefix" not in k and "head" not in k]
    assert all(torch.equal(before[k], after[k]) for k in kept)
    assert all(a.prefix.gate.abs().min() > 0 for _, a in attentions(model))
    off = PrefixTuning().switched_off(model).eval()
    assert not torch.equal(logits_of(off, x), source)
    off.head.load_state_dict(head)
    assert torch.equal(logits_of(off, x), source)


def test_a_run_says_that_the_source_is_back_without_prefixes():
    accuracy = list(train(spec_for("prefix")))[-1].accuracy
    assert accuracy["source_adapter_off"] == accuracy["source_before"]


@pytest.mark.parametrize("length", [1, 5])
def test_parameters_are_two_l_n_d_and_a_gate_a_head(length):
    model, pair, spec = network()
    PrefixTuning(length=length).setup(model, visible_pair(spec, pair))
    blocks, heads, width, classes = 2, 2, 8, 10
    count = blocks * (2 * length * width + heads) + classes * (width + 1)
    assert model.parameter_counts()["trained"] == count


def test_attention_sees_the_prefix_and_every_row_still_sums_to_one():
    spec = spec_for("prefix", **{"strategy.length": 3})
    pair = load_pair(spec, CPU)
    model = new_network(spec, pair)
    list(training.adapt(spec, model, pair))
    maps = attention_maps(model.eval(), pair.target.test.x[:4])
    for rows in maps.values():
        assert rows.shape == (4, 2, 5, 3 + 5)
        torch.testing.assert_close(rows.sum(-1), torch.ones(4, 2, 5))
        assert rows[..., :3].abs().min() > 0


def test_a_network_without_tokens_is_refused():
    with pytest.raises(SpecError, match="works on the tokens of a transfor"):
        toy("prefix")
