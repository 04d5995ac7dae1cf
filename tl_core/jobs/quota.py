"""How much may wait at a time: of one person, and of all together.

`TL_QUEUE_PER_OWNER` bounds what one person has under way (3: one runs, two
wait); a race counts as one. `TL_QUEUE` bounds the runs that wait (300). The
lab itself and teachers are not bound.
"""

from __future__ import annotations

import os

from tl_core import limits
from tl_core.card import check_number
from tl_core.jobs import turns
from tl_core.jobs.owners import Person
from tl_core.jobs.store import RunStore
from tl_core.race_spec import RaceSpec
from tl_core.texts import say

EACH, ALL = 3, 300


class QueueFullError(Exception):
    """No room for a run now; says why and what to do."""


def bounds() -> tuple[int, int]:
    """Jobs of one person, and waiting runs of all.

    Raises:
        SpecError: a variable is not a whole number from 1 upwards.
    """
    each = os.environ.get("TL_QUEUE_PER_OWNER", EACH)
    most = os.environ.get("TL_QUEUE", ALL)
    return (
        int(check_number("TL_QUEUE_PER_OWNER", each, int, 1, None)),
        int(check_number("TL_QUEUE", most, int, 1, None)),
    )


def admit(store: RunStore, person: Person, job: str, new: int) -> None:
    """Check that there is room for `new` more runs of a job; what is under
    way or done already needs none.

    Raises:
        QueueFullError: there is not.
    """
    if person.unbound or not new:
        return
    each, most = bounds()
    mine = len(turns.jobs(store, person.name) - {job})
    if mine >= each:
        raise QueueFullError(
            say(
                "You have {jobs} under way, and this lab takes {each} of one "
                "person at a time. Wait until one has ended, or stop one on "
                "the page Runs. Your settings stay in the link.",
                jobs=_jobs(mine),
                each=each,
            )
        )
    waiting = turns.waiting(store)
    if waiting + new > most:
        raise QueueFullError(
            say(
                "The queue is full: {waiting} runs wait, {more}, and this "
                "lab lets {most} wait. Try again when some are done. Your "
                "settings stay in the link.",
                waiting=waiting,
                more=_more(new),
                most=most,
            )
        )


def admit_race(store: RunStore, person: Person, race: RaceSpec) -> None:
    """Check that there is room for what of a race is neither done nor under
    way.

    Raises:
        SpecError: one of its runs is more than the lab lets a run be.
        QueueFullError: there is not.
    """
    specs = [*race.search(), *race.specs()]
    for spec in specs:
        limits.check(spec)
    known = [store.get(spec.id) for spec in specs]
    new = sum(r is None or r.state in ("failed", "stopped") for r in known)
    admit(store, person, race.id, new)


def _jobs(count: int) -> str:
    return (
        say("1 run or race")
        if count == 1
        else say("{count} runs or races", count=count)
    )


def _more(new: int) -> str:
    if new == 1:
        return say("yours would be one more")
    return say("yours would be {new} more", new=new)
