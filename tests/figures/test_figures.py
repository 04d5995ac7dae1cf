"""Figures are plain data in, a Plotly figure out, without torch."""

import numpy as np
import pytest

from tests.conftest import toy
from tl_core import catalog, sentences
from tl_core.analysis.intervals import interval
from tl_core.figures import curves, maps, race, samples, theme
from tl_core.history import History, fold
from tl_core.training import train


@pytest.fixture(scope="module")
def histories() -> list[History]:
    specs = [
        toy(key, seed=seed)
        for key in ("source_only", "mmd")
        for seed in (0, 1, 2)
    ]
    return [fold(spec, train(spec)) for spec in specs]


def luminance(colour: str) -> float:
    """Relative luminance of "#rrggbb" (WCAG 2)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    high, low = sorted([luminance(a), luminance(b)], reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_every_colour_stands_out_on_light_and_on_dark():
    drawn = {theme.SOURCE, theme.TARGET, *theme.COLOURS}
    drawn |= {style.colour for style in theme.STRATEGIES.values()}
    for colour in drawn:
        for page in ("#ffffff", "#0f1720"):
            assert contrast(colour, page) >= 3, (colour, page)


def test_no_two_strategies_look_the_same():
    styles = [theme.style(key) for key in catalog.keys("strategies")]
    assert len(set(styles)) == len(styles)
    assert theme.style("made_up") == theme.style("made_up")


def test_source_and_target_keep_their_colours(histories):
    figure = curves.accuracy_curves(histories[0])
    colours = {trace.name: trace.line.color for trace in figure.data}
    assert colours.pop("source training") == theme.SOURCE
    assert colours == theme.DOMAINS


def test_source_training_stands_before_adaptation(histories):
    before, *after = curves.accuracy_curves(histories[0]).data
    assert max(before.x) == 0
    assert all(min(trace.x) == 0 for trace in after)


def test_loss_curves_show_each_term_of_the_card(histories):
    terms = catalog.entry("strategies", "mmd").card.terms
    figure = curves.loss_curves(histories[-1], "adapt", dict(terms))
    assert {trace.name for trace in figure.data} == set(terms.values())


def test_a_thinned_curve_keeps_its_mean():
    steps, values = list(range(1, 1001)), [float(v) for v in range(1000)]
    x, y = curves.thin(steps, values)
    assert len(x) <= curves.POINTS
    assert x[-1] == 1000
    assert np.mean(y) == pytest.approx(np.mean(values), rel=0.01)


def test_mmd_curves_show_each_stage(histories):
    lines = {t.name: t for t in curves.mmd_curves(histories[0]).data}
    stages = {"hidden1", "hidden2"}
    chance = {f"{stage}, by chance" for stage in stages}
    assert set(lines) == stages | chance
    for stage in stages:
        null = lines[f"{stage}, by chance"]
        assert list(null.x) == list(lines[stage].x)
        assert min(null.y) > 0


def test_a_race_shows_the_mean_and_its_interval(histories):
    figure = race.race_curves(histories)
    means = [t for t in figure.data if t.mode == "lines+markers"]
    assert [t.name for t in means] == ["Source only", "MMD alignment"]
    finals = [h.evaluations[-1].accuracy["target"] for h in histories[3:]]
    assert means[1].y[-1] == pytest.approx(np.mean(finals))
    bands = [t for t in figure.data if t.fill == "toself"]
    assert len(bands) == 2


def test_a_race_can_be_drawn_up_to_a_step(histories):
    whole = race.race_curves(histories).data[1].x
    part = race.race_curves(histories, upto=whole[1]).data[1].x
    assert tuple(part) == tuple(whole[:2])


def test_bars_show_every_seed(histories):
    figure = race.race_bars(histories)
    dots = [t for t in figure.data if t.mode == "markers"]
    assert sorted(len(t.x) for t in dots) == [3, 3]


def test_one_seed_has_no_interval_and_still_a_picture(histories):
    figure = race.race_curves(histories[:1])
    assert [t.mode for t in figure.data] == ["lines+markers"]
    race.race_bars(histories[:1])


def test_an_interval_is_students():
    span = interval([0.1, 0.2, 0.6])
    assert span.mean == pytest.approx(0.3)
    assert span.half == pytest.approx(4.302653 * 0.2645751 / 3**0.5)


def test_a_run_before_its_first_measurement_draws_empty_charts():
    empty = History(toy("mmd"))
    curves.accuracy_curves(empty)
    curves.mmd_curves(empty)
    curves.loss_curves(empty, "adapt", {})


def test_maps_of_a_finished_run_hold_its_samples(histories):
    history = histories[-1]
    figure = maps.feature_map(
        history.arrays("features_after"), history.classes
    )
    assert [len(trace.x) for trace in figure.data] == [200, 200]
    figure = maps.boundary_map(
        history.arrays("boundary_after"), history.arrays("samples")
    )
    assert np.array(figure.data[0].z).shape == (61, 61)
    counts = history.arrays("confusion")["counts"]
    assert np.sum(maps.confusion_map(counts, "ab").data[0].customdata) == 200


def test_an_image_grid_places_each_image():
    images = np.zeros((3, 1, 4, 4), np.uint8)
    images[2] = 255
    sheet = samples.image_grid(images, columns=2)
    assert sheet.shape == (20, 20, 3)
    assert (sheet[12:, :8] == 255).all()


def test_the_verdict_names_what_was_measured(histories):
    said = sentences.verdict(histories[-1])
    share = histories[-1].finished.accuracy
    assert sentences.percent(share["target"]) in said
    assert "without a single target label" in sentences.race(histories).lower()
