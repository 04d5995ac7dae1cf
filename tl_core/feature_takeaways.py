"""What a chart of features shows, in one sentence with its own numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from tl_core.sentences import percent
from tl_core.texts import say

Rows = Mapping[str, Mapping[str, float]]
READERS = {
    "source": say("source classes"),
    "target": say("target classes"),
    "across": say("target classes by the source's probe"),
}
"""What each of a stage's linear probes reads."""


def probes(found: Rows) -> str:
    """Where each kind of linear probe starts and ends."""
    stages = list(found)
    parts = []
    for key, name in READERS.items():
        shares = [row[key] for row in found.values() if key in row]
        if shares:
            parts.append(
                say(
                    "{name} go from {first} to {last}",
                    name=name,
                    first=percent(shares[0]),
                    last=percent(shares[-1]),
                )
            )
    return say(
        "Read by linear probes from {first} to {last}, {parts}.",
        first=stages[0],
        last=stages[-1],
        parts=", ".join(parts),
    )


def apart(found: Rows) -> str:
    """The A-distance of the domains at first, at last, and at most."""
    values = {stage: row["a_distance"] for stage, row in found.items()}
    (first, low), *_, (last, high) = values.items()
    most = max(values, key=values.__getitem__)
    return say(
        "The domains lie {low:.2f} of 2 apart at {first} and {high:.2f} at "
        "{last}; farthest at {most}, with {highest:.2f}.",
        low=low,
        first=first,
        high=high,
        last=last,
        most=most,
        highest=values[most],
    )


def kept(
    cka: np.ndarray,
    stages: Sequence[str],
    by: str = "training",
    start: str = say("its random start"),
) -> str:
    """Which stage was changed most `by` something: the diagonal of CKA
    (n, n) with the `start`."""
    own = np.diag(cka)
    least, most = int(own.argmin()), int(own.argmax())
    return say(
        "By CKA {by} changed {changed} most, which agrees with {start} to "
        "{low:.2f}, and {same} least, which agrees to {high:.2f}.",
        by=by,
        changed=stages[least],
        start=start,
        low=own[least],
        same=stages[most],
        high=own[most],
    )


def turned(cosines: Sequence[float]) -> str:
    """Which filter training turned most: cosines with the random start."""
    values = np.asarray(cosines)
    most, least = int(values.argmin()), int(values.argmax())
    return say(
        "{count} filters; training turned filter {most} most, to a cosine "
        "of {low:.2f} with its start, and filter {least} least, to "
        "{high:.2f}.",
        count=len(values),
        most=most,
        low=values[most],
        least=least,
        high=values[least],
    )


def spectra(log_power: np.ndarray) -> str:
    """How many filters pass what does not change: log power (n, s, s),
    frequency 0 in the middle."""
    n, s = log_power.shape[:2]
    middle = s // 2 * s + s // 2
    flat = int((log_power.reshape(n, -1).argmax(1) == middle).sum())
    return say(
        "Log power spectra of {n} filters: {flat} are strongest at frequency "
        "0, in the middle, and {waves} at a wave.",
        n=n,
        flat=flat,
        waves=n - flat,
    )


def explained(r2: Sequence[float], null: Sequence[float]) -> str:
    """How well Gabor functions explain these filters and random ones."""
    return say(
        "Half of these filters reach an R² of {these:.2f} or less with a "
        "Gabor function, half of the random ones {random:.2f} or less.",
        these=np.median(r2),
        random=np.median(null),
    )


def maps(values: np.ndarray, stage: str) -> str:
    """Which of the maps (n, h, w) of a stage answers most strongly."""
    most = values.max((1, 2))
    dark = int((most <= 0).sum())
    return say(
        "{count} maps of {stage}; map {place} answers most strongly, with "
        "{answer:.3g}, and {dark} are nowhere above 0.",
        count=len(values),
        stage=stage,
        place=int(most.argmax()),
        answer=most.max(),
        dark=dark,
    )


def evidence(heat: np.ndarray, said: str) -> str:
    """Where a Grad-CAM map (h, w) in [0, 1] is strongest."""
    row, column = divmod(int(heat.argmax()), heat.shape[1])
    wide = float((heat >= 0.5).mean())
    return say(
        "Evidence for {said} is strongest {row} pixels from the top and "
        "{column} from the left; {wide} of the picture hold at least half as "
        "much.",
        said=said,
        row=row,
        column=column,
        wide=percent(wide),
    )
