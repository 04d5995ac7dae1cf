"""The film of DANN on two moons that ships with the lab, so that its page
shows something at once; `dann_lesson.py` makes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache

import numpy as np

from tl_core.home import ASSETS

FILM = ASSETS / "recorded" / "dann_lesson.npz"
SETTINGS: dict[str, object] = {
    "dataset": "moons",
    "backbone": "mlp",
    "strategy": "dann",
}
SHIPPED: dict[str, object] = {
    **SETTINGS,
    "strategy.reversal": 1.0,
    "dataset.rotation": 35.0,
    "seed": 0,
}
Film = Mapping[str, np.ndarray]


def record_film(tell: Callable[[str], None]) -> None:
    """Play the lesson again with its default settings."""
    import torch

    from tl_core import dann_lesson
    from tl_core.device import describe
    from tl_core.spec import spec_from_settings

    film = dann_lesson.played(spec_from_settings(SHIPPED))
    np.savez_compressed(
        FILM,
        **film,
        device=np.array(describe(torch.device("cpu"))),
        recorded=np.array(datetime.now(UTC).date().isoformat()),
    )
    tell("DANN on two moons")


def recorded(settings: Mapping[str, object], direction: str) -> Film | None:
    """The shipped film, where it is the one that is asked for."""
    asked = direction == "reversed" and dict(settings) == SHIPPED
    return _film() if asked and FILM.is_file() else None


@cache
def _film() -> Film:
    with np.load(FILM, allow_pickle=False) as arrays:
        return dict(arrays)
