"""What a run holds out to choose by is trained on and tested on by nobody."""

from dataclasses import fields, replace

import pytest
import torch

from tests.conftest import toy
from tests.strategies.test_theorems import shuffle_target_labels
from tests.strategies.toys import ALL, CPU, adapted, equal, spec_for
from tl_core import criteria, training, tune_first, tuned_rates, validation
from tl_core.card import SpecError
from tl_core.datasets.base import Domain, DomainPair, Samples
from tl_core.feed import validation_of, visible_pair
from tl_core.history import fold
from tl_core.race_spec import RaceSpec
from tl_core.training import load_pair, train

HELD = {"selection": "validation"}


def rows(samples: Samples) -> list[tuple[float, ...]]:
    """Samples as comparable rows: inputs, then the label."""
    both = torch.cat([samples.x.flatten(1), samples.y[:, None]], 1)
    return [tuple(row) for row in both.tolist()]


def other_tests(pair: DomainPair) -> DomainPair:
    """Other test samples, wrongly labelled, on both sides."""
    return replace(
        pair,
        **{
            name: Domain(
                side.train,
                Samples(3 - side.test.x, side.test.y.flip(0)),
                side.held_out,
            )
            for name, side in (
                ("source", pair.source),
                ("target", pair.target),
            )
        },
    )


def test_classes_keep_their_proportions():
    y = torch.tensor([0] * 40 + [1] * 10)
    samples = Samples(torch.arange(50.0)[:, None], y)
    train_, held = validation.parted(samples, seed=3)
    assert sorted(rows(train_) + rows(held)) == sorted(rows(samples))
    assert held.y.bincount().tolist() == [8, 2]
    assert rows(validation.parted(samples, seed=3)[1]) == rows(held)
    assert rows(validation.parted(samples, seed=4)[1]) != rows(held)


def test_one_sample_cannot_be_parted():
    two = Samples(torch.zeros(2, 1), torch.tensor([0, 1]))
    assert [len(part) for part in validation.parted(two, 0)] == [1, 1]
    with pytest.raises(SpecError, match="at least 2 are needed"):
        validation.parted(two.first(1), 0)
    with pytest.raises(SpecError, match="there are 1"):
        list(train(toy("full", target_labels=1, **HELD)))


@pytest.mark.parametrize("key", ALL)
def test_held_out_are_training_samples_that_nobody_trains_on(key):
    usual, spec = spec_for(key), spec_for(key, **HELD)
    pair, whole = load_pair(spec, CPU), load_pair(usual, CPU)
    seen, before = visible_pair(spec, pair), visible_pair(usual, whole)
    held = validation_of(spec, pair)
    assert held.domain == criteria.held_out_of(key)
    mine, all_ = getattr(seen, held.domain), getattr(before, held.domain)
    assert sorted(rows(mine) + rows(held.samples)) == sorted(rows(all_))
    assert len(held.samples) == round(validation.SHARE * len(all_))
    if held.domain == "source":  # nor does source training
        assert rows(pair.source.train) == rows(mine)
    else:
        assert rows(pair.source.train) == rows(whole.source.train)


@pytest.mark.parametrize("key", ["full", "mmd"])
def test_a_run_that_asks_for_none_holds_nothing_out(key):
    pair = load_pair(toy(key), CPU)
    assert pair.source.held_out is None
    assert validation_of(toy(key), pair) is None
    history = fold(toy(key), train(toy(key)))
    assert "validation" not in history.evaluations[-1].scores
    rows_ = criteria.regrets([history.evaluations[-1]])
    assert "validation" not in [row["criterion"] for row in rows_]


@pytest.mark.parametrize("key", ["full", "joint", "mmd", "source_only"])
def test_the_moment_is_chosen_without_any_test_sample(key):
    spec = spec_for(key, lr=0.3, **HELD)
    assert equal(adapted(spec), adapted(spec, other_tests))
    last = spec_for(key, lr=0.3)
    assert not equal(adapted(spec), adapted(last))


def test_without_target_labels_they_have_no_part_in_it():
    spec = spec_for("mmd", **HELD)
    assert equal(adapted(spec), adapted(spec, shuffle_target_labels))


def test_a_choice_is_handed_no_number_of_a_test_set():
    assert {f.name for f in fields(tune_first.Tried)} == {"rate", "score"}
    names = {f.name for f in fields(tuned_rates.Measured)}
    about = {"stage", "strategy", "lr", "seed", "seconds", "spec"}
    assert names - about == {"validation", "information"}


@pytest.mark.parametrize("by", ["source", "information"])
def test_a_search_comes_to_the_same_with_other_test_samples(by, monkeypatch):
    small = {"pretrain_steps": 20, "steps": 10, "lr": 0.03}
    race = RaceSpec(
        ("mmd", "full"), ("moons",), ("mlp",), (0,), small, tune=by
    )

    def searched() -> list[list[tune_first.Tried]]:
        found = {s.id: fold(s, train(s)) for s in race.search()}
        assert len(found) == 6
        return [tune_first.tried(race, w, found) for w in race.contenders]

    plain = searched()
    real = training.load_pair
    monkeypatch.setattr(
        training, "load_pair", lambda *given: other_tests(real(*given))
    )
    assert searched() == plain
    assert all(len(tries) == 3 for tries in plain)
