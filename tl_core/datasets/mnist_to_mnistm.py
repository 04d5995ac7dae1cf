r"""# MNIST to MNIST-M

Digits are blended into crops of colour photographs: each pixel becomes
$|\text{photo} - \text{digit}|$, so strokes are inverted patches of the
picture behind them. This is the recipe of the DANN paper, whose photographs
(BSDS500) are replaced by those that scikit-image and scikit-learn ship.
$P(X)$ moves; $P(Y \mid X)$ does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from tl_core.card import DatasetCard, hyper
from tl_core.datasets.base import DomainPair
from tl_core.datasets.digits import CLASSES, mnist_halves, with_x
from tl_core.datasets.photos import crops


@dataclass(frozen=True)
class MnistToMnistM:
    """Two disjoint halves of MNIST; the second is blended into photos."""

    severity: float = hyper(
        1.0,
        "Contrast of the photographs; at 0 the target is other MNIST digits.",
        low=0,
        high=1,
    )

    card: ClassVar[DatasetCard] = DatasetCard(
        title="MNIST → MNIST-M",
        summary="Grey digits to digits blended into colour photographs, "
        "the pair on which DANN became known.",
        source="MNIST: 2,500 digits, 28×28, in three equal channels",
        target="2,500 other digits as |photo − digit|",
        moves=("P(X)",),
        inputs="images",
        severity=("severity",),
        reference="Y. Ganin et al. (2016). Domain-Adversarial Training of "
        "Neural Networks. JMLR 17(59), section 5.2.4",
        order=30,
    )

    def load(self) -> DomainPair:
        """Both domains (n, 3, 28, 28), values in [0, 1]."""
        source, target = mnist_halves()
        return DomainPair(
            with_x(source, _grey(source.train.x), _grey(source.test.x)),
            with_x(
                target,
                blend(target.train.x, seed=1, contrast=self.severity),
                blend(target.test.x, seed=2, contrast=self.severity),
            ),
            CLASSES,
        )


def _grey(x: Tensor) -> Tensor:
    return x.expand(-1, 3, -1, -1).contiguous()


def blend(digits: Tensor, seed: int, contrast: float = 1.0) -> Tensor:
    """|contrast * photo - digit| for digits (n, 1, 28, 28); returns
    (n, 3, 28, 28)."""
    photo = crops(len(digits), digits.shape[-1], seed)
    return (contrast * photo - digits).abs()


DATASET = MnistToMnistM
