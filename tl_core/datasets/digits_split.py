r"""# Other digits, or other questions

The network knows one set of digits and has to learn another: the source's are
0 to 4, the target's begin `shift` digits later, so that at 5 every class is
new. Or the target asks another question about all ten: is the digit even or
odd? Here $Y$ moves, and a new head must be trained; what the backbone has
learned about strokes may still serve.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from tl_core.card import DatasetCard, hyper
from tl_core.datasets.base import Domain, DomainPair, Samples
from tl_core.datasets.digits import CLASSES, mnist_halves


@dataclass(frozen=True)
class DigitsSplit:
    """Two disjoint halves of MNIST, each with labels of its own."""

    shift: int = hyper(
        5,
        "How many of the target's five digits the source does not have; "
        "without effect where the target asks for parity.",
        low=0,
        high=5,
    )
    labels: str = hyper(
        "digits",
        "What the target asks for: five digits, or whether any of the ten "
        "is even or odd (the source then has all ten).",
        choices=("digits", "parity"),
    )

    card: ClassVar[DatasetCard] = DatasetCard(
        title="MNIST: digits 0-4 → 5-9, or even and odd",
        summary="The target has other classes than the source, so a new "
        "head has to be learned.",
        source="MNIST: the digits 0 to 4 of one half, or all ten",
        target="the other half: five other digits, or ten as even and odd",
        moves=("Y", "P(X)"),
        inputs="images",
        severity=("shift",),
        reference="J. Yosinski, J. Clune, Y. Bengio, H. Lipson (2014). How "
        "transferable are features in deep neural networks? NeurIPS, "
        "arXiv:1411.1792",
        order=50,
    )

    def load(self) -> DomainPair:
        """Both domains (n, 1, 28, 28) in [0, 1]."""
        source, target = mnist_halves()
        if self.labels == "parity":
            return DomainPair(
                source,
                Domain(_parity(target.train), _parity(target.test)),
                ("even", "odd"),
                CLASSES,
            )
        old, new = CLASSES[:5], CLASSES[self.shift : self.shift + 5]
        return DomainPair(
            Domain(_five(source.train, 0), _five(source.test, 0)),
            Domain(
                _five(target.train, self.shift), _five(target.test, self.shift)
            ),
            new,
            None if new == old else old,
        )


def _parity(samples: Samples) -> Samples:
    return Samples(samples.x, samples.y % 2)


def _five(samples: Samples, first: int) -> Samples:
    """The digits first to first + 4, labelled 0 to 4."""
    wanted = (samples.y >= first) & (samples.y < first + 5)
    return Samples(samples.x[wanted], samples.y[wanted] - first)


DATASET = DigitsSplit
