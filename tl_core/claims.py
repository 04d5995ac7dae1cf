"""What textbooks claim about transfer learning, each put to the test."""

from __future__ import annotations

from math import inf

from tl_core.claim import Arm, Claim
from tl_core.domain_claims import DOMAIN_CLAIMS
from tl_core.races import RACES, Race
from tl_core.texts import say
from tl_core.tuning_claims import TUNING_CLAIMS


def _alignment(race: Race) -> list[Claim]:
    """Each way of aligning, against doing nothing and against AdaBN."""
    titles = {"mmd": say("Aligning by MMD"), "coral": "CORAL", "dann": "DANN"}
    others = {"source_only": say("the source model"), "adabn": say("AdaBN")}
    return [
        Claim(
            f"{strategy}_over_{other}_{race.key}",
            say(
                "{strategy} beats {other} on: {race}.",
                strategy=title,
                other=name,
                race=race.title,
            ),
            "6.2" if strategy == "dann" else "6.1",
            SAID[strategy],
            Arm(race.key, strategy),
            Arm(race.key, other),
        )
        for strategy, title in titles.items()
        for other, name in others.items()
    ]


SAID = {
    "mmd": say("Long et al. 2015"),
    "coral": say("Sun and Saenko 2016"),
    "dann": say("Ganin et al. 2016"),
}
SAME = 1e-9
"""Accuracies this close are the same number."""
CLAIMS = (
    Claim(
        "full_forgets",
        say(
            "Full fine-tuning forgets: at least ten points of source accuracy "
            "are lost."
        ),
        "5.1",
        say("McCloskey and Cohen 1989"),
        Arm("forgetting", "full", "source_before"),
        Arm("forgetting", "full", "source"),
        low=0.1,
    ),
    Claim(
        "ewc_remembers",
        say(
            "EWC keeps at least ten points more of the source than full "
            "fine-tuning."
        ),
        "5.2",
        say("Kirkpatrick et al. 2017"),
        Arm("forgetting", "ewc", "source"),
        Arm("forgetting", "full", "source"),
        low=0.1,
    ),
    Claim(
        "ewc_is_cheap",
        say("EWC costs at most six points of target accuracy."),
        "5.2",
        say("Kirkpatrick et al. 2017"),
        Arm("forgetting", "ewc"),
        Arm("forgetting", "full"),
        low=-0.06,
    ),
    Claim(
        "lora_on_remembers",
        say(
            "LoRA forgets little: at most five points of source accuracy "
            "while the adapter is on."
        ),
        "7",
        say("the textbook's strategy table"),
        Arm("forgetting", "lora", "source"),
        Arm("forgetting", "lora", "source_before"),
        low=-0.05,
    ),
    Claim(
        "lora_off_restores",
        say("LoRA switched off, the source is read exactly as before."),
        "4.1",
        say("Hu et al. 2022"),
        Arm("forgetting", "lora", "source_adapter_off"),
        Arm("forgetting", "lora", "source_before"),
        -SAME,
        SAME,
    ),
    Claim(
        "probe_cannot_forget",
        say(
            "A linear probe with its old head put back has forgotten nothing."
        ),
        "5.1",
        say("the textbook"),
        Arm("forgetting", "linear_probe", "source_old_head"),
        Arm("forgetting", "linear_probe", "source_before"),
        -SAME,
        SAME,
    ),
    Claim(
        "lp_ft_generalises",
        say(
            "LP-FT keeps more accuracy outside the domain it was tuned on "
            "than full fine-tuning."
        ),
        "3",
        say("Kumar et al. 2022"),
        Arm("forgetting", "lp_ft", "source"),
        Arm("forgetting", "full", "source"),
    ),
    Claim(
        "probe_wins_with_few",
        say(
            "With 10 labels a linear probe loses at most five points against "
            "full fine-tuning."
        ),
        "3",
        say("the textbook"),
        Arm("ten_labels", "linear_probe"),
        Arm("ten_labels", "full"),
        low=-0.05,
    ),
    Claim(
        "full_wins_with_many",
        say("With 200 labels full fine-tuning beats a linear probe."),
        "3",
        say("the textbook"),
        Arm("two_hundred_labels", "full"),
        Arm("two_hundred_labels", "linear_probe"),
    ),
    Claim(
        "kept_head_hurts",
        say(
            "A kept head whose names no longer fit is worse than starting "
            "from scratch, at a small budget."
        ),
        "5.4",
        say("Wang et al. 2019"),
        Arm("renamed", "full"),
        Arm("renamed", "scratch"),
        low=-inf,
        high=0,
    ),
    Claim(
        "shuffled_source_hurts",
        say(
            "A source with shuffled labels costs at least five points, even "
            "with a new head."
        ),
        "5.4",
        say("a common belief"),
        Arm("shuffled", "full"),
        Arm("shuffled", "scratch"),
        low=-inf,
        high=-0.05,
    ),
    Claim(
        "text_helps_vision",
        say(
            "Blocks that have read text know something about images: they "
            "beat their own weights shuffled."
        ),
        "1.3",
        say("Lu et al. 2021"),
        Arm("text", "linear_probe"),
        Arm("text_shuffled", "linear_probe"),
    ),
    Claim(
        "scale_helps_vision",
        say(
            "The shuffled weights of a language model beat small random ones: "
            "their scale helps, not what they know."
        ),
        "1.3",
        say("this lab"),
        Arm("text_shuffled", "linear_probe"),
        Arm("text_random", "linear_probe"),
    ),
    *(
        Claim(
            f"{strategy}_hurts_on_label_shift",
            say(
                "{strategy} makes the target worse when only the class "
                "proportions moved.",
                strategy=strategy.upper(),
            ),
            "5.4",
            say("Zhao et al. 2019"),
            Arm("label_shift", strategy),
            Arm("label_shift", "source_only"),
            low=-inf,
            high=0,
        )
        for strategy in ("mmd", "coral", "dann")
    ),
    *(
        claim
        for race in RACES
        if race.key != "moons"
        for claim in _alignment(race)
    ),
    *DOMAIN_CLAIMS,
    *TUNING_CLAIMS,
)
