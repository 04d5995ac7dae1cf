"""What the recorded runs say of what textbooks claim."""

import pytest

from tests.conftest import toy
from tl_core import recording
from tl_core.analysis.intervals import interval
from tl_core.claim import EXPERIMENTS, Arm, Claim, judge
from tl_core.claims import CLAIMS
from tl_core.events import RunFinished
from tl_core.history import History
from tl_core.races import RACES, Race

BADGES = {c.key: judge(c, recording.read).badge for c in CLAIMS}
ABOUT_RATES = {
    "partial_cures_looks",
    "partial_cures_classes",
    "hot_rates_hurt",
}
"""What is claimed there is what another rate does."""
MEASURED = [race.key for race in RACES if race.key != "moons"]


@pytest.fixture
def three_runs(monkeypatch):
    """Finished runs whose target accuracies are set by strategy and seed."""
    race = Race(
        "toy",
        "toy",
        toy("full").changes(),
        "",
        strategies=("full", "mmd"),
        seeds=(0, 1, 2),
    )
    monkeypatch.setitem(EXPERIMENTS, "toy", race)

    def runs(full: list[float], mmd: list[float]) -> dict[str, History]:
        found = {}
        for strategy, shares in (("full", full), ("mmd", mmd)):
            for seed, share in enumerate(shares):
                history = History(race.spec(strategy, seed))
                ended = RunFinished({"target": share}, {}, {})
                history.add(ended, 1.0)
                found[history.spec.id] = history
        return found

    return runs


@pytest.mark.parametrize(
    ("mmd", "bounds", "badge"),
    [
        ([0.9, 0.91, 0.9], (0, 1), "holds"),
        ([0.6, 0.61, 0.6], (0, 1), "does not hold"),
        ([0.9, 0.5, 0.8], (0, 1), "not clear"),
        ([0.7, 0.7, 0.7], (-1e-9, 1e-9), "holds"),
        ([0.9, 0.91, 0.9], (-0.05, 0.05), "does not hold"),
    ],
)
def test_a_verdict_follows_its_interval(three_runs, mmd, bounds, badge):
    found = three_runs([0.7, 0.7, 0.7], mmd)
    claim = Claim(
        "k", "s", "1", "x", Arm("toy", "mmd"), Arm("toy", "full"), *bounds
    )
    verdict = judge(claim, found.get)
    assert verdict.badge == badge
    assert verdict.effect.mean == pytest.approx(sum(mmd) / 3 - 0.7)


def test_a_missing_run_is_said_and_not_guessed(three_runs):
    found = three_runs([0.7, 0.7, 0.7], [0.8, 0.8])
    claim = Claim("k", "s", "1", "x", Arm("toy", "mmd"), Arm("toy", "full"))
    with pytest.raises(LookupError, match="mmd"):
        judge(claim, found.get)


def test_arms_share_budget_and_seeds():
    for claim in CLAIMS:
        one, other = claim.arm, claim.against
        if claim.over == "seeds":
            assert judge(claim, recording.read).effect.n >= 3
        rated = claim.key not in ABOUT_RATES
        budgets = {
            (s.steps, s.batch_size, s.target_labels, s.pretrain_steps)
            + ((s.lr,) * rated)
            for s in (*one.specs(), *other.specs())
        }
        assert len(budgets) == 1
        pairs = {
            (s.dataset, tuple(s.dataset_params.items()))
            for s in (*one.specs(), *other.specs())
        }
        assert len(pairs) == 1


def test_keys_are_unique():
    assert len({c.key for c in CLAIMS}) == len(CLAIMS)


@pytest.mark.parametrize(
    "key",
    [
        "full_forgets",
        "ewc_remembers",
        "ewc_is_cheap",
        "lora_off_restores",
        "probe_cannot_forget",
        "lp_ft_generalises",
        "probe_wins_with_few",
        "full_wins_with_many",
        "kept_head_hurts",
    ],
)
def test_these_hold_here(key):
    assert BADGES[key] == "holds"


@pytest.mark.parametrize("key", ["lora_on_remembers", "shuffled_source_hurts"])
def test_these_beliefs_do_not(key):
    assert BADGES[key] == "does not hold"


def test_ewc_keeps_most_of_the_source():
    specs = Arm("forgetting", "ewc").specs()
    ended = [recording.read(spec.id).finished for spec in specs]
    assert interval([e.accuracy["source"] for e in ended]).mean >= 0.86


def shares(race: str, strategy: str) -> list[float]:
    """Target accuracies in a recorded race, by seed."""
    specs = Arm(race, strategy).specs()
    return [recording.read(s.id).finished.accuracy["target"] for s in specs]


@pytest.mark.parametrize(
    ("strategy", "least"), [("mmd", 4), ("coral", 4), ("dann", 3)]
)
def test_alignment_beats_both_baselines_where_it_should(strategy, least):
    """On enough pairs, with intervals that do not overlap."""
    won = []
    for race in MEASURED:
        low = interval(shares(race, strategy)).low
        others = ("source_only", "adabn")
        won.append(all(low > interval(shares(race, o)).high for o in others))
    assert sum(won) >= least


@pytest.mark.parametrize("strategy", ["mmd", "coral", "dann"])
def test_alignment_fails_where_only_proportions_moved(strategy):
    assert BADGES[f"{strategy}_hurts_on_label_shift"] == "holds"
