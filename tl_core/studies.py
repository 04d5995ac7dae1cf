"""Experiments behind the claims, recorded beside the races.

Each is a race of its own: equal budgets, at least three seeds.
"""

from __future__ import annotations

from dataclasses import replace

from tl_core.races import RACES, Race
from tl_core.texts import say

TURNED = {
    "dataset": "mnist_shifted",
    "dataset.inversion": 0,
    "dataset.rotation": 45,
    "target_labels": "all",
    "steps": 150,
}
PRINTED = {"dataset": "fonts_to_mnist", "steps": 120}
RENAMED = {
    "dataset": "mnist_renamed",
    "backbone.norm": "group",
    "lr": 3e-4,
    "steps": 30,
    "target_labels": 20,
}
CHOSEN_HERE = say(
    "The strength of EWC was chosen by looking at this pair: read the size "
    "of the effect with care, not its direction."
)
DEFAULTS = say("Every strategy has its default settings.")
KEPT_HEADS = say(
    "Probe and full fine-tuning both start from the source's head."
)
MANY_SEEDS = tuple(range(8))
"""Ten labels are so few that which ones were drawn decides much."""
TEXT = {
    "dataset": "text_to_vision",
    "backbone": "minilm",
    "strategy": "linear_probe",
    "target_labels": "all",
    "steps": 120,
}


def _text(key: str, title: str, weights: str, strategy: str) -> Race:
    """One kind of weights in the language model's blocks."""
    settings = {**TEXT, "backbone.weights": weights}
    return Race(key, title, settings, DEFAULTS, (strategy,), seeds=(0, 1, 2))


def _curve(key: str, title: str, first: int, transplanted: str) -> list[Race]:
    """One curve of Yosinski et al.: stages of a network of the digits from
    `first` on, transplanted into one that learns 0 to 4."""
    settings = {
        "dataset": "digits_split",
        "dataset.first": first,
        "dataset.shift": first,
        "strategy.transplanted": transplanted,
        "target_labels": 100,
        "steps": 200,
    }
    return [
        Race(
            f"{key}_{kept}",
            say("{title}, {kept} stages", title=title, kept=kept),
            {**settings, "strategy.kept": kept},
            DEFAULTS,
            ("transplant",),
        )
        for kept in range(4)
    ]


def _springs(gamma: float) -> Race:
    """EWC with one stiffness of its springs; 0 is full fine-tuning."""
    return Race(
        f"gamma_{gamma:g}",
        say("EWC with a stiffness of {gamma:g}", gamma=gamma),
        {**TURNED, "strategy.gamma": gamma},
        CHOSEN_HERE,
        ("ewc",),
        seeds=(0, 1, 2),
    )


def _candidate(backbone: str, steps: int) -> Race:
    """A source model that might be worth adapting, more or less trained."""
    return Race(
        f"promise_{backbone}_{steps}",
        say(
            "{backbone} after {steps} steps on printed digits",
            backbone=backbone,
            steps=steps,
        ),
        {
            **PRINTED,
            "backbone": backbone,
            "pretrain_steps": steps,
            "target_labels": 100,
        },
        DEFAULTS,
        ("linear_probe", "full"),
    )


STIFF = {g: _springs(g) for g in (0.0, 3.0, 30.0, 300.0, 3000.0, 30_000.0)}
"""The price of remembering: a race of one strategy for every stiffness."""
CURVES = {
    "BnB": _curve("bnb", say("The same digits, frozen"), 0, "frozen"),
    "BnB+": _curve("bnb_tuned", say("The same digits, tuned"), 0, "tuned"),
    "AnB": _curve("anb", say("Other digits, frozen"), 5, "frozen"),
    "AnB+": _curve("anb_tuned", say("Other digits, tuned"), 5, "tuned"),
}
"""The transfer curves: a race of one strategy for every number of stages."""


def _adapter(rank: int) -> Race:
    """LoRA of one rank; alpha grows with it, so that s stays 2."""
    return Race(
        f"rank_{rank}",
        say("LoRA of rank {rank}", rank=rank),
        {**TURNED, "strategy.rank": rank, "strategy.alpha": 2 * rank},
        CHOSEN_HERE,
        ("lora",),
        seeds=(0, 1, 2),
    )


RANKS = {rank: _adapter(rank) for rank in (1, 2, 4, 8, 16, 32)}
"""What a rank buys: a race of one strategy for every rank."""
FEW_WEIGHTS = Race(
    "few_weights",
    say("Strategies that train some of the weights"),
    TURNED,
    DEFAULTS,
    ("linear_probe", "bitfit", "partial", "full"),
    seeds=(0, 1, 2),
)
CANDIDATES = [
    _candidate(backbone, steps)
    for backbone in ("convnet", "mlp")
    for steps in (0, 3, 10, 30, 100, 300)
]
"""Source models for one target: which will be worth fine-tuning?"""
PROPORTIONS = Race(
    "label_shift",
    say("The same digits in other proportions"),
    {"dataset": "label_shift"},
    DEFAULTS,
    ("source_only", "adabn", "mmd", "coral", "dann"),
)
"""Where nothing has to be aligned."""
ALIGNED = {
    race.title: replace(
        race,
        key=f"along_{race.key}",
        strategies=PROPORTIONS.strategies,
        seeds=(100,),
    )
    for race in (*RACES, PROPORTIONS)
    if race.key != "moons"
}
"""One run of each way to align, to follow from step to step, by the title of
its pair; the races count, with seeds of their own."""
STUDIES = (
    *STIFF.values(),
    *CANDIDATES,
    *RANKS.values(),
    FEW_WEIGHTS,
    *(race for curve in CURVES.values() for race in curve),
    _text("text", say("Blocks that have read text"), "text", "linear_probe"),
    _text(
        "text_shuffled",
        say("The same weights, shuffled within each tensor"),
        "shuffled",
        "linear_probe",
    ),
    _text(
        "text_random", say("Small random weights"), "random", "linear_probe"
    ),
    _text("text_scratch", say("Everything trained"), "random", "scratch"),
    Race(
        "forgetting",
        say("What fine-tuning on turned digits costs the upright ones"),
        TURNED,
        CHOSEN_HERE,
        ("full", "l2sp", "ewc", "lora", "linear_probe", "lp_ft"),
    ),
    Race(
        "ten_labels",
        say("Printed to handwritten digits with 10 labels"),
        {**PRINTED, "target_labels": 10},
        KEPT_HEADS,
        ("linear_probe", "full", "scratch"),
        {"linear_probe": {"strategy.head": "source"}},
        MANY_SEEDS,
    ),
    Race(
        "two_hundred_labels",
        say("Printed to handwritten digits with 200 labels"),
        {**PRINTED, "target_labels": 200},
        KEPT_HEADS,
        ("linear_probe", "full", "scratch"),
        {"linear_probe": {"strategy.head": "source"}},
    ),
    Race(
        "renamed",
        say("A head that has to unlearn the digits' names"),
        RENAMED,
        DEFAULTS,
        ("full", "scratch"),
    ),
    Race(
        "shuffled",
        say("A source whose labels were drawn by lot, with a new head"),
        {
            **RENAMED,
            "dataset.severity": 0,
            "dataset.shuffled": 1,
            "lr": 1e-3,
            "steps": 120,
            "target_labels": 50,
        },
        DEFAULTS,
        ("full", "scratch"),
        {"full": {"strategy.head": "new"}},
    ),
    PROPORTIONS,
    *ALIGNED.values(),
)
