"""Advice: what cannot run is left out, rules fire at their conditions, and
how good it is comes from recorded competitions."""

from dataclasses import replace
from math import inf
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tl_core import advice_cases, advice_score, catalog, recommend
from tl_core.advice_rules import RULES
from tl_core.advice_score import ADVISERS
from tl_core.recommend import Calibration, Situation, advise, cannot

CASES = advice_cases.recorded()
HERE = Situation(labels=100, reads=0.5, apart=1.6, mmd=0.05)
situations = st.builds(
    Situation,
    labels=st.sampled_from([0, 1, 10, 20, 21, 100, 101, 999, 1000, 10**6]),
    unlabelled=st.booleans(),
    source=st.booleans(),
    keep=st.booleans(),
    same_classes=st.booleans(),
    same_proportions=st.booleans(),
    tokens=st.booleans(),
    batch_norm=st.booleans(),
    parameters=st.sampled_from([1_000, 117_550, 10**8, 7 * 10**9]),
    memory=st.sampled_from([1e4, 1e6, 1e9, 8e9, inf]),
    reads=st.none() | st.floats(0, 1),
    apart=st.none() | st.floats(0, 2),
    mmd=st.none() | st.floats(0, 2),
    calibration=st.builds(
        Calibration, st.integers(1, 500), st.sampled_from(["dann", "mmd"])
    ),
)


def firsts(at: Situation) -> list[str]:
    return [advice.strategy for advice in advise(at, RULES)]


def fires(key: str, at: Situation) -> bool:
    (rule,) = (rule for rule in RULES if rule.key == key)
    return rule.when(at)


@given(situations)
def test_no_advice_is_impossible(at):
    found = set(firsts(at))
    assert all(cannot(key, at) == "" for key in found)
    assert found.isdisjoint(recommend.left_out(at))
    assert found | set(recommend.left_out(at)) == set(recommend.known())


@given(situations)
def test_points_are_the_sum_of_the_rules_that_hold(at):
    ranked = advise(at, RULES)
    for advice in ranked:
        assert all(rule.when(at) for rule in advice.because)
        given_ = sum(rule.points[advice.strategy] for rule in advice.because)
        assert advice.points == given_
    points = [advice.points for advice in ranked]
    assert points == sorted(points, reverse=True)


@pytest.mark.parametrize(
    ("strategy", "at", "reason"),
    [
        ("full", Situation(labels=0), "target labels, and there are none"),
        ("mmd", Situation(source=False), "source samples"),
        ("joint", Situation(labels=9, source=False), "source samples"),
        ("dann", Situation(unlabelled=False), "unlabelled target samples"),
        ("mmd", Situation(same_classes=False), "classes that the source lack"),
        ("prefix", Situation(labels=9), "tokens of a transformer"),
        ("adabn", Situation(batch_norm=False), "BatchNorm"),
        ("full", Situation(labels=9, memory=1e6), "takes 1.88 MB of memory"),
    ],
)
def test_what_cannot_run_is_left_out_with_a_reason(strategy, at, reason):
    assert reason in recommend.left_out(at)[strategy]
    assert strategy not in firsts(at)


def test_yardsticks_are_no_advice():
    assert set(catalog.keys("strategies")) - set(recommend.known()) == {
        "oracle",
        "transplant",
    }


@pytest.mark.parametrize(
    ("key", "no", "yes"),
    [
        ("unlabelled", {"labels": 1}, {"labels": 0}),
        ("close", {"apart": 1.0}, {"apart": 0.99}),
        ("means", {"mmd": 0.099}, {"mmd": 0.1}),
        ("proportions", {}, {"same_proportions": False}),
        ("few", {"labels": 101}, {"labels": 100}),
        ("few_near", {"reads": 0.79}, {"reads": 0.8}),
        ("few_far", {"reads": 0.8}, {"reads": 0.79}),
        ("tiny", {"labels": 21}, {"labels": 20}),
        ("first", {}, {"calibration": Calibration(first="mmd")}),
        ("between", {"labels": 1000}, {"labels": 999}),
        ("many", {"labels": 999}, {"labels": 1000}),
        ("new_classes", {}, {"same_classes": False}),
        ("keep", {}, {"keep": True}),
        ("large", {"parameters": 10**8 - 1}, {"parameters": 10**8}),
    ],
)
def test_a_rule_fires_at_its_condition(key, no, yes):
    assert not fires(key, replace(HERE, **no))
    assert fires(key, replace(HERE, **yes))


