"""Recorded: what learnt keys, values and tokens do in a small vision
transformer; `token_lesson.py` measures it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

import numpy as np

from tl_core.home import ASSETS
from tl_core.lesson_studies import MATRIX_TOKENS
from tl_core.spec import RunSpec

FILE = ASSETS / "recorded" / "token_lesson.npz"
Found = Mapping[str, np.ndarray]


def spec(strategy: str) -> RunSpec:
    """The run of a strategy that is looked into."""
    race = MATRIX_TOKENS["all"]
    return race.spec(strategy, race.seeds[0])


def record_tokens(tell: Callable[[str], None]) -> None:
    """Measure it again."""
    from tl_core import token_lesson
    from tl_core.device import describe, device

    race = MATRIX_TOKENS["all"]
    found = token_lesson.told(spec("prefix"), spec("prompt"))
    found |= token_lesson.zeros_of(
        [race.spec("prefix", s) for s in race.seeds]
    )
    kept: dict[str, Any] = {k: short(v) for k, v in found.items()}
    np.savez_compressed(
        FILE,
        **kept,
        device=np.array(describe(device())),
        recorded=np.array(datetime.now(UTC).date().isoformat()),
    )
    tell("attention with prefixes and prompts")


def short(values: np.ndarray) -> np.ndarray:
    """Maps in half precision; all else as it is."""
    return values.astype(np.float16) if values.ndim == 5 else values


@cache
def recorded() -> Found:
    """What `record_tokens` wrote; {} when it was never made."""
    if not FILE.is_file():
        return {}
    with np.load(FILE, allow_pickle=False) as arrays:
        return dict(arrays)
