"""What prefix and prompt tuning put into a transformer."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from tl_core.backbones.attention import mix
from tl_core.backbones.base import Network
from tl_core.strategies.base import ParamGroup


class LearntPrefix(nn.Module):
    """`length` keys and values (heads, length, d), and a gate a head.

    Attention over tokens and prefix together is (1 - lambda) of the tokens'
    own plus lambda of the prefix's, lambda(q) the prefix's share of the
    softmax (He et al. 2022, arXiv:2110.04366). The gate scales that share.
    """

    def __init__(self, heads: int, length: int, d: int) -> None:
        super().__init__()
        self.keys = nn.Parameter(torch.randn(heads, length, d))
        self.values = nn.Parameter(torch.randn(heads, length, d))
        self.gate = nn.Parameter(torch.zeros(heads, 1, 1))

    def forward(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        """Two readings mixed; all (batch, heads, tokens, d)."""
        share, weights = self.share(q, k)
        own = mix(q, k, v)
        return own + share * (weights @ self.values - own)

    def share(self, q: Tensor, k: Tensor) -> tuple[Tensor, Tensor]:
        """tanh(g) lambda(q), (batch, heads, tokens, 1), and the weights of
        the learnt keys among themselves (..., length)."""
        scores = q @ self.keys.mT / q.shape[-1] ** 0.5
        others = q @ k.mT / q.shape[-1] ** 0.5
        learnt = scores.logsumexp(-1, keepdim=True)
        mass = (learnt - others.logsumexp(-1, keepdim=True)).sigmoid()
        return self.gate.tanh() * mass, scores.softmax(-1)

    def maps(self, q: Tensor, k: Tensor) -> Tensor:
        """Who reads what, (batch, heads, tokens, length + tokens)."""
        share, weights = self.share(q, k)
        others = (q @ k.mT / q.shape[-1] ** 0.5).softmax(-1)
        return torch.cat([share * weights, (1 - share) * others], dim=-1)


class Insert(nn.Module):
    """Learnt tokens (length, width) behind the first token, without a
    position. They start uniform within sqrt(6 / (fan_in + width)), `fan_in`
    the numbers in a patch, as in visual prompt tuning."""

    def __init__(self, length: int, width: int, fan_in: int) -> None:
        super().__init__()
        reach = (6 / (fan_in + width)) ** 0.5
        start = torch.empty(length, width).uniform_(-reach, reach)
        self.prompt = nn.Parameter(start)

    def forward(self, x: Tensor) -> Tensor:
        """(batch, tokens, width) to (batch, length + tokens, width)."""
        prompt = self.prompt.expand(len(x), -1, -1)
        return torch.cat([x[:, :1], prompt, x[:, 1:]], dim=1)


class Remove(nn.Module):
    """Take them out again."""

    def __init__(self, length: int) -> None:
        super().__init__()
        self.length = length

    def forward(self, x: Tensor) -> Tensor:
        """(batch, length + tokens, width) to (batch, tokens, width)."""
        return torch.cat([x[:, :1], x[:, 1 + self.length :]], dim=1)


def two_rates(
    model: Network, learnt: list[nn.Parameter], lr_scale: float
) -> list[ParamGroup]:
    """What was put in at `lr_scale` times the rate of all else that is
    trained: the head, and stages of the backbone that are new."""
    inserted = {id(p) for p in learnt}
    trained = [p for p in model.parameters() if p.requires_grad]
    others = [p for p in trained if id(p) not in inserted]
    return [
        {"params": others, "lr_scale": 1.0},
        {"params": learnt, "lr_scale": lr_scale},
    ]
