"""The Fisher diagonal against loops, closed forms and two libraries."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from tl_core import catalog
from tl_core.analysis import fisher
from tl_core.analysis.fisher import (
    empirical,
    exact,
    largest_is_one,
    lorenz,
    monte_carlo,
    overlap,
)
from tl_core.backbones.base import build
from tl_core.backbones.convnet import ConvNet
from tl_core.backbones.mlp import Mlp
from tl_core.datasets.base import Samples

CLASSES = 4


def images(n: int = 12) -> Samples:
    generator = torch.Generator().manual_seed(3)
    x = torch.rand(n, 2, 8, 8, generator=generator)
    return Samples(x, torch.arange(n) % CLASSES)


def convolutional() -> nn.Sequential:
    """Of layers that both libraries know, and far from saturated."""
    torch.manual_seed(0)
    layers = [nn.Conv2d(2, 3, 3), nn.ReLU(), nn.Flatten()]
    return nn.Sequential(*layers, nn.Linear(3 * 36, CLASSES)).eval()


def close(one: fisher.Diagonal, two: fisher.Diagonal, **kw: float) -> None:
    assert one.keys() == two.keys()
    for name, f in one.items():
        torch.testing.assert_close(f, two[name], **kw)


def squared_gradient(model: nn.Module, x, label) -> fisher.Diagonal:
    model.zero_grad()
    F.cross_entropy(model(x[None]), label[None]).backward()
    return {k: p.grad**2 for k, p in model.named_parameters()}


def by_loop(model: nn.Module, samples: Samples) -> fisher.Diagonal:
    """The definition, one sample and one class at a time."""
    total = {k: torch.zeros_like(p) for k, p in model.named_parameters()}
    for x in samples.x:
        p = model(x[None]).softmax(1)[0].detach()
        for label in range(CLASSES):
            g = squared_gradient(model, x, torch.tensor(label))
            for k in total:
                total[k] += p[label] * g[k] / len(samples)
    return total


@pytest.mark.parametrize("norm", ["batch", "group", "none"])
def test_it_is_the_definition_written_as_loops(norm):
    model = build(ConvNet(width=4, norm=norm), (1, 28, 28), CLASSES, 0).eval()
    samples = Samples(torch.rand(5, 1, 28, 28), torch.arange(5) % CLASSES)
    close(exact(model, samples), by_loop(model, samples), rtol=1e-4, atol=1e-7)


BACKBONES = [
    key
    for key in catalog.keys("backbones")
    if "images" in catalog.entry("backbones", key).card.accepts
    and key != "efficientnet_lite0"  # the layers of mobilenet, and slow here
]


@pytest.mark.parametrize("key", BACKBONES)
def test_every_backbone_can_be_measured(key):
    entry = catalog.entry("backbones", key)
    recipe = catalog.create("backbones", key, entry.settings({}))
    model = build(recipe, (1, 28, 28), CLASSES, 0).eval()
    samples = Samples(torch.rand(1, 1, 28, 28), torch.tensor([2]))
    squares = squared_gradient(model, samples.x[0], samples.y[0])
    close(empirical(model, samples), squares, rtol=1e-3, atol=1e-6)


def test_batch_norms_scale_and_shift_are_weights_too():
    model = build(Mlp(width=5, norm="batch"), (2,), CLASSES, 0).eval()
    found = exact(model, Samples(torch.randn(9, 2), torch.zeros(9).long()))
    norms = [m for m in model.modules() if isinstance(m, nn.BatchNorm1d)]
    names = {id(p): k for k, p in model.named_parameters()}
    for layer in norms:
        assert found[names[id(layer.weight)]].sum() > 0
        assert found[names[id(layer.bias)]].sum() > 0


@pytest.mark.filterwarnings("ignore")
def test_it_agrees_with_backpack():
    from backpack import backpack, extend
    from backpack.extensions import DiagGGNExact, SumGradSquared

    model, samples = convolutional(), images()
    ours, labelled = exact(model, samples), empirical(model, samples)
    model, risk = extend(model), extend(nn.CrossEntropyLoss())
    loss = risk(model(samples.x), samples.y)
    with backpack(DiagGGNExact(), SumGradSquared()):
        loss.backward()
    named = dict(model.named_parameters())
    theirs = {k: p.diag_ggn_exact for k, p in named.items()}
    close(ours, theirs, rtol=1e-5, atol=1e-7)
    # BackPACK squares gradients of the mean, each of them 1/n too small.
    squares = {k: p.sum_grad_squared * 12 for k, p in named.items()}
    close(labelled, squares, rtol=1e-5, atol=1e-7)


@pytest.mark.filterwarnings("ignore")
def test_it_agrees_with_nngeometry():
    from nngeometry.metrics import FIM
    from nngeometry.object import PMatDiag
    from torch.utils.data import DataLoader, TensorDataset

    model, samples = convolutional(), images()
    loader = DataLoader(TensorDataset(samples.x, samples.y), batch_size=5)
    theirs = FIM(model, loader, PMatDiag).get_diag()
    ours = exact(model, samples)
    flat = torch.cat([ours[k].flatten() for k in ours])
    torch.testing.assert_close(flat, theirs, rtol=1e-5, atol=1e-7)


def test_for_softmax_regression_it_is_p_times_one_minus_p_x_squared():
    model, x = nn.Linear(3, CLASSES).double(), torch.randn(20, 3).double()
    found = exact(model.eval(), Samples(x, torch.zeros(20).long()))
    p = model(x).softmax(1).detach()
    spread = p * (1 - p)  # (n, classes)
    torch.testing.assert_close(found["weight"], spread.T @ x**2 / 20)
    torch.testing.assert_close(found["bias"], spread.mean(0))


def test_half_f_delta_squared_is_the_kl_divergence_of_a_small_move():
    model, samples = convolutional().double(), images()
    samples = Samples(samples.x.double(), samples.y)
    found, d = exact(model, samples), 1e-3
    log_p = model(samples.x).log_softmax(1).detach()
    for name, p in model.named_parameters():
        flat, place = p.data.view(-1), int(found[name].argmax())
        flat[place] += d
        log_q = model(samples.x).log_softmax(1).detach()
        flat[place] -= d
        kl = (log_p.exp() * (log_p - log_q)).sum(1).mean()
        f = found[name].flatten()[place]
        assert kl / (f * d**2 / 2) == pytest.approx(1, abs=2e-3)


def test_the_size_of_a_chunk_does_not_matter(monkeypatch):
    model, samples = convolutional(), images()
    whole = exact(model, samples)
    monkeypatch.setattr(fisher, "NUMBERS", 1)
    close(whole, exact(model, samples), rtol=1e-5, atol=1e-8)


def test_the_order_of_the_samples_does_not_matter():
    model, samples = convolutional(), images()
    turned = samples.take(torch.arange(11, -1, -1))
    for estimate in (exact, empirical):
        one, two = estimate(model, samples), estimate(model, turned)
        close(one, two, rtol=1e-5, atol=1e-8)


def test_two_halves_average_to_the_whole():
    model, samples = convolutional(), images()
    for estimate in (exact, empirical):
        halves = [
            estimate(model, samples.take(torch.arange(i, i + 6)))
            for i in (0, 6)
        ]
        mean = {k: (halves[0][k] + halves[1][k]) / 2 for k in halves[0]}
        close(estimate(model, samples), mean, rtol=1e-5, atol=1e-8)


def test_drawing_labels_gives_the_exact_one_on_average():
    torch.manual_seed(0)
    model, samples = convolutional(), images()
    one, two = exact(model, samples), monte_carlo(model, samples, draws=4000)
    for name in one:
        error = (one[name] - two[name]).norm() / one[name].norm()
        assert error < 0.03
    few = monte_carlo(model, samples)
    assert any(not torch.equal(one[k], few[k]) for k in one)


def test_of_one_sample_the_empirical_one_is_its_squared_gradient():
    model, samples = convolutional(), images(1)
    squares = squared_gradient(model, samples.x[0], samples.y[0])
    close(empirical(model, samples), squares, rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize("estimate", fisher.ESTIMATES.values())
def test_a_network_in_training_mode_is_refused(estimate):
    with pytest.raises(ValueError, match=r"call model.eval\(\) first"):
        estimate(convolutional().train(), images())


def test_the_largest_entry_becomes_one_and_is_told():
    found = {"a": torch.tensor([0.5, 4.0]), "b": torch.tensor([[2.0]])}
    scaled, scale = largest_is_one(found)
    assert scale == 4
    assert scaled["a"].tolist() == [0.125, 1]
    assert scaled["b"].tolist() == [[0.5]]
    zero, scale = largest_is_one({"a": torch.zeros(2)})
    assert scale == 1
    assert zero["a"].tolist() == [0, 0]


def test_overlap_is_one_for_equal_shapes_and_zero_for_disjoint_ones():
    a, b = {"w": torch.tensor([1.0, 3.0])}, {"w": torch.tensor([2.0, 6.0])}
    assert overlap(a, b) == pytest.approx(1)
    left, right = torch.tensor([1.0, 0.0]), torch.tensor([0.0, 5.0])
    assert overlap({"w": left}, {"w": right}) == pytest.approx(0)
    # Traces 1: (1, 0) and (1/2, 1/2); 1 - ((1 - s)^2 + s^2) / 2, s = 1/sqrt 2
    half = overlap({"w": left}, {"w": torch.ones(2)})
    assert half == pytest.approx(0.5**0.5)


def test_the_lorenz_curve_has_its_closed_forms():
    line = torch.linspace(0, 1, fisher.CURVE, dtype=torch.float64)
    torch.testing.assert_close(lorenz(torch.full((7,), 2.0)), line)
    # Of 1, 2, ..., n the smallest share q holds q (qn + 1) / (n + 1).
    n = 100
    rising = lorenz(torch.arange(1, n + 1).flip(0).float())
    torch.testing.assert_close(rising, line * (line * n + 1) / (n + 1))
    one = lorenz(torch.eye(10)[3])
    assert one[:91].abs().max() == 0
    assert one[-1] == 1
