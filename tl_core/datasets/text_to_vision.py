r"""# From text to digits

The source is not at hand: only a transformer that has read English
sentences. Can blocks that learned from words serve images, cut into patches
and read as if they were tokens? Both the inputs and the classes are others.
Ask the same of blocks with shuffled weights before you believe the answer:
the *scale* of trained weights alone explains much of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from tl_core.card import DatasetCard
from tl_core.datasets.base import DomainPair, nothing
from tl_core.datasets.digits import CLASSES, mnist_whole


@dataclass(frozen=True)
class TextToVision:
    """4,000 MNIST digits to train on, 1,000 to test; no source samples."""

    card: ClassVar[DatasetCard] = DatasetCard(
        title="English text → MNIST",
        summary="Blocks of a language model read image patches as if they "
        "were words.",
        source="English sentences; only the trained network is at hand",
        target="MNIST: 5,000 digits, 28×28",
        moves=("X", "Y"),
        inputs="images",
        reference="K. Lu, A. Grover, P. Abbeel, I. Mordatch (2022). Frozen "
        "Pretrained Transformers as Universal Computation Engines. AAAI, "
        "arXiv:2103.05247",
        source_task="text",
        begin=(("steps", "120"),),
        order=70,
    )

    def load(self) -> DomainPair:
        """The target (n, 1, 28, 28) in [0, 1]."""
        target = mnist_whole()
        return DomainPair(nothing(target.train), target, CLASSES)


DATASET = TextToVision
