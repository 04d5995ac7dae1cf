r"""# From ImageNet to satellite pictures

The source is not at hand: only a network that has seen photographs taken by
people who stood on the ground. The target is the ground seen from 786 km
above: ten kinds of land use, with no up and no down, no foreground, and
colours that mean crops. Other pictures and other classes: $P(X)$ and $Y$
move, farther than from photographs to photographs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import ClassVar

from torchvision.datasets import EuroSAT

from tl_core.card import DatasetCard, hyper
from tl_core.datasets import online
from tl_core.datasets.base import DomainPair, nothing
from tl_core.datasets.drawn import domain
from tl_core.events import Downloading

URL = (
    "https://huggingface.co/datasets/torchgeo/eurosat/resolve/"
    "c877bcd43f099cd0196738f714544e355477f3fd/EuroSAT.zip"
)
ORBIT = online.Collection(
    "EuroSAT",
    (online.Archive(URL, "c8fa014336c82ac7804f0398fcb19387", "eurosat"),),
    EuroSAT,
    None,
    attrgetter("targets"),
    megabytes=94,
    instead="imagenet_to_signs",
)
CLASSES = (
    "annual crop",
    "forest",
    "herbaceous vegetation",
    "highway",
    "industrial",
    "pasture",
    "permanent crop",
    "residential",
    "river",
    "sea or lake",
)
"""In the order of the collection's folders."""


@dataclass(frozen=True)
class Eurosat:
    """Satellite pictures of ten kinds of land use; no source samples."""

    samples: int = hyper(
        1500,
        "How many satellite pictures; a fifth of them to test.",
        low=200,
        high=27_000,
    )

    card: ClassVar[DatasetCard] = DatasetCard(
        title="ImageNet → EuroSAT",
        summary="A network trained on photographs learns to read satellite "
        "pictures, which are downloaded (94 MB).",
        source="ImageNet-1000; only the trained network is at hand",
        target="EuroSAT: satellite pictures of Europe, 64×64 enlarged",
        moves=("P(X)", "Y"),
        inputs="images",
        reference="P. Helber, B. Bischke, A. Dengel, D. Borth (2019). "
        "EuroSAT: A Novel Dataset and Deep Learning Benchmark for Land Use "
        "and Land Cover Classification. IEEE JSTARS 12(7), arXiv:1709.00029",
        source_task="ImageNet",
        online=True,
        order=130,
    )

    def fetch(self) -> Iterator[Downloading]:
        """Bring EuroSAT unless it is here."""
        yield from online.fetch(ORBIT)

    def load(self) -> DomainPair:
        """The target (n, 3, 96, 96), values in [0, 1]."""
        target = domain(ORBIT, self.samples, 96, range(len(CLASSES)))
        return DomainPair(nothing(target.train), target, CLASSES)


DATASET = Eurosat
