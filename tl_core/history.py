"""History: the events of one run folded into what a figure or a page needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tl_core.events import (
    ArraysTaken,
    Downloading,
    Evaluated,
    Event,
    Phase,
    PhaseStarted,
    RunFailed,
    RunFinished,
    RunStarted,
    RunStopped,
    StepDone,
)
from tl_core.spec import RunSpec
from tl_core.steps import Curves, Steps

if TYPE_CHECKING:
    import numpy as np


@dataclass
class History:
    """One attempt at one run.

    `seconds` is the time since the attempt began at which the last event
    came; it and `peak_memory` (bytes) are measured by whoever ran the run.
    `told` counts the events.
    """

    spec: RunSpec
    device: str = ""
    classes: tuple[str, ...] = ()
    downloading: Downloading | None = None
    phases: list[PhaseStarted] = field(default_factory=list)
    steps: Steps = field(default_factory=Steps)
    evaluations: list[Evaluated] = field(default_factory=list)
    pictures: dict[str, ArraysTaken] = field(default_factory=dict)
    finished: RunFinished | None = None
    error: str | None = None
    stopped: bool = False
    seconds: float = 0.0
    phase_began: float = 0.0
    peak_memory: int = 0
    recorded: str = ""
    told: int = 0

    def add(self, event: Event, seconds: float | None = None) -> None:
        """Fold in the next event, received `seconds` after the start."""
        self.told += 1
        if seconds is not None:
            self.seconds = seconds
        match event:
            case RunStarted():
                self.device, self.classes = event.device, event.classes
            case Downloading():
                self.downloading = event
            case PhaseStarted():
                self.phases.append(event)
                self.phase_began = self.seconds
            case StepDone():
                self.steps.append(event)
            case Evaluated():
                self.evaluations.append(event)
            case ArraysTaken():
                self.pictures[event.name] = event
            case RunFinished():
                self.finished = event
            case RunFailed():
                self.error = event.error
            case RunStopped():
                self.stopped = True

    @property
    def phase(self) -> Phase | None:
        """The phase the run is in, None before the first."""
        return self.phases[-1].phase if self.phases else None

    @property
    def parameters(self) -> Mapping[str, int]:
        """Counts of the adaptation phase: total, trained, auxiliary."""
        return self.phases[-1].parameters if self.phases else {}

    @property
    def steps_planned(self) -> int:
        """Steps of both phases together, as far as the run has planned."""
        pretrain = sum(p.steps for p in self.phases if p.phase == "pretrain")
        return pretrain + self.spec.steps

    @property
    def progress(self) -> float:
        """Share of all steps done, in [0, 1]."""
        if self.finished:
            return 1.0
        return min(1.0, len(self.steps) / max(1, self.steps_planned))

    def pace(self) -> float | None:
        """Seconds a step has taken in the present phase, None before its
        first step."""
        if not self.steps or self.steps[-1].phase != self.phase:
            return None
        return (self.seconds - self.phase_began) / self.steps[-1].step

    def losses(self, phase: Phase) -> Curves:
        """Each term of the objective as (steps, values)."""
        return self.steps.curves(phase)

    def accuracy(
        self, domain: str, phase: Phase = "adapt"
    ) -> tuple[list[int], list[float]]:
        """A domain's held-out accuracy over the steps of a phase."""
        taken = [
            e
            for e in self.evaluations
            if e.phase == phase and domain in e.accuracy
        ]
        return [e.step for e in taken], [e.accuracy[domain] for e in taken]

    def mmd(self, stage: str) -> tuple[list[int], list[float]]:
        """A stage's MMD^2 over the steps of adaptation."""
        taken = [
            e
            for e in self.evaluations
            if e.phase == "adapt" and stage in e.mmd
        ]
        return [e.step for e in taken], [e.mmd[stage] for e in taken]

    def mmd_null(self, stage: str) -> tuple[list[int], list[float]]:
        """What 95 % of random relabellings stay below, over the steps; older
        records lack it."""
        taken = [e for e in self.evaluations if stage in e.mmd_null]
        return [e.step for e in taken], [e.mmd_null[stage] for e in taken]

    def scores(self, name: str) -> tuple[list[int], list[float]]:
        """Another thing that was measured, over the steps of adaptation."""
        taken = [e for e in self.evaluations if name in e.scores]
        return [e.step for e in taken], [e.scores[name] for e in taken]

    @property
    def stages(self) -> tuple[str, ...]:
        """The stages whose MMD is measured, shallow to deep."""
        return tuple(self.evaluations[-1].mmd) if self.evaluations else ()

    def arrays(self, name: str) -> dict[str, np.ndarray]:
        """The arrays of one picture, empty when it was not taken."""
        if name not in self.pictures:
            return {}
        arrays = self.pictures[name].arrays
        return {key: a.numpy() for key, a in arrays.items()}

    def summary(self, scratch: float | None = None) -> dict[str, Any]:
        """The one-object summary of a finished run.

        `scratch` is the target accuracy of the same network trained from
        scratch; without it the transfer gain is not known (None).

        Raises:
            ValueError: the run is not finished.
        """
        if self.finished is None:
            raise ValueError(f"The run {self.spec.id} is not finished.")
        accuracy = dict(self.finished.accuracy)
        before = accuracy.get("source_before")
        lost = None if before is None else before - accuracy["source"]
        gain = None if scratch is None else accuracy["target"] - scratch
        seconds = max(self.seconds, 1e-9)
        return {
            "id": self.spec.id,
            "spec": self.spec.to_dict(),
            "accuracy": accuracy,
            "forgetting": lost,
            "transfer_gain": gain,
            "mmd": {k: list(v) for k, v in self.finished.mmd.items()},
            "parameters": dict(self.parameters),
            "seconds": round(self.seconds, 3),
            "steps_per_second": round(len(self.steps) / seconds, 1),
            "peak_memory_bytes": self.peak_memory,
            "device": self.device,
        }


def fold(spec: RunSpec, events: Iterable[Event]) -> History:
    """The history of a list of events."""
    history = History(spec)
    for event in events:
        history.add(event)
    return history
