"""What ships beside the recorded runs: pictures of every domain pair, and
what each slider of the shift designer did to a source model."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from tl_core import (
    advice_cases,
    catalog,
    distortion,
    facts,
    films,
    freezing,
    joint_lesson,
    lora_film,
    matrix_memory,
    memory,
    promises,
    ranks,
    rate_search,
    surveys,
    token_maps,
    verdicts,
)
from tl_core.card import SpecError
from tl_core.fit import default_choice
from tl_core.home import ASSETS
from tl_core.spec import RunSpec, spec_from_settings

PICTURES = ASSETS / "pictures"
SWEEP = ASSETS / "recorded" / "shifts.json"
DEPTHS = ASSETS / "recorded" / "depths.json"
DESIGNED = "mnist_shifted"
STRENGTHS = (0.25, 0.5, 0.75, 1.0)
"""Shares of the way from zero to a knob's end."""
SHEET = 24


def record_all(tell: Callable[[str], None]) -> None:
    """Make everything of this file again, and the surveys."""
    record_checkpoints(tell)
    record_pictures(tell)
    record_sweep(tell)
    record_depths(tell)
    facts.record_facts(tell)
    surveys.record_surveys(tell)
    promises.record_promises(tell)
    distortion.record_distortion(tell)
    films.record_film(tell)
    ranks.record_ranks(tell)
    lora_film.record_lora_films(tell)
    token_maps.record_tokens(tell)
    memory.record_memory(tell)
    matrix_memory.record_matrix_memory(tell)
    advice_cases.record_cases(tell)
    joint_lesson.record(tell)
    freezing.record(tell)
    rate_search.record_rates(tell)
    verdicts.record_verdicts(tell)


def picture(dataset: str, domain: str) -> Path | None:
    """The picture of some samples of a domain; None when none is shipped."""
    path = PICTURES / f"{dataset}-{domain}.png"
    return path if path.is_file() else None


def record_pictures(tell: Callable[[str], None]) -> None:
    """Make the pictures of all pairs whose files are on this machine."""
    import torch

    from tl_core import pictures, training

    PICTURES.mkdir(parents=True, exist_ok=True)
    for key in catalog.keys("datasets"):
        spec = spec_from_settings(default_choice(key))
        try:
            pair = training.load_pair(spec, torch.device("cpu"))
        except SpecError:  # not fetched, or a user's own data
            continue
        taken = next(pictures.samples(pair))
        for name in ("source", "target"):
            if f"{name}_x" in taken.arrays:
                x, y = (taken.arrays[f"{name}_{part}"] for part in "xy")
                _write(key, name, x.numpy(), y.numpy())
        tell(f"picture of {key}")


def _write(key: str, name: str, x: Any, y: Any) -> None:
    from PIL import Image

    from tl_core.figures.samples import image_grid, point_sheet
    from tl_core.figures.theme import DOMAINS

    if x.ndim == 2:
        sheet = point_sheet(x, y, DOMAINS[name])
    else:
        sheet = image_grid(x[:SHEET], columns=12)
    Image.fromarray(sheet).save(PICTURES / f"{key}-{name}.png", optimize=True)


def shipped() -> list[RunSpec]:
    """The specs whose source checkpoints come with the lab: every pair that
    has source samples offline, with its default network."""
    specs = []
    for key in catalog.keys("datasets"):
        card = catalog.entry("datasets", key).card
        if not (card.online or card.source_task or key == "folder"):
            specs.append(spec_from_settings(default_choice(key)))
    tinted = {**default_choice(DESIGNED), "dataset.colour": 0.5}
    return [*specs, spec_from_settings(tinted)]


def record_checkpoints(tell: Callable[[str], None]) -> None:
    """Train the source networks of `shipped`, where that was not yet done,
    and put them beside the recorded runs."""
    from tl_core import checkpoints, training
    from tl_core.device import device, use_threads

    use_threads()
    kept = set()
    for spec in shipped():
        pair = training.load_pair(spec, device())
        model = training.new_network(spec, pair).to(device())
        for _ in training.pretrain(spec, model, pair):
            pass
        kept.add(checkpoints.ship(checkpoints.key(spec, pair.source)))
        tell(f"checkpoint of {spec.dataset}")
    for old in set(checkpoints.SHIPPED.glob("*.safetensors")) - kept:
        old.unlink()


def image_pairs() -> tuple[str, ...]:
    """Pairs of images, with both domains, that need no download."""
    return tuple(
        spec.dataset
        for spec in shipped()[:-1]
        if catalog.entry("datasets", spec.dataset).card.inputs == "images"
    )


def record_depths(tell: Callable[[str], None]) -> None:
    """Measure what each stage of every pair's default source network
    tells."""
    from tl_core import training
    from tl_core.depths import by_depth
    from tl_core.device import describe, device

    document = {}
    for key in image_pairs():
        spec = spec_from_settings(default_choice(key))
        pair = training.load_pair(spec, device())
        document[key] = {
            "stages": by_depth(spec),
            "classes": len(pair.head_classes),
            "backbone": spec.backbone,
            "device": describe(device()),
            "recorded": datetime.now(UTC).date().isoformat(),
        }
        tell(f"stages of {key}")
    DEPTHS.write_text(json.dumps(document, indent=0))


@cache
def depths() -> dict[str, Any]:
    """What `record_depths` wrote; {} when it was never made."""
    if not DEPTHS.is_file():
        return {}
    document: dict[str, Any] = json.loads(DEPTHS.read_text())
    return document


def shifts() -> Iterator[tuple[str, float]]:
    """No shift, and every knob of the designer at several strengths."""
    yield "", 0.0
    for name, knob in catalog.entry("datasets", DESIGNED).knobs.items():
        ends = [e for e in (knob.low, knob.high) if e]
        for end in ends:
            for share in STRENGTHS:
                yield name, round(end * share, 4)


def settings_of(knob: str, value: float) -> dict[str, object]:
    """The settings of one shift, all other knobs at zero."""
    still = {"dataset": DESIGNED, "dataset.inversion": 0.0}
    return {**still, f"dataset.{knob}": value} if knob else dict(still)


def record_sweep(tell: Callable[[str], None]) -> None:
    """Measure every shift of `shifts` with the default source model."""
    from tl_core import domain_gap
    from tl_core.device import describe, device

    points = []
    for knob, value in shifts():
        spec = spec_from_settings(settings_of(knob, value))
        points.append({"knob": knob, "value": value, **_numbers(spec)})
    document = {
        "points": points,
        "device": describe(device()),
        "recorded": datetime.now(UTC).date().isoformat(),
        "source": spec_from_settings(settings_of("", 0.0)).to_dict(),
        "samples": domain_gap.SAMPLES,
    }
    SWEEP.parent.mkdir(parents=True, exist_ok=True)
    SWEEP.write_text(json.dumps(document, indent=0))
    tell(f"{len(points)} shifts measured")


def _numbers(spec: RunSpec) -> dict[str, float]:
    from tl_core import domain_gap

    found = domain_gap.measure(spec)
    deepest = list(found["mmd"].values())[-1]
    return {
        "mmd": deepest["value"],
        "null": deepest["null"],
        "a_distance": found["a_distance"],
        "accuracy": found["accuracy"]["target"],
    }


@cache
def sweep() -> dict[str, Any]:
    """What `record_sweep` wrote; {} when it was never made."""
    if not SWEEP.is_file():
        return {}
    document: dict[str, Any] = json.loads(SWEEP.read_text())
    return document
