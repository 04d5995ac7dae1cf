"""The page about what to freeze and how fast to learn."""

import json

import pytest

from pages.ui import (
    by_heart,
    crossover,
    freezing,
    label_counts,
    rates,
    reached,
    schedules,
    stages,
)
from pages.ui.choices import LABELS
from tests.test_pages import lab, opened, text  # noqa: F401
from tl_core import freezing as cuts
from tl_core import recording
from tl_core.analysis.intervals import interval
from tl_core.claim import Arm
from tl_core.lesson_studies import CROSSOVER, CURES, RATES
from tl_core.spec import spec_from_settings

pytestmark = pytest.mark.filterwarnings("default")
VIEWS = {
    "Freeze and thaw": ("numbers are trained", 2),
    "Rates by depth": ("full fine-tuning (s = 1)", 2),
    "How many labels?": ("No crossover is seen", 2),
    "Twenty labels": ("a gap of", 2),
    "One after the other": ("The head at once", 2),
}


def networks() -> dict[str, list[cuts.Plan]]:
    found = cuts.recorded()["networks"]
    return {key: cuts.plans(each) for key, each in found.items()}


def links(app) -> list[dict[str, str]]:
    """The settings of every link to the Run page."""
    found = []
    for each in app.get("page_link"):
        query = each.proto.query_string
        pairs = [part.split("=") for part in query.split("&") if part]
        found.append(dict(pairs))
    return found


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_shows_its_charts_and_answers_its_question(view):
    app = opened("strategies", view=view)
    said, charts = VIEWS[view]
    assert not app.exception
    assert not app.warning
    assert said in text(app)
    assert len(app.get("plotly_chart")) == charts
    assert "recorded 20" in text(app)
    assert "`make record`" not in text(app)


@pytest.mark.parametrize("view", VIEWS)
def test_without_recordings_a_view_says_how_to_make_them(view, monkeypatch):
    monkeypatch.setattr(recording, "recorded_race", lambda race: [])
    monkeypatch.setattr(recording, "read", lambda run_id: None)
    monkeypatch.setattr(cuts, "recorded", dict)
    app = opened("strategies", view=view)
    assert not app.exception
    assert "`make record`" in text(app)


def test_freezing_changes_the_numbers_and_the_link():
    app = opened("strategies")
    before = {m.label: m.value for m in app.metric}
    for frozen, strategy, trained in (
        (0, "full", 117_550),
        (1, "partial", 116_654),
        (3, "linear_probe", 1010),
    ):
        app.session_state["strategies.frozen.convnet"] = frozen
        app.run()
        after = {m.label: m.value for m in app.metric}
        assert after["Trained parameters T"] == f"{trained:,}"
        assert app.query_params["strategy"] == strategy
        (link,) = links(app)
        assert link["strategy"] == strategy
    assert before["Trained parameters T"] == "78,110"


def test_what_the_browser_draws_answers_every_press():
    known = networks()["convnet"]
    drawn = stages.payload(known, 1e-3)
    assert [part["fixed"] for part in drawn["parts"]] == [0, 0, 0, 1]
    assert [part["high"] for part in drawn["parts"]][0] == stages.HIGHEST
    two = drawn["states"][2]
    assert [s["kind"] for s in two] == ["frozen", "frozen"] + ["trained"] * 2
    assert [s["flows"] for s in two] == [False, False, True, True]
    assert [s["rate"] for s in two] == ["frozen, η = 0"] * 2 + [
        "η = 0.001"
    ] * 2
    assert [s["then"] for s in two][:3] == [0, 1, 3]
    assert "innerHTML" not in stages.JS


def test_the_page_gives_the_browser_the_chosen_cut():
    app = opened(
        "strategies",
        **{"backbone": "resnet18", "strategy.trained": "2"},
        strategy="partial",
    )
    (drawn,) = app.get("bidi_component")
    given = json.loads(drawn.proto.json)
    assert given["frozen"] == 3
    assert given["said"] in text(app)
    assert "No run of this network" in app.info[0].value


@pytest.mark.parametrize("backbone", networks())
def test_the_link_has_exactly_the_settings_of_the_plan(backbone):
    for plan in networks()[backbone]:
        settings = {
            "backbone": backbone,
            **plan.settings,
            "batch_size": "32",
            "target_labels": "10",
        }
        spec = freezing.spec_of(settings)
        assert spec_from_settings(spec.changes()) == spec
        assert (spec.backbone, spec.strategy) == (backbone, plan.strategy)
        assert (spec.batch_size, spec.target_labels) == (32, 10)
        if plan.strategy == "partial":
            thawed = plan.deep - plan.frozen
            assert spec.strategy_params["trained"] == thawed


