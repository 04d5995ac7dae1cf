"""Runs that ship with the lab, so that the first page shows real results.

Each file holds one run that happened: its spec, its events with the seconds
at which they came, the device and the day. `python -m tl_core record` makes
them again.
"""

from __future__ import annotations

import gzip
import json
import sys
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from tl_core import events
from tl_core.events import Event
from tl_core.history import History
from tl_core.home import ASSETS
from tl_core.races import RACES, Race
from tl_core.spec import RunSpec, spec_from_dict
from tl_core.studies import STUDIES

RECORDED = ASSETS / "recorded"


def path_of(run_id: str) -> Path:
    """Where the recording of a spec lies."""
    return RECORDED / f"{run_id}.json.gz"


def write(
    spec: RunSpec, told: Iterable[tuple[float, Event]], peak_memory: int
) -> None:
    """Keep one run: its events, each with seconds since the start."""
    document = {
        "spec": spec.to_dict(),
        "recorded": datetime.now(UTC).date().isoformat(),
        "peak_memory": peak_memory,
        "events": [[round(s, 3), events.to_dict(e)] for s, e in told],
    }
    RECORDED.mkdir(parents=True, exist_ok=True)
    data = json.dumps(document, separators=(",", ":")).encode()
    path_of(spec.id).write_bytes(gzip.compress(data, 9, mtime=0))


@cache
def read(run_id: str) -> History | None:
    """The recorded run of a spec, None when there is none.

    The history is shared by all readers: do not change it.
    """
    path = path_of(run_id)
    if not path.is_file():
        return None
    document: dict[str, Any] = json.loads(gzip.decompress(path.read_bytes()))
    history = History(spec_from_dict(document["spec"]))
    for seconds, event in document["events"]:
        history.add(events.from_dict(event), seconds)
    history.peak_memory = document["peak_memory"]
    history.recorded = document["recorded"]
    return history


def recorded_race(race: Race) -> list[History]:
    """The recorded runs of a race."""
    found = [read(spec.id) for spec in race.specs()]
    return [history for history in found if history is not None]


def record(say: Callable[[str], None]) -> None:
    """Run every race and study again here and keep what happened."""
    from tl_core.training import train

    wanted = {
        spec.id: spec for race in (*RACES, *STUDIES) for spec in race.specs()
    }
    for number, spec in enumerate(wanted.values(), 1):
        start = time.monotonic()
        told = [(time.monotonic() - start, e) for e in train(spec)]
        write(spec, told, peak_memory())
        say(
            f"{number}/{len(wanted)} {spec.dataset} {spec.strategy} "
            f"seed {spec.seed}: {told[-1][0]:.1f} s"
        )
    for old in RECORDED.glob("*.json.gz"):
        if old.name.removesuffix(".json.gz") not in wanted:
            old.unlink()
            say(f"removed {old.name}, which no race asks for")
    read.cache_clear()


def peak_memory() -> int:
    """The largest memory this process has held, in bytes; on a GPU, the
    largest that torch has held there. 0 where it cannot be known."""
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        return int(torch.cuda.max_memory_allocated())
    try:
        import resource
    except ImportError:  # Windows has no such counter
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(peak if sys.platform == "darwin" else peak * 1024)
