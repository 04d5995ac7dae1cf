"""What each stage of a source model knows of whole domains, shallow to deep.

Each question takes a spec and returns plain data; see `inside.py` for those
about single pictures and channels.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tl_core import training
from tl_core.analysis import activations, cka, projections
from tl_core.analysis import transferability as scores
from tl_core.analysis.a_distance import proxy_a_distance
from tl_core.analysis.separability import probe_accuracy
from tl_core.device import device
from tl_core.evaluation import logits_of
from tl_core.inside import asked, side
from tl_core.neighbourhood import adapted
from tl_core.spec import RunSpec

SHOWN = 200
"""Test samples of a domain in a projection."""
SEEN = 512
"""Samples of a split from which a number is taken."""


def projected(
    spec: RunSpec, stage: str, how: str = "pca"
) -> dict[str, dict[str, np.ndarray]]:
    """A stage's pooled features of both domains in one plane: by domain
    `points` (n, 2) and `labels` (n,)."""
    pair, model = asked(spec)
    domains = {"source": pair.source, "target": pair.target}
    tests = {k: d.test.first(SHOWN) for k, d in domains.items() if len(d.test)}
    features = {
        name: activations.strengths(model, test.x, stage).cpu().numpy()
        for name, test in tests.items()
    }
    points = projections.together(features, how)
    return {
        name: {"points": points[name], "labels": test.y.cpu().numpy()}
        for name, test in tests.items()
    }


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
    and a stage's samples `before` and `after`, by domain points (n, 2), those
    after laid on those before; `labels` (n,) by domain."""
    pair, start = asked(spec)
    end = adapted(spec, pair)
    tests = {name: side(pair, name).test for name in ("source", "target")}
    shown = {name: test.first(SHOWN) for name, test in tests.items()}
    points = []
    for model in (start, end):
        features = {
            name: activations.strengths(model, test.x, stage).cpu().numpy()
            for name, test in shown.items()
        }
        flat = projections.together(features, how)
        points.append(np.concatenate(list(flat.values())))
    before, after = projections.aligned(points)
    cut = len(shown["source"])
    return {
        "stages": list(start.backbone.stages),
        "cka": {
            name: cka.between(start, end, test.x[:SEEN]).cpu().numpy()
            for name, test in tests.items()
        },
        "before": {"source": before[:cut], "target": before[cut:]},
        "after": {"source": after[:cut], "target": after[cut:]},
        "labels": {k: test.y.cpu().numpy() for k, test in shown.items()},
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