def test_every_cut_through_the_convnet_has_its_recorded_runs():
    for labels in LABELS:
        arms = reached.of_convnet(labels)
        lit = [reached.chosen(arms, p) for p in networks()["convnet"]]
        assert lit == list(arms)[1:]
        assert all(len(reached.found(*arm)) == 3 for arm in arms.values())


def test_the_chosen_row_is_told_against_full_fine_tuning():
    arms = reached.of_convnet(100)
    one, full = (
        Arm(*(arms[name][0].key, arms[name][1])).values(recording.read)
        for name in ("Head only", "All trained")
    )
    span = interval([a - b for a, b in zip(one, full, strict=True)])
    told = reached.against_full(arms, "Head only", "target")
    assert told.startswith(f"{100 * span.mean:+.1f} ± ")
    assert ("no difference" in told) == (span.low <= 0 <= span.high)


def test_a_scale_in_a_link_moves_rates_and_words():
    app = opened(
        "strategies", view="Rates by depth", **{"strategy.lr_scale": "0.03"}
    )
    assert "Between the recorded s = 0.01 and 0.1" in text(app)
    app.select_slider(key="strategies.scale").set_value(1.0).run()
    assert not app.exception
    assert "all learn at the same rate" in text(app)
    assert app.query_params["strategy.lr_scale"] == "1"
    (link,) = links(app)
    assert link["strategy"] == "discriminative_lr"
    assert float(link["strategy.lr_scale"]) == 1


def test_rates_in_a_formula():
    assert r"\eta_l = \eta\, s^{\,1 - l / L}" in rates.formula(3, 3e-5, 1e-3)
    assert r"3 \cdot 10^{-5}" in rates.formula(3, 3e-5, 1e-3)
    assert set(RATES) <= set(rates.SCALES)


@pytest.mark.parametrize(
    ("signs", "words"),
    [
        ([1, 1, -1], "They cross between 20 and 50 labels"),
        ([1, 0, -1], "They cross between 10 and 50 labels"),
        ([0, -1, -1], "full fine-tuning is ahead (20 to 50 labels)"),
        ([0, 1, 0], "the probe is ahead (20 labels)"),
        ([0, 0, 0], "No difference can be told with any number"),
        ([-1, 1, -1], "more than once"),
    ],
)
def test_a_crossing_in_words(signs, words):
    spans = {
        count: interval([0.1 * sign - 0.01, 0.1 * sign + 0.01])
        if sign == 0
        else interval([0.1 * sign, 0.101 * sign])
        for count, sign in zip((10, 20, 50), signs, strict=True)
    }
    told = crossover.crossing(spans, "linear_probe", "full")
    assert words in told
    assert ("with 10 labels (" in told) == (signs[0] == 0 and any(signs))


def test_the_probe_and_scratch_cross_where_the_runs_say():
    app = opened(
        "strategies",
        view="How many labels?",
        strategies="linear_probe,scratch",
        target_labels="50",
    )
    assert "They cross between 20 and 100 labels" in text(app)
    assert "With 50 labels" in text(app)
    assert len(links(app)) == 3
    specs = [spec_from_settings(link) for link in links(app)]
    assert specs == [CROSSOVER[50].spec(way, 0) for way in label_counts.WAYS]


def test_cures_are_sorted_by_what_was_measured():
    near, far = interval([0.01, 0.02, -0.02]), interval([-0.2, -0.21, -0.19])
    told = by_heart.helped({"a": near, "b": far})
    assert told.startswith("Better than full fine-tuning: none. Worse: b (")
    assert "Not to be told apart from it: a" in told


@pytest.mark.parametrize("target", CURES)
def test_the_other_target_has_its_own_verdicts(target):
    app = opened("strategies", view="Twenty labels")
    app.session_state["strategies.target"] = target
    app.run()
    assert not app.exception
    for each in by_heart.claims_of(target):
        assert each.statement in text(app)
    assert by_heart.WHY[target] in text(app)
    wanted = "mnist_shifted" if target in list(CURES)[:1] else "digits_split"
    assert app.query_params["dataset"] == wanted


def test_an_order_is_a_schedule_and_a_link():
    app = opened("strategies", view="One after the other", strategy="gradual")
    assert "dense after 17 %, conv2 after 33 %, conv1 after 50 %" in text(app)
    (link,) = links(app)
    spec = spec_from_settings(link)
    assert (spec.strategy, spec.strategy_params["share"]) == ("gradual", 0.5)
    app.selectbox(key="strategies.order").set_value("full").run()
    assert schedules.IDEAS["full"] in text(app)
    assert "All from the first step" in text(app)


def test_a_choice_survives_a_look_at_another_view():
    app = opened("strategies", strategy="linear_probe")
    assert app.metric[1].value == "1,010"
    app.session_state["strategies.view"] = "Twenty labels"
    app.run()
    app.session_state["strategies.view"] = "Freeze and thaw"
    app.run()
    assert app.metric[1].value == "1,010"
