"""One board for a class: all runs near a preset, and who guessed what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from tl_core import spec_difference
from tl_core.jobs import library, predictions
from tl_core.jobs.store import RunStore
from tl_core.spec import RunSpec

Guesses = Mapping[str, Mapping[str, float]]
"""Shares, by run and person."""
MOST = 2
"""Settings in which a run of the board may differ from its preset."""


@dataclass(frozen=True)
class Place:
    """A finished run on the board. `changes` are the settings in which it
    differs from the preset."""

    run: str
    name: str
    spec: RunSpec
    changes: tuple[str, ...]
    accuracy: float


def board(store: RunStore, preset: RunSpec) -> list[Place]:
    """Every finished run kept here that is near the preset, the best target
    accuracy first."""
    kept = {
        run.id: run
        for run in library.listed(store)
        if run.state == "done" and run.dataset == preset.dataset
    }
    places = [
        Place(
            run,
            kept[run].name,
            spec,
            tuple(spec_difference.steps(preset, spec)),
            end.accuracy["target"],
        )
        for run, (spec, end) in library.ends(store, kept).items()
        if spec_difference.near(preset, spec, MOST)
    ]
    return sorted(places, key=lambda place: (-place.accuracy, place.run))


def guesses(store: RunStore, places: Sequence[Place]) -> Guesses:
    """What everybody expected of each run, by run and person."""
    return {
        place.run: predictions.guesses(store, f"run:{place.run}")
        for place in places
    }


def guests(
    places: Sequence[Place], guessed: Guesses
) -> dict[str, list[float]]:
    """Everybody who guessed, who comes nearest on average first, with how
    far each guess was off, as shares."""
    off: dict[str, list[float]] = {}
    for place in places:
        for person, guess in guessed[place.run].items():
            off.setdefault(person, []).append(abs(place.accuracy - guess))
    order = sorted(off, key=lambda person: (fmean(off[person]), person))
    return {person: off[person] for person in order}
