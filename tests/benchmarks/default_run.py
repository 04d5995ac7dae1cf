"""Where the time of the default run goes."""

from __future__ import annotations

import cProfile
import pstats
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.timing import FULL, Row, Sizes, faster, seconds, shown
from tl_core import checkpoints, events, training
from tl_core.spec import RunSpec, spec_from_settings

GROUP = "default run"
OURS = str(Path(training.__file__).parent)
MEASURED = ("Evaluated", "ArraysTaken", "RunFinished")


def rows(sizes: Sizes) -> Iterator[Row]:
    """By kind of event, and the largest share of a function of ours."""
    if sizes == FULL:
        spec = RunSpec()
    else:
        small = {"strategy": "mmd", "dataset": "moons", "backbone": "mlp"}
        plain = {"steps": 2, "pretrain_steps": 2}
        spec = spec_from_settings({**small, **plain})
    list(training.train(spec))  # source training is in its checkpoint now
    yield loading(spec)
    yield from by_event(spec)
    yield own(spec)


def row(work: str, spent: float, whole: float, goal: str, note: str) -> Row:
    """A share of the run."""
    return Row(
        GROUP,
        work,
        shown(spent),
        "the whole run",
        shown(whole),
        spent / whole,
        goal,
        note,
    )


def loading(spec: RunSpec) -> Row:
    """The domain pair of a second run in a process, and the hash of its
    samples, which finds the checkpoint."""
    where = training.device()
    pair = training.load_pair(spec, where)
    kept = seconds(lambda: training.load_pair(spec, where))
    training._load_pair.cache_clear()
    anew = seconds(lambda: training.load_pair(spec, where))
    hashed = seconds(lambda: checkpoints.key(spec, pair.source))
    work = "data of a second run in one process"
    note = f"the hash that finds its checkpoint takes {shown(hashed)}"
    both = kept, anew
    return faster(GROUP, work, "read from the cached file", both, "≥ 1", note)


def by_event(spec: RunSpec) -> Iterator[Row]:
    """Steps, looks, pictures and verdict; source training comes from its
    checkpoint."""
    spent: dict[str, float] = defaultdict(float)
    start = last = time.perf_counter()
    for event in training.train(spec):
        now = time.perf_counter()
        spent[type(event).__name__] += now - last
        last = now
        events.to_json(event)
    whole = time.perf_counter() - start
    measured = sum(spent[name] for name in MEASURED)
    steps = spent["StepDone"]
    rest = whole - measured - steps
    of = f"{spec.strategy}, {spec.steps} steps"
    yield row(f"steps ({of})", steps, whole, "", "")
    note = ", ".join(f"{k} {shown(spent[k])}" for k in MEASURED)
    yield row("all that is measured", measured, whole, "≤ 0.2", note)
    yield row("start, checkpoint, events", rest, whole, "≤ 0.05", "")


def own(spec: RunSpec) -> Row:
    """Our function that spends most in its own lines, without torch's."""
    profile = cProfile.Profile()
    profile.enable()
    list(training.train(spec))
    profile.disable()
    stats = pstats.Stats(profile).stats
    whole = sum(found[2] for found in stats.values())
    ours = {
        f"{Path(file).name}:{name}": found[2]
        for (file, _, name), found in stats.items()
        if file.startswith(OURS)
    }
    name = max(ours, key=ours.__getitem__)
    return row(
        "our function with most time of its own",
        ours[name],
        whole,
        "≤ 0.05",
        f"{name}, by cProfile; all of ours together "
        f"{sum(ours.values()) / whole:.1%}",
    )
