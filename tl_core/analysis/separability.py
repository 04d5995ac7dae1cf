r"""How far can a line tell classes apart, stage by stage?

A linear probe is a linear classifier fitted to the frozen features of a
stage (Alain and Bengio 2017, arXiv:1610.01644): what it reads from samples
it was not fitted to, a later layer could read too. Here it is ridge
regression on one-hot labels,

$$W = (Z'Z + \lambda n\, \overline{z^2}\, I)^{-1} Z' Y,$$

which has no learning rate to get wrong; the strength is chosen on samples of
its own. The same for two domains instead of classes is the proxy A-distance.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

RIDGE = (1e-4, 1e-2, 1.0)
"""Strengths of regularisation that are tried, as shares of the features'
mean square."""


@torch.no_grad()
def probe_accuracy(
    fit: tuple[Tensor, Tensor], test: tuple[Tensor, Tensor]
) -> float:
    """Share of test features (m, d) whose label (m,) a linear probe says,
    fitted to features (n, d) and labels (n,); its strength is the best on
    the last quarter of `fit`.

    Raises:
        ValueError: there are fewer than four samples to fit it to.
    """
    z, y = fit[0].double(), fit[1]
    if len(z) < 4:
        raise ValueError(
            f"A linear probe needs at least 4 labelled samples, not {len(z)}."
        )
    classes = int(max(y.max(), test[1].max())) + 1
    cut = len(z) - len(z) // 4
    chosen = max(
        RIDGE,
        key=lambda s: read(z[:cut], y[:cut], z[cut:], y[cut:], s, classes),
    )
    return read(z, y, test[0].double(), test[1], chosen, classes)


def read(
    z: Tensor, y: Tensor, z_test: Tensor, y_test: Tensor, ridge: float, k: int
) -> float:
    """Accuracy on z_test (m, d) of the probe of one strength for k classes,
    fitted to z (n, d)."""
    mean, hot = z.mean(0), F.one_hot(y, k).double()
    z, z_test, share = z - mean, z_test - mean, hot.mean(0)
    weights = ridge_weights(z, hot - share, ridge)
    said = (z_test @ weights + share).argmax(1)
    return (said == y_test).double().mean().item()


def ridge_weights(z: Tensor, y: Tensor, ridge: float) -> Tensor:
    """W (d, k) for centred z (n, d) and y (n, k), from the smaller of the two
    systems of equations that give it."""
    n, d = z.shape
    penalty = ridge * n * z.square().mean().clamp(min=1e-12)
    if d <= n:
        return torch.linalg.solve(
            z.T @ z + penalty * torch.eye(d).to(z), z.T @ y
        )
    return z.T @ torch.linalg.solve(z @ z.T + penalty * torch.eye(n).to(z), y)


def scatter_ratio(z: Tensor, y: Tensor) -> float:
    """Share in [0, 1] of the variance of features z (n, d) that lies between
    the means of the classes y (n,): 1 where each class is one point."""
    z = z.double() - z.double().mean(0)
    hot = F.one_hot(y).double()
    counts = hot.sum(0).clamp(min=1)
    means = hot.T @ z / counts[:, None]
    between = (means.square().sum(1) * hot.sum(0)).sum()
    return (between / z.square().sum().clamp(min=1e-30)).item()
