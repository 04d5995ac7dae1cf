"""What runs inside a worker: a training, a probe, and the warm-up.

Importing this module loads no torch, so that the server can ship these
functions by name.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

from tl_core import events, recording
from tl_core.card import SpecError
from tl_core.events import (
    Downloading,
    Event,
    PhaseStarted,
    RunFailed,
    RunStopped,
)
from tl_core.jobs import patience, trouble
from tl_core.spec import spec_from_dict
from tl_core.texts import say

TOPIC = "tl-events"
FLUSH = 0.25
"""Seconds between two batches, and between two looks at the stop flag."""

NICE = 5
"""How far a training stands back: of a full core it gets a quarter."""

NO_MEMORY = (
    "out of memory",
    "not enough memory",
    "allocate memory",
    "bad_alloc",
    "bad allocation",
)
"""What torch and its libraries say when memory is refused."""

Send = Callable[[dict[str, Any]], None]
ShouldStop = Callable[[], bool]


def run(spec: dict[str, Any], ticket: str) -> list[dict[str, Any]]:
    """Train `spec` and send its events as they come.

    `ticket` names this submission of the run: it is what a stop is meant
    for, and every event carries it.

    Returns the batches once more, so that none can be lost on the way.
    """
    from distributed import Event as Flag
    from distributed import get_worker

    stand_back()
    worker = get_worker()
    flag = Flag(stop_flag(ticket))
    run = spec_from_dict(spec).id
    who = {"run": run, "ticket": ticket, "worker": worker.address}
    worker.log_event(TOPIC, who)  # from here on it can be missed
    return follow(
        spec,
        lambda batch: worker.log_event(TOPIC, {**who, "batch": batch}),
        flag.is_set,
        ticket,
    )


def stand_back() -> None:
    """Let the server go first where cores are few: thirty pages that wait
    for an answer feel it, a training hardly. On Linux this is the calling
    thread's priority, and of threads that it starts."""
    if hasattr(os, "setpriority"):
        os.setpriority(os.PRIO_PROCESS, 0, NICE)


def stop_flag(ticket: str) -> str:
    """The name of the flag that stops one submission of a run."""
    return f"tl-stop-{ticket}"


def follow(
    spec: dict[str, Any],
    send: Send,
    should_stop: ShouldStop,
    ticket: str = "here",
) -> list[dict[str, Any]]:
    """Train `spec`, sending batches of events every FLUSH seconds."""
    asked = spec_from_dict(spec)
    # A worker that dies is replaced and the task started again: the same
    # ticket, another execution.
    header = {"run": asked.id, "execution": f"{ticket}/{uuid4().hex}"}
    sent: list[dict[str, Any]] = []
    rows: list[tuple[float, str]] = []
    start = last = time.monotonic()
    seq = 0
    for event in _until_stopped(spec, should_stop):
        now = time.monotonic()
        rows.append((round(now - start, 4), events.to_json(event)))
        ends = isinstance(event, (*events.LAST, PhaseStarted, Downloading))
        if ends or seq == 0 or now - last >= FLUSH:
            batch = {**header, "first_seq": seq, "rows": rows}
            batch["peak_memory"] = recording.peak_memory()
            send(batch)
            sent.append(batch)
            seq, rows, last = seq + len(rows), [], now
    return sent


def _until_stopped(
    spec: dict[str, Any], should_stop: ShouldStop
) -> Iterator[Event]:
    """The run's events; a failure or a stop becomes the last of them."""
    began = looked = time.monotonic()
    try:
        from tl_core.training import train

        for event in train(spec_from_dict(spec)):
            yield event
            if time.monotonic() - looked >= FLUSH:
                looked = time.monotonic()
                if should_stop():
                    yield RunStopped()
                    return
                if looked - began > patience.limit():
                    yield RunFailed(patience.too_long())
                    return
    except Exception as error:
        logging.getLogger(__name__).exception("run failed")
        yield RunFailed(explain(error))


def explain(error: Exception) -> str:
    """An exception as one sentence that says what to do."""
    text = str(error).splitlines()[0] if str(error) else ""
    no_memory = any(words in text.lower() for words in NO_MEMORY)
    if no_memory or isinstance(error, MemoryError):
        where = "GPU" if "cuda" in text.lower() else say("machine")
        return say(
            "The {device} ran out of memory; try a smaller batch size, then "
            "a smaller backbone.",
            device=where,
        )
    if isinstance(error, OSError) and error.errno in trouble.FULL:
        return say("The disk is full; free some space, then run again.")
    if isinstance(error, (SpecError, RuntimeError)) and text:
        return text
    return say(
        "The run failed with {error}: {reason}.",
        error=type(error).__name__,
        reason=text,
    )


def warm() -> str:
    """Do what the first run would have to wait for: load torch, the training
    code and the default data, and take one step, for which torch loads half
    of itself.

    Returns the device in words.
    """
    from tl_core import training
    from tl_core.descent import descend
    from tl_core.device import describe, device, use_threads
    from tl_core.spec import RunSpec
    from tl_core.strategies.base import everything

    stand_back()
    use_threads()
    spec = RunSpec()
    pair = training.load_pair(spec, device())
    model = training.new_network(spec, pair).to(device())
    few = pair.source.train.x[:8]
    list(
        descend(
            model,
            everything(model),
            lambda step: {"warm": model(few).sum()},
            steps=1,
            lr=0.0,
            phase="adapt",
        )
    )
    return describe(device())


def probe(name: str, arguments: dict[str, Any]) -> Any:
    """Answer one of the questions in `tl_core.probes`.

    Raises:
        SpecError: there is no such question.
    """
    from tl_core import probes

    if name not in probes.QUESTIONS:
        raise SpecError(say("There is no probe '{name}'.", name=name))
    return probes.QUESTIONS[name](**arguments)
