r"""Self-attention with its four maps as separate layers.

For tokens $x$ of shape (batch, tokens, width),
$q = W_q x$, $k = W_k x$, $v = W_v x$, each split into heads, and

$$\mathrm{mix}(q, k, v) = \mathrm{softmax}\!\left(
\frac{q k^\top}{\sqrt{d}}\right) v, \qquad
y = W_o\, \mathrm{mix}(q, k, v)$$

Vaswani et al. (2017), Attention is All you Need, arXiv:1706.03762.

Two ways to change it from outside, used by adaptation:

- replace `q`, `k`, `v` or `o` by a module that maps (..., width) to
  (..., width), such as a linear layer with a low-rank addition;
- set `prefix` to a module; it is then called as `prefix(q, k, v)` in the
  place of `mix(q, k, v)`. All three, and what it gives back, are
  (batch, heads, tokens, width / heads). So it can put learnt keys and values
  in front of k and v, or add what it reads from them.
"""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn


def mix(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """softmax(q k' / sqrt(d)) v. q is (batch, heads, tokens, d), k and v
    (batch, heads, keys, d); the result has the shape of q."""
    return F.scaled_dot_product_attention(q, k, v)


class Attention(nn.Module):
    """Every token reads all tokens: (batch, tokens, width), same shape out."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.q = nn.Linear(width, width)
        self.k = nn.Linear(width, width)
        self.v = nn.Linear(width, width)
        self.o = nn.Linear(width, width)
        self.prefix: nn.Module | None = None

    def forward(self, x: Tensor) -> Tensor:
        """x (batch, tokens, width) to the same shape."""
        q, k, v = (self.split(layer(x)) for layer in (self.q, self.k, self.v))
        mixed = (self.prefix or mix)(q, k, v)
        return self.o(mixed.transpose(1, 2).flatten(2))

    def maps(self, x: Tensor) -> Tensor:
        """How much each token reads from each, (batch, heads, tokens,
        tokens); rows sum to 1. What a prefix adds is not in it."""
        q, k = self.split(self.q(x)), self.split(self.k(x))
        return (q @ k.mT / q.shape[-1] ** 0.5).softmax(-1)

    def split(self, x: Tensor) -> Tensor:
        """(batch, tokens, width) to (batch, heads, tokens, width / heads)."""
        return x.unflatten(2, (self.heads, -1)).transpose(1, 2)


def mlp(width: int, hidden: int) -> nn.Sequential:
    """Two linear layers with GELU between, on every token by itself."""
    return nn.Sequential(
        nn.Linear(width, hidden), nn.GELU(), nn.Linear(hidden, width)
    )
