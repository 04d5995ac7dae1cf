"""Names beside marks stay near them and cover neither marks nor each other."""

from itertools import combinations
from math import hypot

import plotly.graph_objects as go
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tl_core.figures import placing
from tl_core.figures.placing import MARK, WIDTHS, box, overlap, places

TALL = 470
FAR = 100
"""Pixels: a name further off than this is not beside its mark."""
STACK = [(0.8, 0.05 + 0.01 * k) for k in range(8)]
"""Eight strategies of one price that end within seven points."""
LADDER = [(0.05 + 0.1 * k, 0.9 - 0.1 * k) for k in range(9)]
CHARTS = {
    "a stack": STACK,
    "a ladder": LADDER,
    "both": [*STACK, *LADDER],
    "two on one spot": [(0.5, 0.5), (0.5, 0.5)],
    "corners": [(0.02, 0.03), (0.98, 0.03), (0.02, 0.97), (0.98, 0.97)],
}


def named(count: int) -> list[str]:
    known = ("Full", "LoRA", "Partial", "Linear probe", "Source only")
    return [known[k % len(known)] for k in range(count)]


def boxes(shares, names, width):
    found = places(shares, names, TALL)
    return [
        box((x * width, y * TALL), place, name)
        for (x, y), place, name in zip(shares, found, names, strict=True)
    ]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("chart", CHARTS)
def test_no_name_covers_another(chart, width):
    shares = CHARTS[chart]
    found = boxes(shares, named(len(shares)), width)
    assert not [pair for pair in combinations(found, 2) if overlap(*pair) > 0]


@pytest.mark.parametrize("chart", CHARTS)
def test_no_name_covers_a_mark(chart):
    shares = CHARTS[chart]
    for mine in boxes(shares, named(len(shares)), WIDTHS[-1]):
        for x, y in shares:
            at = (x * WIDTHS[-1], y * TALL)
            mark = (at[0] - MARK, at[1] - MARK, at[0] + MARK, at[1] + MARK)
            assert overlap(mine, mark) == 0


@pytest.mark.parametrize("chart", CHARTS)
def test_every_name_is_near_its_mark(chart):
    shares = CHARTS[chart]
    found = places(shares, named(len(shares)), TALL)
    assert max(hypot(place.dx, place.dy) for place in found) < FAR


def test_a_lone_name_stands_right_beside_its_mark():
    (place,) = places([(0.5, 0.5)], ["LoRA"], TALL)
    assert (place.dx, place.dy, place.anchor) == (placing.BESIDE, 0, "left")


def test_a_name_at_the_right_edge_goes_to_the_left():
    (place,) = places([(0.97, 0.5)], ["Linear probe"], TALL)
    assert place.anchor == "right"
    assert place.dx < 0


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(0.05, 0.95), st.floats(0.05, 0.95)),
        min_size=1,
        max_size=8,
    )
)
def test_few_names_always_find_room(shares):
    found = boxes(shares, named(len(shares)), WIDTHS[-1])
    assert all(overlap(*pair) == 0 for pair in combinations(found, 2))


def test_boxes_share_an_area():
    assert overlap((0, 0, 4, 4), (2, 1, 6, 3)) == 4
    assert overlap((0, 0, 4, 4), (4, 0, 8, 4)) == 0


def test_names_are_written_at_their_marks():
    figure = go.Figure()
    placing.name_marks(figure, [(1.0, 0.5)], ["a < b"], ((0, 2), (0, 1)), TALL)
    (note,) = figure.layout.annotations
    assert (note.x, note.y) == (1.0, 0.5)
    assert note.text == "a &lt; b"
    assert note.ax == placing.BESIDE
