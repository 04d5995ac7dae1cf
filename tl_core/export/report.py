"""A run or a race as one page of HTML."""

from __future__ import annotations

from collections.abc import Sequence

from tl_core.card import SpecError
from tl_core.export import race_report, run_report
from tl_core.history import History
from tl_core.texts import say


def report(histories: Sequence[History]) -> str:
    """The page of one run, or of all runs of a race.

    Raises:
        SpecError: none of them has a result.
    """
    done = [history for history in histories if history.finished]
    if not done:
        raise SpecError(say("A report needs a run with a result."))
    if len(done) == 1:
        return run_report.of_run(done[0])
    return race_report.of_race(done)
