"""Experiments behind the lessons on strategies, negative transfer, joint
training and the matrix: many short runs, of which curves and verdicts are
kept.
"""

from __future__ import annotations

from tl_core.races import Race
from tl_core.studies import (
    CHOSEN_HERE,
    DEFAULTS,
    KEPT_HEADS,
    PRINTED,
    RENAMED,
    STUDIES,
    TURNED,
)
from tl_core.texts import say

THREE = (0, 1, 2)
FEW, SOME = 10, 100
"""Labelled target samples."""
KNOWN = {race.key: race for race in STUDIES}


def _crossover(labels: int) -> Race:
    """Probe, full fine-tuning and scratch with one number of labels."""
    return Race(
        f"crossover_{labels}",
        say(
            "Printed to handwritten digits with {labels} labels", labels=labels
        ),
        {**PRINTED, "target_labels": labels},
        KEPT_HEADS,
        ("linear_probe", "full", "scratch"),
        {"linear_probe": {"strategy.head": "source"}},
        brief=True,
    )


CROSSOVER = {
    10: KNOWN["ten_labels"],
    20: _crossover(20),
    50: _crossover(50),
    100: _crossover(100),
    200: KNOWN["two_hundred_labels"],
    500: _crossover(500),
    2000: _crossover(2000),
}
"""By the number of labels: which strategy wins?"""

TINY: dict[str, dict[str, object]] = {
    "Inverted, noisy digits": {
        "dataset": "mnist_shifted",
        "dataset.inversion": 1,
        "dataset.noise": 0.3,
    },
    "Five other digits": {"dataset": "digits_split"},
}
"""Targets that are far: in how they look, or in what they are."""
GENTLE: dict[str, object] = {"lr": 3e-4, "weight_decay": 0.1, "dropout": 0.3}
WAYS: dict[str, tuple[str, dict[str, object]]] = {
    "Full, ten times the rate": ("full", {"lr": 1e-2}),
    "Full fine-tuning": ("full", {}),
    "Full, gently": ("full", GENTLE),
    "Full, augmented": ("full", {"augmentation": "shift"}),
    "Partial, gently": ("partial", GENTLE),
    "LoRA": ("lora", {}),
    "Linear probe": ("linear_probe", {}),
    "From scratch": ("scratch", {}),
}


def _tiny(target: str, way: str) -> Race:
    """One way of learning from twenty labels."""
    strategy, knobs = WAYS[way]
    return Race(
        f"tiny_{TINY[target]['dataset']}_{way}",
        way,
        {**TINY[target], "target_labels": 20, "steps": 200, **knobs},
        CHOSEN_HERE,
        (strategy,),
        brief=True,
    )


CURES = {target: [_tiny(target, way) for way in WAYS] for target in TINY}
"""Twenty labels of a far target: what is learned by heart, and what helps."""

LAMBDAS = {
    weight: Race(
        f"lambda_{weight:g}",
        say("Joint training with λ = {weight:g}", weight=weight),
        {**TURNED, "target_labels": SOME, "strategy.weight": weight},
        CHOSEN_HERE,
        ("joint",),
        seeds=THREE,
        brief=True,
    )
    for weight in (0.0, 0.1, 0.3, 1.0, 3.0, 10.0)
}
"""The joint objective: a race of one strategy for every weight."""
RATES = {
    scale: Race(
        f"rates_{scale:g}",
        say(
            "The first stage learns at {scale:g} of the head's rate",
            scale=scale,
        ),
        {**TURNED, "target_labels": SOME, "strategy.lr_scale": scale},
        CHOSEN_HERE,
        ("discriminative_lr",),
        seeds=THREE,
        brief=True,
    )
    for scale in (1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1.0)
}
"""Discriminative rates: a race of one strategy for every scale."""
ORDERS = Race(
    "orders",
    say("Sequential, joint, or from scratch"),
    {**TURNED, "target_labels": SOME},
    DEFAULTS,
    ("full", "joint", "scratch"),
    brief=True,
)
"""Three ways to use two domains, with equal budgets."""


