"""What the recorded races of one strategy each say of a cure for learning by
heart."""

from __future__ import annotations

from tl_core import recording
from tl_core.analysis.intervals import Interval, interval
from tl_core.claim import Arm
from tl_core.figures.labels import Learned
from tl_core.races import Race
from tl_core.texts import say


def learned(race: Race) -> Learned:
    """A way's accuracy on its own 20 samples and on others, over seeds.

    Raises:
        LookupError: a run is missing.
    """
    (strategy,) = race.strategies
    fitted, test = (measured(race, what) for what in ("fitted", "target"))
    return Learned(say(race.title), strategy, fitted, test)


def measured(race: Race, what: str) -> Interval:
    """One measure of a race of one strategy, over seeds."""
    (strategy,) = race.strategies
    return interval(Arm(race.key, strategy, what).values(recording.read))


def against(race: Race, full: Race) -> Interval:
    """Target accuracy minus that of full fine-tuning, paired by seed."""
    one, other = (
        Arm(r.key, r.strategies[0]).values(recording.read)
        for r in (race, full)
    )
    return interval([a - b for a, b in zip(one, other, strict=True)])
