"""Prompt tuning: where the learnt tokens are, and where they are not."""

import pytest
import torch

from tests.conftest import toy
from tests.strategies.toys import CPU, TOKENS, adapted, equal, spec_for
from tl_core import training
from tl_core.analysis.attention import attention_maps
from tl_core.evaluation import logits_of
from tl_core.feed import visible_pair
from tl_core.strategies.prompt import PromptTuning
from tl_core.training import load_pair, new_network, train

TOY = TOKENS
EFFECTS = {
    "length": 2,
    "depth": "shallow",
    "lr_scale": 1.0,
    "head": "new",
}
DEPTHS = ("shallow", "deep")


def prompted(**knobs: object):
    """The toy transformer with learnt tokens, and some target inputs."""
    spec = spec_for("prompt")
    pair = load_pair(spec, CPU)
    model = new_network(spec, pair)
    PromptTuning(**knobs).setup(model, visible_pair(spec, pair))
    return model.eval(), pair.target.test.x[:4]


@pytest.mark.parametrize("depth", DEPTHS)
def test_no_prompt_is_a_linear_probe(depth):
    own = {"strategy.length": 0, "strategy.depth": depth}
    probe = toy("linear_probe", **{**TOKENS, "strategy.head": "source"})
    assert equal(adapted(spec_for("prompt", **own)), adapted(probe))


@pytest.mark.parametrize("depth", DEPTHS)
def test_every_block_reads_n_more_tokens_and_the_head_sees_none(depth):
    model, x = prompted(length=3, depth=depth)
    for rows in attention_maps(model, x).values():
        assert rows.shape == (4, 2, 5 + 3, 5 + 3)
        torch.testing.assert_close(rows.sum(-1), torch.ones(4, 2, 8))
    last = model.backbone.stage_features(x)["block2"]
    assert last.shape == (4, 5, 8)


def by_hand(model, x, prompts):
    """The blocks one after another; `prompts` enter before each, None: what
    the block before made of its learnt tokens goes on."""
    stages = model.backbone.stages
    tokens, n = stages["patches"](x), 3
    first, learnt, rest = tokens[:, :1], None, tokens[:, 1:]
    for name, prompt in zip(("block1", "block2"), prompts, strict=True):
        block = next(m for m in stages[name].modules() if hasattr(m, "norm1"))
        if prompt is not None:
            learnt = prompt.expand(len(x), -1, -1)
        y = block(torch.cat([first, learnt, rest], dim=1))
        first, learnt, rest = y[:, :1], y[:, 1 : 1 + n], y[:, 1 + n :]
    return model.head(stages["norm"](torch.cat([first, rest], dim=1)))


def test_deep_prompts_replace_those_of_the_block_before():
    model, x = prompted(length=3, depth="deep")
    prompts = [model.backbone.stages[f"block{i}"][0].prompt for i in (1, 2)]
    assert torch.equal(model(x), by_hand(model, x, prompts))
    before = model(x)
    prompts[1].data += 1
    assert not torch.equal(model(x), before)


def test_shallow_prompts_pass_through_every_block():
    model, x = prompted(length=3, depth="shallow")
    prompt = model.backbone.stages["block1"][0].prompt
    assert torch.equal(model(x), by_hand(model, x, [prompt, None]))


@pytest.mark.parametrize(("depth", "times"), [("shallow", 1), ("deep", 2)])
def test_parameters_are_n_d_once_or_for_every_block(depth, times):
    model, _ = prompted(length=5, depth=depth)
    count = times * 5 * 8 + 10 * (8 + 1)
    assert model.parameter_counts()["trained"] == count


@pytest.mark.parametrize("depth", DEPTHS)
def test_only_prompts_and_the_head_move_and_off_they_are_gone(depth):
    spec = spec_for("prompt", **{"strategy.depth": depth})
    pair = load_pair(spec, CPU)
    before, model = new_network(spec, pair), new_network(spec, pair)
    list(training.pretrain(spec, before, pair))
    list(training.pretrain(spec, model, pair))
    list(training.adapt(spec, model, pair))
    off = PromptTuning(depth=depth).switched_off(model).eval()
    assert equal(
        dict(before.backbone.state_dict()), dict(off.backbone.state_dict())
    )
    off, x = off.with_head(before.head), pair.source.test.x
    assert torch.equal(logits_of(off, x), logits_of(before.eval(), x))
    learnt = model.backbone.stages["block1"][0].prompt
    model2, _ = prompted(depth=depth)
    assert not torch.equal(learnt, model2.backbone.stages["block1"][0].prompt)


def test_a_run_says_that_the_source_is_back_without_prompts():
    accuracy = list(train(spec_for("prompt")))[-1].accuracy
    assert accuracy["source_adapter_off"] == accuracy["source_before"]
