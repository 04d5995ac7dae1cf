"""Which channels a source model needs, and whether the target needs them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st

from pages.ui import asking, inside
from pages.ui.charts import chart
from tl_core import sentences
from tl_core.figures import importance
from tl_core.surveys import surveys
from tl_core.texts import say

Settings = dict[str, str]


def choose(given: Mapping[str, str]) -> Settings:
    """The pair and backbone of which the channels are shown; the study's,
    turned by 45 degrees, where the reader names none."""
    known = surveys().get("spec", {})
    return inside.choose({"dataset": known.get("dataset", ""), **given})


def show(settings: Settings) -> None:
    """Stages beside their sizes, both domains' needs, a layer's channels."""
    recorded = surveys()
    studied = recorded.get("spec", {})
    same = {"dataset", "backbone"} <= {
        key for key, value in settings.items() if studied.get(key) == value
    }
    found = (
        recorded["needed"]
        if same
        else asking.answer("needed", {**settings, **turned(settings, studied)})
    )
    if not found:
        return
    left, right = st.columns(2, gap="medium")
    with left:
        sizes(found["stages"])
    with right:
        both(found["overlap"])
    layer(found["layers"], settings["backbone"])
    st.caption(
        say(
            "Exact Fisher diagonal of the source model, {samples} training "
            "samples of each domain · seed {studied} · ",
            samples=found["samples"],
            studied=studied.get("seed", 0),
        )
        + (origin(recorded) if same else say("measured now"))
    )


def turned(settings: Settings, studied: Mapping[str, Any]) -> Settings:
    """The study's own shift, for another backbone on its pair."""
    if settings["dataset"] != studied.get("dataset"):
        return {}
    knobs = studied["dataset_params"]
    return {f"dataset.{name}": str(value) for name, value in knobs.items()}


def sizes(stages: Mapping[str, Mapping[str, float]]) -> None:
    """Each stage's share of the importance beside that of the weights."""
    whole = sum(stage["weights"] for stage in stages.values())
    shares = {name: stage["share"] for name, stage in stages.items()}
    weights = {n: stage["weights"] / whole for n, stage in stages.items()}
    dense = max(shares, key=lambda name: shares[name] / weights[name])
    words = say(
        "Weight by weight {dense} matters most: {shares} of the importance "
        "in {weights} of the weights.",
        dense=dense,
        shares=sentences.percent(shares[dense]),
        weights=sentences.percent(weights[dense]),
    )
    st.markdown(say("**By stage** · ") + words)
    figure = importance.stage_bars(shares, weights)
    chart(figure, words, "forgetting.needs.stages")


def both(overlap: Mapping[str, float]) -> None:
    """Whether the target needs the weights that the source needs."""
    least = min(overlap, key=lambda stage: overlap[stage])
    words = say(
        "Source and target agree least in {least}: {overlap:.2f} of 1, where "
        "1 means the same weights in the same proportions.",
        least=least,
        overlap=overlap[least],
    )
    st.markdown(say("**By domain** · ") + words)
    figure = importance.overlap_bars(overlap)
    chart(figure, words, "forgetting.needs.overlap")


def layer(layers: Mapping[str, Any], backbone: str) -> None:
    """A map of one layer's channels and what they hold."""
    drawn = [name for name, found in layers.items() if "pairs" in found]
    if not drawn:
        return
    most = max(drawn, key=lambda name: len(layers[name]["filters"]))
    chosen = st.selectbox(
        say("Layer"),
        drawn,
        index=drawn.index(most),
        key=f"forgetting.layer.{backbone}",
        help=say("Layers with at most 4096 pairs of channels."),
    )
    filters = np.sort(np.asarray(layers[chosen]["filters"], float))[::-1]
    top = max(1, len(filters) // 4)
    held = float(filters[:top].sum() / max(filters.sum(), 1e-30))
    words = say(
        "The {top} most important of {filters} output channels hold {held} "
        "of the importance of {chosen}.",
        top=top,
        filters=len(filters),
        held=sentences.percent(held),
        chosen=chosen,
    )
    st.markdown(say("**By channel** · ") + words)
    pairs = np.asarray(layers[chosen]["pairs"], float)
    figure = importance.channel_map(pairs)
    chart(figure, words, f"forgetting.channels.{chosen}")


def origin(recorded: Mapping[str, Any]) -> str:
    """Where the recorded numbers come from."""
    return say(
        "{device} · recorded {recorded}",
        device=recorded["device"],
        recorded=recorded["recorded"],
    )
