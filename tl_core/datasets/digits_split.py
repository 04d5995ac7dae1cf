r"""# Other digits, or other questions

The network knows one set of digits and has to learn another: the source has
five, the target's begin `shift` digits later, so that at 5 every class is
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
    first: int = hyper(
        0,
        "The first of the source's five digits; after 9 comes 0.",
        low=0,
        high=9,
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
        later = self.first + self.shift
        old, new = _names(self.first), _names(later)
        return DomainPair(
            _of_five(source, self.first),
            _of_five(target, later),
            new,
            None if new == old else old,
        )


def _parity(samples: Samples) -> Samples:
    return Samples(samples.x, samples.y % 2)


def _names(first: int) -> tuple[str, ...]:
    return tuple(CLASSES[(first + n) % 10] for n in range(5))


def _of_five(domain: Domain, first: int) -> Domain:
    return Domain(_five(domain.train, first), _five(domain.test, first))


def _five(samples: Samples, first: int) -> Samples:
    """The digits first to first + 4, labelled 0 to 4; after 9 comes 0."""
    y = (samples.y - first) % 10
    return Samples(samples.x[y < 5], y[y < 5])


DATASET = DigitsSplit
