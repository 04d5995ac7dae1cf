"""Two risks on two moons, L_t + lambda L_s, trained once for every weight
and kept, so that a slider over lambda answers at once.

Each is an ordinary run of `strategies/joint.py` from a source model, with
few labelled target points. Seeds and spec are kept with what was measured.
Caruana (1997), doi:10.1023/A:1007379606734.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from tl_core.home import ASSETS
from tl_core.spec import RunSpec, spec_from_settings
from tl_core.texts import say

if TYPE_CHECKING:
    from tl_core.backbones.base import Network
    from tl_core.datasets.base import DomainPair

FILE = ASSETS / "recorded" / "joint_lesson.npz"
LAMBDAS = (0, 0.01, 0.03, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)
SEEDS = (0, 1, 2)
LABELS = 16
"""Labelled target points."""
FINE = 250
"""Steps from 0 to 1 in which probabilities are kept."""
Recorded = Mapping[str, np.ndarray]
DOMAINS = ("source", "target")


@dataclass(frozen=True)
class Scene:
    """How far the target is turned, and how many heads there are."""

    title: str
    rotation: float
    heads: str

    def settings(self, weight: float, seed: int) -> dict[str, object]:
        """The run of one weight and one seed."""
        return {
            "dataset": "moons",
            "dataset.rotation": self.rotation,
            "backbone": "mlp",
            "strategy": "joint",
            "strategy.heads": self.heads,
            "strategy.weight": weight,
            "target_labels": LABELS,
            "lr": 0.01,
            "pretrain_steps": 300,
            "steps": 600,
            "seed": seed,
        }


SCENES = {
    "near": Scene(say("Turned 35°, one head"), 35.0, "one"),
    "far": Scene(say("Turned 90°, one head"), 90.0, "one"),
    "two": Scene(say("Turned 90°, two heads"), 90.0, "two"),
}
"""Where both risks agree, where they do not, and what a head each does."""


def record(tell: Callable[[str], None]) -> None:
    """Train every scene again, with every weight and seed."""
    import torch

    from tl_core.device import describe, use_one_thread

    use_one_thread()
    found: dict[str, np.ndarray] = {}
    for key, scene in SCENES.items():
        for name, values in swept(scene, LAMBDAS, SEEDS).items():
            found[f"{key}_{name}"] = values
        tell(f"both risks, {scene.title}")
    np.savez_compressed(
        FILE,
        **found,  # type: ignore[arg-type]
        device=np.array(describe(torch.device("cpu"))),
        recorded=np.array(datetime.now(UTC).date().isoformat()),
    )


def swept(
    scene: Scene, weights: tuple[float, ...], seeds: tuple[int, ...]
) -> dict[str, np.ndarray]:
    """What `played` measures for each weight and seed, (weights, seeds);
    boundaries (weights, g, g), points and labels are of the first seed."""
    rows = [
        [played(spec_from_settings(scene.settings(w, s))) for s in seeds]
        for w in weights
    ]
    numbers = [k for k, v in rows[0][0].items() if np.ndim(v) == 0]
    first = [row[0] for row in rows]
    kept: dict[str, Any] = {k: first[0][k] for k in first[0]}
    for name in numbers:
        kept[name] = np.array([[cell[name] for cell in row] for row in rows])
    for domain in DOMAINS:
        name = f"p_{domain}"
        fine = np.stack([cell[name] for cell in first])
        kept[name] = (FINE * fine).round().astype(np.uint8)
    return kept


def played(spec: RunSpec) -> dict[str, Any]:
    """Run `spec` and measure each domain: `loss` on what it was trained on,
    `accuracy` on test points, and p(lower moon) over the plane, (g, g)."""
    import torch

    from tl_core import training
    from tl_core.feed import visible_pair

    pair = training.load_pair(spec, torch.device("cpu"))
    model = training.new_network(spec, pair)
    for _ in training.pretrain(spec, model, pair):
        pass
    for _ in training.adapt(spec, model, pair):
        pass
    visible = visible_pair(spec, pair)
    trained_on = {"source": pair.source.train, "target": visible.target}
    found: dict[str, Any] = {}
    for domain in DOMAINS:
        reader = _reader(model.eval(), domain)
        found |= _measured(domain, reader, pair, trained_on[domain])
    return found


def _reader(model: Network, domain: str) -> Network:
    """The network as it reads a domain: with two heads each has its own."""
    from tl_core.strategies.joint import source_head

    if domain == "target":
        return model
    head: Any = source_head(model)
    return model.with_head(head)


def _measured(
    domain: str, reader: Network, pair: DomainPair, seen: Any
) -> dict[str, Any]:
    import torch

    from tl_core import evaluation, pictures
    from tl_core.strategies.base import cross_entropy

    test = getattr(pair, domain).test
    taken = pictures.boundary("boundary", 0, reader)
    with torch.no_grad():
        loss = cross_entropy(reader(seen.x), seen.y).item()
    logits = evaluation.logits_of(reader, test.x)
    few = seen.first(pictures.POINTS)
    return {
        f"loss_{domain}": loss,
        f"accuracy_{domain}": evaluation.accuracy(logits, test.y),
        f"p_{domain}": taken.arrays["p"].numpy(),
        "axis": taken.arrays["axis"].numpy(),
        f"{domain}_x": few.x.numpy().astype(np.float32),
        f"{domain}_y": few.y.numpy().astype(np.uint8),
    }


@cache
def recorded() -> dict[str, Recorded]:
    """Each scene as `swept` returns it; {} when it was never made."""
    if not FILE.is_file():
        return {}
    with np.load(FILE, allow_pickle=False) as arrays:
        return {
            key: {
                name.removeprefix(f"{key}_"): arrays[name]
                for name in arrays.files
                if name.startswith(f"{key}_")
            }
            for key in SCENES
        }


@cache
def where() -> tuple[str, str]:
    """On which device and day it was recorded."""
    with np.load(FILE, allow_pickle=False) as arrays:
        return str(arrays["device"]), str(arrays["recorded"])
