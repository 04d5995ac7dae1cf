"""Settings against overfitting, and the choice of the moment to keep."""

import math

import pytest
import torch
import torch.nn.functional as F

from tests.conftest import toy
from tests.strategies.toys import CPU, adapted, equal, spec_for
from tl_core import criteria
from tl_core.descent import descend
from tl_core.events import Evaluated
from tl_core.history import fold
from tl_core.regularisers import Dropout, augmented, smoothed
from tl_core.selection import Keeper, information
from tl_core.spec import RunSpec, spec_from_settings
from tl_core.training import load_pair, new_network, train

SETTINGS = {
    "weight_decay": 0.5,
    "dropout": 0.5,
    "label_smoothing": 0.2,
    "augmentation": "noise",
}


@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.parametrize("key", ["full", "mmd", "linear_probe"])
def test_every_regulariser_changes_the_weights(name, key):
    plain = adapted(spec_for(key))
    assert not equal(plain, adapted(spec_for(key, **{name: SETTINGS[name]})))


@pytest.mark.parametrize("name", SETTINGS)
def test_a_regularised_run_is_the_same_every_time(name):
    spec = spec_for("full", **{name: SETTINGS[name]})
    assert list(train(spec)) == list(train(spec))


def test_pictures_are_moved_but_stay_where_they_are_on_average():
    x = torch.zeros(400, 1, 21, 21)
    x[:, 0, 10, 10] = 1.0
    moved = augmented(x, "shift", seed=0, step=3)
    assert not torch.equal(moved, x)
    assert not torch.equal(moved, augmented(x, "shift", seed=0, step=4))
    rows = torch.arange(21.0) - 10
    assert abs((moved.sum((0, 1, 3)) * rows).sum() / 400) < 0.2
    assert moved[:, :, :, :7].sum() < 1e-3


def test_dropout_keeps_the_mean_and_rests_while_reading():
    layer, z = Dropout(0.3, seed=1), torch.ones(500, 40)
    assert layer(z).mean() == pytest.approx(1, abs=0.02)
    assert (layer(z) == 0).double().mean() == pytest.approx(0.3, abs=0.02)
    assert not torch.equal(layer(z), layer(z))
    assert torch.equal(layer.eval()(z), z)


def test_smoothed_labels_are_those_of_torch():
    logits, y = torch.randn(8, 5), torch.randint(5, (8,))
    ours = F.cross_entropy(logits, smoothed(y, 5, 0.2))
    theirs = F.cross_entropy(logits, y, label_smoothing=0.2)
    torch.testing.assert_close(ours, theirs)


def test_weight_decay_shrinks_what_has_a_gradient_and_nothing_frozen():
    spec = toy("full")
    model = new_network(spec, load_pair(spec, CPU))
    model.freeze(model.backbone)
    before = {k: v.clone() for k, v in model.state_dict().items()}
    everything = [{"params": list(model.parameters()), "lr_scale": 1.0}]
    list(
        descend(
            model,
            everything,
            lambda step: {"none": 0 * model.head.weight.sum()},
            1,
            0.1,
            "adapt",
            weight_decay=0.5,
        )
    )
    after = model.state_dict()
    torch.testing.assert_close(
        after["head.weight"], before["head.weight"] * (1 - 0.1 * 0.5)
    )
    assert all(
        torch.equal(after[k], before[k]) for k in before if "backbone" in k
    )


def looked(step: int, source: float, target: float, info: float) -> Evaluated:
    share = {"source": source, "target": target}
    return Evaluated("adapt", step, share, {}, 10, {"information": info})


SEEN = [
    looked(1, 0.9, 0.3, 0.5),
    looked(2, 0.8, 0.7, 0.9),
    looked(3, 0.7, 0.8, 0.8),
    looked(4, 0.6, 0.5, 0.7),
]


@pytest.mark.parametrize(
    ("criterion", "step", "regret"),
    [
        ("last", 4, 0.3),
        ("source", 1, 0.5),
        ("information", 2, 0.1),
        ("oracle", 3, 0.0),
    ],
)
def test_each_criterion_takes_its_moment_and_pays_for_it(
    criterion, step, regret
):
    row = next(
        r for r in criteria.regrets(SEEN) if r["criterion"] == criterion
    )
    assert row["step"] == step
    assert row["regret"] == pytest.approx(regret)


@pytest.mark.parametrize("criterion", criteria.CRITERIA)
def test_the_weights_of_the_chosen_moment_are_given_back(criterion):
    model = new_network(toy("full"), load_pair(toy("full"), CPU))
    keeper = Keeper(model, criterion)
    for seen in SEEN:
        with torch.no_grad():
            model.head.bias.fill_(float(seen.step))
        keeper.see(seen)
    taken = keeper.restore()
    assert model.head.bias[0] == taken.step


def test_a_run_reports_the_network_it_kept():
    spec = spec_for("mmd", selection="oracle", lr=0.3)
    history = fold(spec, train(spec))
    rows = {r["criterion"]: r for r in criteria.regrets(adapt_points(history))}
    last = spec_for("mmd", lr=0.3)
    assert rows["oracle"]["step"] != rows["last"]["step"]
    assert history.finished != fold(last, train(last)).finished


def adapt_points(history):
    return [e for e in history.evaluations if e.phase == "adapt" and e.step]


def test_unsupervised_choices_see_no_target_label():
    from tests.strategies.test_theorems import shuffle_target_labels

    for criterion in ("source", "information"):
        spec = spec_for("mmd", selection=criterion)
        plain, shuffled = adapted(spec), adapted(spec, shuffle_target_labels)
        assert equal(plain, shuffled)


def test_information_is_largest_for_sure_and_even_predictions():
    sure = 50 * torch.eye(4)
    assert information(sure) == pytest.approx(math.log(4), abs=1e-6)
    assert information(torch.zeros(8, 4)) == pytest.approx(0, abs=1e-9)
    collapsed = 50 * torch.eye(4)[torch.zeros(8, dtype=torch.int64)]
    assert information(collapsed) == pytest.approx(0, abs=1e-6)


def test_a_setting_is_part_of_what_makes_a_run():
    ids = {RunSpec().id}
    ids |= {spec_from_settings({n: v}).id for n, v in SETTINGS.items()}
    ids.add(spec_from_settings({"selection": "source"}).id)
    assert len(ids) == 6
