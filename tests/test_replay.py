"""The replay of a race shows what was recorded."""

import pytest

from pages.ui import replay
from tl_core import races, recording
from tl_core.figures.race import by_strategy


def test_every_strategy_is_replayed_at_the_steps_that_were_measured():
    histories = recording.recorded_race(races.race("optdigits"))
    told = replay.payload(histories, "said")
    groups = by_strategy(histories)
    assert len(told["series"]) == len(groups)
    for one, runs in zip(told["series"], groups.values(), strict=True):
        steps, _ = runs[0].accuracy("target")
        assert one["steps"] == steps
        ends = [run.accuracy("target")[1][-1] for run in runs]
        mean = sum(ends) / len(ends)
        assert one["values"][-1] == pytest.approx(mean, abs=1e-3)
    assert told["last"] == 300
