"""The rules of the recommender, as data: condition, points, reason, source."""

from __future__ import annotations

from tl_core.recommend import (
    APART,
    BARELY,
    LARGE,
    NEAR,
    TINY,
    Rule,
    Situation,
)
from tl_core.texts import say


def _tiny(at: Situation) -> bool:
    return 0 < at.labels <= TINY and at.unlabelled and not at.is_near


def _cannot_be_told_apart(at: Situation) -> bool:
    return at.apart is not None and at.apart < BARELY


def _means_lie_apart(at: Situation) -> bool:
    return at.can_align and at.mmd is not None and at.mmd >= APART


RULES = (
    Rule(
        "unlabelled",
        say("No target labels"),
        lambda at: at.labels == 0,
        {"dann": 4, "cdan": 3, "mmd": 3, "coral": 2, "adabn": 2},
        say(
            "Features that no classifier can assign to a domain bound the "
            "error on the target; matching moments asks for less, AdaBN only "
            "for new statistics."
        ),
        say("Ben-David et al. 2010; Ganin et al. 2016; Long et al. 2015"),
    ),
    Rule(
        "close",
        say(
            "The domains can barely be told apart (A-distance below "
            "{barely:g})",
            barely=BARELY,
        ),
        _cannot_be_told_apart,
        {"source_only": 3, "adabn": 2},
        say(
            "The bound on the target's error is tight already: there is "
            "little to align and something to break."
        ),
        say("Ben-David et al. 2010"),
    ),
    Rule(
        "means",
        say(
            "The features' means lie far apart (MMD² of {apart:g} or more)",
            apart=APART,
        ),
        _means_lie_apart,
        {"mmd": 2, "coral": 1},
        say(
            "Means that lie apart can be drawn together; a discriminator that "
            "never errs gives its opponent little to learn from."
        ),
        say("Long et al. 2015; Arjovsky and Bottou 2017"),
    ),
    Rule(
        "proportions",
        say("The classes come in other proportions"),
        lambda at: not at.same_proportions,
        {"dann": -4, "cdan": -3, "mmd": -4, "coral": -3, "adabn": -2},
        say(
            "If proportions differ, equal features force errors on one domain."
        ),
        say("Zhao et al. 2019"),
    ),
    Rule(
        "few",
        say("Few labels, at most {few}"),
        lambda at: at.is_few,
        {"full": -2, "scratch": -3, "bitfit": 1, "l2sp": 1},
        say(
            "A network that may move every weight learns few samples by heart."
        ),
        say("the textbook; Li et al. 2018"),
    ),
    Rule(
        "few_near",
        say(
            "Few labels, and the source model reads {near:.0f} % or more",
            near=100 * NEAR,
        ),
        lambda at: at.is_few and at.is_near,
        {"linear_probe": 4, "lp_ft": 2},
        say(
            "The features serve the target as they are; a new head needs few "
            "samples."
        ),
        say("Kumar et al. 2022"),
    ),
    Rule(
        "few_far",
        say(
            "Few labels, and the source model reads less than {near:.0f} %",
            near=100 * NEAR,
        ),
        lambda at: at.is_few and not at.is_near,
        {"lora": 3, "partial": 2, "prefix": 2, "prompt": 1},
        say(
            "A probe cannot move features that do not fit; few numbers, "
            "spread over all layers, can."
        ),
        say("the textbook; Hu et al. 2022; Li and Liang 2021"),
    ),
    Rule(
        "tiny",
        say(
            "At most {tiny} labels, a far target, unlabelled samples of it",
            tiny=TINY,
        ),
        _tiny,
        {"dann": 5, "cdan": 4, "mmd": 4, "coral": 3, "adabn": 2},
        say(
            "Thousands of unlabelled samples say more of the target than a "
            "handful of labels."
        ),
        say("Ganin et al. 2016"),
    ),
    Rule(
        "first",
        say("MMD is tried before DANN"),
        lambda at: at.calibration.first == "mmd" and at.can_align,
        {"mmd": 2},
        say(
            "Over this lab's pairs DANN sometimes gains more, and sometimes "
            "fails where MMD does not."
        ),
        say("recorded here, see below"),
    ),
    Rule(
        "between",
        say("More than {few} labels, fewer than {many:,}"),
        lambda at: at.is_between,
        {
            "partial": 3,
            "lora": 2,
            "lp_ft": 2,
            "discriminative_lr": 2,
            "l2sp": 1,
            "full": 1,
        },
        say(
            "General first stages transfer; the deep ones have to be learned "
            "anew, with small steps."
        ),
        say("Yosinski et al. 2014; Howard and Ruder 2018"),
    ),
    Rule(
        "many",
        say("{many:,} labels or more"),
        lambda at: at.is_many,
        {
            "full": 4,
            "lp_ft": 2,
            "discriminative_lr": 2,
            "gradual": 2,
            "lora": 1,
            "scratch": 1,
        },
        say(
            "Enough labels to place every weight, and to forgive a bad start."
        ),
        say("Yosinski et al. 2014; He et al. 2019"),
    ),
    Rule(
        "new_classes",
        say("Other classes than the source's"),
        lambda at: not at.same_classes and at.labels > 0,
        {"lp_ft": 2, "linear_probe": 1},
        say(
            "A new head that knows nothing distorts good features unless it "
            "is trained first."
        ),
        say("Kumar et al. 2022"),
    ),
    Rule(
        "keep",
        say("The source task is still needed"),
        lambda at: at.keep,
        {
            "joint": 5,
            "ewc": 4,
            "lora": 4,
            "prefix": 4,
            "prompt": 4,
            "linear_probe": 4,
            "bitfit": 1,
            "l2sp": 1,
            "dann": 1,
            "cdan": 1,
            "mmd": 1,
            "coral": 1,
            "partial": -1,
            "gradual": -3,
            "lp_ft": -2,
            "full": -4,
            "scratch": -5,
        },
        say(
            "Joint training rehearses the source, EWC holds what it needs, an "
            "adapter can be switched off and an old head put back; full "
            "fine-tuning overwrites."
        ),
        say("Caruana 1997; Kirkpatrick et al. 2017; Hu et al. 2022"),
    ),
    Rule(
        "large",
        say("A network of 100 million parameters or more"),
        lambda at: at.parameters >= LARGE,
        {"lora": 3, "prefix": 2, "prompt": 2, "bitfit": 1, "full": -1},
        say(
            "The share that an adapter needs falls as layers grow wide, and a "
            "task costs a small file instead of a network."
        ),
        say("Hu et al. 2022; Lester et al. 2021"),
    ),
)
