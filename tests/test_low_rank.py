"""The rank of a change, and the arithmetic of few trained numbers."""

import numpy as np
import pytest
import torch
from torch import nn

from tests.conftest import toy
from tl_core import adapters, lora_count, low_rank, ranks
from tl_core.lora_count import LARGE, WHERE


def test_a_product_of_thin_matrices_is_kept_by_its_rank():
    chance = torch.Generator().manual_seed(0)
    b, a = (torch.randn(*s, generator=chance) for s in ((20, 3), (3, 30)))
    kept = low_rank.kept((b @ a).double())
    assert len(kept) == 20
    assert kept[2].item() == pytest.approx(1)
    assert kept[1] < 0.999


def test_kept_is_the_error_of_the_best_approximation():
    """Eckart and Young: |D - D_r|^2 / |D|^2 is what is not kept."""
    delta = torch.randn(8, 6, generator=torch.Generator().manual_seed(1))
    u, s, v = np.linalg.svd(delta.numpy(), full_matrices=False)
    for rank in range(1, 7):
        near = (u[:, :rank] * s[:rank]) @ v[:rank]
        missed = ((delta.numpy() - near) ** 2).sum() / (s**2).sum()
        kept = low_rank.kept(delta)[rank - 1].item()
        assert kept == pytest.approx(1 - missed, abs=1e-5)


def test_chance_is_flat_for_long_matrices_and_ends_at_one():
    shares = low_rank.chance(4, 4000)
    np.testing.assert_allclose(shares, [0.25, 0.5, 0.75, 1], atol=0.04)


def test_every_adaptable_layer_is_measured():
    rows = low_rank.changes(toy("full"))
    assert rows
    for row in rows:
        d, k = row["shape"]
        assert len(row["keeps"]) == len(row["chance"]) == min(d, k)
        assert row["size"] > 0
        assert row["keeps"][-1] == pytest.approx(1)


def test_a_change_is_of_lower_rank_than_chance():
    for row in ranks.recorded()["layers"]:
        assert row["keeps"][0] > row["chance"][0]
        assert row["keeps"][3] > row["chance"][3]


@pytest.mark.parametrize(
    ("network", "rank", "told"),
    [
        # Table 2 of the LoRA paper: .3 M; its section 5.5: 4.7 M and 37.7 M.
        ("roberta_base", 8, 294_912),
        ("gpt3", 1, 4_718_592),
        ("gpt3", 8, 37_748_736),
    ],
)
def test_counts_are_those_of_the_paper(network, rank, told):
    assert lora_count.trained(LARGE[network], rank, WHERE["q and v"]) == told


@pytest.mark.parametrize("where", WHERE)
def test_counts_are_those_of_real_layers(where):
    """Of one block, with our own adapters and with peft's closed form."""
    shapes = LARGE["vit_b16"].shapes
    chosen = [s for name, s in shapes.items() if name in WHERE[where]]
    layers = [nn.Linear(k, d) for d, k in chosen]
    model = nn.Sequential(*layers)
    adapters.wrap(model, [str(n) for n in range(len(layers))])
    adapters.add(model, "new", rank=4, alpha=8)
    added = sum(
        p.numel() for n, p in model.named_parameters() if "base" not in n
    )
    counted = lora_count.trained(LARGE["vit_b16"], 4, WHERE[where])
    assert counted == 12 * added


def test_memory_is_sixteen_bytes_a_trained_number():
    network = LARGE["roberta_base"]
    assert lora_count.memory_in_full(network) == 16 * network.parameters
    small = lora_count.memory(network, 1000)
    assert small == 4 * network.parameters + 16 * 1000
