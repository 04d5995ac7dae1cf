"""Every drill's answer is what real modules, optimisers and estimates say."""

from math import inf
from types import SimpleNamespace

import pytest
import torch
from torch import nn

from tl_core import adapters, drills
from tl_core.analysis import fisher, mmd
from tl_core.analysis.a_distance import proxy_a_distance
from tl_core.datasets.base import Samples
from tl_core.learnt_tokens import Insert, LearntPrefix
from tl_core.strategies import coral, dann
from tl_core.strategies.discriminative_lr import DiscriminativeLr
from tl_core.strategies.ewc import Ewc

SEEDS = range(6)


def numbers(module: nn.Module) -> int:
    return sum(p.numel() for p in module.parameters())


def adapted(layer: nn.Module, rank: int) -> int:
    model = nn.Sequential(layer)
    before = numbers(model)
    adapters.wrap(model, ["0"])
    adapters.add(model, "a", rank, float(rank))
    return numbers(model) - before


def real_prefix(n):
    made = LearntPrefix(n["heads"], n["n"], n["each"])
    one = made.keys.numel() + made.values.numel()
    return n["layers"] * one


def real_prompt(n):
    tokens = Insert(n["n"], n["d"], 48)
    return numbers(tokens) + numbers(nn.Linear(n["d"], n["classes"]))


def real_bitfit(n):
    d = n["d"]
    block = nn.TransformerEncoderLayer(d, 4, 4 * d)
    biases = [p for name, p in block.named_parameters() if "bias" in name]
    return n["blocks"] * sum(p.numel() for p in biases)


def real_adam(n):
    """Moments grow with what is trained: measured on a hundredth of it."""
    few = n["trained"] // 100
    weights = nn.Parameter(torch.zeros(few))
    frozen = nn.Parameter(torch.zeros(few), requires_grad=False)
    adam = torch.optim.Adam([weights, frozen])
    weights.sum().backward()
    adam.step()
    moments = [
        t
        for state in adam.state.values()
        for name, t in state.items()
        if name.startswith("exp_avg")
    ]
    return sum(t.numel() * t.element_size() for t in moments) * 100


def real_batch_norm(n):
    layers = [nn.BatchNorm2d(c) for c in n.values()]
    return sum(
        b.numel()
        for layer in layers
        for name, b in layer.named_buffers()
        if name.startswith("running")
    )


def listed(n, name):
    return [n[k] for k in sorted(n) if k.rstrip("0123456789") == name]


def real_ewc(n):
    """The strategy's own spring, on three weights."""
    anchor = SimpleNamespace(
        fisher=torch.tensor(listed(n, "f")),
        theta_star=torch.zeros(3),
        theta=lambda model: torch.tensor(listed(n, "d")),
    )

    class Model(nn.Module):
        auxiliary = {"anchor": anchor}

        def forward(self, x):
            return torch.zeros(1, 2)

    batch = SimpleNamespace(xt=None, labels_t=torch.tensor([0]))
    spring = Ewc(gamma=n["gamma0"]).loss(Model(), batch)["spring"]
    return spring.item()


def real_merge(n):
    layer = nn.Linear(2, 2, bias=False)
    model = nn.Sequential(layer)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor(listed(n, "w")).view(2, 2))
    adapters.wrap(model, ["0"])
    adapters.add(model, "a", 1, n["alpha0"])
    low = model[0].adapters["a"]
    with torch.no_grad():
        low.a.copy_(torch.tensor(listed(n, "a")).view(1, 2))
        low.b.copy_(torch.tensor(listed(n, "b")).view(2, 1))
    adapters.merge(model)
    return model[0].base.weight[int(n["row0"]) - 1, 1].item()


