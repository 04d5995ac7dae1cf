"""The page about domains and tasks, and what its sentences say."""

import numpy as np
import pytest

from pages.ui import (
    formalism,
    joint,
    kinds,
    label_spaces,
    orders,
    text_control,
    two_samples,
)
from tests.test_pages import lab, opened, text  # noqa: F401
from tl_core import catalog, pair_parts, recording
from tl_core.analysis.intervals import interval
from tl_core.datasets.digits_split import DigitsSplit
from tl_core.events import Evaluated
from tl_core.history import History
from tl_core.lesson_studies import ORDERS
from tl_core.spec import spec_from_settings

VIEWS = {
    "Shift designer": ("A-distance", 1),
    "Formalism": ("Two samples, one law?", 1),
    "Three shifts": ("Aligning hurts in", 2),
    "Two risks": ("The target is read best", 3),
    "In turn": ("one after the other", 2),
    "Text to pictures": ("Knowledge of text", 2),
    "New labels": ("Against scratch", 3),
    "Every pair": ("Moves:", 0),
}
pytestmark = pytest.mark.filterwarnings("default")


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_shows_its_charts_and_says_what_they_show(view):
    app = opened("domains", view=view)
    said, charts = VIEWS[view]
    assert not app.exception
    assert said in text(app) + "".join(m.label for m in app.metric)
    assert len(app.get("plotly_chart")) >= charts
    assert "`make record`" not in text(app)


@pytest.mark.parametrize("view", VIEWS)
def test_without_recordings_a_view_says_how_to_make_them(view, monkeypatch):
    monkeypatch.setattr(recording, "recorded_race", lambda race: [])
    monkeypatch.setattr("tl_core.joint_lesson.recorded", dict)
    pair_parts.separable.cache_clear()
    try:
        app = opened("domains", view=view)
        assert not app.exception
        if view not in ("Shift designer", "Every pair"):
            assert "`make record`" in text(app)
    finally:
        pair_parts.separable.cache_clear()


def test_a_shift_survives_a_look_at_another_view():
    app = opened("domains", **{"dataset.rotation": "80"})
    app.session_state["domains.view"] = "New labels"
    app.run()
    assert app.query_params["view"] == "New labels"
    app.session_state["domains.view"] = "Shift designer"
    app.run()
    assert "view" not in app.query_params
    assert app.slider(key="shift.rotation").value == 80


def test_a_button_leads_to_the_view_it_names():
    app = opened("domains", view="Three shifts")
    app.button(key=f"kinds.to.{kinds.LABELS}").click()
    app.run()
    assert app.session_state["domains.view"] == kinds.LABELS
    assert "No old class is a new one" in text(app)


@pytest.mark.parametrize("pair", pair_parts.EXAMPLES)
def test_every_symbol_answers_for_every_pair(pair):
    (run, *_), card = (
        pair_parts.runs(pair),
        catalog.entry("datasets", pair).card,
    )
    parts = formalism.parts(run, card)
    assert set(card.moves) <= set(parts)
    for part in parts.values():
        assert part["said"]
        assert part["drawn"]["items"]


def test_renamed_digits_show_their_neighbours_picture():
    """Under the name 3 the target shows what is called 2 in the source."""
    run = pair_parts.runs("mnist_renamed")[0]
    samples = run.arrays("samples")
    shown = pair_parts.one_of_each(run, "target")["3"]
    at = np.flatnonzero(samples["target_y"] == 3)[0]
    np.testing.assert_array_equal(shown, samples["target_x"][at])
    # Both domains are the same halves of MNIST as without renaming, where
    # the sample was a 2.
    plain = pair_parts.runs("mnist_to_mnistm")[0].arrays("samples")
    assert (samples["target_y"] != plain["target_y"]).all()


def test_the_sources_classes_are_those_of_its_pair():
    for pair in ("digits_split", "label_shift"):
        run = pair_parts.runs(pair)[0]
        made = catalog.create("datasets", pair, run.spec.dataset_params)
        loaded = made.load()
        assert pair_parts.classes(run, "source") == loaded.head_classes
        assert pair_parts.classes(run, "target") == loaded.classes
    assert DigitsSplit(first=5).load().head_classes == tuple("56789")


