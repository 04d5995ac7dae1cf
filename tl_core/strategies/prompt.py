r"""# Prompt tuning

Freeze the transformer and hand it, besides the image's tokens, a few learnt
ones that stand for no patch. *Shallow*: they enter before the first block
and pass through all of them. *Deep*: every block gets its own, which replace
those of the block before. It helps when the frozen transformer already knows
what the target needs and only has to be asked for it; it is slow to learn,
fond of large rates, and of little use where the pretrained features are
poor.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor, nn

from tl_core.analysis.attention import attentions
from tl_core.backbones.base import Network
from tl_core.card import Sees, StrategyCard, hyper
from tl_core.datasets.base import VisiblePair
from tl_core.learnt_tokens import Insert, Remove, two_rates
from tl_core.strategies.base import (
    Batch,
    ParamGroup,
    cross_entropy,
    start_head,
)


@dataclass(frozen=True)
class PromptTuning:
    """min over learnt tokens and the head."""

    length: int = hyper(
        8,
        "Learnt tokens; 0 is a linear probe.",
        symbol="n",
        low=0,
        high=256,
    )
    depth: str = hyper(
        "deep",
        "Learnt tokens before the first block alone, or fresh ones before "
        "every block.",
        choices=("deep", "shallow"),
    )
    lr_scale: float = hyper(
        10.0,
        "Learning rate of the learnt tokens as a multiple of the head's.",
        low=0,
        high=1000,
        log=True,
    )
    head: str = hyper(
        "source",
        "Start from the head of source training, or from a new one; "
        "other classes always need a new one.",
        choices=("source", "new"),
    )

    card: ClassVar[StrategyCard] = StrategyCard(
        title="Prompt tuning (VPT)",
        summary="A frozen transformer reads learnt tokens besides the "
        "image's.",
        formula=r"\min_{P, h}\; \mathcal{L}_t, \qquad "
        r"[c_l, \_, e_l] = B_l\!\left([c_{l-1}, P_{l-1}, e_{l-1}]\right), "
        r"\quad P_l \in \mathbb{R}^{n \times d}",
        terms={"target": r"\mathcal{L}_t"},
        symbols={
            r"x_t": "batch.xt",
            r"y_t": "batch.labels_t",
            r"n": "self.length",
            r"P_l": "Insert",
            r"B_l": "blocks",
        },
        reference="M. Jia et al. (2022). Visual Prompt Tuning. ECCV, "
        "arXiv:2203.12119; B. Lester, R. Al-Rfou, N. Constant (2021). The "
        "Power of Scale for Parameter-Efficient Prompt Tuning. EMNLP, "
        "arXiv:2104.08691",
        sees=Sees.TARGET,
        needs_tokens=True,
        order=78,
    )

    def setup(self, model: Network, pair: VisiblePair) -> list[ParamGroup]:
        """Freeze the backbone; let learnt tokens in and out."""
        model.freeze(model.backbone)
        learnt = self.prompts(model) if self.length else []
        start_head(model, pair, self.head)
        return two_rates(model, learnt, self.lr_scale)

    def loss(self, model: Network, batch: Batch) -> Mapping[str, Tensor]:
        """Cross-entropy on labelled target samples."""
        return {"target": cross_entropy(model(batch.xt), batch.labels_t)}

    def prompts(self, model: Network) -> list[nn.Parameter]:
        """Put the learnt tokens into the blocks, in place."""
        stages, learnt = model.backbone.stages, list[nn.Parameter]()
        blocks = [path.split(".")[2] for path, _ in attentions(model)]
        patches = next(p for p in stages.parameters() if p.dim() == 4)
        for name in blocks:
            parts: list[nn.Module] = [stages[name]]
            if self.depth == "deep" or name == blocks[0]:
                width, fan_in = model.backbone.width, patches[0].numel()
                enter = Insert(self.length, width, fan_in).to(patches.device)
                parts.insert(0, enter)
                learnt += enter.parameters()
            if self.depth == "deep" or name == blocks[-1]:
                parts.append(Remove(self.length))
            if len(parts) > 1:
                stages[name] = nn.Sequential(*parts)
        return learnt

    def switched_off(self, model: Network) -> Network:
        """A copy of the network without learnt tokens."""
        off = copy.deepcopy(model)
        for name, stage in off.backbone.stages.items():
            parts = list(stage.children())
            kept = [m for m in parts if not isinstance(m, Insert | Remove)]
            if len(kept) < len(parts):
                (off.backbone.stages[name],) = kept
        return off


STRATEGY = PromptTuning