def real_rates(n):
    stages = {str(k): nn.Linear(1, 1) for k in range(n["stages"])}
    head = nn.Linear(1, 2)
    model = SimpleNamespace(
        backbone=SimpleNamespace(stages=nn.ModuleDict(stages)), head=head
    )
    pair = SimpleNamespace(classes=("a", "b"), same_classes=True)
    strategy = DiscriminativeLr(lr_scale=n["low"] / n["high"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "tl_core.strategies.discriminative_lr.start_head",
            lambda *given: None,
        )
        groups = strategy.setup(model, pair)
    return n["high"] * groups[n["stage"]]["lr_scale"]


def real_ramp(n):
    strength = n["final"] * dann.ramp(n["progress"])
    z = torch.tensor([1.0], requires_grad=True)
    passed = dann.GradientReversal.apply(z, strength)
    passed.backward(torch.tensor([n["g"]]))
    return z.grad.item()


def real_prefix_share(n):
    scores = torch.tensor([*listed(n, "learnt"), *listed(n, "own")])
    return scores.softmax(0)[0].item()


def points(n):
    x = torch.tensor([[n["x0"]], [n["x1"]]], dtype=torch.float32)
    y = torch.tensor([[n["y0"]], [n["y1"]]], dtype=torch.float32)
    return x, y, torch.tensor(1.0), (1.0,)


def real_a_distance(n):
    """By definition from the error that the drill tells."""
    error = (n["wrong_s"] + n["wrong_t"]) / (2 * n["n"])
    return 2 - 4 * error


def real_coral(n):
    """The strategy's distance of samples that have these covariances."""

    def samples(c):
        cov = torch.tensor([[c[0], c[1]], [c[1], c[2]]], dtype=torch.float64)
        root = torch.linalg.cholesky(cov)
        signs = torch.tensor([[1, 1], [1, -1], [-1, 1], [-1, -1]])
        white = signs.double()
        white = white / covariance_scale(white)
        return white @ root.T

    return coral.coral_distance(
        samples(listed(n, "s")), samples(listed(n, "t"))
    ).item()


def covariance_scale(white):
    return coral.covariance(white)[0, 0].sqrt()


def real_fisher(n):
    model = nn.Linear(1, 2, bias=False).eval()
    with torch.no_grad():
        model.weight.copy_(torch.tensor([[0.0], [n["z"] / n["x"]]]))
    sample = Samples(torch.tensor([[n["x"]]]), torch.tensor([0]))
    return fisher.exact(model, sample)["weight"][1, 0].item()


REAL = {
    "lora": lambda n: adapted(nn.Linear(n["d_in"], n["d_out"]), n["r"]),
    "conv_lora": lambda n: adapted(
        nn.Conv2d(n["c_in"], n["c_out"], n["k"]), n["r"]
    ),
    "prefix": real_prefix,
    "prompt": real_prompt,
    "head": lambda n: numbers(nn.Linear(n["d"], n["classes"])),
    "conv": lambda n: numbers(nn.Conv2d(n["c_in"], n["c_out"], n["k"])),
    "bitfit": real_bitfit,
    "adam": real_adam,
    "batch_norm": real_batch_norm,
    "ewc": real_ewc,
    "merge": real_merge,
    "rates": real_rates,
    "ramp": real_ramp,
    "prefix_share": real_prefix_share,
    "mmd_biased": lambda n: mmd.mmd2(*points(n)).item(),
    "mmd_unbiased": lambda n: mmd.mmd2_unbiased(*points(n)).item(),
    "a_distance": real_a_distance,
    "coral": real_coral,
    "fisher": real_fisher,
}


def test_every_drill_is_held_against_something_real():
    assert set(REAL) == set(drills.drills())


@pytest.mark.parametrize("key", REAL)
def test_the_answer_is_what_the_lab_computes(key):
    for seed in SEEDS:
        asked = drills.task(key, seed)
        real = REAL[key](asked.numbers)
        assert asked.answer == pytest.approx(real, rel=1e-4, abs=1e-6)
        assert drills.right(asked, asked.answer)


@pytest.mark.parametrize("key", REAL)
def test_a_seed_gives_its_numbers_again_and_another_gives_others(key):
    assert drills.task(key, 3) == drills.task(key, 3)
    asked = {drills.task(key, seed).question for seed in range(20)}
    assert len(asked) > 5


@pytest.mark.parametrize("key", REAL)
def test_the_question_and_the_solution_have_the_numbers(key):
    asked = drills.task(key, 1)
    assert asked.question.rstrip().endswith(("?", "prefix?"))
    assert len(asked.steps) >= 2
    last = asked.steps[-1].replace("{,}", "")
    assert any(
        form.format(asked.answer) in last
        for form in ("{:.0f}", "{:.4g}", "{:.4f}", "{:.3f}", "{:.3g}")
    )


def test_counts_are_met_exactly_and_sums_nearly():
    count, real = drills.task("lora", 0), drills.task("mmd_biased", 0)
    assert not drills.right(count, count.answer + 1)
    assert not drills.right(count, count.answer + 0.4)
    assert drills.right(real, real.answer * 1.01)
    assert not drills.right(real, real.answer * 1.1 + 0.01)
    assert not drills.right(count, inf)
    assert not drills.right(real, float("nan"))


def test_the_a_distance_of_far_domains_is_two():
    zs, zt = torch.randn(80, 2), torch.randn(80, 2) + 50
    assert proxy_a_distance(zs, zt) == pytest.approx(2)
