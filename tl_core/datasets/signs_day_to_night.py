r"""# Traffic signs, day to night

A network learns eight traffic signs from pictures taken by day and has to
read them on a wet night: less light, most of it blue, dazzling headlights,
rain on the windscreen, a lens out of focus, a noisy sensor. The signs mean
what they meant, so only $P(X)$ moves and $P(Y \mid X)$ stays; each cause has
its own knob. Both domains are drawn at random, from other random numbers; at
a severity of zero they follow the same law.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from tl_core.card import DatasetCard, hyper
from tl_core.datasets import night
from tl_core.datasets.base import Domain, DomainPair, Samples
from tl_core.datasets.signs import CLASSES, by_day


@dataclass(frozen=True)
class SignsDayToNight:
    """1,600 signs by day, 1,600 by night; 400 and 500 to test."""

    severity: float = hyper(
        1.0,
        "Multiplies all that night does; 0 is day.",
        low=0,
        high=2,
    )
    darkness: float = hyper(
        0.5, "How dark, blue and pale the night is.", low=0, high=1
    )
    glow: float = hyper(
        0.6, "How much oncoming headlights dazzle.", low=0, high=1
    )
    rain: float = hyper(
        0.6, "How many streaks of rain, and how bright.", low=0, high=1
    )
    blur: float = hyper(0.55, "How far out of focus.", low=0, high=1)
    noise: float = hyper(0.5, "How grainy the sensor.", low=0, high=1)
    side: str = hyper(
        "32",
        "Width and height of a picture.",
        choices=("32", "96"),
        unit="pixels",
    )

    card: ClassVar[DatasetCard] = DatasetCard(
        title="Traffic signs: day → night",
        summary="Eight drawn signs before photographs, by day and on a "
        "dark and rainy night.",
        source="2,000 signs by day, in colour",
        target="2,100 other signs by night",
        moves=("P(X)",),
        inputs="images",
        severity=("severity",),
        reference="Y. Ganin et al. (2016). Domain-Adversarial Training of "
        "Neural Networks. JMLR 17(59), section 5.2.4 (synthetic signs)",
        order=15,
    )

    def load(self) -> DomainPair:
        """Both domains (n, 3, side, side), values in [0, 1]."""
        side = int(self.side)
        return DomainPair(
            Domain(by_day(1600, side, 10), by_day(400, side, 11)),
            Domain(
                self.by_night(by_day(1600, side, 12), seed=1),
                self.by_night(by_day(500, side, 13), seed=2),
            ),
            CLASSES,
        )

    def by_night(self, signs: Samples, seed: int) -> Samples:
        """The same signs as a camera sees them in the dark."""
        chance = torch.Generator().manual_seed(seed)
        chunk = 100 * (96 // signs.x.shape[-1]) ** 2
        parts = [self.at_night(part, chance) for part in signs.x.split(chunk)]
        return Samples(torch.cat(parts), signs.y)

    def at_night(self, x: Tensor, chance: torch.Generator) -> Tensor:
        """All of the night, in the order in which light meets it;
        x (n, 3, side, side)."""
        x = night.darken(x, self.severity * self.darkness, chance)
        x = night.glow(x, self.severity * self.glow, chance)
        x = night.rain(x, self.severity * self.rain, chance)
        x = night.defocus(x, self.severity * self.blur)
        return night.add_noise(x, self.severity * self.noise, chance)


DATASET = SignsDayToNight
