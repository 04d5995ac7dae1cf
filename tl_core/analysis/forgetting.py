r"""What is lost of old tasks while new ones are learned, under its names.

With $R_{ij}$ the accuracy on task j after training on tasks 1 to i, of T:

- forgetting, the mean over old tasks of the best that was reached before the
  last task minus what is left after it (Chaudhry et al. 2018,
  arXiv:1801.10112):
  $F = \frac{1}{T-1} \sum_{j<T} \max_{i<T} R_{ij} - R_{Tj}$;
- backward transfer (Lopez-Paz and Ranzato 2017, arXiv:1706.08840):
  $\mathrm{BWT} = \frac{1}{T-1} \sum_{j<T} R_{Tj} - R_{jj}$, which compares
  with the moment after the task's own training and is negative where tasks
  are forgotten;
- forward transfer (the same paper): what earlier tasks give to a task before
  it is trained, over the accuracy b of an untrained network:
  $\mathrm{FWT} = \frac{1}{T-1} \sum_{j>1} R_{j-1,j} - b_j$.

F = -BWT where no old task ever gets better than just after its training, as
with two tasks; otherwise F > -BWT.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Lost:
    """How a task's accuracy fell while another was learned, as shares:
    `first` is at the start, `best` ever, `last` at the end.

    `by_best` is Chaudhry's forgetting, `by_first` that of this project's
    summaries (minus the backward transfer); `lowest` is the deepest point.
    """

    first: float
    best: float
    last: float
    lowest: float

    @property
    def by_first(self) -> float:
        """first - last; negative where the task got better."""
        return self.first - self.last

    @property
    def by_best(self) -> float:
        """best - last; never negative."""
        return self.best - self.last

    @property
    def recovered(self) -> float:
        """last - lowest: how much of a dip was made good again."""
        return self.last - self.lowest


def lost(accuracy: Sequence[float]) -> Lost:
    """What a curve of accuracies (shares, in the order of steps, the first
    before adaptation) says about forgetting.

    Raises:
        ValueError: the curve has no points.
    """
    if not accuracy:
        raise ValueError(
            "A curve without points shows no forgetting; measure the "
            "accuracy at least once before adaptation."
        )
    return Lost(accuracy[0], max(accuracy), accuracy[-1], min(accuracy))


def forgetting(r: np.ndarray) -> np.ndarray:
    """Chaudhry's forgetting of each old task after the last, (T - 1,), from
    accuracies r (T, T), row the last task trained on; F is its mean.

    Raises:
        ValueError: r is not square or has one task only.
    """
    r = checked(r)
    return np.asarray(r[:-1, :-1].max(0) - r[-1, :-1])


def backward_transfer(r: np.ndarray) -> np.ndarray:
    """R_Tj - R_jj of each old task, (T - 1,), from accuracies r (T, T), row
    the last task trained on; BWT is its mean.

    Raises:
        ValueError: r is not square or has one task only.
    """
    r = checked(r)
    return np.asarray(r[-1, :-1] - np.diagonal(r)[:-1])


def forward_transfer(r: np.ndarray, untrained: np.ndarray) -> np.ndarray:
    """R_{j-1,j} - b_j of each later task, (T - 1,), from accuracies r (T, T)
    and those of an untrained network b (T,); FWT is its mean.

    Raises:
        ValueError: r is not square or has one task only.
    """
    r = checked(r)
    return np.asarray(np.diagonal(r, 1) - np.asarray(untrained)[1:])


def final_accuracy(r: np.ndarray) -> float:
    """Mean accuracy over all tasks after the last, from r (T, T); Lopez-Paz
    and Ranzato's ACC.

    Raises:
        ValueError: r is not square or has one task only.
    """
    return float(checked(r)[-1].mean())


def checked(r: np.ndarray) -> np.ndarray:
    """r as floats.

    Raises:
        ValueError: r is not square or has one task only.
    """
    r = np.asarray(r, float)
    if r.ndim != 2 or r.shape[0] != r.shape[1] or len(r) < 2:
        raise ValueError(
            f"Accuracies of shape {r.shape} are no table of tasks; give a "
            "row and a column for each of at least two tasks."
        )
    return r
