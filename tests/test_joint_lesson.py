"""Both risks on two moons are what ordinary runs end with."""

import numpy as np
import pytest
import torch

from tl_core import joint_lesson, training
from tl_core.history import fold
from tl_core.joint_lesson import FINE, SCENES, Scene
from tl_core.spec import spec_from_settings

SHORT = Scene("short", 90.0, "one")


def spec(weight=1.0, heads="one", seed=0):
    given = Scene("", 90.0, heads).settings(weight, seed)
    return spec_from_settings({**given, "steps": 40, "pretrain_steps": 30})


@pytest.mark.parametrize("heads", ["one", "two"])
def test_it_measures_what_a_run_measures(heads):
    found = joint_lesson.played(spec(heads=heads))
    run = fold(spec(heads=heads), training.train(spec(heads=heads)))
    for domain in joint_lesson.DOMAINS:
        expected = run.finished.accuracy[domain]
        assert found[f"accuracy_{domain}"] == pytest.approx(expected)
    p = run.arrays("boundary_after")["p"]
    np.testing.assert_allclose(found["p_target"], p, atol=1e-6)


def test_losses_are_minus_log_p_of_the_label_written_out():
    chosen = spec()
    found = joint_lesson.played(chosen)
    pair = training.load_pair(chosen, torch.device("cpu"))
    model = training.new_network(chosen, pair)
    list(training.pretrain(chosen, model, pair))
    list(training.adapt(chosen, model, pair))
    model.eval()
    total = 0.0
    for x, y in zip(found["target_x"], found["target_y"], strict=True):
        with torch.no_grad():
            p = model(torch.tensor(x)[None]).softmax(1)[0, int(y)]
        total -= float(p.log())
    mean = total / len(found["target_y"])
    assert found["loss_target"] == pytest.approx(mean, rel=1e-4)
    assert len(found["target_y"]) == joint_lesson.LABELS


def test_one_head_has_one_boundary_and_two_have_two():
    one, two = (joint_lesson.played(spec(heads=h)) for h in ("one", "two"))
    np.testing.assert_array_equal(one["p_source"], one["p_target"])
    assert np.abs(two["p_source"] - two["p_target"]).max() > 0.1


def test_the_shipped_numbers_are_trained_here_again():
    weight, seed = joint_lesson.LAMBDAS[6], joint_lesson.SEEDS[0]
    scene = SCENES["far"]
    found = joint_lesson.played(
        spec_from_settings(scene.settings(weight, seed))
    )
    shipped = joint_lesson.recorded()["far"]
    for domain in joint_lesson.DOMAINS:
        kept = shipped[f"accuracy_{domain}"][6, 0]
        # Another processor may round a point or two to the other side.
        assert found[f"accuracy_{domain}"] == pytest.approx(kept, abs=0.02)
    near = np.abs(FINE * found["p_target"] - shipped["p_target"][6]) < 10
    assert near.mean() > 0.95


def test_more_weight_costs_the_target_and_serves_the_source():
    """What exact minimisers must do, these do on average over seeds."""
    for found in (joint_lesson.recorded()[key] for key in ("near", "far")):
        source = found["loss_source"].mean(1)
        target = found["loss_target"].mean(1)
        assert source[0] > source[6] > source[-1]
        assert target[0] < target[6] < target[-1]


def test_every_scene_is_small_and_whole():
    assert joint_lesson.FILE.stat().st_size < 150_000
    shape = len(joint_lesson.LAMBDAS), len(joint_lesson.SEEDS)
    for found in joint_lesson.recorded().values():
        assert found["loss_source"].shape == shape
        assert found["p_source"].shape[0] == shape[0]
        assert len(found["target_x"]) == joint_lesson.LABELS
    device, day = joint_lesson.where()
    assert device
    assert len(day) == 10


def test_a_short_sweep_has_a_row_for_each_weight(monkeypatch):
    played = joint_lesson.played
    monkeypatch.setattr(
        joint_lesson,
        "played",
        lambda chosen: played(
            spec(chosen.strategy_params["weight"], seed=chosen.seed)
        ),
    )
    found = joint_lesson.swept(SHORT, (0.0, 10.0), (0, 1))
    assert found["accuracy_target"].shape == (2, 2)
    assert found["p_target"].dtype == np.uint8
    again = played(spec(10.0, seed=1))
    assert found["accuracy_source"][1, 1] == again["accuracy_source"]
