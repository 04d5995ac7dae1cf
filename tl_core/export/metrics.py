"""All numbers of runs as one long table: run, seq, phase, step, name, value.

A name says what was measured and, after a slash, of what: `loss/TERM`,
`accuracy/DOMAIN`, `mmd/STAGE`, `mmd_by_chance/STAGE`, `score/NAME`; at the
end of a run `final/NAME` on all test samples, and what the run cost. Rows of
one moment share a `seq`, the moments of a run in order.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from tl_core.history import History


class Row(NamedTuple):
    """One number. Units: shares in [0, 1], losses in nats, MMD^2 without,
    seconds, bytes."""

    run: str
    seq: int
    phase: str
    step: int
    name: str
    value: float


Moment = tuple[str, int, dict[str, float]]
"""A phase, a step of it, and what was measured then."""


def rows(histories: Sequence[History]) -> Iterator[Row]:
    """Every number of some runs, in the order in which they came."""
    for history in histories:
        for seq, (phase, step, measured) in enumerate(moments(history)):
            for name, value in measured.items():
                yield Row(history.spec.id, seq, phase, step, name, value)


def moments(history: History) -> Iterator[Moment]:
    """Steps and measurements by phase and step, then the end."""
    for phase in ("pretrain", "adapt"):
        steps = {e.step: e for e in history.steps if e.phase == phase}
        looks = {e.step: e for e in history.evaluations if e.phase == phase}
        for step in sorted(steps.keys() | looks.keys()):
            if step in steps:
                yield phase, step, named("loss", steps[step].losses)
            if step in looks:
                look = looks[step]
                yield (
                    phase,
                    step,
                    named("accuracy", look.accuracy)
                    | named("mmd", look.mmd)
                    | named("mmd_by_chance", look.mmd_null)
                    | named("score", look.scores),
                )
    if history.finished:
        yield "end", history.spec.steps, end(history)


def end(history: History) -> dict[str, float]:
    """What a finished run reached and cost."""
    assert history.finished is not None
    return {
        **named("final", history.finished.accuracy),
        **named("parameters", history.parameters),
        "seconds": history.seconds,
        "peak_memory_bytes": float(history.peak_memory),
    }


def named(kind: str, values: Mapping[str, float]) -> dict[str, float]:
    """The values under `kind/name`."""
    return {f"{kind}/{name}": float(value) for name, value in values.items()}


def as_csv(histories: Sequence[History]) -> str:
    """The table as CSV, every digit kept."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(Row._fields)
    writer.writerows((*row[:-1], repr(row.value)) for row in rows(histories))
    return file.getvalue()


def as_parquet(histories: Sequence[History]) -> bytes:
    """The table as a parquet file, runs and names as dictionaries."""
    # pyarrow takes a third of a second to load: not before it is needed.
    import pyarrow as pa
    import pyarrow.parquet as pq

    text = pa.dictionary(pa.int32(), pa.string())
    kinds = [text, pa.int32(), text, pa.int32(), text, pa.float64()]
    told = list(rows(histories))
    columns = [[row[place] for row in told] for place in range(len(kinds))]
    arrays = [pa.array(c, k) for c, k in zip(columns, kinds, strict=True)]
    file = io.BytesIO()
    pq.write_table(pa.table(dict(zip(Row._fields, arrays, strict=True))), file)
    return file.getvalue()
