"""The optimiser steps of a run, kept by columns.

A lab remembers some hundred runs at a time, and a run may have thousands of
steps: as numbers in arrays they take a tenth of the memory that as many
`StepDone` take.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from typing import get_args, overload

from tl_core.events import Phase, StepDone

PHASES: dict[str, Phase] = {name: name for name in get_args(Phase)}
"""One text a phase: what is read from a file has another for each step."""
Curves = dict[str, tuple[list[int], list[float]]]
"""Steps and values by term of the objective."""


class Steps(Sequence[StepDone]):
    """Steps in the order in which they came; each can be had back as it
    was."""

    def __init__(self) -> None:
        self._phases: list[Phase] = []
        self._steps = array("q")
        self._terms: list[tuple[str, ...]] = []
        self._begins = array("q")  # where a step's values begin
        self._values = array("d")
        self._known: dict[tuple[str, ...], tuple[str, ...]] = {}

    def append(self, event: StepDone) -> None:
        """Keep one more step."""
        terms = tuple(event.losses)
        self._phases.append(PHASES[event.phase])
        self._begins.append(len(self._values))
        self._values.extend(event.losses.values())
        self._terms.append(self._known.setdefault(terms, terms))
        self._steps.append(event.step)  # last: its length counts

    def curves(self, phase: Phase) -> Curves:
        """Each term of the objective in one phase."""
        found: Curves = {}
        kept = zip(
            self._phases, self._steps, self._terms, self._begins, strict=False
        )
        for its, step, terms, begin in kept:
            if its == phase:
                for place, term in enumerate(terms, begin):
                    steps, values = found.setdefault(term, ([], []))
                    steps.append(step)
                    values.append(self._values[place])
        return found

    def __len__(self) -> int:
        return len(self._steps)

    @overload
    def __getitem__(self, place: int) -> StepDone: ...
    @overload
    def __getitem__(self, place: slice) -> list[StepDone]: ...
    def __getitem__(self, place: int | slice) -> StepDone | list[StepDone]:
        if isinstance(place, slice):
            return [self[k] for k in range(len(self))[place]]
        k = range(len(self))[place]
        losses = dict(self._losses(k))
        return StepDone(self._phases[k], self._steps[k], losses)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Steps) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    def _losses(self, place: int) -> Iterator[tuple[str, float]]:
        terms, begin = self._terms[place], self._begins[place]
        values = self._values[begin : begin + len(terms)]
        return zip(terms, values, strict=True)
