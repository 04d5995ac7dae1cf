"""The settings that every run has, whatever its data, network and strategy."""

from __future__ import annotations

from tl_core.card import Hyper
from tl_core.texts import say

FIELDS: dict[str, Hyper] = {
    "pretrain_steps": Hyper(
        300,
        say("Steps of source training before adaptation starts."),
        low=0,
        high=20_000,
    ),
    "steps": Hyper(300, say("Steps of adaptation."), low=1, high=20_000),
    "batch_size": Hyper(
        64, say("Samples of each domain in one step."), low=2, high=1024
    ),
    "lr": Hyper(
        1e-3,
        say("Peak learning rate of Adam; it falls to zero along a cosine."),
        symbol=r"\eta",
        low=1e-7,
        high=1.0,
        log=True,
    ),
    "weight_decay": Hyper(
        0.0,
        say(
            "Share by which each step shrinks the weights, per unit of "
            "learning rate (AdamW); frozen weights are left alone."
        ),
        low=0,
        high=1,
    ),
    "dropout": Hyper(
        0.0,
        say(
            "Share of the features that are hidden from the head at each step."
        ),
        low=0,
        high=0.9,
    ),
    "label_smoothing": Hyper(
        0.0,
        say("Share of each label that is spread over all classes."),
        low=0,
        high=0.5,
    ),
    "augmentation": Hyper(
        "none",
        say(
            "Show each picture moved and turned a little, or with noise, "
            "anew at every step."
        ),
        choices=("none", "shift", "noise"),
    ),
    "selection": Hyper(
        "last",
        say(
            "Which moment of adaptation is kept: the last; the best on a "
            "fifth of the labelled training samples, which are then not "
            "trained on; the best on held-out source samples; the best by "
            "the information that predictions on unlabelled target samples "
            "carry; or, as a yardstick that looks at the answers, the best "
            "on the target's test samples."
        ),
        choices=("last", "validation", "source", "information", "oracle"),
    ),
    "seed": Hyper(
        0,
        say(
            "Fixes the initial weights, the order of the samples and the "
            "labelled subset."
        ),
        low=0,
        high=2**31 - 1,
    ),
}
LABELS = Hyper(
    100,
    say("Labelled target samples the strategy may use; empty means all."),
    symbol="N_t",
    low=1,
    high=1_000_000,
)
