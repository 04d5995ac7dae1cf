"""Code to read: every defect is real, and the fix removes it."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from tests.test_interview import BEYOND, SYLLABUS
from tl_core import texts
from tl_core.code_items import code_item, code_items
from tl_core.rows import RowError
from tl_core.strategies.dann import GradientReversal

ITEMS = code_items()
every = pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.key)


@pytest.fixture(autouse=True)
def seed():
    torch.manual_seed(0)


def both(key: str) -> tuple[dict, dict]:
    """What the snippet defines, as shown and as fixed."""
    item = code_item(key)
    found = []
    for code in (item.code, item.fixed):
        names = {"GradientReversal": GradientReversal}
        exec(compile(code, key, "exec"), names)
        found.append(names)
    return tuple(found)


def test_there_are_enough_and_answers_are_spread():
    assert len(ITEMS) >= 10
    assert len({item.key for item in ITEMS}) == len(ITEMS)
    rights = [item.right for item in ITEMS]
    assert set(rights) == {0, 1, 2, 3}
    assert max(map(rights.count, set(rights))) <= len(ITEMS) / 2


@every
def test_an_item_has_all_parts(item):
    for code in (item.code, item.fixed):
        compile(code, item.key, "exec")
        assert max(len(line) for line in code.splitlines()) <= 79
    assert 7 <= len(item.code.splitlines()) <= 25
    assert item.fixed != item.code
    assert item.section in SYLLABUS | BEYOND
    assert 3 <= len(item.options) <= 4
    assert len(set(item.options)) == len(item.options)
    assert all(option.endswith(".") for option in item.options)
    assert len(item.why.split()) >= 25


def test_lambda_on_the_loss_silences_the_domain_classifier():
    def gradients(found, lam):
        torch.manual_seed(1)
        extract, head, discriminate = (
            nn.Linear(5, 4),
            nn.Linear(4, 3),
            nn.Linear(4, 1),
        )
        xs, xt = torch.randn(8, 5), torch.randn(8, 5) + 1
        ys = torch.arange(8) % 3
        parts = (extract, head, discriminate, xs, ys, xt, lam)
        found["dann_loss"](*parts).backward()
        return discriminate.weight.grad, extract.weight.grad

    buggy, fixed = both("lambda_on_the_loss")
    assert gradients(buggy, 0.0)[0].norm() == 0
    assert gradients(fixed, 0.0)[0].norm() > 0.01
    one, two = (gradients(fixed, lam) for lam in (0.3, 1.0))
    assert torch.equal(one[0], two[0])  # whatever lambda is
    mine, other = gradients(buggy, 0.3), gradients(fixed, 0.3)
    assert torch.allclose(mine[1], other[1], atol=1e-6)
    assert torch.allclose(mine[0], 0.3 * other[0], atol=1e-6)


def test_softmax_over_one_unit_says_nothing():
    buggy, fixed = both("softmax_over_one_unit")
    z = torch.randn(32, 6)
    for found, alive in ((buggy, False), (fixed, True)):
        classifier = found["DomainClassifier"](6)
        said = classifier(z)
        F.binary_cross_entropy(said, torch.arange(32.0) % 2).backward()
        slope = classifier.layers[0].weight.grad.abs().max()
        assert bool(said.std() > 1e-4) == alive
        assert bool(slope > 1e-6) == alive


def test_squared_batch_gradients_shrink_with_the_batch():
    buggy, fixed = both("squared_batch_gradient")
    x = torch.randn(256, 5)
    model = nn.Sequential(nn.Linear(5, 4))
    y = torch.distributions.Categorical(logits=model(x)).sample()

    def total(found, **size):
        return sum(
            f.sum() for f in found["fisher_diagonal"](model, x, y, **size)
        )

    right = total(fixed)
    assert torch.isclose(total(buggy, batch=1), right)
    assert total(buggy, batch=16) < right / 8
    assert total(buggy, batch=64) < right / 24


def test_a_frozen_backbone_moves_by_its_buffers():
    for found, moves in zip(
        both("batch_norm_under_a_frozen_backbone"), (True, False), strict=True
    ):
        backbone = nn.Sequential(nn.Linear(4, 6), nn.BatchNorm1d(6))
        before = {k: v.clone() for k, v in backbone.state_dict().items()}
        batches = [(torch.randn(8, 4) + 2, torch.arange(8) % 2)] * 5
        found["train_probe"](backbone, nn.Linear(6, 2), batches)
        after = backbone.state_dict()
        changed = {k for k in before if not torch.equal(before[k], after[k])}
        assert bool(changed) == moves
        assert not any("weight" in k for k in changed)


def test_an_unsquared_distance_is_another_kernel():
    buggy, fixed = both("unsquared_distance")
    x, y = torch.zeros(1, 3), torch.tensor([[2.0, 0.0, 0.0]])
    values = [f["gaussian_kernel"](x, y, 1.0).item() for f in (buggy, fixed)]
    assert values == pytest.approx(
        [torch.exp(torch.tensor(-v)).item() for v in (1.0, 2.0)]
    )


def test_a_gradient_through_the_bandwidth_is_another_gradient():
    slopes, values = [], []
    x, y = torch.randn(16, 3), torch.randn(16, 3) + 1
    for found in both("gradient_through_the_bandwidth"):
        moved = x.clone().requires_grad_()
        value = found["mmd2"](moved, y)
        value.backward()
        slopes.append(moved.grad)
        values.append(value.item())
    assert values[0] == values[1]
    gap = (slopes[0] - slopes[1]).norm() / slopes[1].norm()
    assert gap > 0.2


def test_alpha_that_stays_shrinks_large_ranks():
    for found, same in zip(
        both("alpha_that_does_not_follow"), (False, True), strict=True
    ):
        layers = found["sweep"](nn.Linear(128, 16))
        assert (layers[8].scale == layers[64].scale) == same
    assert both("alpha_that_does_not_follow")[0]["sweep"](nn.Linear(9, 9))[
        64
    ].scale == pytest.approx(1 / 8)


def test_an_adapter_on_out_proj_does_nothing():
    buggy, fixed = both("adapter_on_out_proj")
    x = torch.randn(2, 5, 16)

    def effect(adapter, attend):
        before = attend(x).detach()
        adapter.b.data.fill_(1.0)
        after = attend(x)
        if after.requires_grad:
            after.square().sum().backward()
        return (after - before).abs().max().item(), adapter.b.grad

    attention = buggy["attention"]
    moved, slope = effect(attention.out_proj, lambda x: attention(x, x, x)[0])
    assert moved == 0.0
    assert slope is None
    moved, slope = effect(fixed["project"], fixed["attend"])
    assert moved > 0.1
    assert slope.abs().max() > 0


def test_a_penalty_of_saved_parameters_is_zero():
    for found, alive in zip(
        both("penalty_of_saved_parameters"), (False, True), strict=True
    ):
        model = nn.Linear(3, 1, bias=False)
        anchor = {"weight": model.weight.detach().clone()}
        fisher = {"weight": torch.full((1, 3), 0.5)}
        with torch.no_grad():
            model.weight += torch.tensor([[1.0, 0.0, 0.0]])
        penalty = found["ewc_penalty"](model, fisher, anchor, 4.0)
        assert penalty.item() == pytest.approx(1.0 if alive else 0.0)
        if alive:
            penalty.backward()
            assert model.weight.grad.tolist() == [[2.0, 0.0, 0.0]]


def test_a_constant_for_a_sign_is_a_bias():
    buggy, fixed = both("a_constant_for_a_sign")
    draws = [(torch.randn(9, 2), torch.randn(9, 2)) for _ in range(2000)]
    means = [
        torch.stack([f["mmd2_unbiased"](x, y) for x, y in draws])
        for f in (buggy, fixed)
    ]
    assert means[0].mean().item() == pytest.approx(2 / 8, abs=0.01)
    assert means[1].mean().item() == pytest.approx(0, abs=0.01)
    assert 0.35 < (means[1] < 0).double().mean() < 0.75


def test_the_best_epoch_on_the_test_set_flatters():
    def told(found):
        noise = iter(torch.randn(10_000).tolist())
        model, data = (
            nn.Linear(1, 1),
            dict.fromkeys(("source_train", "target_unlabelled"), None),
        )
        data |= {"target_test": "test", "source_validation": "val"}
        kept = {}

        def train_epoch(model, *_):
            with torch.no_grad():
                model.weight.fill_(next(noise))

        def accuracy(model, split):
            at = model.weight.item()
            return (
                0.7 + 0.02 * at
                if split == "test"
                else kept.setdefault(at, 0.8 + 0.01 * next(noise))
            )

        return found["adapt"](model, train_epoch, accuracy, data)

    scores = [
        [told(f) for _ in range(10)]
        for f in both("best_epoch_on_the_test_set")
    ]
    means = [sum(row) / len(row) for row in scores]
    assert means[0] > 0.72  # 0.7 is the truth of every epoch
    assert means[0] > means[1] + 0.02


def test_an_optimiser_made_too_early_never_moves_the_adapter():
    for found, moves in zip(
        both("optimiser_before_the_adapter"), (False, True), strict=True
    ):
        model = nn.Sequential(nn.Linear(3, 3))
        optimiser = found["prepare"](model, lambda: nn.Linear(3, 3))
        start = model.adapter.weight.detach().clone()
        model.adapter(model[0](torch.randn(4, 3))).square().sum().backward()
        optimiser.step()
        assert torch.equal(start, model.adapter.weight) != moves


def test_a_zero_prefix_is_not_the_old_network():
    q, k, v = (torch.randn(n, 8) for n in (3, 10, 10))
    old = (q @ k.T / 8**0.5).softmax(1) @ v
    for found, same in zip(both("a_zero_prefix"), (False, True), strict=True):
        said = found["PrefixAttention"](5, 8)(q, k, v)
        assert torch.allclose(said, old, atol=1e-6) == same


def test_decay_goes_on_with_gradients_of_zero():
    for found, moves in zip(
        both("decay_of_frozen_weights"), (True, False), strict=True
    ):
        stages, seen = nn.Linear(4, 4), []
        model = nn.Sequential(stages, nn.Linear(4, 2))

        def batches(stages=stages, seen=seen):
            for _ in range(6):
                seen.append(stages.weight.detach().clone())
                yield torch.randn(8, 4), torch.arange(8) % 2

        found["train"](model, stages, batches(), freeze_at=3)
        assert torch.equal(seen[3], stages.weight) != moves


def test_what_is_wrong_is_said_with_file_key_and_field(tmp_path):
    text = texts.file("interview/code.toml").read_text("utf-8")
    for old, new, words in (
        ("right = 1", "right = 9", "right is 9, past the last option"),
        ("torch.cdist(x, y)\n'''\nfix", "nowhere\n'''\nfix", "instead does"),
        ("fix = '''", "fixed = '''", "fix is missing"),
    ):
        path = tmp_path / f"{len(words)}.toml"
        path.write_text(text.replace(old, new, 1))
        with pytest.raises(RowError, match=words) as error:
            code_items(path)
        assert str(error.value).startswith(path.name)
