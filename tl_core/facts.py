"""Numbers taken of the networks themselves, seed by seed, for claims that no
curve answers: do classes part with depth, are first filters waves?

Recorded by `python -m tl_core record`, each with the specs of its networks.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any

from tl_core.home import ASSETS
from tl_core.races import RACES
from tl_core.spec import RunSpec, spec_from_dict
from tl_core.studies import STUDIES

FACTS = ASSETS / "recorded" / "facts.json"
SEEDS = (0, 1, 2, 3, 4)


def record_facts(tell: Callable[[str], None]) -> None:
    """Measure everything again."""
    from tl_core.device import describe, device, use_threads

    use_threads()
    source = [RACES[0].spec("source_only", seed) for seed in SEEDS]
    study = next(race for race in STUDIES if race.key == "forgetting")
    tuned = [study.spec("full", seed) for seed in SEEDS]
    found = {
        "source": _table(source, by_depth),
        "tuned": _table(tuned, first_filters),
    }
    document = {
        **found,
        "shifts": {"rank": _ranks(), "specs": [source[0].to_dict()]},
        "device": describe(device()),
        "recorded": datetime.now(UTC).date().isoformat(),
    }
    FACTS.write_text(json.dumps(document, indent=0))
    tell("facts about networks, seed by seed")


def _table(
    specs: list[RunSpec], look: Callable[[RunSpec], dict[str, float]]
) -> dict[str, Any]:
    """Each number of `look` for every spec, and the specs."""
    rows = [look(spec) for spec in specs]
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    return {**columns, "specs": [spec.to_dict() for spec in specs]}


def by_depth(spec: RunSpec) -> dict[str, float]:
    """Probe accuracy on source classes and A-distance, first and last stage
    of a source model."""
    from tl_core import depths

    stages = list(depths.by_depth(spec).values())
    return {
        f"{name}_{when}": float(stage[key])
        for name, key in (("classes", "source"), ("domains", "a_distance"))
        for when, stage in (("first", stages[0]), ("last", stages[-1]))
    }


def first_filters(spec: RunSpec) -> dict[str, float]:
    """Of the source model's first filters: the median r2 of the Gabor
    functions fitted to them and to random filters, and their median cosine
    with the filters after adaptation."""
    import numpy as np

    from tl_core import inside, neighbourhood
    from tl_core.analysis import filters

    found = inside.first_layer(spec)
    pair, before = inside.asked(spec)
    after = neighbourhood.adapted(spec, pair)
    weights = [filters.first_filters(model, 2)[1] for model in (before, after)]
    return {
        "gabor": float(np.median([fit.r2 for fit in found["fits"]])),
        "gabor_chance": float(np.median(found["null"])),
        "kept": float(np.median(filters.turned(*weights))),
    }


def _ranks() -> list[float]:
    """Spearman's rank correlation of MMD and target accuracy, knob by knob
    of the shift designer, each from no shift on."""
    import pandas as pd

    from tl_core.gallery import sweep

    points = pd.DataFrame(sweep()["points"])
    still = points[points.knob == ""]
    return [
        float(both.mmd.rank().corr(both.accuracy.rank()))
        for knob in points.knob.unique()
        if knob
        for both in [pd.concat([still, points[points.knob == knob]])]
    ]


@cache
def recorded() -> dict[str, Any]:
    """What `record_facts` wrote; {} when it was never made."""
    if not FACTS.is_file():
        return {}
    document: dict[str, Any] = json.loads(FACTS.read_text())
    return document


def values(key: str) -> list[float]:
    """A fact by "group.name", one number a seed (or knob).

    Raises:
        LookupError: it was never recorded.
    """
    group, _, name = key.partition(".")
    found: list[float] = recorded()[group][name]
    return found


def specs(key: str) -> list[RunSpec]:
    """The specs of the networks behind a fact."""
    rows = recorded().get(key.partition(".")[0], {}).get("specs", [])
    return [spec_from_dict(row) for row in rows]
