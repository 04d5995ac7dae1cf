"""Recorded: of what rank the change of full fine-tuning is, layer by layer;
`low_rank.py` measures it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any

from tl_core.home import ASSETS
from tl_core.spec import RunSpec
from tl_core.studies import FEW_WEIGHTS
from tl_core.surveys import plain

FILE = ASSETS / "recorded" / "low_rank.json"


def spec() -> RunSpec:
    """The run whose change is measured."""
    return FEW_WEIGHTS.spec("full", FEW_WEIGHTS.seeds[0])


def record_ranks(tell: Callable[[str], None]) -> None:
    """Measure it again."""
    from tl_core import low_rank
    from tl_core.device import describe, device

    document = {
        "layers": low_rank.changes(spec()),
        "device": describe(device()),
        "recorded": datetime.now(UTC).date().isoformat(),
    }
    FILE.write_text(json.dumps(plain(document), separators=(",", ":")))
    tell("the rank of full fine-tuning's change")


@cache
def recorded() -> dict[str, Any]:
    """What `record_ranks` wrote; {} when it was never made."""
    if not FILE.is_file():
        return {}
    document: dict[str, Any] = json.loads(FILE.read_text())
    return document
