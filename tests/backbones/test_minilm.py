"""Text blocks: equal to the original model, and only they arrive trained."""

import pytest
import torch
from safetensors.torch import load_file
from torch import nn
from transformers import BertConfig, BertModel

from tl_core.backbones.base import Network, build
from tl_core.backbones.minilm import Block, MiniLM, weights_file
from tl_core.datasets.base import Domain, DomainPair, Samples
from tl_core.prefix import Prefix
from tl_core.spec import RunSpec
from tl_core.training import train_on_source

SHAPE = (1, 28, 28)


def network(**settings) -> Network:
    return build(MiniLM(**settings), SHAPE, 10, seed=0).eval()


def blocks(model: Network) -> list[Block]:
    return [m for m in model.backbone.stages.values() if isinstance(m, Block)]


@pytest.fixture(scope="module")
def bert() -> BertModel:
    config = BertConfig.from_json_file(weights_file().parent / "config.json")
    model = BertModel(config).eval()
    model.load_state_dict(load_file(weights_file()), strict=False)
    return model


def test_hidden_states_are_those_of_the_original_model(bert):
    x = torch.randn(2, 9, 384)
    theirs = ours = x
    for layer in bert.encoder.layer:
        theirs = layer(theirs)
        theirs = theirs[0] if isinstance(theirs, tuple) else theirs
    for block in blocks(network(depth=6)):
        ours = block(ours)
    assert not torch.allclose(ours, x, atol=0.1)
    torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-5)


def test_shuffled_weights_are_the_same_numbers_in_another_order():
    pairs = zip(
        blocks(network())[1].named_parameters(),
        blocks(network(weights="shuffled"))[1].named_parameters(),
        strict=True,
    )
    for (name, text), (_, other) in pairs:
        assert not torch.equal(text, other), name
        kept = text.flatten().sort().values
        assert torch.equal(kept, other.flatten().sort().values), name


def test_shuffled_matrices_do_not_share_one_order():
    block = blocks(network(weights="shuffled"))[0].attention
    text = blocks(network())[0].attention
    place = (text.q.weight.flatten() == block.q.weight[0, 0]).nonzero()[0]
    moved_alike = text.k.weight.flatten()[place] == block.k.weight[0, 0]
    assert not bool(moved_alike)


def test_random_weights_have_the_spread_of_berts_start():
    block = blocks(network(weights="random"))[0]
    assert block.mlp[0].weight.std().item() == pytest.approx(0.02, rel=0.01)
    assert torch.equal(block.norm1.weight, torch.ones(384))


def test_only_text_weights_count_as_trained():
    assert network().backbone.arrives_trained
    assert network(weights="shuffled").backbone.arrives_trained
    assert not network(weights="random").backbone.arrives_trained


def test_freezing_leaves_the_new_embedding_trainable():
    model = network()
    model.freeze(model.backbone)
    model.train()
    patches, *others = model.backbone.stages.values()
    assert patches.training
    assert all(p.requires_grad for p in patches.parameters())
    for stage in others:
        assert not stage.training
        assert not any(p.requires_grad for p in stage.parameters())
    prefix = Prefix(model, torch.rand(2, *SHAPE))
    prefix.follow()
    assert prefix.stages == 0


def test_source_training_moves_head_and_embedding_alone():
    model = network(depth=1)
    before = {k: v.clone() for k, v in model.state_dict().items()}
    samples = Samples(torch.rand(64, *SHAPE), torch.arange(64) % 10)
    domain = Domain(samples, samples)
    pair = DomainPair(domain, domain, tuple("0123456789"))
    spec = RunSpec(dataset="mnist_shifted", backbone="minilm")
    few = RunSpec(**{**spec.to_dict(), "pretrain_steps": 2})
    list(train_on_source(few, model, pair))
    moved = {
        name.split(".")[2] if name.startswith("backbone") else "head"
        for name, value in model.state_dict().items()
        if not torch.equal(value, before[name])
    }
    assert moved == {"patches", "head"}
    assert all(p.requires_grad for p in model.parameters())


def test_attention_maps_are_shares():
    block = blocks(network(depth=1))[0]
    maps = block.maps(torch.randn(2, 16, 384))
    assert maps.shape == (2, 12, 16, 16)
    torch.testing.assert_close(maps.sum(-1), torch.ones(2, 12, 16))


@pytest.mark.parametrize(
    "other",
    [
        MiniLM(weights="shuffled"),
        MiniLM(weights="random"),
        MiniLM(depth=1),
        MiniLM(patches=2),
    ],
)
def test_every_setting_changes_the_features(other):
    x = torch.rand(3, *SHAPE)
    z = network().features(x)
    assert not torch.allclose(z, build(other, SHAPE, 10, 0).features(x))


def test_the_blocks_have_no_dropout():
    assert not any(isinstance(m, nn.Dropout) for m in network().modules())
