"""A stranger's picture, decoded without trusting it."""

from __future__ import annotations

import io
import warnings

import numpy as np
from PIL import Image, ImageOps

from tl_core.texts import say

FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF", "PPM")
MOST_PIXELS = 20_000_000
"""Of one picture: a small file may unpack to billions."""
MOST_SCANS = 100
"""Of one progressive JPEG; each is a pass over the whole picture."""
SCAN = b"\xff\xda"
TOO_LARGE = say(
    "it has more than {most} million pixels",
    most=MOST_PIXELS // 10**6,
)


class UnusableError(ValueError):
    """A file that is no picture for the lab; the message says why."""


def size(data: bytes) -> tuple[int, int]:
    """Width and height in pixels as the file's head has them.

    Raises:
        UnusableError: it is none of FORMATS, or too much work.
    """
    try:
        with _opened(data) as image:
            width, height = image.size
    except Image.DecompressionBombError:
        raise UnusableError(TOO_LARGE) from None
    except Exception:  # Pillow raises dozens of kinds for a hostile file
        raise UnusableError(
            say(
                "it is not a picture that can be read ({formats})",
                formats=", ".join(FORMATS),
            )
        ) from None
    if width * height > MOST_PIXELS:
        raise UnusableError(TOO_LARGE)
    if min(width, height) < 1:
        raise UnusableError(say("it has no pixels"))
    if data.startswith(b"\xff\xd8") and data.count(SCAN) > MOST_SCANS:
        raise UnusableError(say("it is a JPEG with too many scans"))
    return width, height


def pixels(data: bytes, side: int) -> np.ndarray:
    """A picture as uint8 (side, side, 3): upright, its middle cut square, on
    white where it is transparent; the first one of an animation.

    Raises:
        UnusableError: it is broken behind a sound head.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with _opened(data) as image:
                return _square(image, side)
    except Exception:  # as above
        raise UnusableError(say("it is a broken picture")) from None


def _square(image: Image.Image, side: int) -> np.ndarray:
    image.draft("RGB", (side, side))  # a large JPEG is read at less detail
    upright = ImageOps.exif_transpose(image)
    if upright.mode.startswith(("I", "F")):
        upright = _eight_bits(upright)
    see_through = upright.has_transparency_data
    layered = upright.convert("RGBA" if see_through else "RGB")
    fitted = ImageOps.fit(layered, (side, side))
    if see_through:
        white = Image.new("RGBA", fitted.size, "white")
        fitted = Image.alpha_composite(white, fitted).convert("RGB")
    return np.array(fitted)


def _opened(data: bytes) -> Image.Image:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return Image.open(io.BytesIO(data), formats=FORMATS)


def _eight_bits(image: Image.Image) -> Image.Image:
    """16-bit and floating-point grey, its finite values stretched to
    0..255."""
    grey = np.asarray(image, dtype=np.float64)
    finite = grey[np.isfinite(grey)]
    low, high = (finite.min(), finite.max()) if finite.size else (0.0, 0.0)
    grey = np.nan_to_num(grey, nan=low, posinf=high, neginf=low)
    scaled = (grey - low) / max(high - low, 1e-9) * 255
    return Image.fromarray(np.rint(scaled).astype(np.uint8))
