"""What a recorded run shows of its pair's parts: X, P(X), Y, P(Y), P(Y|X)
and what the source model makes of them.

    domain D = {X, P(X)}      task T = {Y, P(Y|X)}

Pan and Yang (2010), A Survey on Transfer Learning, IEEE TKDE 22(10).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import numpy as np

from tl_core import recording, studies
from tl_core.analysis.intervals import Interval, interval
from tl_core.history import History
from tl_core.races import RACES, Race

DOMAINS = ("source", "target")
KNOWN = {race.key: race for race in (*RACES, *studies.STUDIES)}
EXAMPLES = {
    "mnist_to_optdigits": ("optdigits", "source_only"),
    "mnist_to_mnistm": ("mnistm", "source_only"),
    "signs_day_to_night": ("signs", "source_only"),
    "fonts_to_mnist": ("fonts", "source_only"),
    "label_shift": ("label_shift", "source_only"),
    "mnist_renamed": ("renamed", "full"),
    "digits_split": ("anb_3", "transplant"),
    "text_to_vision": ("text", "linear_probe"),
}
"""For each pair the race and the strategy whose recording shows it."""
NAMES = {"label_shift": "Other proportions", "renamed": "Other names"}
"""Studies whose title does not name their pair."""
BINS, COARSE = 30, 20
"""Bins of many pixels, and of a few hundred samples."""
Bins = dict[str, np.ndarray]


def race_of(dataset: str) -> Race:
    """The race whose runs show a pair."""
    return KNOWN[EXAMPLES[dataset][0]]


def runs(dataset: str) -> list[History]:
    """The recorded runs that show a pair, one a seed; [] if there are
    none."""
    return of_strategy(race_of(dataset), EXAMPLES[dataset][1])


def of_strategy(race: Race, strategy: str) -> list[History]:
    """The recorded runs of one strategy of a race; no other is read."""
    return recording.recorded_race(replace(race, strategies=(strategy,)))


def pixels(run: History) -> Bins:
    """Shares of the pixel values in [0, 1] of each domain's shown samples,
    in common bins."""
    edges = np.linspace(0, 1, BINS + 1)
    found = {"edges": edges}
    for domain in DOMAINS:
        x = run.arrays("samples").get(f"{domain}_x")
        if x is not None:
            counts = np.histogram(x / 255, edges)[0]
            found[domain] = counts / counts.sum()
    return found


def on_first_axis(run: History) -> Bins:
    """Shares of the source model's features on their first principal axis,
    of each domain's kept test samples, in common bins."""
    arrays = run.arrays("features_before")
    values = {
        domain: arrays[f"{domain}_points"][:, 0]
        for domain in DOMAINS
        if f"{domain}_points" in arrays
    }
    whole = np.concatenate(list(values.values()))
    found = {"edges": np.linspace(whole.min(), whole.max(), COARSE + 1)}
    for domain, at in values.items():
        found[domain] = np.histogram(at, found["edges"])[0] / len(at)
    return found


def shared(bins: Bins) -> float:
    """How much of their mass two histograms share, in [0, 1]."""
    return float(np.minimum(bins["source"], bins["target"]).sum())


def proportions(run: History, domain: str) -> np.ndarray:
    """The share of each class among a domain's test samples whose features
    were kept, (classes,); empty where there are none."""
    labels = run.arrays("features_before").get(f"{domain}_y")
    if labels is None:
        return np.zeros(0)
    counts = np.bincount(labels, minlength=len(classes(run, domain)))
    found: np.ndarray = counts / counts.sum()
    return found


def classes(run: History, domain: str) -> tuple[str, ...]:
    """The names of a domain's classes; none for a source that is only a
    trained network."""
    if domain == "target":
        return run.classes
    if "source_y" not in run.arrays("samples"):
        return ()
    chosen = run.spec.dataset_params
    if run.spec.dataset != "digits_split" or chosen["labels"] != "digits":
        return run.classes
    return tuple(str((int(chosen["first"]) + n) % 10) for n in range(5))


def one_of_each(run: History, domain: str) -> dict[str, np.ndarray]:
    """The first shown sample (c, h, w) under each class's name, where one
    is among them."""
    arrays = run.arrays("samples")
    found = {}
    for label, name in enumerate(classes(run, domain)):
        mine = np.flatnonzero(arrays[f"{domain}_y"] == label)
        if len(mine):
            found[name] = arrays[f"{domain}_x"][mine[0]]
    return found


def before(run: History, domain: str) -> float | None:
    """The share of a domain's test samples that the source model reads; of
    a pair without source samples, what the network at first reads."""
    if run.finished is None:
        return None
    share = run.finished.accuracy
    if f"{domain}_before" in share:
        return share[f"{domain}_before"]
    if domain == "source":
        return None
    return run.accuracy("target")[1][0]


def told_apart(found: Sequence[History]) -> Interval | None:
    """Share of held-out samples whose domain a small classifier of the
    source model's deepest features names, over seeds.

    The proxy A-distance is d = 2 (1 - 2 error), so that share is
    1/2 + d/4: a half is guessing.
    """
    distances = [h.arrays("a_distance")["before"][-1] for h in found]
    if not distances:
        return None
    return interval([0.5 + float(d) / 4 for d in distances])


def mmd_and_null(run: History) -> tuple[float, float] | None:
    """MMD^2 of the source model's deepest features, and what 95 % of random
    relabellings stay below; None where one domain has no samples."""
    first = next(e for e in run.evaluations if e.phase == "adapt")
    null = run.arrays("mmd_null")
    if not first.mmd or not null:
        return None
    return list(first.mmd.values())[-1], float(null["before"][-1])


def paired(
    a: Sequence[History], b: Sequence[History], domain: str = "target"
) -> Interval:
    """Mean and interval of a's final accuracy minus b's, seed by seed.

    Raises:
        ValueError: they have no seed in common.
    """
    first, second = (
        {h.spec.seed: h.finished.accuracy[domain] for h in g if h.finished}
        for g in (a, b)
    )
    both = [seed for seed in first if seed in second]
    return interval([first[seed] - second[seed] for seed in both])


@cache
def separable() -> dict[str, Interval]:
    """How surely the domains of each recorded pair are told apart, by the
    pair's title, the surest first."""
    found = {}
    for race in (*RACES, KNOWN["label_shift"], KNOWN["renamed"]):
        span = told_apart(of_strategy(race, race.strategies[0]))
        if span is not None:
            title = NAMES.get(race.key, race.title)
            found[title] = span
    return dict(sorted(found.items(), key=lambda item: -item[1].mean))
