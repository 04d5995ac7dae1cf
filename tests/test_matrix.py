"""The strategy matrix: whole rows, formulas against numbers written out."""

import pytest

from tl_core import catalog, matrix, matrix_memory, recording
from tl_core.matrix import ALL, BUDGETS, CONVNET, NONE, TRANSFORMER

ROWS = {row.key: row for row in matrix.rows()}
INTERPOLATES = "transplant"
"""A strategy that answers a question and adapts nothing."""


def test_every_strategy_of_the_catalog_has_a_row():
    asked = set(catalog.keys("strategies")) - {INTERPOLATES}
    assert {row.strategy for row in ROWS.values()} == asked


@pytest.mark.parametrize("key", ROWS)
def test_a_row_has_runs_at_three_budgets_or_at_none(key):
    row = ROWS[key]
    assert set(row.runs) in ({NONE}, set(BUDGETS))
    for labels in BUDGETS:
        span = matrix.reached(row, labels)
        assert span.n == 3
        assert span.low <= span.mean <= span.high


@pytest.mark.parametrize("key", ROWS)
def test_a_row_without_label_budgets_reads_no_target_label(key):
    row = ROWS[key]
    sees = catalog.entry("strategies", row.strategy).card.sees.name
    untaught = sees == "UNLABELLED_TARGET" or row.strategy == "oracle"
    assert row.taught is not untaught


def test_budgets_are_equal():
    for network in (CONVNET, TRANSFORMER):
        specs = [
            run.spec
            for row in ROWS.values()
            if row.network == network
            for runs in row.runs.values()
            for run in runs
        ]
        assert len({(s.steps, s.batch_size, s.dataset) for s in specs}) == 1


def test_the_state_is_sixteen_bytes_a_trained_number():
    assert matrix.state_bytes(1000, 1000) == 16_000
    assert matrix.state_bytes(1000, 0) == 4_000
    assert matrix.state_bytes(117_550, 1_010) == 482_320


def test_a_probe_trains_its_head_alone():
    row = ROWS["linear_probe"]
    assert matrix.trained(row) == 10 * 100 + 10
    assert matrix.share(row) == pytest.approx(1_010 / 117_550)


def test_full_fine_tuning_trains_all():
    assert matrix.share(ROWS["full"]) == 1
    assert matrix.by_formula(ROWS["full"]) == 16 * 117_550


def test_what_only_helps_to_train_is_counted():
    row = ROWS["dann"]
    assert matrix.share(row) == 1
    assert matrix.trained(row) - 117_550 == 10_302


@pytest.mark.parametrize("key", ["full", "linear_probe", "lora", "dann"])
def test_the_formula_agrees_with_what_was_counted(key):
    held = matrix_memory.state(CONVNET, key)
    assert held == pytest.approx(matrix.by_formula(ROWS[key]), rel=0.02)


def test_ewc_holds_two_numbers_more_beside_each_weight():
    more = matrix_memory.state(CONVNET, "ewc") - matrix_memory.state(
        CONVNET, "full"
    )
    assert more == pytest.approx(8 * 117_550, rel=0.02)


def test_lost_is_before_minus_after():
    runs = ROWS["full"].runs[ALL]
    by_hand = [
        run.finished.accuracy["source_before"]
        - run.finished.accuracy["source"]
        for run in runs
    ]
    found = matrix.lost(ROWS["full"])
    assert found.mean == pytest.approx(sum(by_hand) / 3)
    assert found.mean > 0.2


def test_an_adapter_switched_off_restores_the_source():
    name, back = matrix.restored(ROWS["lora"])
    assert name == "adapter off"
    assert back.mean == back.half == 0


def test_a_probe_with_its_old_head_has_lost_nothing():
    name, back = matrix.restored(ROWS["linear_probe"])
    assert name == "old head"
    assert back.mean == back.half == 0


def test_scratch_had_nothing_to_lose():
    assert matrix.lost(ROWS["scratch"]) is None
    assert matrix.restored(ROWS["scratch"]) == (None, None)


def test_what_is_needed_follows_the_card():
    assert matrix.needs("full") == "target labels"
    assert matrix.needs("dann") == "source samples, unlabelled target"
    assert matrix.needs("ewc") == "source samples before, target labels"
    assert matrix.needs("oracle") == "all target labels"


def test_a_strategy_without_all_its_runs_has_no_row(monkeypatch):
    gone = {run.spec.id for run in ROWS["lora"].runs[10]}
    read = recording.read
    monkeypatch.setattr(
        recording, "read", lambda i: None if i in gone else read(i)
    )
    assert "lora" not in {row.key for row in matrix.rows()}
    assert "lora-vit_tiny" in {row.key for row in matrix.rows()}
