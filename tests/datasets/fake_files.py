"""Small files in the layouts that torchvision reads, of random pictures."""

from __future__ import annotations

import bz2
import pickle
import struct
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from PIL import Image
from scipy.io import savemat

from tl_core.datasets.eurosat import CLASSES as LAND
from tl_core.datasets.oxford_pets import CLASSES as BREEDS
from tl_core.datasets.signs_to_gtsrb import NUMBERS

EACH = 20
"""Pictures of a class in a part."""


def usps(root: Path) -> None:
    """Lines of a label from 1 and 256 values in [-1, 1]."""
    for name in ("usps.bz2", "usps.t.bz2"):
        chance = np.random.default_rng(len(name))
        lines = []
        for label in _labels(10):
            values = chance.uniform(-1, 1, 256)
            told = " ".join(f"{i}:{v:.3f}" for i, v in enumerate(values, 1))
            lines.append(f"{label + 1} {told} \n")
        (root / name).write_bytes(bz2.compress("".join(lines).encode()))


def svhn(root: Path) -> None:
    """Images (32, 32, 3, n); the digit 0 is written 10."""
    for name in ("train", "test"):
        y = _labels(10)
        x = _noise(name, (32, 32, 3, len(y)))
        shown = np.where(y == 0, 10, y).reshape(-1, 1)
        savemat(root / f"{name}_32x32.mat", {"X": x, "y": shown})


def idx(root: Path, kind: str) -> None:
    """The four files of MNIST, unpacked."""
    raw = root / kind / "raw"
    raw.mkdir(parents=True)
    y = _labels(10).astype(np.uint8)
    for part in ("train", "t10k"):
        x = _noise(part, (len(y), 28, 28))
        head = struct.pack(">4i", 0x803, *x.shape)
        (raw / f"{part}-images-idx3-ubyte").write_bytes(head + x.tobytes())
        head = struct.pack(">2i", 0x801, len(y))
        (raw / f"{part}-labels-idx1-ubyte").write_bytes(head + y.tobytes())


def cifar10(root: Path) -> None:
    """Batches of rows of 3,072 bytes."""
    place = root / "cifar-10-batches-py"
    place.mkdir()
    batches = [f"data_batch_{n}" for n in range(1, 6)]
    for name in (*batches, "test_batch"):
        y = _labels(10)
        data = {"data": _noise(name, (len(y), 3072)), "labels": y.tolist()}
        (place / name).write_bytes(pickle.dumps(data))
    names = {"label_names": [str(n) for n in range(10)]}
    (place / "batches.meta").write_bytes(pickle.dumps(names))


def stl10(root: Path) -> None:
    """Raw bytes of columns of 96 pixels; labels from 1."""
    place = root / "stl10_binary"
    place.mkdir()
    y = (_labels(10) + 1).astype(np.uint8)
    for part in ("train", "test"):
        x = _noise(f"stl {part}", (len(y), 3, 96, 96))
        (place / f"{part}_X.bin").write_bytes(x.tobytes())
        (place / f"{part}_y.bin").write_bytes(y.tobytes())
    (place / "unlabeled_X.bin").touch()


def gtsrb(root: Path) -> None:
    """A folder a class to train on; a table of classes to test."""
    place = root / "gtsrb" / "GTSRB"
    for number in range(43):
        each = EACH if number in NUMBERS.values() else 1
        names = [f"{number:05}_{n}" for n in range(each)]
        _pictures(place / "Training" / f"{number:05}", names, ".ppm", 40)
    lines = ["Filename;Width;Height;ClassId"]
    for number in NUMBERS.values():
        names = [f"t{number:05}_{n}" for n in range(EACH)]
        _pictures(place / "Final_Test" / "Images", names, ".ppm", 40)
        lines += [f"{name}.ppm;40;40;{number}" for name in names]
    (root / "gtsrb" / "GT-final_test.csv").write_text("\n".join(lines))


def eurosat(root: Path) -> None:
    """A folder a class."""
    for name in LAND:
        title = name.title().replace(" Or ", "").replace(" ", "")
        names = [f"{title}_{n}" for n in range(EACH)]
        _pictures(root / "eurosat" / "2750" / title, names, ".jpg", 64)


def pets(root: Path) -> None:
    """One folder of pictures, and lists that say which is what."""
    place = root / "oxford-iiit-pet"
    (place / "annotations").mkdir(parents=True)
    for part in ("trainval", "test"):
        lines = []
        for number, breed in enumerate(BREEDS, 1):
            stem = f"{breed.replace(' ', '_')}_{part}"
            names = [f"{stem}_{n}" for n in range(2)]
            _pictures(place / "images", names, ".jpg", 120)
            lines += [f"{name} {number} 1 1" for name in names]
        listed = place / "annotations" / f"{part}.txt"
        listed.write_text("\n".join(lines))


WRITERS = {
    "mnist_to_usps": (usps,),
    "svhn_to_mnist": (svhn,),
    "mnist_to_fashion": (lambda root: idx(root, "FashionMNIST"),),
    "mnist_to_kmnist": (lambda root: idx(root, "KMNIST"),),
    "cifar10_to_stl10": (cifar10, stl10),
    "signs_to_gtsrb": (gtsrb,),
    "eurosat": (eurosat,),
    "oxford_pets": (pets,),
}


def _labels(classes: int) -> np.ndarray:
    return np.arange(classes * EACH) % classes


def _noise(name: str, shape: tuple[int, ...]) -> np.ndarray:
    chance = np.random.default_rng(sum(name.encode()))
    return chance.integers(0, 256, shape, dtype=np.uint8)


def _pictures(
    place: Path, names: Iterable[str], ending: str, side: int
) -> None:
    place.mkdir(parents=True, exist_ok=True)
    for name in names:
        pixels = _noise(name, (side, side + 8, 3))
        Image.fromarray(pixels).save(place / f"{name}{ending}")
