"""Surveys that take minutes, so they are recorded: the loss around a source
model, how two kinds of Fisher information change while it is trained, and
which channels it needs.

All are of the study `forgetting`, with its first seed.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

import numpy as np

from tl_core.home import ASSETS
from tl_core.spec import RunSpec
from tl_core.studies import STUDIES

SURVEYS = ASSETS / "recorded" / "surveys.json"
SEED = 0
LOOKS = (5, 10, 20, 40, 80, 160, 300, 600)
"""Steps of source training at which the Fisher information is measured."""
MEASURED = 200
"""Source samples on which it is."""


def spec_of(strategy: str) -> RunSpec:
    """A strategy's run in the study, with the first seed."""
    study = next(race for race in STUDIES if race.key == "forgetting")
    return study.spec(strategy, SEED)


def record_surveys(tell: Callable[[str], None]) -> None:
    """Make all surveys again."""
    from tl_core import importance, neighbourhood
    from tl_core.device import describe, device

    full, ewc = spec_of("full"), spec_of("ewc")
    document = {
        "plane": neighbourhood.plane(full, ewc),
        "lines": {s.strategy: neighbourhood.line(s) for s in (full, ewc)},
        "traces": list(traces(full)),
        "rises": {s.strategy: importance.rises(s) for s in (full, ewc)},
        "needed": importance.needed(full),
        "spec": full.to_dict(),
        "device": describe(device()),
        "recorded": datetime.now(UTC).date().isoformat(),
    }
    SURVEYS.write_text(json.dumps(plain(document), separators=(",", ":")))
    tell("loss plane, lines, and Fisher information over training")


def traces(spec: RunSpec) -> Iterator[dict[str, float]]:
    """The sums of the exact and of the empirical Fisher diagonal, and the
    loss, on the same source samples at several steps of source training.

    The empirical one takes labels for what the model would say, and shrinks
    with the loss (Kunstner, Balles and Hennig 2019, arXiv:1905.12558).
    """
    import torch.nn.functional as F

    from tl_core import training
    from tl_core.analysis import fisher
    from tl_core.device import device
    from tl_core.events import StepDone

    training.use_threads()
    pair = training.load_pair(spec, device())
    model = training.new_network(spec, pair).to(device())
    seen = pair.source.train.first(MEASURED)
    longest = replace(spec, pretrain_steps=max(LOOKS))
    for event in training.train_on_source(longest, model, pair):
        if isinstance(event, StepDone) and event.step in LOOKS:
            still = copy.deepcopy(model).eval()
            yield {
                "step": event.step,
                "exact": total(fisher.exact(still, seen)),
                "empirical": total(fisher.empirical(still, seen)),
                "loss": F.cross_entropy(still(seen.x), seen.y).item(),
            }


def total(diagonal: dict[str, Any]) -> float:
    """The trace of a diagonal."""
    return sum(f.double().sum().item() for f in diagonal.values())


def plain(value: Any) -> Any:
    """Arrays and numbers of five digits as JSON takes them."""
    if isinstance(value, dict):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [plain(part) for part in value]
    if isinstance(value, float | np.floating):
        return float(f"{value:.5g}")
    return value


@cache
def surveys() -> dict[str, Any]:
    """What `record_surveys` wrote; {} when it was never made."""
    if not SURVEYS.is_file():
        return {}
    document: dict[str, Any] = json.loads(SURVEYS.read_text())
    return document