def _renamed(share: float, labels: int) -> Race:
    """A kept head of which a share of the names no longer fits."""
    return Race(
        f"names_{share:g}_{labels}",
        say(
            "{share:.0%} of the names changed, {labels} labels",
            share=share,
            labels=labels,
        ),
        {**RENAMED, "dataset.severity": share, "target_labels": labels},
        DEFAULTS,
        ("full", "scratch"),
        brief=True,
    )


def _by_lot(share: float, labels: int) -> Race:
    """A source of which a share of the labels was drawn by lot, and a new
    head; scratch has no source, so one share is enough for it."""
    return Race(
        f"lot_{share:g}_{labels}",
        say(
            "{share:.0%} of the source's labels by lot, {labels} labels",
            share=share,
            labels=labels,
        ),
        {
            **KNOWN["shuffled"].settings,
            "dataset.shuffled": share,
            "target_labels": labels,
        },
        DEFAULTS,
        ("full",) if share else ("full", "scratch"),
        {"full": {"strategy.head": "new"}},
        brief=True,
    )


SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
"""How much of the source is distorted."""
BUDGETS = (20, 50, 200)
NAMES = {(e, n): _renamed(e, n) for e in SHARES for n in BUDGETS}
BY_LOT = {(e, n): _by_lot(e, n) for e in SHARES for n in BUDGETS}
"""Negative transfer: by distortion of the source and labels of the target."""

TAUGHT = (
    *("scratch", "linear_probe", "partial", "full", "discriminative_lr"),
    *("lp_ft", "gradual", "bitfit", "l2sp", "lora", "ewc", "joint"),
)
UNTAUGHT = (
    *("source_only", "adabn", "mmd", "coral", "dann", "cdan", "oracle"),
)
TOKENS = ("prefix", "prompt", "lora", "full", "linear_probe")
READERS: dict[str, object] = {"backbone": "vit_tiny"}


def _row(key: str, labels: int | str, knobs: dict[str, object]) -> Race:
    """Every strategy that learns from labels, with one number of them."""
    return Race(
        f"matrix_{key}_{labels}",
        say("Turned digits with {labels} labels", labels=labels),
        {**TURNED, **knobs, "target_labels": labels},
        DEFAULTS,
        TOKENS if knobs else TAUGHT,
        seeds=THREE,
        brief=True,
    )


MATRIX = {n: _row("taught", n, {}) for n in (FEW, SOME, "all")}
MATRIX_TOKENS = {n: _row("tokens", n, READERS) for n in (FEW, SOME, "all")}


def _thawed(labels: int | str) -> Race:
    """Partial fine-tuning with two of the three stages thawed; the matrix
    has all other cuts."""
    return Race(
        f"two_thawed_{labels}",
        say("Two stages thawed, {labels} labels", labels=labels),
        {**TURNED, "target_labels": labels, "strategy.trained": 2},
        DEFAULTS,
        ("partial",),
        seeds=THREE,
        brief=True,
    )


THAWED = {n: _thawed(n) for n in MATRIX}
"""The cut through the ConvNet that the matrix leaves out."""
MATRIX_UNTAUGHT = Race(
    "matrix_untaught",
    say("Turned digits without labels"),
    TURNED,
    DEFAULTS,
    UNTAUGHT,
    seeds=THREE,
    brief=True,
)
"""The strategy matrix: every strategy on one pair with equal budgets."""
LESSON_STUDIES = (
    *CROSSOVER.values(),
    *(race for races in CURES.values() for race in races),
    *LAMBDAS.values(),
    *RATES.values(),
    ORDERS,
    *NAMES.values(),
    *BY_LOT.values(),
    *MATRIX.values(),
    *MATRIX_TOKENS.values(),
    *THAWED.values(),
    MATRIX_UNTAUGHT,
)
