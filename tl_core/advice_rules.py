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


def _tiny(at: Situation) -> bool:
    return 0 < at.labels <= TINY and at.unlabelled and not at.is_near


def _cannot_be_told_apart(at: Situation) -> bool:
    return at.apart is not None and at.apart < BARELY


def _means_lie_apart(at: Situation) -> bool:
    return at.can_align and at.mmd is not None and at.mmd >= APART


RULES = (
    Rule(
        "unlabelled",
        "No target labels",
        lambda at: at.labels == 0,
        {"dann": 4, "cdan": 3, "mmd": 3, "coral": 2, "adabn": 2},
        "Features that no classifier can assign to a domain bound the error "
        "on the target; matching moments asks for less, AdaBN only for new "
        "statistics.",
        "Ben-David et al. 2010; Ganin et al. 2016; Long et al. 2015",
    ),
    Rule(
        "close",
        f"The domains can barely be told apart (A-distance below {BARELY:g})",
        _cannot_be_told_apart,
        {"source_only": 3, "adabn": 2},
        "The bound on the target's error is tight already: there is little "
        "to align and something to break.",
        "Ben-David et al. 2010",
    ),
    Rule(
        "means",
        f"The features' means lie far apart (MMD² of {APART:g} or more)",
        _means_lie_apart,
        {"mmd": 2, "coral": 1},
        "Means that lie apart can be drawn together; a discriminator that "
        "never errs gives its opponent little to learn from.",
        "Long et al. 2015; Arjovsky and Bottou 2017",
    ),
    Rule(
        "proportions",
        "The classes come in other proportions",
        lambda at: not at.same_proportions,
        {"dann": -4, "cdan": -3, "mmd": -4, "coral": -3, "adabn": -2},
        "If proportions differ, equal features force errors on one domain.",
        "Zhao et al. 2019",
    ),
    Rule(
        "few",
        "Few labels, at most {few}",
        lambda at: at.is_few,
        {"full": -2, "scratch": -3, "bitfit": 1, "l2sp": 1},
        "A network that may move every weight learns few samples by heart.",
        "the textbook; Li et al. 2018",
    ),
    Rule(
        "few_near",
        f"Few labels, and the source model reads {100 * NEAR:.0f} % or more",
        lambda at: at.is_few and at.is_near,
        {"linear_probe": 4, "lp_ft": 2},
        "The features serve the target as they are; a new head needs few "
        "samples.",
        "Kumar et al. 2022",
    ),
    Rule(
        "few_far",
        f"Few labels, and the source model reads less than {100 * NEAR:.0f} %",
        lambda at: at.is_few and not at.is_near,
        {"lora": 3, "partial": 2, "prefix": 2, "prompt": 1},
        "A probe cannot move features that do not fit; few numbers, spread "
        "over all layers, can.",
        "the textbook; Hu et al. 2022; Li and Liang 2021",
    ),
    Rule(
        "tiny",
        f"At most {TINY} labels, a far target, unlabelled samples of it",
        _tiny,
        {"dann": 5, "cdan": 4, "mmd": 4, "coral": 3, "adabn": 2},
        "Thousands of unlabelled samples say more of the target than a "
        "handful of labels.",
        "Ganin et al. 2016",
    ),
    Rule(
        "first",
        "MMD is tried before DANN",
        lambda at: at.calibration.first == "mmd" and at.can_align,
        {"mmd": 2},
        "Over this lab's pairs DANN sometimes gains more, and sometimes "
        "fails where MMD does not.",
        "recorded here, see below",
    ),
    Rule(
        "between",
        "More than {few} labels, fewer than {many:,}",
        lambda at: at.is_between,
        {
            "partial": 3,
            "lora": 2,
            "lp_ft": 2,
            "discriminative_lr": 2,
            "l2sp": 1,
            "full": 1,
        },
        "General first stages transfer; the deep ones have to be learned "
        "anew, with small steps.",
        "Yosinski et al. 2014; Howard and Ruder 2018",
    ),
    Rule(
        "many",
        "{many:,} labels or more",
        lambda at: at.is_many,
        {
            "full": 4,
            "lp_ft": 2,
            "discriminative_lr": 2,
            "gradual": 2,
            "lora": 1,
            "scratch": 1,
        },
        "Enough labels to place every weight, and to forgive a bad start.",
        "Yosinski et al. 2014; He et al. 2019",
    ),
    Rule(
        "new_classes",
        "Other classes than the source's",
        lambda at: not at.same_classes and at.labels > 0,
        {"lp_ft": 2, "linear_probe": 1},
        "A new head that knows nothing distorts good features unless it is "
        "trained first.",
        "Kumar et al. 2022",
    ),
    Rule(
        "keep",
        "The source task is still needed",
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
        "Joint training rehearses the source, EWC holds what it needs, an "
        "adapter can be switched off and an old head put back; full "
        "fine-tuning overwrites.",
        "Caruana 1997; Kirkpatrick et al. 2017; Hu et al. 2022",
    ),
    Rule(
        "large",
        "A network of 100 million parameters or more",
        lambda at: at.parameters >= LARGE,
        {"lora": 3, "prefix": 2, "prompt": 2, "bitfit": 1, "full": -1},
        "The share that an adapter needs falls as layers grow wide, and a "
        "task costs a small file instead of a network.",
        "Hu et al. 2022; Lester et al. 2021",
    ),
)
