"""What each stage of a source model knows of whole domains, shallow to deep.

Each question takes a spec and returns plain data; see `inside.py` for those
about single pictures and channels.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch.nn.functional as F
from torch import Tensor

from tl_core import catalog, training
from tl_core.analysis import activations, cka, projections
from tl_core.analysis import transferability as scores
from tl_core.analysis.a_distance import proxy_a_distance
from tl_core.analysis.separability import probe_accuracy
from tl_core.backbones.base import Network
from tl_core.datasets.base import DomainPair, Samples
from tl_core.device import device
from tl_core.evaluation import Judge, logits_of
from tl_core.inside import as_bytes, asked, side
from tl_core.neighbourhood import adapted
from tl_core.prefix import Prefix
from tl_core.spec import RunSpec

SHOWN = 200
"""Test samples of a domain in a projection."""
SEEN = 512
"""Samples of a split from which a number is taken."""
SIDE = 32
"""Pixels of a shown picture, at most: four hundred go to a browser."""
KEPT = 4
_JUDGES: dict[str, Judge] = {}
"""Of the last adaptations, by the run's id."""
_ADAPTING = threading.Lock()


def projected(spec: RunSpec, stage: str, how: str = "pca") -> dict[str, Any]:
    """A stage's pooled features of both domains in one plane: what is
    `sampled`, and under `before` what is `viewed`."""
    pair, model = asked(spec)
    found = sampled(pair)
    readers = dict.fromkeys(found["labels"], model)
    heads = dict.fromkeys(readers, pair.head_classes)
    return {**found, "before": viewed(pair, readers, heads, stage, how)}


def sampled(pair: DomainPair) -> dict[str, Any]:
    """The first test samples of each domain that has some: the names
    `classes` of both domains, by domain the places of the `labels` (n,)
    among them, and of pictures `images` (n, c, h, w) uint8, small ones."""
    classes = _classes(pair)
    names = {"source": pair.head_classes, "target": pair.classes}
    labels, images = {}, {}
    for domain, test in _tests(pair).items():
        labels[domain] = _places(test.y, names[domain], classes)
        if test.x.dim() == 4:
            small = test.x.shape[-1] > SIDE
            x = F.adaptive_avg_pool2d(test.x, SIDE) if small else test.x
            images[domain] = as_bytes(x)
    return {"classes": classes, "labels": labels, "images": images}


def viewed(
    pair: DomainPair,
    readers: Mapping[str, Network],
    heads: Mapping[str, Sequence[str]],
    stage: str,
    how: str,
) -> dict[str, dict[str, np.ndarray]]:
    """By domain, `points` (n, 2) of a stage's features and `said` (n,), the
    places of what its reader reads among the classes of `sampled`; `heads`
    name what the readers' heads can say."""
    tests, classes = _tests(pair), _classes(pair)
    features = {
        name: activations.strengths(model, tests[name].x, stage).cpu().numpy()
        for name, model in readers.items()
    }
    points = projections.together(features, how)
    said = {
        name: logits_of(model, tests[name].x).argmax(1)
        for name, model in readers.items()
    }
    return {
        name: {
            "points": points[name],
            "said": _places(said[name], heads[name], classes),
        }
        for name in readers
    }


def _tests(pair: DomainPair) -> dict[str, Samples]:
    domains = {"source": pair.source, "target": pair.target}
    return {k: d.test.first(SHOWN) for k, d in domains.items() if len(d.test)}


def _classes(pair: DomainPair) -> list[str]:
    return list(dict.fromkeys([*pair.head_classes, *pair.classes]))


def _places(
    y: Tensor, names: Sequence[str], classes: Sequence[str]
) -> np.ndarray:
    """Of labels y (n,) that count in `names`, the places in `classes`."""
    places = np.array([classes.index(name) for name in names])
    return np.asarray(places[y.cpu().numpy()])


def learned(spec: RunSpec, domain: str = "source") -> dict[str, Any]:
    """CKA (stages, stages) of the network before (rows) and after (columns)
    source training, on a domain's test samples, with the names `stages`."""
    pair, model = asked(spec)
    start = training.new_network(spec, pair).to(device()).eval()
    x = side(pair, domain).test.x[:SEEN]
    return {
        "stages": list(model.backbone.stages),
        "cka": cka.between(start, model, x).cpu().numpy(),
    }


