"""What a run says while it happens: a closed set of small frozen records.

`training.train` yields them, the store keeps them, `history.History` folds
them, figures draw the fold. No event holds a clock: a run repeated on the
same machine yields equal events; whoever receives them notes the time.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import numpy as np

Phase = Literal["pretrain", "adapt"]


@dataclass(frozen=True)
class Array:
    """A numpy array as comparable, JSON-able data (little-endian bytes)."""

    shape: tuple[int, ...]
    dtype: str
    data: bytes

    @classmethod
    def of(cls, values: np.ndarray) -> Array:
        """Copy a numpy array of numbers."""
        return cls(tuple(values.shape), values.dtype.str, values.tobytes())

    def numpy(self) -> np.ndarray:
        """The numbers, read-only."""
        import numpy as np

        return np.frombuffer(self.data, self.dtype).reshape(self.shape)


@dataclass(frozen=True)
class RunStarted:
    """The first event. `parameters`: total, trained, auxiliary counts."""

    spec: Mapping[str, Any]
    device: str
    classes: tuple[str, ...]


@dataclass(frozen=True)
class Downloading:
    """Files of `what` are on their way; `share` of them is here, in [0, 1]."""

    what: str
    share: float


@dataclass(frozen=True)
class PhaseStarted:
    """A phase of `steps` steps begins: source training or adaptation."""

    phase: Phase
    steps: int
    parameters: Mapping[str, int]


@dataclass(frozen=True, slots=True)  # there are very many of them
class StepDone:
    """One optimiser step. `losses`: one value per term of the objective."""

    phase: Phase
    step: int
    losses: Mapping[str, float]


@dataclass(frozen=True)
class Evaluated:
    """Measured on held-out samples after `step` steps of `phase`.

    `accuracy`: share in [0, 1] by domain. `mmd`: unbiased MMD^2 between the
    domains' features by stage. `samples`: how many of each domain were used.
    `scores`: what else was measured, by name; "information" is what
    predictions on unlabelled target samples carry (see selection.py).
    `mmd_null`: what 95 % of random relabellings of the domains stay below.
    """

    phase: Phase
    step: int
    accuracy: Mapping[str, float]
    mmd: Mapping[str, float]
    samples: int
    scores: Mapping[str, float] = field(default_factory=dict)
    mmd_null: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class ArraysTaken:
    """A picture of the run's inside, by name."""

    name: str
    step: int
    arrays: Mapping[str, Array]


@dataclass(frozen=True)
class RunFinished:
    """The last event of a run that went to its end, on the full test sets.

    `accuracy` has target and, where there are source samples, target_before,
    source, source_before and source_old_head (the source test set read by the
    head of source training). Where the target has other classes, source is
    read by that head too, and target_before counts a sample as right when the
    head names its class. source_adapter_off: read by that head too, what
    adaptation added switched off, for strategies where that can be done.
    """

    accuracy: Mapping[str, float]
    mmd: Mapping[str, tuple[float, float]]
    samples: Mapping[str, int]


@dataclass(frozen=True)
class RunFailed:
    """The run could not go on; `error` says why and what to do."""

    error: str


@dataclass(frozen=True)
class RunStopped:
    """Somebody pressed Stop."""


Event = (
    RunStarted
    | Downloading
    | PhaseStarted
    | StepDone
    | Evaluated
    | ArraysTaken
    | RunFinished
    | RunFailed
    | RunStopped
)
LAST = (RunFinished, RunFailed, RunStopped)
_TYPES: dict[str, Any] = {
    kind.__name__: kind
    for kind in (
        RunStarted,
        Downloading,
        PhaseStarted,
        StepDone,
        Evaluated,
        ArraysTaken,
        RunFinished,
        RunFailed,
        RunStopped,
    )
}


def to_json(event: Event) -> str:
    """One event as one line of JSON, its type under "event"."""
    return json.dumps(to_dict(event))


def to_dict(event: Event) -> dict[str, Any]:
    """One event as plain data; bytes become base64 text."""
    kept = {i.name: getattr(event, i.name) for i in fields(event)}
    data = {"event": type(event).__name__, **kept}
    if isinstance(event, ArraysTaken):
        data["arrays"] = {
            name: {
                "shape": list(a.shape),
                "dtype": a.dtype,
                "data": base64.b64encode(a.data).decode(),
            }
            for name, a in event.arrays.items()
        }
    return data


def from_json(line: str) -> Event:
    """Read what `to_json` wrote.

    Raises:
        ValueError: not JSON, not a known event, or not its fields.
    """
    return from_dict(json.loads(line))


def from_dict(data: Mapping[str, Any]) -> Event:
    """Read what `to_dict` wrote.

    Raises:
        ValueError: not a known event, or not its fields.
    """
    kind = _TYPES.get(str(data.get("event")))
    if kind is None:
        raise ValueError(f"There is no event '{data.get('event')}'.")
    values = {**data}
    del values["event"]
    required, names = _names(kind)
    if values.keys() != names and not required <= values.keys() <= names:
        raise ValueError(f"{kind.__name__} has the fields {sorted(names)}.")
    if kind is ArraysTaken:
        values["arrays"] = {
            name: _array(a) for name, a in values["arrays"].items()
        }
    if kind is RunStarted:
        values["classes"] = tuple(values["classes"])
    if kind is RunFinished:
        values["mmd"] = {k: tuple(v) for k, v in values["mmd"].items()}
    return kind(**values)


@cache
def _names(kind: type) -> tuple[set[str], set[str]]:
    """Fields that an event must have, and all that it may have; older
    records lack later ones."""
    every = fields(kind)
    required = {i.name for i in every if i.default_factory is MISSING}
    return required, {i.name for i in every}


def _array(data: Mapping[str, Any]) -> Array:
    raw = base64.b64decode(data["data"])
    return Array(tuple(data["shape"]), data["dtype"], raw)
