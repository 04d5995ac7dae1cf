"""LoRA on a network: what moves, what stays, and the way back."""

import pytest
import torch

from tests.strategies.toys import CPU, TOKENS, equal, spec_for
from tl_core import adapters, training
from tl_core.card import SpecError
from tl_core.evaluation import logits_of
from tl_core.feed import visible_pair
from tl_core.history import fold
from tl_core.spec import spec_from_settings
from tl_core.strategies.lora import Lora
from tl_core.training import load_pair, new_network, train

TOY = TOKENS
EFFECTS = {
    "rank": 2,
    "alpha": 1.0,
    "where": "attention",
    "stages": 2,
    "head": "new",
}
CONVNET = {
    "backbone": "convnet",
    "backbone.width": 4,
    "dataset": "mnist_shifted",
    "strategy": "lora",
    "pretrain_steps": 8,
    "steps": 8,
    "batch_size": 16,
    "lr": 0.01,
}


def with_batch_norm(**settings: object):
    return spec_from_settings({**CONVNET, **settings})


def before_and_after(spec):
    """The network before and after adaptation, and the pair."""
    pair = load_pair(spec, CPU)
    before, model = new_network(spec, pair), new_network(spec, pair)
    list(training.pretrain(spec, before, pair))
    list(training.pretrain(spec, model, pair))
    list(training.adapt(spec, model, pair))
    return before.eval(), model, pair


def test_everything_but_the_adapters_and_the_head_stays_bit_for_bit():
    for spec in (with_batch_norm(), spec_for("lora")):
        before, model, _ = before_and_after(spec)
        after = {
            name.replace(".base.", "."): value
            for name, value in model.backbone.state_dict().items()
            if ".adapters." not in name
        }
        assert equal(dict(before.backbone.state_dict()), after)
        for _, layer in adapters.layers(model):
            assert adapters.factors(layer, "target").b.abs().sum() > 0


def test_switched_off_the_source_logits_are_back_bit_for_bit():
    for spec in (with_batch_norm(), spec_for("lora")):
        before, model, pair = before_and_after(spec)
        off = Lora().switched_off(model).eval().with_head(before.head)
        x = pair.source.test.x
        assert torch.equal(logits_of(off, x), logits_of(before, x))
        assert not torch.equal(
            logits_of(model.eval().with_head(before.head), x),
            logits_of(before, x),
        )


def test_a_run_says_how_the_source_fares_with_the_adapter_off():
    accuracy = list(train(with_batch_norm()))[-1].accuracy
    assert accuracy["source_adapter_off"] == accuracy["source_before"]
    assert accuracy["source"] != accuracy["source_before"]


def test_the_first_output_is_the_source_networks():
    spec = with_batch_norm()
    pair = load_pair(spec, CPU)
    model = new_network(spec, pair).eval()
    x = pair.target.test.x[:8]
    source = model(x)
    Lora().setup(model, visible_pair(spec, pair))
    assert torch.equal(model.eval()(x), source)


@pytest.mark.parametrize(
    ("settings", "count"),
    [
        ({}, 4 * (25 + 4 + 4 * 25 + 6 + 6 * 16 + 100) + 1010),
        ({"strategy.stages": 1}, 4 * (6 * 16 + 100) + 1010),
        ({"strategy.rank": 1}, 25 + 4 + 4 * 25 + 6 + 6 * 16 + 100 + 1010),
    ],
)
def test_trained_parameters_are_r_times_inputs_plus_outputs(settings, count):
    spec = with_batch_norm(**settings)
    pair = load_pair(spec, CPU)
    model = new_network(spec, pair)
    lora = Lora(**spec.strategy_params)
    lora.setup(model, visible_pair(spec, pair))
    assert model.parameter_counts()["trained"] == count


def test_on_attention_the_paper_count_is_two_l_times_two_m_r():
    """q and v of L blocks of width m: 2 L r (m + m)."""
    spec = spec_for("lora", **{"strategy.where": "attention"})
    pair = load_pair(spec, CPU)
    model = new_network(spec, pair)
    lora = Lora(**spec.strategy_params)
    lora.setup(model, visible_pair(spec, pair))
    places = [path.split(".")[-1] for path, _ in adapters.layers(model)]
    assert places == ["q", "v"] * 2
    head = 8 * 10 + 10
    assert model.parameter_counts()["trained"] == 2 * 2 * 4 * 16 + head


def test_stages_in_front_of_the_first_adapter_are_computed_once():
    spec = with_batch_norm(**{"strategy.stages": 1})
    pair = load_pair(spec, CPU)
    model = new_network(spec, pair)
    Lora(stages=1).setup(model, visible_pair(spec, pair))
    assert model.frozen_stages() == 2


def test_attention_where_there_is_none_is_refused_in_one_sentence():
    spec = with_batch_norm(**{"strategy.where": "attention"})
    with pytest.raises(SpecError, match="no layer for strategy.where=att"):
        list(train(spec))


def test_a_run_shows_how_much_each_layer_changed():
    spec = with_batch_norm()
    shown = fold(spec, train(spec)).arrays("lora")
    assert shown["update"].shape == (3,)
    assert (shown["update"] > 0).all()
    assert shown["singular"].shape == (3, 4)
    paths = bytes(shown["layers"]).decode().splitlines()
    assert paths[0] == "backbone.stages.conv1.0"
