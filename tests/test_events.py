"""Events survive their JSON; histories fold them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from tests.conftest import toy
from tl_core import events
from tl_core.events import (
    Array,
    ArraysTaken,
    Evaluated,
    PhaseStarted,
    RunFailed,
    RunFinished,
    RunStarted,
    RunStopped,
    StepDone,
)
from tl_core.history import fold

EXAMPLES = [
    RunStarted({"seed": 1}, "cpu (2 threads)", ("0", "1")),
    PhaseStarted("adapt", 3, {"total": 9, "trained": 4, "auxiliary": 0}),
    StepDone("adapt", 1, {"source": 0.5, "mmd": 0.25}),
    Evaluated("adapt", 1, {"source": 1.0, "target": 0.5}, {"conv1": 0.1}, 9),
    ArraysTaken("samples", 0, {"x": Array.of(np.arange(6).reshape(2, 3))}),
    RunFinished({"target": 0.5}, {"conv1": (0.5, 0.1)}, {"target_test": 9}),
    RunFailed("The loss is nan."),
    RunStopped(),
]


@pytest.mark.parametrize("event", EXAMPLES, ids=lambda e: type(e).__name__)
def test_an_event_survives_its_json(event):
    assert events.from_json(events.to_json(event)) == event


@given(
    arrays.arrays(
        st.sampled_from(["uint8", "int32", "float32", "float64"]),
        arrays.array_shapes(min_dims=0, max_dims=3, min_side=0),
    )
)
def test_an_array_comes_back_bit_for_bit(values):
    back = Array.of(values).numpy()
    assert back.dtype == values.dtype
    assert back.tobytes() == values.tobytes()


@pytest.mark.parametrize(
    "data",
    [{}, {"event": "Nonsense"}, {"event": "RunFailed"}, {"event": None}],
)
def test_what_is_no_event_is_refused(data):
    with pytest.raises(ValueError, match="event|fields"):
        events.from_dict(data)


def test_a_history_knows_how_far_the_run_is():
    history = fold(toy("mmd"), EXAMPLES[:4])
    assert history.phase == "adapt"
    assert history.steps_planned == 40
    assert history.progress == pytest.approx(1 / 40)
    assert history.losses("adapt")["mmd"] == ([1], [0.25])
    assert history.accuracy("target") == ([1], [0.5])
    assert history.mmd("conv1") == ([1], [0.1])


def test_a_summary_of_an_unfinished_run_is_refused():
    with pytest.raises(ValueError, match="is not finished"):
        fold(toy("mmd"), EXAMPLES[:4]).summary()
