"""Where the time of the default run goes."""

from __future__ import annotations

import cProfile
import pstats
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.benchmarks.timing import FULL, Row, Sizes, faster, seconds, shown
from tl_core import checkpoints, events, training
from tl_core.spec import RunSpec, spec_from_settings

GROUP = "default run"
OURS = str(Path(training.__file__).parent)
PROFILE = Path(__file__).parent / "profile.md"
MOST = 15
"""Lines of each half of the profile."""
Place = tuple[str, str]
"""File and function."""
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
    spent = profiled(spec)
    yield own(spent)
    if sizes == FULL:
        PROFILE.write_text(table(spec, spent), encoding="utf-8")


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


def profiled(spec: RunSpec) -> dict[Place, float]:
    """Seconds of a run in each function's own lines."""
    profile = cProfile.Profile()
    profile.enable()
    list(training.train(spec))
    profile.disable()
    spent: dict[Place, float] = defaultdict(float)
    for (file, _, name), found in pstats.Stats(profile).stats.items():
        spent[file, name] += found[2]
    return spent


def own(spent: Mapping[Place, float]) -> Row:
    """Our function that spends most in its own lines, without torch's."""
    whole = sum(spent.values())
    ours = {at: taken for at, taken in spent.items() if is_ours(at)}
    most = max(ours, key=ours.__getitem__)
    return row(
        "our function with most time of its own",
        ours[most],
        whole,
        "≤ 0.05",
        f"{shown_place(most)}, by cProfile; all of ours together "
        f"{sum(ours.values()) / whole:.1%}; profile.md has more",
    )


def is_ours(at: Place) -> bool:
    """Whether a function is one of the lab's."""
    return at[0].startswith(OURS)


def shown_place(at: Place) -> str:
    """File and function."""
    return f"{Path(at[0]).name}:{at[1]}".removeprefix("~:")


def table(spec: RunSpec, spent: Mapping[Place, float]) -> str:
    """The functions with most time of their own, ours and others'."""
    whole = sum(spent.values())
    falling = sorted(spent, key=lambda at: -spent[at])
    lines = [
        "# Profile of the default run",
        "",
        f"{spec.dataset}, {spec.backbone}, {spec.strategy}, {spec.steps} "
        f"steps: {whole:.1f} s under cProfile, source training from its "
        "checkpoint. Time in a function's own lines.",
    ]
    for title, wanted in (("The lab's", True), ("All others", False)):
        lines += ["", f"| {title} | seconds | share |", "|---|---|---|"]
        of = [at for at in falling if is_ours(at) is wanted][:MOST]
        lines += [
            f"| `{shown_place(at)}` | {spent[at]:.3f} "
            f"| {spent[at] / whole:.1%} |"
            for at in of
        ]
    return "\n".join([*lines, ""])