def test_proportions_are_counts_over_their_sum():
    run = pair_parts.runs("label_shift")[0]
    labels = run.arrays("features_before")["target_y"].tolist()
    expected = [labels.count(k) / len(labels) for k in range(10)]
    found = pair_parts.proportions(run, "target")
    np.testing.assert_allclose(found, expected)


def test_pixels_are_counted_in_common_bins():
    run = pair_parts.runs("mnist_to_optdigits")[0]
    bins = pair_parts.pixels(run)
    x = run.arrays("samples")["source_x"]
    dark = (x < 255 / pair_parts.BINS).mean()
    assert bins["source"][0] == pytest.approx(dark)
    assert bins["target"].sum() == pytest.approx(1)
    assert 0 < pair_parts.shared(bins) < 1


def test_a_distance_becomes_a_share_of_right_guesses():
    """d = 2 (1 - 2 error): at d = 1 a quarter is named wrongly."""
    run = pair_parts.runs("mnist_to_optdigits")[0]
    d = run.arrays("a_distance")["before"][-1]
    error = (1 - d / 2) / 2
    assert pair_parts.told_apart([run]).mean == pytest.approx(1 - error)


def test_differences_are_taken_seed_by_seed():
    groups = orders.curves.by_strategy(recording.recorded_race(ORDERS))
    full, scratch = groups["full"], groups["scratch"]
    by_hand = [
        f.finished.accuracy["target"] - s.finished.accuracy["target"]
        for f in full
        for s in scratch
        if f.spec.seed == s.spec.seed
    ]
    turned = list(reversed(full))
    assert pair_parts.paired(turned, scratch).mean == pytest.approx(
        sum(by_hand) / len(by_hand)
    )


def run_with(strategy, seed, curve):
    spec = spec_from_settings(
        {**ORDERS.settings, "strategy": strategy, "seed": seed}
    )
    history = History(spec)
    for step, share in curve:
        history.add(Evaluated("adapt", step, {"target": share}, {}, 256))
    return history


def test_steps_are_counted_to_what_scratch_reads_at_its_end():
    groups = {
        "scratch": [run_with("scratch", 0, [(0, 0.1), (9, 0.9), (20, 0.8)])],
        "full": [run_with("full", 0, [(0, 0.5), (5, 0.8), (10, 0.7)])],
        "joint": [run_with("joint", 0, [(0, 0.5), (5, 0.79)])],
    }
    needed = {key: orders.until(groups, key) for key in orders.NAMES}
    assert needed == {"full": {0: 5}, "joint": {}, "scratch": {0: 9}}
    told = orders.saved(needed)
    assert "needs 4 " in told
    assert "in 0 of 1 seeds" in told


def test_words_follow_the_intervals():
    up, down = interval([0.1, 0.11]), interval([-0.1, -0.11])
    vague = interval([-0.1, 0.2])
    four = [vague, up, up, up]
    told = text_control.verdict(dict(zip("abcd", four, strict=True)))
    assert told.startswith("Knowledge of text brings nothing that can be")
    assert "its scale brings +10.5" in told
    told = label_spaces.verdict(up, down)
    assert "+10.5" in told.split(";")[0]
    assert "wins" in told.split(";")[0]
    assert "-10.5" in told.split(";")[1]
    assert "loses" in told.split(";")[1]
    told = two_samples.verdict({"a": interval([0.97, 0.99]), "b": up})
    assert told.startswith("In 1 of 2 pairs the domain of at least 95 %")


def test_the_trade_is_told_as_it_is():
    at = {
        0.1: (interval([0.8, 0.8]), interval([0.9, 0.9])),
        1.0: (interval([0.9, 0.9]), interval([0.8, 0.8])),
    }
    assert joint.trade(at).endswith("with every larger λ")
    up = {**at, 2.0: (interval([0.9, 0.9]), interval([0.85, 0.85]))}
    assert joint.trade(up).endswith("not with every larger λ")


def test_features_are_counted_on_their_first_axis():
    run = pair_parts.runs("mnist_to_optdigits")[0]
    bins = pair_parts.on_first_axis(run)
    first = run.arrays("features_before")["target_points"][:, 0]
    low, high = bins["edges"][3:5]
    inside = ((first >= low) & (first < high)).mean()
    assert bins["target"][3] == pytest.approx(inside)
    assert bins["source"].sum() == pytest.approx(1)
