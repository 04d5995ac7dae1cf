r"""# From ImageNet to cats and dogs

The source is not at hand: only a network that has seen ImageNet, with more
than a hundred breeds of dogs among its thousand classes. The target are 37
breeds of cats and dogs, many of them old acquaintances: the friendliest case
for a frozen backbone, and the one on which full fine-tuning has most to
lose. $Y$ moves; $P(X)$ does so little.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from typing import ClassVar

from torchvision.datasets import OxfordIIITPet

from tl_core.card import DatasetCard, hyper
from tl_core.datasets import online
from tl_core.datasets.base import DomainPair, nothing
from tl_core.datasets.drawn import domain
from tl_core.events import Downloading

PETS = online.Collection(
    "Oxford-IIIT Pet",
    tuple(
        online.Archive(url, md5, "oxford-iiit-pet")
        for url, md5 in OxfordIIITPet._RESOURCES
    ),
    partial(OxfordIIITPet, split="trainval"),
    partial(OxfordIIITPet, split="test"),
    attrgetter("_labels"),
    megabytes=811,
    instead="imagenet_to_signs",
)
CLASSES = (
    "Abyssinian",
    "American bulldog",
    "American pit bull terrier",
    "basset hound",
    "beagle",
    "Bengal",
    "Birman",
    "Bombay",
    "boxer",
    "British shorthair",
    "chihuahua",
    "Egyptian mau",
    "English cocker spaniel",
    "English setter",
    "German shorthaired",
    "great Pyrenees",
    "Havanese",
    "Japanese chin",
    "keeshond",
    "Leonberger",
    "Maine coon",
    "miniature pinscher",
    "Newfoundland",
    "Persian",
    "Pomeranian",
    "pug",
    "ragdoll",
    "Russian blue",
    "Saint Bernard",
    "Samoyed",
    "Scottish terrier",
    "shiba inu",
    "Siamese",
    "sphynx",
    "Staffordshire bull terrier",
    "wheaten terrier",
    "Yorkshire terrier",
)
"""In the order of the collection's numbers."""


@dataclass(frozen=True)
class OxfordPets:
    """Photographs of 37 breeds of cats and dogs; no source samples."""

    samples: int = hyper(
        2000,
        "How many photographs; a fifth of them to test.",
        low=200,
        high=4500,
    )

    card: ClassVar[DatasetCard] = DatasetCard(
        title="ImageNet → Oxford Pets",
        summary="A network trained on a thousand kinds of things learns 37 "
        "breeds; the photographs are downloaded (811 MB).",
        source="ImageNet-1000; only the trained network is at hand",
        target="Oxford-IIIT Pet: photographs, brought to 96×96",
        moves=("Y", "P(X)"),
        inputs="images",
        reference="O. Parkhi, A. Vedaldi, A. Zisserman, C. Jawahar (2012). "
        "Cats and Dogs. CVPR, doi:10.1109/CVPR.2012.6248092",
        source_task="ImageNet",
        online=True,
        order=135,
    )

    def fetch(self) -> Iterator[Downloading]:
        """Bring the photographs unless they are here."""
        yield from online.fetch(PETS)

    def load(self) -> DomainPair:
        """The target (n, 3, 96, 96), values in [0, 1]."""
        target = domain(PETS, self.samples, 96, range(len(CLASSES)))
        return DomainPair(nothing(target.train), target, CLASSES)


DATASET = OxfordPets
