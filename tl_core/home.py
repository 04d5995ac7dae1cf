"""Where runs and caches live on disk."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_data_path

ASSETS = Path(__file__).parent.parent / "assets"


def home() -> Path:
    """The lab's folder: `TL_HOME`, or the platform's user data folder."""
    given = os.environ.get("TL_HOME")
    path = Path(given) if given else user_data_path("transfer-learning-lab")
    path.mkdir(parents=True, exist_ok=True)
    return path


def folder(name: str) -> Path:
    """A subfolder of `home()`, made when it is missing."""
    path = home() / name
    path.mkdir(parents=True, exist_ok=True)
    return path
