"""Claims of the lessons on tuning, few weights and alignment."""

from __future__ import annotations

from math import inf

from tl_core.claim import Arm, Between, Claim, Constant
from tl_core.texts import say

LOOKS, CLASSES = "tiny_mnist_shifted_", "tiny_digits_split_"
FULL, HOT = "Full fine-tuning", "Full, ten times the rate"
GUESSING = Constant(0.5, "guessing")
EXACT = 1e-9

TUNING = (
    *(
        Claim(
            f"by_heart_{key}",
            say(
                "With 20 labels full fine-tuning learns by heart: it reads "
                "its own samples 10 points better than others, on {name}.",
                name=name,
            ),
            "3.3",
            say("the textbook"),
            Arm(f"{target}{FULL}", "full", "fitted"),
            Arm(f"{target}{FULL}", "full"),
            low=0.1,
        )
        for key, target, name in (
            ("looks", LOOKS, say("inverted, noisy digits")),
            ("classes", CLASSES, say("five other digits")),
        )
    ),
    *(
        Claim(
            f"{key}_cures_{where}",
            say(
                "{name} resolves it: it beats full fine-tuning on {title}.",
                name=name,
                title=title,
            ),
            "3.2",
            say("the textbook"),
            Arm(f"{target}{way}", strategy),
            Arm(f"{target}{FULL}", "full"),
        )
        for key, way, strategy, name in (
            (
                "partial",
                "Partial, gently",
                "partial",
                say("Partial fine-tuning"),
            ),
            ("lora", "LoRA", "lora", "LoRA"),
        )
        for where, target, title in (
            ("looks", LOOKS, say("inverted, noisy digits")),
            ("classes", CLASSES, say("five other digits")),
        )
    ),
    Claim(
        "hot_rates_hurt",
        say(
            "A rate ten times larger makes full fine-tuning worse on a tiny "
            "far target."
        ),
        "3.3",
        say("the textbook"),
        Arm(f"{LOOKS}{HOT}", "full"),
        Arm(f"{LOOKS}{FULL}", "full"),
        low=-inf,
        high=0,
    ),
    Claim(
        "slow_stages_remember",
        say(
            "Discriminative rates keep more of the source than full "
            "fine-tuning."
        ),
        "3.4",
        say("Howard and Ruder 2018"),
        Arm("matrix_taught_all", "discriminative_lr", "source"),
        Arm("matrix_taught_all", "full", "source"),
    ),
    Claim(
        "pretraining_pays",
        say("With 100 labels, fine-tuning beats training from scratch."),
        "3.5",
        say("the textbook"),
        Arm("orders", "full"),
        Arm("orders", "scratch"),
    ),
)
FEW_WEIGHTS = (
    *(
        Claim(
            f"under_one_percent_{key}",
            say(
                "{name} trains less than 1 % of {network}.",
                name=name,
                network=network,
            ),
            section,
            say("the textbook's strategy table"),
            Arm(f"matrix_{race}_all", strategy, "trained_share"),
            Constant(0.01, say("one per cent")),
            low=-inf,
            high=0,
        )
        for key, name, network, section, race, strategy in (
            (
                "lora",
                say("LoRA"),
                say("the transformer"),
                "4.1",
                "tokens",
                "lora",
            ),
            (
                "probe",
                say("A probe"),
                say("the ConvNet"),
                "7",
                "taught",
                "linear_probe",
            ),
        )
    ),
    Claim(
        "lora_is_close_to_full",
        say("LoRA of rank 4 comes within five points of full fine-tuning."),
        "4.1",
        say("Hu et al. 2022"),
        Arm("matrix_taught_all", "lora"),
        Arm("matrix_taught_all", "full"),
        low=-0.05,
    ),
    *(
        Claim(
            f"{strategy}_comes_out",
            say(
                "{name} taken out, the network reads the source exactly as "
                "before.",
                name=name,
            ),
            section,
            reference,
            Arm("matrix_tokens_all", strategy, "source_adapter_off"),
            Arm("matrix_tokens_all", strategy, "source_before"),
            -EXACT,
            EXACT,
        )
        for strategy, name, section, reference in (
            ("prefix", say("The prefix"), "4.2", say("Li and Liang 2021")),
            ("prompt", say("The prompt"), "4.3", say("Jia et al. 2022")),
        )
    ),
)
INSIDE = (
    Claim(
        "importance_is_concentrated",
        say(
            "A few weights matter: the top 5 % hold more than half of the "
            "Fisher information."
        ),
        "5.3",
        say("Kirkpatrick et al. 2017"),
        Arm("gamma_300", "ewc", "concentrated"),
        Constant(0.5, "half"),
    ),
    Claim(
        "important_weights_stay",
        say("Under EWC the most important weights move less than the others."),
        "5.2",
        say("Kirkpatrick et al. 2017"),
        Arm("gamma_300", "ewc", "held"),
        Constant(1.0, say("as far as the others")),
        low=-inf,
        high=0,
    ),
    *(
        Claim(
            f"{strategy}_lowers_mmd",
            say(
                "{name} brings the domains together: MMD of the last stage "
                "falls, on optical digits.",
                name=name,
            ),
            section,
            reference,
            Arm("optdigits", strategy, "gap_after"),
            Arm("optdigits", strategy, "gap_before"),
            low=-inf,
            high=0,
            unit="hundredths",
        )
        for strategy, name, section, reference in (
            ("mmd", say("Aligning by MMD"), "6.1", say("Long et al. 2015")),
            ("dann", "DANN", "6.2", say("Ganin et al. 2016")),
        )
    ),
    Claim(
        "dann_reaches_chance",
        say(
            "DANN drives telling the domains apart to within ten points of "
            "guessing, for a classifier trained afresh."
        ),
        "6.2",
        say("Ganin et al. 2016"),
        Arm("optdigits", "dann", "still_told_apart"),
        GUESSING,
        low=-inf,
        high=0.1,
    ),
    *(
        Claim(
            f"{strategy}_closes_half",
            say(
                "{name} closes at least half of the gap between the source "
                "model and the oracle, on optical digits.",
                name=name,
            ),
            "6.3",
            say("the textbook"),
            Arm("optdigits", strategy),
            Between("optdigits", "source_only", "oracle", 0.5),
        )
        for strategy, name in (
            ("adabn", say("AdaBN")),
            ("mmd", say("Aligning by MMD")),
            ("coral", "CORAL"),
            ("dann", "DANN"),
        )
    ),
)
TUNING_CLAIMS = (*TUNING, *FEW_WEIGHTS, *INSIDE)
