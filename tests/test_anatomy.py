"""What stages are made of and what is kept of them, against counts by hand."""

import pytest
import torch

from tests.conftest import toy
from tl_core import anatomy, catalog, freezing, memory, training
from tl_core.backbones.base import Backbone, Network, build
from tl_core.feed import visible_pair
from tl_core.probes import QUESTIONS
from tl_core.spec import spec_from_settings

CONVNET = {
    "conv1": 25 * 32 + 32 + 2 * 32,  # weights, biases, BatchNorm
    "conv2": 25 * 32 * 48 + 48 + 2 * 48,
    "dense": 48 * 4 * 4 * 100 + 100 + 2 * 100,
    "head": 100 * 10 + 10,
}


def small(pixels: int, width: int, classes: int) -> Network:
    """Two hidden layers: `pixels` to `width` to `width` to `classes`."""
    recipe = catalog.create("backbones", "mlp", {"width": width})
    return build(recipe, (pixels,), classes, seed=0)


def test_parameters_are_those_of_the_layers():
    plan = freezing.plans(freezing.recorded()["networks"]["convnet"])[0]
    assert {s.name: s.parameters for s in plan.stages} == CONVNET
    assert plan.stages[0].shape == (32, 12, 12)
    assert plan.total == plan.trained == sum(CONVNET.values())


@pytest.mark.parametrize("frozen", [0, 1, 2])
def test_a_small_network_keeps_what_its_layers_need(frozen):
    """A linear layer keeps its input and a ReLU its output, 4 bytes a number;
    the loss keeps log-probabilities and one label of 8 bytes."""
    pixels, width, classes = 7, 5, 3
    inputs = [pixels, width, width]
    wanted = [0] * 3
    for layer in (0, 1):
        if layer >= frozen:
            # The input of a later layer is the ReLU's output before it.
            first = 4 * inputs[layer] if layer == frozen else 0
            wanted[layer] = first + 4 * width
    wanted[2] = (4 * width if frozen == 2 else 0) + 4 * classes + 8
    x = torch.rand(anatomy.MORE, pixels)
    found = anatomy.dissected(small(pixels, width, classes), x)
    assert found["kept"][frozen] == wanted


def test_the_convnet_keeps_what_the_formula_says():
    plans = freezing.plans(freezing.recorded()["networks"]["convnet"])
    for plan, strategy in ((plans[0], "full"), (plans[-1], "linear_probe")):
        two, one = (memory.convnet(strategy, b) for b in (65, 64))
        assert plan.kept == two - one


@pytest.mark.parametrize("k", [0, 1, 2])
def test_what_is_trained_is_what_partial_fine_tuning_trains(k):
    spec = toy("partial", **{"strategy.trained": k})
    pair = training.load_pair(spec, torch.device("cpu"))
    model = training.new_network(spec, pair)
    strategy = catalog.create("strategies", "partial", spec.strategy_params)
    strategy.setup(model, visible_pair(spec, pair))
    found = QUESTIONS["anatomy"](**spec.changes())
    plan = freezing.plans(found)[2 - k]
    assert plan.trained == model.parameter_counts()["trained"]


def test_new_stages_under_frozen_ones_make_them_keep_activations():
    layers = [torch.nn.Linear(4, 4), torch.nn.ReLU(), torch.nn.Linear(4, 4)]
    stages = {
        "new": torch.nn.Sequential(*layers[:2]),
        "old": torch.nn.Sequential(layers[2], torch.nn.ReLU()),
    }
    model = Network(Backbone(stages, 4, False, True, ("new",)), 2)
    found = anatomy.dissected(model, torch.rand(anatomy.MORE, 4))
    last = freezing.plans(found)[-1]
    assert [s.trained for s in last.stages] == [20, 0, 10]
    assert last.stages[1].kept == 16  # its ReLU passes the gradient on


