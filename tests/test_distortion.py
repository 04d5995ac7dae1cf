"""Gains over training from scratch, and what scores foretold of them."""

import pytest

from tl_core import distortion, recording
from tl_core.analysis.intervals import interval
from tl_core.distortion import KINDS
from tl_core.lesson_studies import BUDGETS, BY_LOT, NAMES, SHARES
from tl_core.promises import SCORES

NAMED, BY_CHANCE = KINDS.values()


def reached(race, strategy: str, seed: int) -> float:
    run = recording.read(race.spec(strategy, seed).id)
    return run.finished.accuracy["target"]


@pytest.mark.parametrize("cell", [(0.5, 20), (1.0, 200)])
def test_a_gain_is_paired_by_seed(cell):
    by_hand = [
        reached(NAMES[cell], "full", seed)
        - reached(NAMES[cell], "scratch", seed)
        for seed in NAMES[cell].seeds
    ]
    assert distortion.gains(NAMED, cell) == pytest.approx(by_hand)


def test_scratch_has_no_source_that_could_be_distorted():
    cell = (0.75, 50)
    by_hand = [
        reached(BY_LOT[cell], "full", seed)
        - reached(BY_LOT[0.0, 50], "scratch", seed)
        for seed in BY_LOT[cell].seeds
    ]
    assert distortion.gains(BY_CHANCE, cell) == pytest.approx(by_hand)


def test_both_arms_have_the_same_budget():
    for kind in KINDS.values():
        for cell, race in kind.races.items():
            one = race.spec("full", 0)
            other = kind.baseline(cell).spec("scratch", 0)
            assert (one.steps, one.lr, one.batch_size) == (
                other.steps,
                other.lr,
                other.batch_size,
            )
            assert one.target_labels == other.target_labels


def test_the_table_has_every_cell_and_five_seeds():
    for kind in KINDS.values():
        table = distortion.table(kind)
        assert set(table) == {(s, n) for s in SHARES for n in BUDGETS}
        assert all(span.n == 5 for span in table.values())


def test_a_kept_head_with_other_names_hurts_and_with_its_own_helps():
    table = distortion.table(NAMED)
    for labels in BUDGETS:
        assert distortion.sign(table[0.0, labels]) == "helps"
        assert distortion.sign(table[1.0, labels]) == "hurts"


def test_more_distortion_never_helps_for_sure():
    table = distortion.table(BY_CHANCE)
    for labels in BUDGETS:
        assert table[1.0, labels].mean < table[0.0, labels].mean


@pytest.mark.parametrize(
    ("values", "sign"),
    [
        ([0.1, 0.11, 0.12], "helps"),
        ([-0.1, -0.11, -0.12], "hurts"),
        ([-0.1, 0.1, 0.0], "not clear"),
    ],
)
def test_a_sign_needs_an_interval_beside_zero(values, sign):
    assert distortion.sign(interval(values)) == sign


@pytest.mark.parametrize("score", SCORES)
def test_no_score_sees_names_that_changed_places(score):
    assert distortion.agreement(NAMED, score) is None


@pytest.mark.parametrize("score", ["logme", "leep", "h_score"])
def test_scores_of_labels_see_a_source_taught_by_lot(score):
    assert distortion.agreement(BY_CHANCE, score).low > 0.5


def test_a_missing_run_is_said(monkeypatch):
    monkeypatch.setattr(recording, "read", lambda run_id: None)
    with pytest.raises(LookupError, match="recorded"):
        distortion.gains(NAMED, (0.0, 20))
