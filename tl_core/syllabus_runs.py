"""Which runs are about which idea of the syllabus."""

from __future__ import annotations

from tl_core.spec import RunSpec
from tl_core.syllabus import ROWS, Row

STRATEGIES: dict[str, tuple[str, ...]] = {
    "1.1": ("source_only",),
    "1.5": ("joint",),
    "1.6": ("full", "lp_ft", "gradual"),
    "2.1": ("full", "discriminative_lr"),
    "2.2": ("linear_probe", "source_only"),
    "2.3": ("transplant", "partial"),
    "3.1": ("linear_probe",),
    "3.2": ("partial",),
    "3.3": ("full",),
    "3.4": ("discriminative_lr",),
    "3.5": ("scratch",),
    "4.1": ("lora",),
    "4.2": ("prefix",),
    "4.3": ("prompt",),
    "5.1": ("full",),
    "5.2": ("ewc",),
    "5.3": ("ewc",),
    "6.1": ("mmd",),
    "6.2": ("dann", "cdan"),
    "6.3": ("adabn", "coral", "oracle"),
    "7": ("bitfit", "l2sp", "lora", "full", "linear_probe"),
}
"""Strategies that a row is about."""
DATASETS: dict[str, tuple[str, ...]] = {
    "1.2": ("mnist_shifted", "signs_day_to_night", "mnist_to_mnistm"),
    "1.3": ("text_to_vision",),
    "1.4": ("digits_split", "imagenet_to_signs", "mnist_to_fashion"),
    "5.4": ("mnist_renamed", "label_shift"),
}
"""Domain pairs that a row is about."""
STARTS: dict[str, dict[str, str]] = {
    "1.3": {"backbone": "minilm", "strategy": "linear_probe"},
    "1.4": {"strategy": "full"},
    "4.2": {"backbone": "vit_tiny"},
    "4.3": {"backbone": "vit_tiny"},
    "5.4": {"strategy": "full"},
}
"""What else a first run about a row needs."""


def rows_of_run(spec: RunSpec) -> list[Row]:
    """The ideas that a run is about, by its strategy or its pair."""
    return [
        row
        for row in ROWS
        if spec.strategy in STRATEGIES.get(row.id, ())
        or spec.dataset in DATASETS.get(row.id, ())
    ]


def start(row: Row) -> dict[str, str]:
    """The settings of a first run about an idea, as the URL writes them."""
    more = STARTS.get(row.id, {})
    if row.id in STRATEGIES:
        return {"strategy": STRATEGIES[row.id][0], **more}
    return {"dataset": DATASETS[row.id][0], **more}
