"""Each benchmark's work runs, once and small; how fast is not asked."""

import math

import pytest
import torch

from tests.benchmarks import __main__ as bench
from tests.benchmarks import gpu, readme
from tests.benchmarks.scale import exponent
from tests.benchmarks.timing import TINY, Row


@pytest.fixture(autouse=True)
def one_thread():
    """Small works wait longer for a second thread than they gain."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize("name", bench.GROUPS)
@pytest.mark.filterwarnings("ignore")
def test_a_group_of_benchmarks_yields_rows(name):
    rows = list(bench.measured(name, TINY))
    assert rows
    for row in rows:
        assert row.work
        assert row.peer
        assert row.ratio is None or 0 < row.ratio < math.inf
        assert "|" not in "".join(bench.cells(row))


def test_what_is_asked_of_a_gpu_runs_on_any_device():
    found = list(gpu.on(torch.device("cpu"), TINY))
    assert [row.goal for row in found] == ["≤ 1.05", "≥ 5"] * 2


def test_a_goal_is_met_or_missed_by_a_share():
    def judged(ratio: float, goal: str) -> str:
        return Row("g", "w", "1 s", "p", "2 s", ratio, goal).verdict

    assert judged(2.0, "≥ 2") == judged(1.0, "≤ 1.05") == "met"
    assert judged(1.5, "≥ 2") == "missed by 25%"
    assert judged(2.1, "≤ 1.05") == "missed by 100%"
    assert judged(2.1, "") == ""


def test_the_document_names_machine_versions_and_every_row():
    row = Row("g", "w", "1 s", "peer", "2 s", 2.0, "≥ 1")
    text = bench.document([row], 1.0)
    assert "| g | w | 1 s | peer | 2 s | 2 | ≥ 1 | met |" in text
    assert "thread" in text
    assert "torch 2" in text


def test_the_readme_tells_what_the_results_say():
    results = bench.RESULTS.read_text(encoding="utf-8")
    text = readme.README.read_text(encoding="utf-8")
    assert readme.with_table(text, results) == text


def test_a_short_table_counts_goals_and_says_why_one_is_missed():
    made = [
        Row("g", "fast", "1 s", "p", "2 s", 2.0, "≥ 1"),
        Row("g", "near", "1 s", "p", "1.1 s", 1.1, "≥ 1"),
        Row("g", "slow", "2 s", "p", "1 s", 0.5, "≥ 1", "it waits"),
        Row("h", "no goal", "2 s", "p", "1 s", 0.5),
    ]
    text = readme.short(bench.document(made, 1.0))
    assert "| g | 2 of 3 | slow: 2 s, p: 1 s; ratio 0.5" in text
    assert "**missed by 50%**; it waits" in text
    assert "near: 1 s" in text
    assert "fast" not in text
    assert "no goal" not in text
    assert "thread" in text


def test_an_exponent_is_the_slope_of_a_power_law():
    sizes = [1, 2, 4, 8]
    costs = [3 * n**1.5 for n in sizes]
    assert exponent(sizes, costs) == pytest.approx(1.5)
