"""Which datasets, backbones and strategies go together, and why others not."""

from __future__ import annotations

from collections.abc import Mapping

from tl_core import catalog
from tl_core.card import Scalar, Sees, SpecError
from tl_core.texts import say


def check_fit(
    dataset: str,
    backbone: str,
    strategy: str,
    backbone_params: Mapping[str, Scalar],
) -> None:
    """Refuse combinations that mean nothing, saying what to choose instead.

    Raises:
        SpecError: the backbone cannot serve the dataset, or one of the two
            lacks what the strategy works on.
    """
    reason = backbone_does_not_fit(backbone, dataset) or strategy_does_not_fit(
        strategy, dataset, backbone, backbone_params
    )
    if reason:
        raise SpecError(reason)


def fitting_backbones(dataset: str) -> tuple[str, ...]:
    """The backbones that can read a dataset's inputs, and that bring what
    they learned where the dataset has no source samples to learn from."""
    card = catalog.entry("datasets", dataset).card
    cards = {
        key: catalog.entry("backbones", key).card
        for key in catalog.keys("backbones")
    }
    return tuple(
        key
        for key, backbone in cards.items()
        if card.inputs in backbone.accepts
        and card.source_task in ("", backbone.pretrained)
    )


def backbone_does_not_fit(backbone: str, dataset: str) -> str:
    """Why a backbone cannot serve a dataset; "" if it can."""
    fitting = fitting_backbones(dataset)
    if backbone in fitting:
        return ""
    card = catalog.entry("datasets", dataset).card
    names = {"backbone": backbone, "dataset": dataset}
    names["fitting"] = ", ".join(fitting)
    if card.inputs in catalog.entry("backbones", backbone).card.accepts:
        return say(
            "The backbone '{backbone}' has learned nothing from "
            "{source_task}, the source of '{dataset}'; choose one of: "
            "{fitting}.",
            source_task=card.source_task,
            **names,
        )
    return say(
        "The backbone '{backbone}' cannot read the {inputs} of '{dataset}'; "
        "choose one of: {fitting}.",
        inputs=card.inputs,
        **names,
    )


def strategy_does_not_fit(
    strategy: str,
    dataset: str,
    backbone: str,
    backbone_params: Mapping[str, Scalar],
) -> str:
    """Why a strategy means nothing here, in one sentence; "" if it does."""
    card = catalog.entry("strategies", strategy).card
    pair = catalog.entry("datasets", dataset).card
    network = catalog.entry("backbones", backbone).card
    if card.needs_source and pair.source_task:
        return say(
            "{title} needs source samples, and of {source_task} there is "
            "only the trained network; choose a strategy that learns from "
            "target labels.",
            title=card.title,
            source_task=pair.source_task,
        )
    if card.sees is Sees.UNLABELLED_TARGET and "Y" in pair.moves:
        return say(
            "{title} never sees a target label, so it cannot learn other "
            "classes than the source's; choose a strategy that learns from "
            "target labels.",
            title=card.title,
        )
    norm = backbone_params.get("norm", "batch" if network.batch_norm else "")
    if card.needs_batch_norm and norm != "batch":
        return _no_batch_norm(card.title, backbone, backbone_params)
    if card.needs_tokens and not network.has_tokens:
        return say(
            "{title} works on the tokens of a transformer; choose a backbone "
            "that has them, such as vit_tiny.",
            title=card.title,
        )
    return ""


def _no_batch_norm(
    title: str, backbone: str, backbone_params: Mapping[str, Scalar]
) -> str:
    if "norm" in backbone_params:
        return say(
            "{title} re-estimates BatchNorm statistics, and this backbone "
            "has none; set backbone.norm=batch.",
            title=title,
        )
    return say(
        "{title} re-estimates BatchNorm statistics, and the backbone "
        "'{backbone}' has none.",
        title=title,
        backbone=backbone,
    )


def fitting_strategies(dataset: str, backbone: str) -> tuple[str, ...]:
    """The strategies that mean something on a dataset with a backbone in its
    default settings."""
    params = catalog.entry("backbones", backbone).settings({})
    return tuple(
        key
        for key in catalog.keys("strategies")
        if not strategy_does_not_fit(key, dataset, backbone, params)
    )


def default_choice(dataset: str) -> dict[str, str]:
    """A dataset with a backbone and a strategy to begin with: alignment
    where it fits, else what learns from target labels; and what the
    dataset's card says to begin with."""
    backbone = fitting_backbones(dataset)[0]
    fitting = fitting_strategies(dataset, backbone)
    strategy = "mmd" if "mmd" in fitting else "linear_probe"
    choice = {"dataset": dataset, "backbone": backbone, "strategy": strategy}
    return choice | dict(catalog.entry("datasets", dataset).card.begin)
