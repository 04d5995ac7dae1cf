"""torchvision's ImageNet weights: downloaded once, on request."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor

from tl_core.card import SpecError
from tl_core.downloads import download
from tl_core.events import Downloading
from tl_core.home import folder


def fetch(what: str, url: str) -> Iterator[Downloading]:
    """Download the weights at `url` unless they are on this machine.

    Raises:
        SpecError: they cannot be had; names a backbone whose weights can.
    """
    if find(url) is not None:
        return
    path = folder("weights") / name(url)
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    try:
        yield from download(what, url, partial)
        check(partial, url)
        partial.replace(path)
    except OSError as error:
        raise SpecError(
            f"{what} cannot be downloaded ({error}); choose the backbone "
            "efficientnet_lite0, whose ImageNet weights are installed, or "
            "backbone.weights=random."
        ) from None
    finally:
        partial.unlink(missing_ok=True)


def check(path: Path, url: str) -> None:
    """Compare the file with the hash in its name (resnet18-f37072fd.pth).

    Raises:
        OSError: they differ.
    """
    wanted = name(url).rpartition("-")[2].removesuffix(".pth")
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if not found.startswith(wanted):
        raise OSError("the file arrived damaged")


def find(url: str) -> Path | None:
    """The weights on this machine: in the lab's folder or torch's own."""
    places = folder("weights"), Path(torch.hub.get_dir()) / "checkpoints"
    files = (place / name(url) for place in places)
    return next((file for file in files if file.is_file()), None)


def load(url: str) -> dict[str, Tensor]:
    """The state dict that `fetch` brought.

    Raises:
        SpecError: it is not on this machine.
    """
    path = find(url)
    if path is None:
        raise SpecError(
            f"The weights {name(url)} are not on this machine; choose the "
            "backbone efficientnet_lite0, whose ImageNet weights are "
            "installed, or backbone.weights=random."
        )
    return torch.load(path, map_location="cpu", weights_only=True)


def name(url: str) -> str:
    """The file's name."""
    return url.rpartition("/")[2]
