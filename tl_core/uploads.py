"""A user's own pictures: checked, decoded, and kept as plain arrays.

An imported set is named by the hash of its pixels, classes and splits, so a
run on it is determined by content and not by a path.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import warnings
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageOps

from tl_core.card import SpecError
from tl_core.home import folder
from tl_core.intake import PARTS, Left, Member, members, shown

FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF", "PPM")
SIDES = (128, 96, 64, 32)
MOST_PIXELS = 20_000_000
MOST_DECODED = 400 * 2**20
"""Bytes that all decoded pictures together may fill."""
CLASSES = (2, 200)
LEAST = 4
"""Pictures that a class needs where a quarter of them is held out."""
HELD_OUT = 4


@dataclass(frozen=True)
class Imported:
    """What was taken: the set's id, its classes, pictures by part and class,
    their side in pixels, and what was left out, with reasons."""

    id: str
    classes: tuple[str, ...]
    counts: dict[str, dict[str, int]]
    side: int
    left: tuple[tuple[str, str], ...]


def take(path: Path) -> Imported:
    """Import a folder or a zip file with target/CLASS/* and, where there is
    a source, source/CLASS/*; PART_test/ holds test pictures.

    Raises:
        SpecError: there is nothing to use; says what has to be changed.
    """
    left: Left = []
    found: list[Member] = []
    sides: list[int] = []
    for member in members(path, left):
        side = _side(member, left)
        if side:
            found.append(member)
            sides.append(side)
    _check_parts(found)
    side = _common_side(sides)
    classes = tuple(sorted({m.label for m in found}))
    arrays = _decode(found, classes, side, left)
    counts = {
        part: {
            name: int((arrays[f"{part}_y"] == index).sum())
            for index, name in enumerate(classes)
        }
        for part in PARTS
        if f"{part}_y" in arrays
    }
    _check_classes(counts)
    return _keep(arrays, classes, counts, side, tuple(left))


def _side(member: Member, left: Left) -> int:
    """The shorter side in pixels from the file's head; 0 when it is none of
    the pictures that are read."""
    name = shown(f"{member.part}/{member.label}/{member.name}")
    try:
        with _opened(member.data) as image:
            width, height = image.size
            known = image.format in FORMATS
    except Exception:  # Pillow raises dozens of kinds for a hostile file
        left.append((name, "it is not a picture that can be read"))
        return 0
    if not known:
        left.append((name, f"only {', '.join(FORMATS)} are read"))
        return 0
    if width * height > MOST_PIXELS or min(width, height) < 1:
        left.append((name, "it has more than 20 million pixels"))
        return 0
    return min(width, height)


def _opened(data: bytes) -> Image.Image:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return Image.open(io.BytesIO(data), formats=FORMATS)


def _common_side(sides: list[int]) -> int:
    """The size to keep: that of the larger pictures, as memory allows."""
    wanted = int(np.quantile(sides, 0.9))
    fitting = [s for s in SIDES if s * s * 3 * len(sides) <= MOST_DECODED]
    return next((s for s in fitting if s <= wanted), fitting[-1])


def pixels(data: bytes, side: int) -> np.ndarray:
    """A picture as uint8 (side, side, 3): upright, on white where it is
    transparent, its middle cut square."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with _opened(data) as image:
            upright = ImageOps.exif_transpose(image)
            if upright.mode.startswith(("I", "F")):
                upright = _eight_bits(upright)
            layered = upright.convert("RGBA")
            white = Image.new("RGBA", layered.size, "white")
            flat = Image.alpha_composite(white, layered).convert("RGB")
            return np.asarray(ImageOps.fit(flat, (side, side)))


def _eight_bits(image: Image.Image) -> Image.Image:
    """16-bit and floating-point grey, stretched to 0..255."""
    grey = np.nan_to_num(np.asarray(image, dtype=np.float64))
    spread = max(float(grey.max() - grey.min()), 1e-9)
    scaled = (grey - grey.min()) / spread * 255
    return Image.fromarray(scaled.astype(np.uint8))


def _decode(
    found: list[Member], classes: tuple[str, ...], side: int, left: Left
) -> dict[str, np.ndarray]:
    kept: dict[str, tuple[list[np.ndarray], list[int]]] = {}
    for member in found:
        try:
            picture = pixels(member.data, side)
        except Exception:  # broken behind a sound head
            name = f"{member.part}/{member.label}/{member.name}"
            left.append((shown(name), "it is a broken picture"))
            continue
        xs, ys = kept.setdefault(member.part, ([], []))
        xs.append(picture)
        ys.append(classes.index(member.label))
    arrays: dict[str, np.ndarray] = {}
    for part, (xs, ys) in kept.items():
        arrays[f"{part}_x"] = np.stack(xs)
        arrays[f"{part}_y"] = np.array(ys, dtype=np.int64)
    return arrays


def _check_parts(found: list[Member]) -> None:
    parts = {m.part for m in found}
    if "target" not in parts:
        raise SpecError(
            "The data need pictures in target/CLASS/ (and in source/CLASS/, "
            "unless an ImageNet backbone is used); none were found."
        )


def _check_classes(counts: dict[str, dict[str, int]]) -> None:
    there = {
        part: {name for name, n in by_class.items() if n}
        for part, by_class in counts.items()
    }
    wanted = there.get("target", set())
    if not CLASSES[0] <= len(wanted) <= CLASSES[1]:
        raise SpecError(
            f"The target has {len(wanted)} classes with pictures; it needs "
            f"{CLASSES[0]} to {CLASSES[1]}."
        )
    for part, names in there.items():
        if names != wanted:
            raise SpecError(
                f"target/ and {part}/ must have the same classes; only in "
                f"target/: {_some(wanted - names)}; only in {part}/: "
                f"{_some(names - wanted)}."
            )
    for part in set(there) & {"source", "target"}:
        least = 2 if f"{part}_test" in there else LEAST
        few = sorted(n for n, k in counts[part].items() if k < least)
        if few:
            raise SpecError(
                f"Each class needs at least {least} pictures in {part}/; "
                f"too few in: {_some(set(few))}."
            )


def _some(names: set[str]) -> str:
    first = [shown(name) for name in sorted(names)[:5]]
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return ", ".join(first) + more if names else "none"


def _keep(
    arrays: dict[str, np.ndarray],
    classes: tuple[str, ...],
    counts: dict[str, dict[str, int]],
    side: int,
    left: tuple[tuple[str, str], ...],
) -> Imported:
    digest = hashlib.sha256(json.dumps(classes).encode())
    for name in sorted(arrays):
        digest.update(name.encode() + arrays[name].tobytes())
    done = Imported(digest.hexdigest()[:16], classes, counts, side, left)
    about = np.array(json.dumps(asdict(done)))
    path = path_of(done.id)
    partial = path.with_name(f"{done.id}.{os.getpid()}.npz")
    np.savez(partial, about=about, **arrays)  # type: ignore[arg-type]
    partial.replace(path)
    return done


def path_of(data: str) -> Path:
    """Where an imported set lies."""
    return folder("uploads") / f"{data}.npz"


def about(data: str) -> Imported:
    """What is known of an imported set.

    Raises:
        SpecError: it is not kept here.
    """
    said: dict[str, Any] = json.loads(str(arrays_of(data)["about"]))
    said["classes"] = tuple(said["classes"])
    said["left"] = tuple((name, why) for name, why in said["left"])
    return Imported(**said)


def arrays_of(data: str) -> dict[str, np.ndarray]:
    """The arrays of an imported set: PART_x uint8 (n, side, side, 3), PART_y.

    Raises:
        SpecError: it is not kept here.
    """
    path = path_of(data)
    if not data or not path.is_file():
        raise SpecError(
            "This dataset needs pictures of your own: give a zip file or "
            "folder with --data, or upload one on the Run page."
        )
    with np.load(path, allow_pickle=False) as stored:
        return {name: stored[name] for name in stored.files}