def test_memory_adds_up():
    plan = freezing.plans(freezing.recorded()["networks"]["convnet"])[2]
    held = plan.memory(64)
    assert held["weights"] == 4 * 117_550
    assert held["optimiser"] == 2 * held["gradients"] == 8 * 78_110
    assert held["activations"] == 64 * plan.kept
    assert tuple(held) == tuple(memory.PARTS)


def test_a_plan_is_a_strategy_of_the_lab():
    plans = freezing.plans(freezing.recorded()["networks"]["convnet"])
    assert [p.strategy for p in plans] == [
        *("full", "partial", "partial", "linear_probe")
    ]
    for plan in plans:
        spec_from_settings({"dataset": freezing.DIGITS, **plan.settings})
    assert plans[1].settings["strategy.trained"] == "2"


def test_rates_are_those_of_the_strategy():
    spec = toy("discriminative_lr", **{"strategy.lr_scale": 1e-4})
    pair = training.load_pair(spec, torch.device("cpu"))
    model = training.new_network(spec, pair)
    strategy = catalog.create(
        "strategies", "discriminative_lr", spec.strategy_params
    )
    groups = strategy.setup(model, visible_pair(spec, pair))
    stages = len(model.backbone.stages)
    rates = freezing.rates(stages, 1e-4, 1e-3)
    scales = [1e-3 * group["lr_scale"] for group in groups]
    assert rates == pytest.approx(scales)
    assert rates[0] == pytest.approx(1e-7)


def test_every_network_for_pictures_is_recorded():
    networks = freezing.recorded()["networks"]
    assert set(networks) == set(freezing.backbones())
    for key, found in networks.items():
        names = [part["name"] for part in found["stages"]]
        stages = catalog.entry("backbones", key).card.stages
        assert names == [*stages, anatomy.HEAD]


@pytest.mark.parametrize("key", ["linear_probe", "lp_ft", "gradual", "full"])
def test_parts_are_thawed_when_the_strategy_thaws_them(key):
    """At every moment exactly those parts learn whose time has come."""
    knobs = {"strategy.share": 0.5} if key in ("lp_ft", "gradual") else {}
    spec = toy(key, **knobs)
    pair = training.load_pair(spec, torch.device("cpu"))
    model = training.new_network(spec, pair)
    strategy = catalog.create("strategies", key, spec.strategy_params)
    strategy.setup(model, visible_pair(spec, pair))
    stages = len(model.backbone.stages)
    starts = freezing.thawed_at(key, stages, 0.5)
    for progress in (0.0, 0.2, 0.3, 0.49, 0.5, 0.9):
        if knobs:
            strategy.advance(model, progress)
        learns = [
            any(p.requires_grad for p in part.parameters())
            for part in anatomy.parts(model)
        ]
        assert learns == [progress >= start for start in starts]


def test_a_press_moves_the_cut_and_says_what_is_meant():
    known = freezing.plans(freezing.recorded()["networks"]["convnet"])
    assert [freezing.pressed(known, 0, part) for part in range(3)] == [1, 2, 3]
    assert [freezing.pressed(known, 2, part) for part in range(3)] == [0, 1, 3]
    assert [freezing.fixed(known, part) for part in range(4)] == [0, 0, 0, 1]


def test_new_stages_and_stages_without_weights_are_no_cut():
    known = freezing.plans(freezing.recorded()["networks"]["minilm"])
    names = [stage.name for stage in known[0].stages]
    assert names == ["patches", "block1", "block2", "block3", "mean", "head"]
    assert [freezing.fixed(known, k) for k in range(6)] == [1, 0, 0, 0, 1, 1]
    assert freezing.meant(known, 1) == 0
    assert freezing.meant(known, 4) == 5
    assert known[5].strategy == "linear_probe"


@pytest.mark.parametrize("key", freezing.backbones())
def test_a_plan_is_found_again_by_its_settings(key):
    found = freezing.recorded()["networks"][key]
    for plan in freezing.plans(found):
        again = freezing.chosen(found, plan.settings)
        assert again.trained == plan.trained
    assert freezing.chosen(found, {"strategy.trained": "x"}).deep
    assert freezing.chosen(found, {"strategy": "full"}).frozen == 0
