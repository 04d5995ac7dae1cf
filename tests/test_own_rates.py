"""Each strategy's own learning rate: chosen by a rule, used, and said."""

from dataclasses import replace

import pytest

from pages.ui import recorded_run
from tests.conftest import toy
from tests.test_pages import opened, text
from tl_core import (
    catalog,
    race_link,
    races,
    rate_search,
    rate_words,
    recording,
    tuned_rates,
)
from tl_core.__main__ import parser, spec_of
from tl_core.card import SpecError
from tl_core.race_spec import RaceSpec
from tl_core.spec import RunSpec, spec_from_settings
from tl_core.tuned_rates import AGAIN, FIRST, USUAL, Choice, Measured

pytestmark = pytest.mark.filterwarnings("default")
STAGES = {stage.name: stage for stage in (FIRST, AGAIN)}
OTHER = 3e-3
NONE = Choice(USUAL, "")


@pytest.mark.parametrize("key", catalog.keys("strategies"))
def test_the_card_says_what_was_measured(key):
    runs = tuned_rates.recorded()["runs"]
    found = tuned_rates.choose(key, runs)
    assert tuned_rates.own_rate(key) == found.lr
    assert f"{found.lr:g}" in rate_words.said(key)
    assert len(rate_words.table(key)) in (3, 5)
    assert len(tuned_rates.runs_of(FIRST, key, runs)) == 9


def test_the_evidence_is_of_the_runs_that_it_names():
    runs = tuned_rates.recorded()["runs"]
    for run in runs:
        about = (run.strategy, run.lr, run.seed)
        spec = tuned_rates.spec_of(STAGES[run.stage], *about)
        assert (spec.id, spec.selection) == (run.spec, "validation")
        assert spec.dataset != RunSpec().dataset
    assert "cpu (1 thread)" in rate_words.origin()
    assert "3 seeds" in rate_words.origin()


def test_a_run_of_the_evidence_comes_out_again():
    kept = next(
        r
        for r in tuned_rates.recorded()["runs"]
        if r.strategy == "linear_probe" and r.lr == OTHER
    )
    again = rate_search.measure(FIRST, kept.strategy, kept.lr, kept.seed)
    assert again.spec == kept.spec
    assert again.validation == pytest.approx(kept.validation, abs=0.02)
    assert again.information == pytest.approx(kept.information, abs=0.05)


def made_up(key: str, *gains: float, stage=FIRST, **more) -> list[Measured]:
    """Three seeds at the usual rate, and at another that gains so much of
    validation; information is as given."""
    told = more.get("information", (0.0, 0.0, 0.0))
    rows = []
    for seed, (gain, nats) in enumerate(zip(gains, told, strict=True)):
        for lr, g, i in ((USUAL, 0.0, 0.0), (OTHER, gain, nats)):
            rows.append(
                Measured(stage.name, key, lr, seed, 0.5 + g, 1 + i, 1, "")
            )
    return rows


def test_another_rate_has_to_be_clearly_better_twice():
    clear, found = (0.03, 0.031, 0.032), Choice(OTHER, "validation")
    once = made_up("full", *clear)
    assert tuned_rates.better("full", once) == found
    assert tuned_rates.choose("full", once) == NONE
    twice = once + made_up("full", *clear, stage=AGAIN)
    assert tuned_rates.choose("full", twice) == found
    unsure = once + made_up("full", 0.08, 0.0, 0.02, stage=AGAIN)
    assert tuned_rates.choose("full", unsure) == NONE
    small = made_up("full", 0.009, 0.009, 0.0091)
    assert tuned_rates.better("full", small) == NONE


def test_information_decides_only_where_the_source_cannot_tell():
    nats = {"information": (0.2, 0.21, 0.22)}
    even, lost = (0.0, 0.001, -0.001), (-0.02, -0.02, -0.02)
    found = Choice(OTHER, "information")
    assert tuned_rates.better("mmd", made_up("mmd", *even, **nats)) == found
    assert tuned_rates.better("mmd", made_up("mmd", *lost, **nats)) == NONE
    assert tuned_rates.better("full", made_up("full", *even, **nats)) == NONE


def test_a_spec_that_names_no_rate_has_the_usual_one():
    own = [key for key in catalog.keys("strategies") if _own(key)]
    assert own
    for key in own:
        assert spec_from_settings({"strategy": key}).lr == USUAL


def _own(key: str) -> bool:
    return tuned_rates.own_rate(key) != USUAL


def command(*more: str) -> RunSpec:
    given = ["train", "--dataset", "moons", "--backbone", "mlp"]
    options = parser().parse_args(
        [*given, "--strategy", "linear_probe", *more]
    )
    return spec_of(options, options.strategy, "0")


def test_the_command_line_takes_the_strategy_s_own_unless_told():
    assert command().lr == OTHER
    assert command("--set", "lr=0.001").lr == USUAL


def test_the_form_follows_the_strategy_until_somebody_sets_the_rate():
    app = opened("run")
    assert app.select_slider("set.lr").value == USUAL
    app.selectbox("set.strategy").set_value("linear_probe").run()
    assert app.select_slider("set.lr").value == OTHER
    assert app.query_params["lr"] == "0.003"
    assert rate_words.said("linear_probe") in text(app)
    app.selectbox("set.strategy").set_value("full").run()
    assert app.select_slider("set.lr").value == USUAL
    assert "lr" not in app.query_params
    app.select_slider("set.lr").set_value(0.01).run()
    app.selectbox("set.strategy").set_value("linear_probe").run()
    assert app.select_slider("set.lr").value == 0.01
    assert not app.exception


def test_a_link_means_what_it_meant():
    app = opened("run", strategy="adabn")
    assert app.select_slider("set.lr").value == USUAL
    assert "Press Run to do it here." in app.info[0].value


def test_the_recorded_run_is_offered_beside_the_own_rate():
    recorded = races.RACES[0].spec("adabn", 0)
    mine = replace(recorded, lr=OTHER)
    assert recording.read(mine.id) is None
    assert recorded_run.twin(mine).spec == recorded
    assert recorded_run.twin(recorded).spec == recorded
    assert recorded_run.twin(replace(recorded, lr=0.01)) is None
    app = opened("run", strategy="adabn", lr="0.003")
    assert "with the learning rate 0.001 that all" in app.info[0].value


def test_a_race_is_proposed_with_each_strategy_s_own():
    app = opened("compare")
    assert app.query_params["rates"] == "own"
    assert "0.003: AdaBN" in text(app)
    assert "with one learning rate for all, 0.001" in app.info[0].value
    app.selectbox("race.rates").set_value("").run()
    assert "rates" not in app.query_params
    assert "one learning rate for all" not in app.info[0].value
    assert not app.exception


def test_own_rates_are_where_a_search_begins():
    race = RaceSpec(("linear_probe", "full"), rates="own", tune="source")
    probe, full = race.contenders
    assert [s.lr for s in race.candidates(probe)] == [9e-4, 3e-3, 9e-3]
    assert [s.lr for s in race.candidates(full)] == [3e-4, 1e-3, 3e-3]
    assert {s.strategy: s.lr for s in race.specs()} == {
        "linear_probe": OTHER,
        "full": USUAL,
    }
    assert race_link.race_from_link(race_link.changes(race)) == race
    assert RaceSpec(("linear_probe",)).specs()[0].lr == USUAL
    with pytest.raises(SpecError, match="do one of the two"):
        RaceSpec(("full",), rates="own", settings={"lr": 0.001})
    with pytest.raises(SpecError, match="rates cannot be 'mine'"):
        RaceSpec(("full",), rates="mine")
    assert toy("full").lr == 0.01
