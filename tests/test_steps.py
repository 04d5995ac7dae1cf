"""Steps in columns are the steps that were told."""

import json
import math
import tracemalloc

import pytest

from tl_core import events
from tl_core.events import StepDone
from tl_core.steps import Steps

TOLD = [
    StepDone("pretrain", 1, {"source": 2.5}),
    StepDone("pretrain", 2, {"source": 2.25}),
    StepDone("adapt", 1, {"source": 0.1, "mmd": 1e-9}),
    StepDone("adapt", 2, {"mmd": 0.3}),
    StepDone("adapt", 3, {}),
    StepDone("adapt", 4, {"mmd": 0.2, "source": -0.5}),
]


def kept(told):
    steps = Steps()
    for event in told:
        steps.append(event)
    return steps


def test_every_step_comes_back_as_it_was():
    steps = kept(TOLD)
    assert list(steps) == TOLD
    assert [list(step.losses) for step in steps] == [
        list(step.losses) for step in TOLD
    ]
    assert (len(steps), steps[-1], steps[0]) == (6, TOLD[-1], TOLD[0])
    assert steps[1:4] == TOLD[1:4]
    with pytest.raises(IndexError):
        steps[6]
    assert not Steps()


def test_a_loss_that_is_no_number_stays_one():
    steps = kept([StepDone("adapt", 1, {"source": math.nan})])
    assert math.isnan(steps[0].losses["source"])


def test_curves_are_by_term_and_phase():
    steps = kept(TOLD)
    assert steps.curves("pretrain") == {"source": ([1, 2], [2.5, 2.25])}
    assert steps.curves("adapt") == {
        "source": ([1, 4], [0.1, -0.5]),
        "mmd": ([1, 2, 4], [1e-9, 0.3, 0.2]),
    }


def test_histories_with_other_steps_are_not_equal():
    assert kept(TOLD) == kept(TOLD)
    assert kept(TOLD) != kept(TOLD[:-1])
    assert kept(TOLD) != TOLD


def lines():
    return [
        events.to_json(StepDone("adapt", n, {"source": 1 / n, "mmd": n / 7}))
        for n in range(1, 2001)
    ]


def weight(keep):
    """Bytes of 2,000 steps that are read from lines as the lab reads them."""
    read = lines()
    tracemalloc.start()
    found = keep(events.from_dict(json.loads(line)) for line in read)
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(found) == 2000
    return size


def test_columns_take_a_fifth_of_the_memory_at_most():
    assert weight(kept) < weight(list) / 5