def test_every_rule_has_a_test_a_reason_and_a_source():
    assert len({rule.key for rule in RULES}) == len(RULES) == 14
    known = set(recommend.known())
    for rule in RULES:
        assert rule.reason
        assert rule.source
        assert set(rule.points) <= known


def test_more_labels_move_the_advice_from_a_probe_to_full_fine_tuning():
    near = replace(HERE, reads=0.9)
    best = [firsts(replace(near, labels=n))[0] for n in (50, 100, 1000, 5000)]
    assert best == ["linear_probe", "linear_probe", "full", "full"]


def test_full_fine_tuning_never_falls_as_labels_grow():
    ranks = [
        firsts(replace(HERE, labels=n)).index("full") for n in (10, 200, 2000)
    ]
    assert ranks == sorted(ranks, reverse=True)
    assert ranks[-1] == 0


def test_measured_similarity_moves_the_advice():
    blank = Situation(mmd=0.05, apart=1.6)
    assert firsts(blank)[0] == "dann"
    assert firsts(replace(blank, mmd=0.3))[0] == "mmd"
    assert firsts(replace(HERE, reads=0.9))[0] == "linear_probe"
    assert firsts(HERE)[0] == "lora"


def test_a_large_network_and_little_memory_ask_for_an_adapter():
    large = replace(
        HERE, labels=500, tokens=True, parameters=7 * 10**9, memory=80e9
    )
    assert firsts(large)[0] == "lora"
    assert "full" in recommend.left_out(large)


def test_memory_is_that_of_the_matrix():
    assert recommend.memory("full", 1000) == 16_000
    assert recommend.memory("ewc", 1000) == 24_000
    assert recommend.memory("lora", 1000) == pytest.approx(4 * 1040)


def test_a_regret_is_how_far_the_choice_stays_below_the_best():
    case = advice_cases.Case(
        "by hand",
        "pair",
        Situation(labels=2000),
        {"full": [0.9, 0.8], "linear_probe": [0.5, 0.6]},
    )
    assert case.best == "full"
    assert case.regrets("linear_probe") == pytest.approx([0.4, 0.2])
    assert advice_score.by_rules(case) == ["full"]
    probe = advice_score.regret(case, advice_score.always_least)
    assert probe.mean == pytest.approx(0.3)
    lot = advice_score.regret(case, advice_score.by_lot)
    assert lot.mean == pytest.approx(0.15)
    mean, hits = advice_score.overall([case], advice_score.always_most)
    assert (mean.mean, hits) == (0, 1)


@pytest.mark.parametrize("name", ADVISERS)
def test_the_score_is_computed_from_the_recorded_cases(name):
    mean, hits = advice_score.overall(CASES, ADVISERS[name])
    by_hand = []
    for case in CASES:
        top = max(fmean(values) for values in case.reached.values())
        mine = [fmean(case.reached[key]) for key in ADVISERS[name](case)]
        by_hand.append(top - fmean(mine))
    assert mean.mean == pytest.approx(fmean(by_hand))
    assert mean.n == len(CASES) >= 20
    assert hits == sum(regret <= 0.02 for regret in by_hand)


def test_advice_names_only_competitors():
    for case in CASES:
        for adviser in ADVISERS.values():
            assert set(adviser(case)) <= set(case.reached)


def test_a_pair_does_not_calibrate_the_rules_that_it_judges(monkeypatch):
    pair = CASES[0].pair
    advice_score.calibrated.cache_clear()
    before = advice_score.calibrated(pair)
    others = tuple(case for case in CASES if case.pair != pair)
    monkeypatch.setattr(advice_score, "recorded", lambda: others)
    advice_score.calibrated.cache_clear()
    assert advice_score.calibrated(pair) == before
    advice_score.calibrated.cache_clear()


def test_rules_without_mmd_do_not_see_it():
    for case in CASES:
        blind = replace(case.situation, mmd=None)
        seen = advise(blind, RULES, tuple(case.reached))[0].strategy
        assert advice_score.without_mmd(case) == [seen]


def test_the_file_is_what_the_runs_say():
    assert advice_cases.from_runs() == list(CASES)
    pairs = {r.title: advice_cases.similarity(r) for r in advice_cases.PAIRS}
    assert advice_cases.pairs() == pairs
