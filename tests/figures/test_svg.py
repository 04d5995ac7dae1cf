"""Still charts say the same as the figures they are drawn from."""

import re
from xml.etree import ElementTree

import plotly.graph_objects as go
import pytest

from tl_core import races, recording
from tl_core.figures import race, svg
from tl_core.figures.marks import CORNERS, mark

RACE = recording.recorded_race(races.race("optdigits"))


def drawn(figure: go.Figure) -> ElementTree.Element:
    return ElementTree.fromstring(svg.draw(figure, 560, 400, "what it shows"))


def test_it_is_one_picture_with_a_text_for_those_who_cannot_see_it():
    root = drawn(race.race_curves(RACE))
    assert root.get("role") == "img"
    assert root.get("aria-label") == "what it shows"


def test_every_strategy_is_named_beside_its_line():
    texts = [t.text for t in drawn(race.race_curves(RACE)).iter("text")]
    for name in ("Source only", "AdaBN", "MMD alignment", "DANN"):
        assert name in texts


def test_names_beside_lines_do_not_touch():
    ends = [
        float(g.find("text").get("y"))
        for g in drawn(race.race_curves(RACE)).iter("g")
        if g.find("text") is not None
    ]
    ends.sort()
    assert all(b - a >= 16.9 for a, b in zip(ends, ends[1:], strict=False))


def test_a_point_lies_where_its_value_is():
    figure = go.Figure().add_scatter(
        x=[0, 10], y=[0.0, 1.0], name="line", line={"color": "#112233"}
    )
    figure.update_xaxes(range=[0, 10]).update_yaxes(range=[0, 1])
    line = drawn(figure).find("polyline")
    (x0, y0), (x1, y1) = (
        map(float, point.split(",")) for point in line.get("points").split()
    )
    grid = [float(e.get("y1")) for e in drawn(figure).iter("line")]
    assert x0 < x1
    assert y0 == pytest.approx(max(grid), abs=0.1)
    assert y1 == pytest.approx(svg.TOP, abs=0.1)


def test_rows_of_names_have_a_mean_an_interval_and_every_seed():
    root = drawn(race.race_bars(RACE))
    hints = [title.text for title in root.iter("title")]
    share = race.target_accuracy(RACE[0])
    assert f"one seed: {share:.1%}" in hints
    strategies = {history.spec.strategy for history in RACE}
    assert len(hints) == len(strategies) + len(RACE)


def test_a_hostile_name_stays_text():
    figure = go.Figure().add_scatter(
        x=[0, 1], y=[0, 1], name="<script>alert(1)</script>"
    )
    figure.update_xaxes(range=[0, 1]).update_yaxes(range=[0, 1])
    text = svg.draw(figure, 400, 300, '"><script>')
    assert "<script" not in text


@pytest.mark.parametrize(
    ("low", "high"), [(0, 1.02), (0, 306), (0, 1020), (0, 7), (-1, 1), (0, 99)]
)
def test_ticks_are_round_and_few(low, high):
    values = svg.ticks(low, high)
    assert 3 <= len(values) <= 11
    assert low <= values[0]
    assert values[-1] <= high
    assert all(
        len(re.sub(r"\D", "", f"{v:g}").strip("0")) <= 2 for v in values
    )


@pytest.mark.parametrize("form", [*CORNERS, "x", "cross", "square", "circle"])
def test_every_form_of_the_theme_is_drawn(form):
    assert ElementTree.fromstring(mark(form, 10, 10, 5)) is not None


def test_forms_differ():
    forms = [*CORNERS, "x", "cross", "square", "circle"]
    assert len({mark(form, 10, 10, 5) for form in forms}) == len(forms)


def test_a_line_that_ends_early_is_named_there_and_needs_no_room():
    figure = go.Figure()
    for name, x in (("end", [0, 10]), ("a name of many letters", [0, 4])):
        look = {"color": "#112233"}
        figure.add_scatter(x=x, y=[0.2, 0.8], name=name, line=look)
    figure.update_xaxes(range=[0, 10]).update_yaxes(range=[0, 1])
    root = drawn(figure)
    early = next(t for t in root.iter("text") if "letters" in (t.text or ""))
    lines = [line.get("points").split() for line in root.iter("polyline")]
    (x, y), (right, _) = (map(float, ps[-1].split(",")) for ps in lines[::-1])
    assert early.get("text-anchor") == "end"
    assert float(early.get("x")) < x
    assert float(early.get("y")) > y
    assert right > 560 - 16 - 4 * svg.LETTER


def test_a_vertical_line_stands_where_it_is():
    figure = go.Figure().add_scatter(x=[-1, 1], y=[0, 1])
    figure.update_xaxes(range=[-1, 1]).update_yaxes(range=[0, 1])
    grid = len(list(drawn(figure).iter("line")))
    figure.add_vline(x=0.5)
    lines = list(drawn(figure).iter("line"))
    assert len(lines) == grid + 1
    left, right = (float(p) for p in (lines[0].get("x1"), lines[4].get("x1")))
    assert lines[-1].get("x1") == lines[-1].get("x2")
    assert float(lines[-1].get("x1")) > (left + right) / 2
