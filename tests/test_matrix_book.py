"""Each cell of the textbook is judged by its rule, at its bounds."""

from math import inf, nextafter

import pytest

from tl_core import matrix, matrix_book, matrix_memory
from tl_core import matrix_rules as rules
from tl_core.analysis.intervals import Interval, interval
from tl_core.matrix_book import CELLS
from tl_core.matrix_rules import AGREES, DISAGREES, UNCLEAR

ROWS = [row for row in matrix.rows() if row.network == matrix.CONVNET]
BY_KEY = {row.strategy: row for row in ROWS}
JUDGED = matrix_book.judged(ROWS)


@pytest.mark.parametrize("cell", CELLS, ids=lambda c: f"{c.strategy}")
def test_every_cell_is_judged_and_says_why(cell):
    found, (badge, why) = JUDGED[cell.strategy, cell.column]
    assert found is cell
    assert badge in (AGREES, DISAGREES, UNCLEAR)
    assert why.endswith(".")
    assert cell.rule


def test_no_two_cells_stand_in_one_place():
    assert len(JUDGED) == len(CELLS)


def test_without_its_rows_nothing_is_judged():
    assert matrix_book.judged([BY_KEY["full"]]) == {}


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (0.05, 0.2, AGREES),
        (0.1, 0.15, AGREES),
        (nextafter(0.05, 0), 0.2, UNCLEAR),
        (0.05, nextafter(0.2, 1), UNCLEAR),
        (0.0, 0.3, UNCLEAR),
        (0.0, 0.05, UNCLEAR),
        (0.0, nextafter(0.05, 0), DISAGREES),
        (nextafter(0.2, 1), 0.3, DISAGREES),
    ],
)
def test_an_interval_at_its_bounds(low, high, verdict):
    found = Interval((low + high) / 2, low, high, 3)
    assert rules.within(found, 0.05, 0.2) == verdict


def test_a_bound_may_be_open():
    assert rules.within(interval([-1.0, -1.1]), -inf, 0.05) == AGREES


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [(0, 0.01, AGREES), (0.01, 1, DISAGREES), (0, 0.001, DISAGREES)],
)
def test_shares_have_no_interval(low, high, verdict):
    probe = BY_KEY["linear_probe"]
    assert rules.share(low, high)(probe, ROWS)[0] == verdict


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [(-inf, 0.05, DISAGREES), (0.05, 1, AGREES), (0.35, 0.4, UNCLEAR)],
)
def test_what_is_lost_is_held_against_bounds(low, high, verdict):
    assert rules.lost(low, high)(BY_KEY["full"], ROWS)[0] == verdict


def test_the_most_lost_is_lost_by_one():
    assert rules.most_lost(BY_KEY["bitfit"], ROWS)[0] == DISAGREES


def test_the_most_memory_is_held_by_one():
    most = max(ROWS, key=rules.state)
    assert rules.most_memory(most, ROWS)[0] == AGREES
    badge, why = rules.most_memory(BY_KEY["full"], ROWS)
    assert badge == DISAGREES
    assert "EWC" in why


def test_half_of_the_memory_is_the_bound_of_low(monkeypatch):
    whole = rules.state(BY_KEY["full"])
    for part, verdict in ((0.5, AGREES), (0.51, DISAGREES)):
        monkeypatch.setattr(
            rules,
            "state",
            lambda row, part=part: whole * (1 if row.key == "full" else part),
        )
        assert rules.little_memory(BY_KEY["lora"], ROWS)[0] == verdict


def test_what_was_never_measured_is_not_clear():
    scratch = BY_KEY["scratch"]
    assert rules.lost(0, 1)(scratch, ROWS)[0] == UNCLEAR
    assert rules.nothing_lost(scratch, ROWS)[0] == UNCLEAR


def test_only_dann_reads_target_samples_without_labels():
    assert rules.unlabelled(BY_KEY["dann"], ROWS)[0] == AGREES
    assert rules.unlabelled(BY_KEY["joint"], ROWS)[0] == DISAGREES


def test_memory_that_was_never_counted_comes_from_the_formula(monkeypatch):
    monkeypatch.setattr(matrix_memory, "recorded", dict)
    row = BY_KEY["full"]
    assert rules.state(row) == matrix.by_formula(row)
    assert rules.activations(row) is None


def test_a_probe_is_judged_with_its_old_head():
    badge, why = JUDGED["linear_probe", matrix_book.BACK][1]
    assert badge == AGREES
    assert why.startswith("With the old head put back 0.0 ± 0.0 points")
