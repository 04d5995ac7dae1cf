"""Scores before training, and whether their ranks are those of the runs."""

import pytest
from scipy import stats

from tl_core import promises
from tl_core.depths import promise
from tl_core.studies import CANDIDATES


def test_rank_correlation_is_scipys():
    a, b = [0.1, 0.5, 0.5, 0.9, 0.2], [3.0, 1.0, 2.0, 5.0, 5.0]
    expected = stats.spearmanr(a, b).statistic
    assert promises.rank_correlation(a, b) == pytest.approx(expected)


def test_agreement_pairs_each_seed_with_itself():
    foretold = {"a": [1, 3], "b": [2, 2], "c": [3, 1]}
    found = {"a": [0.1, 0.9], "b": [0.2, 0.5], "c": [0.3, 0.2]}
    span = promises.agreement(foretold, found)
    assert (span.mean, span.half, span.n) == (1.0, 0.0, 2)
    turned = {key: values[::-1] for key, values in found.items()}
    assert promises.agreement(foretold, turned).mean == -1.0


def test_every_candidate_is_scored_and_was_run():
    for name in promises.SCORES:
        table = promises.scores(name)
        assert list(table) == [race.key for race in CANDIDATES]
        for race in CANDIDATES:
            assert len(table[race.key]) == len(race.seeds)
    for strategy in ("linear_probe", "full"):
        for race in CANDIDATES:
            assert len(promises.runs(race, strategy)) == len(race.seeds)


def test_a_recorded_score_can_be_had_again():
    race = next(r for r in CANDIDATES if r.key == "promise_mlp_30")
    again = promise(race.spec("full", 0))
    for name, value in again.items():
        recorded = promises.scores(name)[race.key][0]
        assert value == pytest.approx(recorded, rel=0.02, abs=0.01)


def test_logme_foretells_and_closeness_does_not():
    """Features that tell classes apart also tell domains apart."""
    for strategy in ("linear_probe", "full"):
        found = promises.reached(strategy)
        logme = promises.agreement(promises.scores("logme"), found)
        close = promises.agreement(promises.scores("closeness"), found)
        assert logme.low > 0.5
        assert close.high < 0
