"""The reader's entries, joined with what the lab knows of them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tl_core import catalog, interview, mastery, recording, sentences
from tl_core.code_items import code_items
from tl_core.history import History
from tl_core.jobs import engine
from tl_core.mastery import RUN, Done
from tl_core.progress import AnyEntry, Guess, Run
from tl_core.spec import RunSpec
from tl_core.texts import say


def done(entries: Sequence[AnyEntry]) -> dict[str, Done]:
    """Predicted, run and explained, by the id of each idea."""
    return mastery.done(entries, specs(entries), sections())


def sections() -> dict[str, str]:
    """Where questions and code items stand in the syllabus, by key."""
    asked = {q.key: q.section for q in interview.questions()}
    return asked | {item.key: item.section for item in code_items()}


def specs(entries: Sequence[AnyEntry]) -> dict[str, RunSpec]:
    """The specs of runs that were started or guessed at, as far as they are
    kept or recorded."""
    ids = [e.key for e in entries if isinstance(e, Run)]
    ids += [
        e.key.removeprefix(RUN)
        for e in entries
        if isinstance(e, Guess) and e.key.startswith(RUN)
    ]
    found = {}
    for run in dict.fromkeys(ids):
        history = history_of(run)
        if history is not None:
            found[run] = history.spec
    return found


def history_of(run: str) -> History | None:
    """A run of this lab, kept or recorded; its id may come from a file."""
    if not re.fullmatch(r"[0-9a-f]{1,64}", run):
        return None
    return engine.current().store.history(run) or recording.read(run)


def reached(run: str) -> float | None:
    """The target accuracy of a finished run, a share."""
    history = history_of(run)
    if history is None or history.finished is None:
        return None
    return history.finished.accuracy.get("target")


def own(entries: Sequence[AnyEntry], most: int) -> list[History]:
    """The finished runs that were started from this browser, newest
    first."""
    ids = [e.key for e in reversed(entries) if isinstance(e, Run)]
    found = (history_of(run) for run in ids)
    finished = [h for h in found if h is not None and h.finished]
    return finished[:most]


def name(spec: RunSpec) -> str:
    """A run by strategy and pair."""
    pair = catalog.entry("datasets", spec.dataset).card.title
    return say(
        "{sentences} · {pair} · seed {seed}",
        sentences=sentences.title(spec.strategy),
        pair=pair,
        seed=spec.seed,
    )
