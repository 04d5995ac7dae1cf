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
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from tl_core import events, texts
from tl_core.card import SpecError
from tl_core.events import Event
from tl_core.experiments import EVERY
from tl_core.history import History
from tl_core.home import ASSETS
from tl_core.races import Race
from tl_core.spec import RunSpec, spec_from_dict

RECORDED = ASSETS / "recorded"
FEW = 5
"""Steps between two that a brief recording keeps."""
SHARED = RECORDED / "samples"
"""Pictures of a pair's samples, which all runs on it show: kept once."""


Told = tuple[float, Event]
"""An event and when it happened, in seconds since the run began."""


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
        "events": [[round(s, 3), _put(events.to_dict(e))] for s, e in told],
    }
    _write(path_of(spec.id), document)


def _write(path: Path, document: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    data = json.dumps(document, separators=(",", ":")).encode()
    path.write_bytes(gzip.compress(data, 9, mtime=0))


def _read(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(gzip.decompress(path.read_bytes()))
    return document


def _put(event: dict[str, Any]) -> dict[str, Any]:
    """The event, or where its pictures of samples were put."""
    if event.get("name") != "samples":
        return event
    name = sha256(json.dumps(event).encode()).hexdigest()[:16]
    _write(SHARED / f"{name}.json.gz", event)
    return {"shared": name}


def _take(event: dict[str, Any]) -> Event:
    """The event that `_put` was given."""
    if "shared" not in event:
        return events.from_dict(event)
    return _shared(event["shared"])


@cache
def _shared(name: str) -> Event:
    """Samples that many runs show: in memory, too, they are kept once."""
    return events.from_dict(_read(SHARED / f"{name}.json.gz"))


def told(run_id: str) -> list[Told]:
    """Every event of a recorded run, with seconds since its start.

    Raises:
        FileNotFoundError: there is no such recording.
    """
    rows = _read(path_of(run_id))["events"]
    return [(seconds, _take(event)) for seconds, event in rows]


@cache
def read(run_id: str) -> History | None:
    """The recorded run of a spec, None when there is none.

    The history is shared by all readers: do not change it.
    """
    path = path_of(run_id)
    if not path.is_file():
        return None
    document = _read(path)
    history = History(spec_from_dict(document["spec"]))
    for seconds, event in document["events"]:
        history.add(_take(event), seconds)
    history.peak_memory = document["peak_memory"]
    history.recorded = document["recorded"]
    return history


def recorded_race(race: Race) -> list[History]:
    """The recorded runs of a race."""
    found = [read(spec.id) for spec in race.specs()]
    return [history for history in found if history is not None]


def record(tell: Callable[[str], None], missing: bool = False) -> None:
    """Run every experiment again here and keep what happened; or only those
    that are `missing`.

    Raises:
        SpecError: the lab speaks another language than the recordings.
    """
    from tl_core.training import train

    if texts.language() is not None:
        raise SpecError("What is recorded is in English: unset TL_LANGUAGE.")
    whole = {s.id for race in EVERY if not race.brief for s in race.specs()}
    wanted = {spec.id: spec for race in EVERY for spec in race.specs()}
    for number, spec in enumerate(wanted.values(), 1):
        if missing and path_of(spec.id).is_file():
            continue
        start = time.monotonic()
        told = [(time.monotonic() - start, e) for e in train(spec)]
        kept = told if spec.id in whole else list(_brief(told))
        write(spec, kept, peak_memory())
        tell(
            f"{number}/{len(wanted)} {spec.dataset} {spec.strategy} "
            f"seed {spec.seed}: {told[-1][0]:.1f} s"
        )
    _remove_unused(set(wanted))
    read.cache_clear()


def _brief(told: Iterable[tuple[float, Event]]) -> Iterator[Told]:
    """What curves and verdicts need: no pictures, and of the steps those of
    adaptation, one in FEW."""
    for seconds, event in told:
        if isinstance(event, events.StepDone):
            if event.phase == "adapt" and event.step % FEW == 0:
                yield seconds, event
        elif getattr(event, "phase", "") != "pretrain" and not isinstance(
            event, events.ArraysTaken
        ):
            yield seconds, event


def _remove_unused(wanted: set[str]) -> None:
    """Recordings that no race asks for, and samples that none shows."""
    shown = set()
    for path in RECORDED.glob("*.json.gz"):
        if path.name.removesuffix(".json.gz") not in wanted:
            path.unlink()
            continue
        told = _read(path)["events"]
        shown |= {event["shared"] for _, event in told if "shared" in event}
    for path in SHARED.glob("*.json.gz"):
        if path.name.removesuffix(".json.gz") not in shown:
            path.unlink()


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
