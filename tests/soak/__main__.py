"""`make soak`: thirty users for half an hour; `TL_SOAK_USERS` and
`TL_SOAK_MINUTES` say otherwise. Ends with 1 if anything went wrong."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.soak.soak import Report, timed

FLAT, AFTER = 1.0, 20
"""MB a minute that the server may grow by in the second half, once what it
keeps for good, 1,200 recorded runs above all, has been read: in a soak of so
many minutes at least."""
CEILING = 700
"""MB that it may hold at any time."""


def main() -> int:
    """Print the figures; returns the exit code."""
    users = int(os.environ.get("TL_SOAK_USERS", "30"))
    minutes = float(os.environ.get("TL_SOAK_MINUTES", "30"))
    with TemporaryDirectory() as home:
        report, took = timed(Path(home), users, minutes)
    sys.stdout.write(f"{users} users, {minutes:g} minutes ({took:.1f})\n")
    sys.stdout.write(report.words() + "\n")
    return int(not fine(report, minutes))


def fine(report: Report, minutes: float) -> bool:
    """No error, everything accounted for, memory bounded and flat."""
    wrong = report.diary.wrong or report.lost or report.log
    flat = minutes < AFTER or report.slope < FLAT
    return not wrong and flat and max(report.sizes) < CEILING


if __name__ == "__main__":
    sys.exit(main())
