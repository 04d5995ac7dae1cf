"""The view of a stage's features in the plane, before and after adaptation."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.ui import asking, cloud, inside
from pages.ui.charts import chart
from pages.ui.inside import Settings
from tl_core import feature_takeaways as takeaways
from tl_core import sentences
from tl_core.figures import cloud as points
from tl_core.figures import features
from tl_core.fit import fitting_strategies
from tl_core.texts import say

WAYS = {"pca": say("principal components"), "tsne": "t-SNE"}
"""How features are laid into the plane."""

STEPS = 100
"""Of an adaptation while a reader waits."""
UNMOVED = ("source_only", "scratch")
"""Strategies that leave the source model as it is, or do not start there."""


def show(settings: Settings) -> None:
    """Test samples of a stage in two dimensions, with their pictures; before
    adaptation, and after it where that is asked for."""
    stage, how, colour = _chosen(settings)
    options = {"stage": stage, "how": how}
    strategy = _adaptation(settings)
    found = asking.answer("projected", settings, options)
    if found and strategy:
        found = _adapted(settings, strategy, options) or found
    if found:
        st.markdown(
            say(
                "**Each mark is a test sample**, as {stage} sees it: point "
                "at one to see its picture · circles are source, diamonds "
                "target; hollow marks are read wrongly",
                stage=stage,
            )
        )
        said = points.takeaway(found, how)
        cloud.show(found, colour, said, "features.plane")
        st.caption(said)
        if "cka" in found:
            _moved(found)
        asking.origin(settings)


def _chosen(settings: Settings) -> tuple[str, str, str]:
    """The stage, how it is laid into the plane, and what marks are coloured
    by."""
    left, middle, right = st.columns(3)
    with left:
        stage = inside.stage_of(settings, "plane", last=True)
    how: str = middle.selectbox(
        say("Projection"),
        list(WAYS),
        format_func=WAYS.__getitem__,
        key="features.how",
    )
    colour: str = right.selectbox(
        say("Colour by"),
        list(points.COLOURS),
        format_func=points.COLOURS.__getitem__,
        key="features.colour",
    )
    return stage, how, colour


def _moved(found: dict[str, Any]) -> None:
    """CKA of all stages, in the source model and after adaptation."""
    stages, values = found["stages"], found["cka"]["target"]
    words = takeaways.kept(
        values, stages, say("adaptation"), say("the source model")
    )
    st.markdown(
        say(
            "**How much adaptation changed each stage** · {words}", words=words
        )
    )
    names = (say("source model"), say("adapted"))
    figure = features.cka_map(values, stages, stages, names)
    chart(figure, words, "features.moved")


def _adapted(settings: Settings, strategy: str, options: Settings) -> Any:
    """The samples before and after; None while a busy worker adapts, which
    goes on and is sooner done when asked again."""
    asked = {**settings, "strategy": strategy, "steps": str(STEPS)}
    found = asking.answer("changed", asked, options)
    if not found:
        st.button(
            say("Ask again"), key="features.again", icon=":material/refresh:"
        )
    return found


def _adaptation(settings: Settings) -> str:
    """The strategy after which to look too, or "" for none."""
    left, right = st.columns([1, 2], vertical_alignment="bottom")
    wanted = left.toggle(
        say("After adaptation too"),
        key="features.after",
        help=say(
            "Adapts a network anew, for {steps} steps: it takes as long as a "
            "short run.",
            steps=STEPS,
        ),
    )
    if not wanted:
        return ""
    dataset, backbone = settings["dataset"], settings["backbone"]
    offered = [
        key
        for key in fitting_strategies(dataset, backbone)
        if key not in UNMOVED
    ]
    chosen: str = right.selectbox(
        say("Strategy"),
        offered,
        index=inside.place(tuple(offered), settings["strategy"]),
        format_func=sentences.title,
        key=f"features.strategy.{dataset}.{backbone}",
    )
    return chosen
