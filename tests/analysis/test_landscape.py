"""Planes and lines through weights, against the models themselves."""

import copy

import pytest
import torch
import torch.nn.functional as F
from torch.nn.utils import vector_to_parameters

from tl_core.analysis import fisher
from tl_core.analysis.landscape import (
    Plane,
    barrier,
    line,
    read_by,
    second_order,
    spring,
    surface,
    weights,
)
from tl_core.backbones.base import Network, build
from tl_core.backbones.convnet import ConvNet
from tl_core.batch_norm import with_statistics_of
from tl_core.datasets.base import Samples

CHANCE = torch.Generator().manual_seed(0)
SAMPLES = Samples(
    torch.rand(24, 1, 28, 28, generator=CHANCE), torch.arange(24) % 3
)
INPUTS = torch.rand(32, 1, 28, 28, generator=CHANCE)


def network(seed: int, norm: str = "group") -> Network:
    return build(ConvNet(width=4, norm=norm), (1, 28, 28), 3, seed).eval()


def random(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=CHANCE, dtype=torch.float64)


def test_the_plane_holds_its_three_points():
    one, two, three = random(3, 50)
    plane = Plane.through(one, two, three)
    assert (plane.u @ plane.v).item() == pytest.approx(0, abs=1e-12)
    assert plane.place(one) == pytest.approx((0, 0))
    apart = (two - one).norm().item()
    assert plane.place(two) == pytest.approx((apart, 0), abs=1e-9)
    for point in (one, two, three):
        torch.testing.assert_close(plane.at(*plane.place(point)), point)
        assert plane.away(point) == pytest.approx(0, abs=1e-9)
    (x2, y2), (x3, y3) = plane.place(two), plane.place(three)
    side = ((x3 - x2) ** 2 + (y3 - y2) ** 2) ** 0.5
    assert side == pytest.approx((three - two).norm().item())
    assert plane.away(three + random(50)) > 1


def test_points_on_a_line_span_no_plane():
    one, two = random(2, 5)
    with pytest.raises(ValueError, match="lie on one line"):
        Plane.through(one, two, one + 3 * (two - one))
    with pytest.raises(ValueError, match="lie on one line"):
        Plane.through(one, one, two)


@pytest.mark.parametrize("norm", ["group", "none", "batch"])
def test_at_the_corners_stand_the_models_own_losses(norm):
    models = [network(seed, norm) for seed in range(3)]
    plane = Plane.through(*(weights(m) for m in models))
    height = read_by(models[0], SAMPLES, INPUTS)
    for model in models:
        x, y = plane.place(weights(model))
        found = surface(height, plane, [x], [y])
        assert found.shape == (1, 1, 2)
        reader = (
            with_statistics_of(model, INPUTS) if norm == "batch" else model
        )
        with torch.no_grad():
            logits = reader(SAMPLES.x)
        loss = F.cross_entropy(logits, SAMPLES.y)
        right = (logits.argmax(1) == SAMPLES.y).float().mean()
        torch.testing.assert_close(
            found[0, 0], torch.stack([loss, right]), rtol=1e-3, atol=1e-4
        )


def test_the_model_is_left_as_it_was():
    model = network(0, "batch")
    before = {k: v.clone() for k, v in model.state_dict().items()}
    read_by(model, SAMPLES, INPUTS)(torch.zeros_like(weights(model)))
    now = model.state_dict()
    assert all(torch.equal(v, now[k]) for k, v in before.items())


def test_a_quadratic_s_surface_is_its_closed_form():
    anchor, stiffness = random(20), random(20).abs()
    plane = Plane.through(*random(3, 20))
    xs, ys = [-1.0, 0.0, 2.0], [0.5, 1.5]
    found = surface(spring(anchor, stiffness, 3.0), plane, xs, ys)
    assert found.shape == (2, 3)
    d = plane.origin - anchor
    for row, y in enumerate(ys):
        for column, x in enumerate(xs):
            uu = (stiffness * plane.u**2).sum()
            vv = (stiffness * plane.v**2).sum()
            uv = (stiffness * plane.u * plane.v).sum()
            ud = (stiffness * plane.u * d).sum()
            vd = (stiffness * plane.v * d).sum()
            dd = (stiffness * d**2).sum()
            value = uu * x * x + vv * y * y + 2 * uv * x * y
            value = value + 2 * ud * x + 2 * vd * y + dd
            torch.testing.assert_close(found[row, column], 1.5 * value)


def test_a_line_between_two_minima_has_their_barrier():
    """(w^2 - 1)^2 has minima at -1 and 1 and height 1 between them."""
    one, two = torch.tensor([-1.0]), torch.tensor([1.0])
    at = [0, 0.25, 0.5, 1]
    found = line(lambda w: (w[0] ** 2 - 1) ** 2, one, two, at)
    assert found.tolist() == pytest.approx([0, 0.5625, 1, 0])
    assert barrier(found, at) == pytest.approx(1)
    tilted = found + 2 * torch.tensor(at)
    assert barrier(tilted, at) == pytest.approx(1)
    bowl = line(lambda w: w[0] ** 2, one, 3 * two, at)
    assert barrier(bowl, at) == 0


def test_a_line_between_networks_ends_at_them():
    one, two = network(0), network(1)
    found = line(
        read_by(one, SAMPLES), weights(one), weights(two), [0, 0.5, 1]
    )
    with torch.no_grad():
        ends = [F.cross_entropy(m(SAMPLES.x), SAMPLES.y) for m in (one, two)]
    torch.testing.assert_close(found[[0, -1], 0], torch.stack(ends))


def test_the_fisher_foretells_how_the_predictions_move():
    """KL(p || p_moved), on average over directions, where what stands beside
    the diagonal cancels."""
    model = network(0, "none").double()
    x = torch.rand(40, 1, 28, 28, generator=CHANCE).double()
    with torch.no_grad():
        p = model(x).softmax(1)
    diagonal = fisher.exact(model, Samples(x, torch.zeros(40).long()))
    f = torch.cat([part.flatten() for part in diagonal.values()])
    start = weights(model)
    foretold = second_order(torch.zeros(()), start, f)
    moved, rises, expected = copy.deepcopy(model), [], []
    for _ in range(60):
        at = start + 1e-3 * random(len(start))
        vector_to_parameters(at, moved.parameters())
        with torch.no_grad():
            q = moved(x).log_softmax(1)
        rises.append(F.kl_div(q, p, reduction="batchmean"))
        expected.append(foretold(at))
    ratio = torch.stack(rises).mean() / torch.stack(expected).mean()
    assert ratio.item() == pytest.approx(1, abs=0.15)


def test_batch_norm_without_inputs_is_refused():
    with pytest.raises(ValueError, match="give inputs from which"):
        read_by(network(0, "batch"), SAMPLES)
