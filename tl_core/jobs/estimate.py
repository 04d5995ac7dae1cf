"""How long a run will take, from how long runs like it have taken."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from tl_core import recording
from tl_core.card import SpecError
from tl_core.jobs.records import RunRecord
from tl_core.jobs.store import RunStore
from tl_core.spec import RunSpec

LOOKED_AT = 100
ALIKE = (
    ("dataset", "backbone", "strategy"),
    ("backbone", "strategy"),
    ("backbone",),
)


def duration(store: RunStore, spec: RunSpec) -> float | None:
    """Seconds that `spec` should take, None when nothing alike has run.

    The cost of a run grows with steps times batch size; its price is taken
    from finished runs that share the pair, backbone and strategy, or as many
    of these as possible.
    """
    return _duration(_done(store), spec)


def together(
    store: RunStore, specs: Sequence[RunSpec], workers: int
) -> float | None:
    """Seconds until all of `specs` are done on so many workers, None when
    nothing alike has run. A run of which nothing is known counts as the mean
    of the others."""
    done, times = _done(store), []
    for spec in specs:
        record = store.get(spec.id)
        if record is not None and record.state == "running":
            times.append(left(store, record))
        elif record is None or record.state in ("queued", "stopped"):
            times.append(_duration(done, spec))
    known = [t for t in times if t is not None]
    if not known:
        return None if times else 0.0
    return sum(known) / len(known) * len(times) / workers


def _done(store: RunStore) -> list[RunRecord]:
    return [r for r in store.recent(LOOKED_AT) if r.state == "done"]


def _duration(done: Sequence[RunRecord], spec: RunSpec) -> float | None:
    for names in ALIKE:
        prices = [
            r.seconds / work(r.spec)
            for r in done
            if all(getattr(r.spec, n) == getattr(spec, n) for n in names)
        ]
        if prices:
            return median(prices) * work(spec)
    for like in (spec, _usual(spec)):
        recorded = recording.read(like.id)
        if recorded is not None:
            return recorded.seconds / work(like) * work(spec)
    return None


def _usual(spec: RunSpec) -> RunSpec:
    """The same three choices in their default settings, as far as they go
    together."""
    try:
        return RunSpec(spec.dataset, spec.backbone, spec.strategy)
    except SpecError:
        return spec


def work(spec: RunSpec) -> int:
    """Samples that pass through the network while it trains."""
    pretraining = 64 * spec.pretrain_steps
    return pretraining + 2 * spec.batch_size * spec.steps


def left(store: RunStore, record: RunRecord) -> float | None:
    """Seconds until a run ends, once it has begun: from its own pace as soon
    as it moves, else from others like it."""
    return times(store, [record])[0]


def times(store: RunStore, records: Sequence[RunRecord]) -> list[float | None]:
    """The same of many; what is done is read once, and what runs of one pair,
    backbone and strategy cost is looked up once."""
    done = _done(store)
    prices: dict[tuple[str, str, str], float | None] = {}

    def expected(spec: RunSpec) -> float | None:
        key = spec.dataset, spec.backbone, spec.strategy
        if key not in prices:
            seconds = _duration(done, spec)
            prices[key] = None if seconds is None else seconds / work(spec)
        price = prices[key]
        return None if price is None else price * work(spec)

    return [_left(store, record, expected(record.spec)) for record in records]


def _left(
    store: RunStore, record: RunRecord, expected: float | None
) -> float | None:
    history = store.history(record.id) if record.state == "running" else None
    if history is None:
        return expected
    if history.progress > 0.05:
        # Source training may come from a checkpoint, in no time: only the
        # present phase tells the pace.
        pace = history.pace()
        if pace:
            planned = history.steps_planned - len(history.steps)
            return pace * planned
    return None if expected is None else max(1.0, expected - history.seconds)


def total(times: Sequence[float | None]) -> float | None:
    """The sum, None when a part is unknown."""
    known = [t for t in times if t is not None]
    return sum(known) if len(known) == len(times) else None
