"""Claims of the lessons on domains and layers."""

from __future__ import annotations

from math import inf

from tl_core.claim import Arm, Claim, Constant, Fact
from tl_core.texts import say

CLASSES = "tiny_digits_split_"
FULL = "Full fine-tuning"
NONE = Constant(0.0, "nothing")
GUESSING = Constant(0.5, "guessing")

DOMAINS = (
    *(
        Claim(
            f"told_apart_{race}",
            say(
                "A small classifier tells the two domains apart with at "
                "least 95 % on: {title}.",
                title=title,
            ),
            "1.1",
            say("Ben-David et al. 2007"),
            Arm(race, "source_only", "told_apart"),
            GUESSING,
            low=0.45,
        )
        for race, title in (
            ("optdigits", say("MNIST → optical digits")),
            ("signs", say("signs by day → by night")),
        )
    ),
    Claim(
        "accuracy_falls_with_mmd",
        say(
            "Target accuracy falls as MMD rises: their ranks correlate below "
            "-0.5, knob by knob."
        ),
        "1.2",
        say("the textbook"),
        Fact("shifts.rank", say("rank correlation of MMD and accuracy")),
        NONE,
        low=-inf,
        high=-0.5,
        unit="hundredths",
        over="knobs",
    ),
    *(
        Claim(
            f"new_head_{strategy}",
            say(
                "For new classes a new head suffices: with it, {name} beats "
                "training from scratch.",
                name=name,
            ),
            "1.4",
            say("the textbook"),
            Arm(f"{CLASSES}{way}", strategy),
            Arm(say("{classes}From scratch", classes=CLASSES), "scratch"),
        )
        for way, strategy, name in (
            (FULL, "full", say("full fine-tuning")),
            (say("Linear probe"), "linear_probe", say("a linear probe")),
        )
    ),
    Claim(
        "lambda_keeps_the_source",
        say("A larger λ keeps more of the source: λ = 10 against λ = 0."),
        "1.5",
        say("Caruana 1997"),
        Arm("lambda_10", "joint", "source"),
        Arm("lambda_0", "joint", "source"),
    ),
    Claim(
        "lambda_costs_target",
        say("A larger λ costs target accuracy: λ = 10 against λ = 0."),
        "1.5",
        say("the textbook"),
        Arm("lambda_10", "joint"),
        Arm("lambda_0", "joint"),
        low=-inf,
        high=0,
    ),
    Claim(
        "transfer_is_sooner",
        say(
            "Sequential transfer is ahead of training from scratch in the "
            "mean over all steps."
        ),
        "1.6",
        say("Yosinski et al. 2014"),
        Arm("orders", "full", "early"),
        Arm("orders", "scratch", "early"),
    ),
)
LAYERS = (
    Claim(
        "filters_are_gabors",
        say(
            "First filters are Gabor functions: fits explain 10 points more "
            "of them than of random filters."
        ),
        "2.1",
        say("Yosinski et al. 2014"),
        Fact("tuned.gabor", say("explained of trained filters (median r²)")),
        Fact("tuned.gabor_chance", say("explained of random filters")),
        low=0.1,
    ),
    Claim(
        "first_filters_stay",
        say(
            "Fine-tuning barely turns the first filters: their median cosine "
            "with before stays above 0.9."
        ),
        "2.1",
        say("Yosinski et al. 2014"),
        Fact("tuned.kept", say("cosine before and after fine-tuning")),
        Constant(0.9, "0.9"),
        unit="hundredths",
    ),
    Claim(
        "classes_part_with_depth",
        say("Classes are easier to tell in the last stage than in the first."),
        "2.2",
        say("Alain and Bengio 2016"),
        Fact("source.classes_last", say("linear probe, last stage")),
        Fact("source.classes_first", say("linear probe, first stage")),
    ),
    Claim(
        "domains_part_with_depth",
        say(
            "So are domains: the A-distance grows from the first stage to the "
            "last."
        ),
        "2.2",
        say("the textbook"),
        Fact("source.domains_last", say("A-distance, last stage")),
        Fact("source.domains_first", say("A-distance, first stage")),
        unit="hundredths",
    ),
    Claim(
        "frozen_depth_costs",
        say(
            "Frozen features of other digits cost accuracy: all stages kept "
            "against none."
        ),
        "2.3",
        say("Yosinski et al. 2014"),
        Arm("anb_3", "transplant"),
        Arm("anb_0", "transplant"),
        low=-inf,
        high=0,
    ),
    Claim(
        "tuned_depth_does_not",
        say("Tuned after being transplanted, they cost at most two points."),
        "2.3",
        say("Yosinski et al. 2014"),
        Arm("anb_tuned_3", "transplant"),
        Arm("anb_tuned_0", "transplant"),
        low=-0.02,
    ),
)
DOMAIN_CLAIMS = (*DOMAINS, *LAYERS)
