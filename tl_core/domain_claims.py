"""Claims of the lessons on domains and layers."""

from __future__ import annotations

from math import inf

from tl_core.claim import Arm, Claim, Constant, Fact

CLASSES = "tiny_digits_split_"
FULL = "Full fine-tuning"
NONE = Constant(0.0, "nothing")
GUESSING = Constant(0.5, "guessing")

DOMAINS = (
    *(
        Claim(
            f"told_apart_{race}",
            "A small classifier tells the two domains apart with at least "
            f"95 % on: {title}.",
            "1.1",
            "Ben-David et al. 2007",
            Arm(race, "source_only", "told_apart"),
            GUESSING,
            low=0.45,
        )
        for race, title in (
            ("optdigits", "MNIST → optical digits"),
            ("signs", "signs by day → by night"),
        )
    ),
    Claim(
        "accuracy_falls_with_mmd",
        "Target accuracy falls as MMD rises: their ranks correlate below "
        "-0.5, knob by knob.",
        "1.2",
        "the textbook",
        Fact("shifts.rank", "rank correlation of MMD and accuracy"),
        NONE,
        low=-inf,
        high=-0.5,
        unit="hundredths",
        over="knobs",
    ),
    *(
        Claim(
            f"new_head_{strategy}",
            f"For new classes a new head suffices: with it, {name} beats "
            "training from scratch.",
            "1.4",
            "the textbook",
            Arm(f"{CLASSES}{way}", strategy),
            Arm(f"{CLASSES}From scratch", "scratch"),
        )
        for way, strategy, name in (
            (FULL, "full", "full fine-tuning"),
            ("Linear probe", "linear_probe", "a linear probe"),
        )
    ),
    Claim(
        "lambda_keeps_the_source",
        "A larger λ keeps more of the source: λ = 10 against λ = 0.",
        "1.5",
        "Caruana 1997",
        Arm("lambda_10", "joint", "source"),
        Arm("lambda_0", "joint", "source"),
    ),
    Claim(
        "lambda_costs_target",
        "A larger λ costs target accuracy: λ = 10 against λ = 0.",
        "1.5",
        "the textbook",
        Arm("lambda_10", "joint"),
        Arm("lambda_0", "joint"),
        low=-inf,
        high=0,
    ),
    Claim(
        "transfer_is_sooner",
        "Sequential transfer is ahead of training from scratch in the mean "
        "over all steps.",
        "1.6",
        "Yosinski et al. 2014",
        Arm("orders", "full", "early"),
        Arm("orders", "scratch", "early"),
    ),
)
LAYERS = (
    Claim(
        "filters_are_gabors",
        "First filters are Gabor functions: fits explain 10 points more of "
        "them than of random filters.",
        "2.1",
        "Yosinski et al. 2014",
        Fact("tuned.gabor", "explained of trained filters (median r²)"),
        Fact("tuned.gabor_chance", "explained of random filters"),
        low=0.1,
    ),
    Claim(
        "first_filters_stay",
        "Fine-tuning barely turns the first filters: their median cosine "
        "with before stays above 0.9.",
        "2.1",
        "Yosinski et al. 2014",
        Fact("tuned.kept", "cosine before and after fine-tuning"),
        Constant(0.9, "0.9"),
        unit="hundredths",
    ),
    Claim(
        "classes_part_with_depth",
        "Classes are easier to tell in the last stage than in the first.",
        "2.2",
        "Alain and Bengio 2016",
        Fact("source.classes_last", "linear probe, last stage"),
        Fact("source.classes_first", "linear probe, first stage"),
    ),
    Claim(
        "domains_part_with_depth",
        "So are domains: the A-distance grows from the first stage to the "
        "last.",
        "2.2",
        "the textbook",
        Fact("source.domains_last", "A-distance, last stage"),
        Fact("source.domains_first", "A-distance, first stage"),
        unit="hundredths",
    ),
    Claim(
        "frozen_depth_costs",
        "Frozen features of other digits cost accuracy: all stages kept "
        "against none.",
        "2.3",
        "Yosinski et al. 2014",
        Arm("anb_3", "transplant"),
        Arm("anb_0", "transplant"),
        low=-inf,
        high=0,
    ),
    Claim(
        "tuned_depth_does_not",
        "Tuned after being transplanted, they cost at most two points.",
        "2.3",
        "Yosinski et al. 2014",
        Arm("anb_tuned_3", "transplant"),
        Arm("anb_tuned_0", "transplant"),
        low=-0.02,
    ),
)
DOMAIN_CLAIMS = (*DOMAINS, *LAYERS)
