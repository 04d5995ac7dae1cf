r"""Which moment of adaptation is kept, and what choosing it blindly costs.

Without target labels one cannot see which step was best. Held-out source
accuracy may be used, or the information that predictions on unlabelled
target samples carry (Shi and Sha 2012, ICML):

$$I = H\!\left(\tfrac1n\textstyle\sum_i p_i\right)
- \tfrac1n\textstyle\sum_i H(p_i)$$

it is large when single predictions are sure and all classes occur. Choosing
by the target's own test labels is a yardstick, no method: here it is called
"oracle".
"""

from __future__ import annotations

import torch
from torch import Tensor

from tl_core.backbones.base import Network
from tl_core.criteria import chosen
from tl_core.events import Evaluated


@torch.no_grad()
def information(logits: Tensor) -> float:
    """I in nats, from 0 to log(classes), of logits (n, classes)."""
    p = logits.double().softmax(1)
    return (_entropy(p.mean(0)) - _entropy(p).mean()).item()


def _entropy(p: Tensor) -> Tensor:
    return -(p * p.clamp(min=1e-12).log()).sum(-1)


class Keeper:
    """Keeps the weights of the best moment by one criterion."""

    def __init__(self, model: Network, criterion: str) -> None:
        self.model, self.criterion = model, criterion
        self.seen: list[Evaluated] = []
        self.weights: dict[str, Tensor] = {}

    def see(self, looked: Evaluated) -> None:
        """The network as it is now has just been measured."""
        self.seen.append(looked)
        if self.criterion == "last":
            return
        if chosen(self.seen, self.criterion) == len(self.seen) - 1:
            state = self.model.state_dict()
            self.weights = {name: v.clone() for name, v in state.items()}

    def restore(self) -> Evaluated:
        """Give the network the weights of the chosen moment."""
        if self.weights:
            self.model.load_state_dict(self.weights)
        return self.seen[chosen(self.seen, self.criterion)]
