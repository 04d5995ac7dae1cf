"""Small zip files and folders of pictures, made for the tests."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PIL import Image


def picture(seed: int, side: int = 8, kind: str = "PNG", **how) -> bytes:
    """A file with a random picture."""
    noise = np.random.default_rng(seed).integers(0, 256, (side, side, 3))
    return encoded(Image.fromarray(noise.astype(np.uint8)), kind, **how)


def encoded(image: Image.Image, kind: str = "PNG", **how) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **how)
    return file.getvalue()


def layout(
    parts: Mapping[str, int], classes: tuple[str, ...] = ("ants", "bees")
) -> dict[str, bytes]:
    """PART/CLASS/N.png, as many of each class as `parts` says."""
    names = [
        f"{part}/{name}/{i}.png"
        for part, n in parts.items()
        for name in classes
        for i in range(n)
    ]
    return {name: picture(seed) for seed, name in enumerate(names)}


def zipped(files: Mapping[str, bytes]) -> io.BytesIO:
    """The files as the bytes of a zip file."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    made.seek(0)
    return made


def written(files: Mapping[str, bytes], path: Path) -> Path:
    """The files as a folder."""
    for name, data in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(data)
    return path
