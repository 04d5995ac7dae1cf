r"""Which source model will transfer? Scores that need no training.

LogME: the evidence of a Bayesian linear regression from features to one-hot
labels, per sample, at its best prior and noise (You et al. 2021,
arXiv:2102.11005; fixed point of You et al. 2022, JMLR 23(209)). LEEP: the
log-likelihood of labels predicted through the source classes alone (Nguyen
et al. 2020, arXiv:2002.12462). H-score: how much of the features' variance
lies between classes (Bao et al. 2019, doi:10.1109/ICIP.2019.8803726), with a
shrunk covariance where samples are few (Ibrahim et al. 2021,
arXiv:2110.06893).

All grow with the promise; none is a share, and only scores of the same
target samples can be compared.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

ROUNDS = 200
"""Fixed-point steps at most; ten or so are the rule."""
TINY = 1e-10


def logme(z: Tensor, y: Tensor) -> float:
    """LogME of features z (n, d) for labels y (n,): log evidence per sample,
    averaged over the classes that occur.

    Raises:
        ValueError: fewer than two classes occur.
    """
    _check(z, y)
    z, hot = z.double(), F.one_hot(y).double()
    left, size, _ = torch.linalg.svd(z, full_matrices=False)
    logs = [
        evidence(left.T @ label, size, label.square().sum(), z.shape)
        for label in hot.T
        if label.any()
    ]
    return sum(logs) / len(logs) / len(z)


def evidence(
    along: Tensor, size: Tensor, square: Tensor, shape: torch.Size
) -> float:
    """max over alpha, beta of log N(y | 0, I / beta + Z Z' / alpha).

    For Z = U diag(size) V' of `shape` (n, d): `along` = U'y (r,), `square` =
    y'y. Weights have the prior precision alpha, labels the noise precision
    beta; the fixed point is in t = alpha / beta.
    """
    n, d = shape
    power = size.square()
    outside = (square - along.square().sum()).clamp(min=0)
    top = power.max().item() or 1.0
    t = top / 10
    for _ in range(ROUNDS):
        gamma = (power / (power + t)).sum()
        missed, length = _fit(along, power, outside, t)
        ratio = (gamma / length) * missed / (n - gamma)
        new = min(max(ratio.item(), TINY * top), top / TINY)
        done = abs(new - t) <= 1e-8 * t
        t = new
        if done:
            break
    missed, length = _fit(along, power, outside, t)
    beta = n / (missed + t * length)
    alpha = t * beta
    log_det = (power + t).log().sum() + (d - len(size)) * math.log(t)
    value = n * (beta / (2 * math.pi)).log() + d * math.log(t) - log_det
    return ((value - beta * missed - alpha * length) / 2).item()


def _fit(
    along: Tensor, power: Tensor, outside: Tensor, t: float
) -> tuple[Tensor, Tensor]:
    """|Z m - y|^2 and |m|^2 of the posterior mean m, both above 0."""
    missed = (t / (power + t) * along).square().sum() + outside
    length = (power / (power + t).square() * along.square()).sum()
    return missed.clamp(min=TINY), length.clamp(min=TINY / t)


def leep(p: Tensor, y: Tensor) -> float:
    """LEEP, at most 0, of the source head's probabilities p (n, source
    classes) for labels y (n,): the mean of log sum_z P(y | z) p(z | x).

    Raises:
        ValueError: fewer than two classes occur.
    """
    _check(p, y)
    p, hot = p.double(), F.one_hot(y).double()
    together = hot.T @ p / len(y)  # (classes, source classes)
    given = together / together.sum(0).clamp(min=1e-300)
    likely = (p @ given.T).gather(1, y[:, None])
    return likely.log().mean().item()


def h_score(z: Tensor, y: Tensor) -> float:
    """tr(cov(z)^-1 cov(E[z | y])) in [0, d] for features z (n, d), labels y
    (n,). With more features than samples it is classes - 1 whatever y is.

    Raises:
        ValueError: fewer than two classes occur.
    """
    _check(z, y)
    z = z.double() - z.double().mean(0)
    inverse = torch.linalg.pinv(z.T @ z / len(z), hermitian=True)
    return (inverse @ between_classes(z, y)).trace().item()


def shrunk_h_score(z: Tensor, y: Tensor) -> float:
    """The H-score with Ledoit and Wolf's covariance (1 - s) S + s tr(S)/d I
    and the class means shrunk by the same (1 - s), which holds for few
    samples and many features.

    Raises:
        ValueError: fewer than two classes occur.
    """
    from sklearn.covariance import ledoit_wolf

    _check(z, y)
    z = z.double().cpu() - z.double().cpu().mean(0)
    cov, s = ledoit_wolf(z.numpy(), assume_centered=True)
    between = (1 - s) * between_classes(z, y.cpu())
    return torch.linalg.solve(torch.from_numpy(cov), between).trace().item()


def between_classes(z: Tensor, y: Tensor) -> Tensor:
    """cov(E[z | y]) (d, d) of centred features z (n, d), labels y (n,)."""
    hot = F.one_hot(y).to(z)
    counts = hot.sum(0)
    means = (hot.T @ z) / counts.clamp(min=1)[:, None]
    return means.T @ (means * counts[:, None]) / len(z)


def _check(z: Tensor, y: Tensor) -> None:
    if len(z) != len(y) or len(y.unique()) < 2:
        raise ValueError(
            f"{len(z)} samples with {len(y)} labels of {len(y.unique())} "
            "classes cannot be scored; give as many labels as samples, of "
            "at least two classes."
        )
