"""LoRA's product BA as it grows, recorded with its factors; `low_rank.py`
makes it. The frozen matrix W0 is read from the shipped source network.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from tl_core.home import ASSETS
from tl_core.spec import RunSpec, spec_from_settings
from tl_core.studies import TURNED

RANKS = (1, 4)
"""That ship with the lab; others are trained when a reader asks."""
ASKED = (1, 2, 4, 8, 16)
"""That a reader may choose."""
Film = Mapping[str, np.ndarray]
"""What `low_rank.grown` returns."""


def path_of(rank: int) -> Path:
    """Where the film of a rank lies."""
    name = "lora_film.npz" if rank == 4 else f"lora_film_{rank}.npz"
    return ASSETS / "recorded" / name


def settings(rank: int) -> dict[str, object]:
    """Upright digits to turned ones, with s = alpha / r = 2 as in the study
    of ranks."""
    given = {"strategy.rank": rank, "strategy.alpha": 2.0 * rank}
    return {**TURNED, **given, "strategy": "lora", "seed": 0}


def spec(rank: int) -> RunSpec:
    """The run that is watched."""
    return spec_from_settings(settings(rank))


def record_lora_films(tell: Callable[[str], None]) -> None:
    """Watch it again."""
    from tl_core import low_rank
    from tl_core.device import describe, device

    for rank in RANKS:
        film = low_rank.grown(spec(rank))
        kept: dict[str, Any] = {k: short(v) for k, v in film.items()}
        np.savez_compressed(
            path_of(rank),
            **kept,
            device=np.array(describe(device())),
            recorded=np.array(datetime.now(UTC).date().isoformat()),
        )
        tell(f"LoRA of rank {rank} while it grows")


def short(values: np.ndarray) -> np.ndarray:
    """Factors in half precision; all else as it is."""
    return values.astype(np.float16) if values.ndim == 3 else values


@cache
def recorded(rank: int) -> Film | None:
    """The shipped film of a rank."""
    path = path_of(rank)
    if not path.is_file():
        return None
    with np.load(path, allow_pickle=False) as arrays:
        return dict(arrays)


def layers(film: Film) -> list[str]:
    """The layers that were adapted, shallow to deep."""
    return [name.removeprefix("a ") for name in film if name[:2] == "a "]


@cache
def frozen(key: str, layer: str) -> np.ndarray | None:
    """W0 (d, k) of a stage in a shipped source network, None where there is
    none."""
    from safetensors.numpy import load_file

    path = ASSETS / "checkpoints" / f"{key}.safetensors"
    if not path.is_file():
        return None
    start = f"backbone.stages.{layer}."
    weights = load_file(path)
    found = [
        value
        for name, value in weights.items()
        if name.startswith(start) and name.endswith("weight")
    ]
    (weight,) = [value for value in found if value.ndim > 1]
    return weight.reshape(len(weight), -1)
