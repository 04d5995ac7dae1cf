"""What one step of every strategy of the matrix holds in memory, counted
tensor by tensor on the CPU.

Beside the formula (4 P bytes of weights, 4 T of gradients, 8 T of Adam's
moments, for P numbers of which T are trained) this knows what a strategy
keeps of its own, such as EWC's Fisher information, and the activations, which
grow with the batch.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any

from tl_core.card import Sees
from tl_core.catalog import create, entry
from tl_core.home import ASSETS
from tl_core.matrix import races_of
from tl_core.spec import RunSpec

FILE = ASSETS / "recorded" / "matrix_memory.json"
STATE = ("weights", "gradients", "optimiser")


def record_matrix_memory(tell: Callable[[str], None]) -> None:
    """Measure one step of each strategy again."""
    from tl_core.device import describe, device

    document = {
        "held": {
            f"{network}.{strategy}": held(race.spec(strategy, race.seeds[0]))
            for network, strategy, race in races_of()
        },
        "device": describe(device()),
        "recorded": datetime.now(UTC).date().isoformat(),
    }
    FILE.write_text(json.dumps(document, indent=0))
    tell("memory of every strategy")


def held(spec: RunSpec) -> dict[str, int]:
    """Bytes after one step, by STATE and "activations": a batch of each
    domain that the strategy reads, and all that it ever trains thawed."""
    import copy

    from tl_core import memory_lesson, training
    from tl_core.device import device, use_one_thread
    from tl_core.domain_gap import source_model
    from tl_core.feed import visible_pair

    pair = training.load_pair(spec, device())
    use_one_thread()
    model = copy.deepcopy(source_model(spec, pair))
    strategy = create("strategies", spec.strategy, spec.strategy_params)
    visible = visible_pair(spec, pair)
    groups = strategy.setup(model, visible)
    thaw = getattr(strategy, "advance", None)
    if thaw is not None:
        thaw(model, 1.0)
    batch = _batch(spec, visible)
    return memory_lesson.one_step(model.train(), strategy, groups, batch)


def _batch(spec: RunSpec, visible: Any) -> Any:
    """The first samples of each domain that the strategy may read."""
    from tl_core.strategies.base import Batch

    source, target, size = visible.source, visible.target, spec.batch_size
    if entry("strategies", spec.strategy).card.sees is Sees.TARGET:
        read = 0
    else:
        read = size
    labels = getattr(target, "y", None)
    return Batch(
        source.x[:read].clone(),
        source.y[:read].clone(),
        target.x[:size].clone(),
        None if labels is None else labels[:size].clone(),
        1.0,
    )


@cache
def recorded() -> dict[str, Any]:
    """What `record_matrix_memory` wrote; {} when it was never made."""
    if not FILE.is_file():
        return {}
    document: dict[str, Any] = json.loads(FILE.read_text())
    return document


def state(network: str, strategy: str) -> int | None:
    """Bytes of weights, gradients and optimiser; None if never measured."""
    found = recorded().get("held", {}).get(f"{network}.{strategy}")
    return None if found is None else sum(found[part] for part in STATE)


def activations(network: str, strategy: str) -> int | None:
    """Bytes kept for the backward pass; None if never measured."""
    found = recorded().get("held", {}).get(f"{network}.{strategy}")
    return None if found is None else int(found["activations"])
