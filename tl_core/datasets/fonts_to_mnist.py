r"""# Printed digits to handwriting

The source costs nothing: a computer prints digits in many typefaces, weights
and slants, a little turned and moved. The target is what people write. This
is the trick of the Syn Numbers data in the DANN paper, with the fonts that
matplotlib ships: labels are free, and the gap to real data is what adaptation
has to close. $P(X)$ moves; $P(Y \mid X)$ does not.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

from tl_core.card import DatasetCard, hyper
from tl_core.datasets.base import Domain, DomainPair, Samples
from tl_core.datasets.digits import CLASSES, mnist
from tl_core.datasets.mixture import mixed
from tl_core.datasets.sign_faces import font_file

FONTS = (
    "DejaVuSans",
    "DejaVuSans-Bold",
    "DejaVuSans-Oblique",
    "DejaVuSans-BoldOblique",
    "DejaVuSansMono",
    "DejaVuSansMono-Bold",
    "DejaVuSansMono-Oblique",
    "DejaVuSerif",
    "DejaVuSerif-Bold",
    "DejaVuSerif-Italic",
    "STIXGeneral",
    "STIXGeneralBol",
    "STIXGeneralItalic",
    "STIXGeneralBolIta",
    "cmr10",
    "cmb10",
    "cmss10",
    "cmti10",
    "cmtt10",
)
LARGE = 112
"""Pixels in which a digit is drawn; it is shrunk to 28 while it is turned."""


@dataclass(frozen=True)
class FontsToMnist:
    """2,000 printed digits to 2,000 written ones; 500 and 500 to test."""

    severity: float = hyper(
        1.0,
        "Share of the target's digits that are handwritten; the others are "
        "printed too.",
        low=0,
        high=1,
    )

    card: ClassVar[DatasetCard] = DatasetCard(
        title="Printed fonts → MNIST",
        summary="Digits printed in nineteen fonts, labels for free, to "
        "handwriting.",
        source="2,500 printed digits, 28×28",
        target="2,500 handwritten digits of MNIST",
        moves=("P(X)",),
        inputs="images",
        severity=("severity",),
        reference="Y. Ganin et al. (2016). Domain-Adversarial Training of "
        "Neural Networks. JMLR 17(59), section 5.2.4 (Syn Numbers)",
        order=25,
    )

    def load(self) -> DomainPair:
        """Both domains (n, 1, 28, 28), values in [0, 1]."""
        written = mnist()
        train = written.take(torch.arange(2000))
        test = written.take(torch.arange(2000, 2500))
        return DomainPair(
            Domain(printed(2000, seed=0), printed(500, seed=1)),
            Domain(
                mixed(printed(2000, seed=2), train, self.severity),
                mixed(printed(500, seed=3), test, self.severity),
            ),
            CLASSES,
        )


def printed(n: int, seed: int) -> Samples:
    """`n` printed digits, x (n, 1, 28, 28), each class alike often."""
    chance = torch.Generator().manual_seed(seed)
    y = torch.randperm(n, generator=chance) % 10
    font = torch.randint(len(FONTS), (n,), generator=chance)
    glyphs = torch.stack(
        [glyph(name, text) for name in FONTS for text in CLASSES]
    )
    return Samples(posed(glyphs[10 * font + y], chance), y)


def glyph(font: str, text: str) -> Tensor:
    """One digit, 80 of the LARGE pixels high, (1, LARGE, LARGE)."""
    kind = ImageFont.truetype(str(font_file(font)), 100)
    _, top, _, bottom = kind.getbbox(text)
    kind = kind.font_variant(size=100 * 80 / (bottom - top))
    sheet = Image.new("L", (2 * LARGE, 2 * LARGE))
    ImageDraw.Draw(sheet).text((LARGE // 2, LARGE // 2), text, 255, kind)
    ink = sheet.crop(sheet.getbbox())
    image = Image.new("L", (LARGE, LARGE))
    image.paste(ink, ((LARGE - ink.width) // 2, (LARGE - ink.height) // 2))
    pixels = np.asarray(image, dtype=np.float32) / 255
    return torch.from_numpy(pixels.copy()).unsqueeze(0)


def posed(x: Tensor, chance: torch.Generator) -> Tensor:
    """Each digit turned by up to 15 degrees, resized and moved by up to a
    tenth, and shrunk to (n, 1, 28, 28)."""
    n = len(x)
    turn, size, right, down = 2 * torch.rand((4, n), generator=chance) - 1
    angle, grown = turn * math.radians(15), 1 + 0.12 * size
    cos, sin = angle.cos() / grown, angle.sin() / grown
    rows = [
        torch.stack([cos, -sin, 0.1 * right], 1),
        torch.stack([sin, cos, 0.1 * down], 1),
    ]
    where = F.affine_grid(
        torch.stack(rows, 1), [n, 1, 56, 56], align_corners=False
    )
    halved = F.avg_pool2d(x, 2)
    return F.avg_pool2d(F.grid_sample(halved, where, align_corners=False), 2)


DATASET = FontsToMnist
