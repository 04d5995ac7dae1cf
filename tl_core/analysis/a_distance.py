r"""The proxy A-distance: how well a linear classifier tells domains apart.

$$\hat d_{\mathcal A} = 2\,(1 - 2\,\varepsilon)$$

with $\varepsilon$ its error on samples it was not fitted to: 2 for domains
that a line separates, 0 for domains it cannot tell apart. Ben-David et al.
(2010), Machine Learning 79, doi:10.1007/s10994-009-5152-4; Ganin et al.
(2016) section 5.1.4 measure features so, with a fresh classifier each time.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

RIDGE = (1e-3, 1e-1, 1e1)
"""Strengths of regularisation that are tried, as shares of the features'
mean variance; the best counts, as in Ganin et al."""


@torch.no_grad()
def proxy_a_distance(zs: Tensor, zt: Tensor, seed: int = 0) -> float:
    """2 (1 - 2 error) in [0, 2] of features zs (n, d) and zt (m, d).

    A regularised least-squares classifier is fitted to a random half of each
    domain; its balanced error is that of the other halves.
    """
    generator = torch.Generator().manual_seed(seed)
    fit_s, held_s = _halves(zs.double().cpu(), generator)
    fit_t, held_t = _halves(zt.double().cpu(), generator)
    error = min(
        _error(fit_s, fit_t, held_s, held_t, strength) for strength in RIDGE
    )
    return max(0.0, 2 * (1 - 2 * error))


def of_last_stage(
    features: Mapping[str, Mapping[str, Tensor]],
) -> dict[str, float]:
    """The `a_distance` of the last of the stages' features (n, d), given by
    domain and stage, shallow to deep; {} without source samples."""
    if "source" not in features:
        return {}
    zs, zt = (list(features[k].values())[-1] for k in ("source", "target"))
    return {"a_distance": proxy_a_distance(zs, zt)}


def _halves(z: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    order = torch.randperm(len(z), generator=generator)
    return z[order[: len(z) // 2]], z[order[len(z) // 2 :]]


def _error(
    fit_s: Tensor, fit_t: Tensor, held_s: Tensor, held_t: Tensor, ridge: float
) -> float:
    """Mean of both domains' held-out error rates."""
    x = torch.cat([fit_s, fit_t])
    y = torch.cat([-fit_s.new_ones(len(fit_s)), fit_t.new_ones(len(fit_t))])
    mean = x.mean(0)
    x, y = x - mean, y - y.mean()
    scale = x.square().mean().clamp(min=1e-12)
    penalty = ridge * scale * len(x)
    n, d = x.shape
    if d <= n:
        gram = x.T @ x + penalty * torch.eye(d, dtype=x.dtype)
        weights = torch.linalg.solve(gram, x.T @ y)
    else:  # the same weights from as many equations as there are samples
        gram = x @ x.T + penalty * torch.eye(n, dtype=x.dtype)
        weights = x.T @ torch.linalg.solve(gram, y)
    middle = ((fit_s - mean) @ weights).mean() + (
        (fit_t - mean) @ weights
    ).mean()
    wrong_s = ((held_s - mean) @ weights > middle / 2).double().mean()
    wrong_t = ((held_t - mean) @ weights <= middle / 2).double().mean()
    return (wrong_s + wrong_t).item() / 2