def changed(spec: RunSpec, stage: str, how: str = "pca") -> dict[str, Any]:
    """What adaptation, which is run anew, did to the features: by domain
    `cka` (stages, stages), rows before and columns after, the names `stages`,
    what is `sampled`, and `before` and `after` what is `viewed`, the points
    after `laid_on` those before."""
    pair, start = asked(spec)
    judge = judged(spec, pair, start)
    readers = {name: judge.reader(name) for name in judge.domains}
    starts = dict.fromkeys(readers, start)
    heads = dict.fromkeys(readers, pair.head_classes)
    before = viewed(pair, starts, heads, stage, how)
    after = viewed(pair, readers, judge.classes, stage, how)
    return {
        **sampled(pair),
        "stages": list(start.backbone.stages),
        "cka": {
            name: cka.between(start, end, side(pair, name).test.x[:SEEN])
            .cpu()
            .numpy()
            for name, end in readers.items()
        },
        "before": before,
        "after": laid_on(before, after),
    }


def judged(spec: RunSpec, pair: DomainPair, start: Network) -> Judge:
    """Who knows how the adapted network reads either domain; the last few
    are kept, and who asks meanwhile waits for the one under way."""
    with _ADAPTING:
        if spec.id not in _JUDGES:
            strategy = catalog.create(
                "strategies", spec.strategy, spec.strategy_params
            )
            prefix = Prefix(start, pair.target.train.x)
            judge = Judge(start, pair, strategy, prefix)
            judge.model = adapted(spec, pair)
            if len(_JUDGES) >= KEPT:
                _JUDGES.pop(next(iter(_JUDGES)))
            _JUDGES[spec.id] = judge
        return _JUDGES[spec.id]


def laid_on(
    before: Mapping[str, Mapping[str, np.ndarray]],
    after: Mapping[str, Mapping[str, np.ndarray]],
) -> dict[str, dict[str, np.ndarray]]:
    """`after` with its points turned, mirrored and moved to lie as near as
    they can on those before; not scaled, so that distances still compare."""
    one, two = (
        np.concatenate([view["points"] for view in state.values()])
        for state in (before, after)
    )
    _, moved = projections.aligned([one, two])
    centre = moved.mean(0)
    wide, narrow = (np.linalg.norm(p - p.mean(0)) for p in (two, moved))
    scale = float(wide) / max(float(narrow), 1e-30)
    ends = np.cumsum([len(view["points"]) for view in after.values()])[:-1]
    parts = np.split(centre + scale * (moved - centre), ends)
    return {
        name: {**after[name], "points": part}
        for name, part in zip(after, parts, strict=True)
    }


def promise(spec: RunSpec) -> dict[str, float]:
    """How well the source model should transfer to the target's labelled
    training samples: `logme`, `leep`, `h_score` (shrunk); and, without
    labels, `closeness`: 2 minus the proxy A-distance, in [0, 2]."""
    pair, model = asked(spec)
    seen = pair.target.train.first(spec.target_labels or SEEN)
    last = list(model.backbone.stages)[-1]
    z = activations.strengths(model, seen.x, last)
    zs = activations.strengths(model, pair.source.test.x[:SEEN], last)
    zt = activations.strengths(model, pair.target.test.x[:SEEN], last)
    p = logits_of(model, seen.x).softmax(1)
    return {
        "logme": scores.logme(z, seen.y),
        "leep": scores.leep(p, seen.y),
        "h_score": scores.shrunk_h_score(z, seen.y),
        "closeness": 2 - proxy_a_distance(zs, zt),
    }


def by_depth(spec: RunSpec) -> dict[str, dict[str, float]]:
    """Stage by stage, shallow to deep: accuracy of a linear probe on either
    domain's test samples, fitted to its own training samples (`source`,
    `target`), or to the source's and read on the target (`across`); and the
    proxy `a_distance` of the domains in [0, 2]."""
    pair, model = asked(spec)
    parts = {
        f"{name} {part}": getattr(side(pair, name), part).first(SEEN)
        for name in ("source", "target")
        for part in ("train", "test")
    }
    found: dict[str, dict[str, float]] = {}
    for stage in model.backbone.stages:
        z = {
            key: (activations.strengths(model, samples.x, stage), samples.y)
            for key, samples in parts.items()
        }
        found[stage] = {
            "source": probe_accuracy(z["source train"], z["source test"]),
            "target": probe_accuracy(z["target train"], z["target test"]),
            "a_distance": proxy_a_distance(
                z["source test"][0], z["target test"][0]
            ),
        }
        if pair.head_classes == pair.classes:
            across = probe_accuracy(z["source train"], z["target test"])
            found[stage]["across"] = across
    return found
