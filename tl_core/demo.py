"""A lab that only shows: with `TL_DEMO=1` a run is a recording, replayed.

For a public server too small to train. Nothing is made up: what was not
recorded is refused.
"""

from __future__ import annotations

import os
from dataclasses import replace

from tl_core import recording
from tl_core.card import SpecError
from tl_core.spec import RunSpec
from tl_core.texts import say
from tl_core.tuned_rates import USUAL

NOTICE = say(
    "This is a demonstration: Run replays a recorded run, with its numbers, "
    "date and device. To train, install the lab on a machine of your own."
)


def on() -> bool:
    """Whether this lab only shows."""
    return os.environ.get("TL_DEMO", "") not in ("", "0")


def check(spec: RunSpec) -> None:
    """Check that a run can be shown.

    Raises:
        SpecError: the lab only shows, and this was not recorded; says what
            to choose instead.
    """
    if not on() or recording.path_of(spec.id).is_file():
        return
    if recording.path_of(replace(spec, lr=USUAL).id).is_file():
        advice = say(
            "with the learning rate {usual:g} there is one", usual=USUAL
        )
    else:
        advice = say("press Reset, or choose a race on the page Start")
    raise SpecError(
        say(
            "This demonstration has no recorded run with these settings; "
            "{advice}.",
            advice=advice,
        )
    )
