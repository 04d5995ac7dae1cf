"""What learnt keys take of a transformer's attention, and what memory a step
takes."""

import numpy as np
import pytest
import torch

from tests.conftest import toy
from tl_core import catalog, memory, memory_lesson, token_lesson, token_maps
from tl_core.analysis.attention import attention_maps, attentions
from tl_core.backbones.base import build
from tl_core.learnt_tokens import LearntPrefix


@pytest.fixture(scope="module")
def network():
    recipe = catalog.create("backbones", "vit_tiny", {})
    return build(recipe, (1, 28, 28), 10, seed=0).eval()


def drawn(n=5):
    chance = torch.Generator().manual_seed(1)
    return torch.rand(n, 1, 28, 28, generator=chance)


@torch.no_grad()
@pytest.mark.parametrize("n", [1, 8])
def test_zeros_are_keys_and_values_of_zeros_written_out(network, n):
    """Against softmax(q [0; K]' / sqrt d) [0; V], spelled out."""
    with_zeros = token_lesson.with_zeros(network, n)
    (_, plain), (_, other) = (attentions(m)[0] for m in (network, with_zeros))
    x = torch.randn(2, 17, 96, generator=torch.Generator().manual_seed(2))
    q, k, v = (plain.split(m(x)) for m in (plain.q, plain.k, plain.v))
    nothing = torch.zeros(2, 3, n, q.shape[-1])
    scores = q @ torch.cat([nothing, k], 2).mT / q.shape[-1] ** 0.5
    mixed = scores.softmax(-1) @ torch.cat([nothing, v], 2)
    expected = plain.o(mixed.transpose(1, 2).flatten(2))
    torch.testing.assert_close(other(x), expected)


@torch.no_grad()
def test_mass_of_zeros_is_n_over_n_plus_the_sum(network):
    x, n = drawn(), 8
    other = token_lesson.with_zeros(network, n)
    first = attention_maps(network, x)["block1"]  # before zeros act
    seen = attentions(network)[0][1]
    kept = []
    seen.register_forward_pre_hook(lambda m, given: kept.append(given[0]))
    network(x)
    q, k = (seen.split(m(kept[0])) for m in (seen.q, seen.k))
    total = (q @ k.mT / q.shape[-1] ** 0.5).exp().sum(-1)
    expected = (n / (n + total)).mean((0, 2))
    found = token_lesson.mass(other, x, n)
    np.testing.assert_allclose(found[0], expected, rtol=1e-4)
    assert first.shape[-1] == 17
    assert (found > 0).all()


def test_no_zeros_change_nothing(network):
    x = drawn()
    same = token_lesson.with_zeros(network, 0)
    torch.testing.assert_close(same(x), network(x), rtol=0, atol=0)
    assert not token_lesson.mass(same, x, 0).any()


def test_learnt_columns_come_first():
    """Prompts stand behind the class token, and their rows are left out."""
    maps = torch.arange(25.0).view(1, 1, 5, 5)  # class, two learnt, patches
    found = token_lesson.learnt_first({"block1": maps}, 2)
    assert found.shape == (1, 1, 1, 3, 5)
    np.testing.assert_array_equal(found[0, 0, 0, 0], [1, 2, 0, 3, 4])
    np.testing.assert_array_equal(found[0, 0, 0, 1], [16, 17, 15, 18, 19])
    prefix = torch.arange(15.0).view(1, 1, 3, 5)  # learnt columns are first
    found = token_lesson.learnt_first({"block1": prefix}, 2)
    np.testing.assert_array_equal(found[0, 0, 0], prefix[0, 0])


def test_gates_are_read_by_block_and_head(network):
    other = token_lesson.with_zeros(network, 1)
    assert token_lesson.gates(other).tolist() == [[1.0] * 3] * 4
    for _, attention in attentions(other):
        assert isinstance(attention.prefix, LearntPrefix)


def test_recorded_maps_are_shares():
    found = token_maps.recorded()
    assert token_maps.FILE.stat().st_size < 150_000
    for name in ("before", "prefix", "prompt"):
        np.testing.assert_allclose(
            found[name].astype(float).sum(-1), 1, atol=0.01
        )
    # A gate at zero: what is learnt takes nothing at first.
    assert not found["mass prefix start"].any()
    assert (found["mass prompt start"] > 0).all()
    sign = np.sign(found["mass prefix end"])
    np.testing.assert_array_equal(sign, np.sign(found["gate"]))


def test_recorded_zeros_take_more_the_more_there_are():
    found = token_maps.recorded()
    mass = found["zero mass"].mean((0, 2, 3))
    assert mass[0] == 0
    assert (np.diff(mass) > 0).all()
    assert (found["zero changed"][:, 0] == 0).all()
    assert (found["zero changed"][:, 1:] > 0).all()


@pytest.mark.parametrize("row", memory.recorded()["rows"], ids=str)
def test_memory_is_what_the_formula_says(row):
    found = memory.predicted(
        row["network"], row["strategy"], row["batch"], row
    )
    # To the byte on a CPU; other devices have kernels of their own.
    near = pytest.approx(row["activations"], rel=0.02)
    assert found["activations"] == near
    assert found["gradients"] == row["gradients"]
    assert found["weights"] == pytest.approx(row["weights"], rel=4e-3)
    assert found["optimiser"] == pytest.approx(row["optimiser"], rel=4e-3)


@pytest.mark.parametrize("strategy", memory.STRATEGIES)
def test_activations_of_the_convnet_are_known_to_the_byte(strategy):
    found = memory_lesson.held(memory.spec("convnet", strategy, 8))
    told = memory.predicted("convnet", strategy, 8, found)
    assert found["activations"] == told["activations"]


def test_memory_is_counted_by_hand():
    """Two moons, an mlp: of a probe the head's input, log-probabilities and
    labels are kept, and the loss's count of samples."""
    found = memory_lesson.held(toy("linear_probe"))
    width, classes, b = 64, 2, toy("linear_probe").batch_size
    learnt = (width + 1) * classes
    assert found["trained"] == learnt
    assert found["gradients"] == 4 * learnt
    assert found["optimiser"] == 8 * learnt + 2 * 4  # two counters of steps
    assert found["activations"] == 4 * b * (width + classes) + 8 * b + 4


def test_lora_keeps_no_fewer_activations_than_full():
    rows = {
        (r["network"], r["strategy"], r["batch"]): r["activations"]
        for r in memory.recorded()["rows"]
    }
    for network in memory.NETWORKS:
        for batch in memory.BATCHES:
            full = rows[network, "full", batch]
            assert rows[network, "lora", batch] > full
            assert rows[network, "bitfit", batch] < full
