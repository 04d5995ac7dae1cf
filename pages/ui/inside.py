"""Views into a source model: each asks the worker and draws the answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import streamlit as st

from pages.ui import asking, fits
from pages.ui.charts import chart
from tl_core import catalog, gallery, sentences
from tl_core import feature_takeaways as takeaways
from tl_core.figures import depths, features, tiles
from tl_core.figures import filters as waves
from tl_core.figures.samples import image_grid
from tl_core.fit import default_choice, fitting_backbones
from tl_core.texts import say

Settings = dict[str, str]
MOST = 64
"""Maps shown of one stage."""
GABOR = 5
"""Pixels a filter needs for eight numbers of a Gabor function."""


def choose(given: Mapping[str, str]) -> Settings:
    """A pair of images that is here, and a backbone that reads it."""
    known = gallery.image_pairs()
    left, right = st.columns(2)
    dataset = left.selectbox(
        say("Domain shift"),
        known,
        index=place(known, given.get("dataset", "")),
        format_func=lambda key: catalog.entry("datasets", key).card.title,
        key="features.dataset",
    )
    fitting = fitting_backbones(dataset)
    backbone = right.selectbox(
        say("Backbone"),
        fitting,
        index=place(fitting, given.get("backbone", "")),
        format_func=lambda key: catalog.entry("backbones", key).card.title,
        key=f"features.backbone.{dataset}",
    )
    return {**default_choice(dataset), "backbone": backbone}


def place(keys: tuple[str, ...], key: str) -> int:
    return keys.index(key) if key in keys else 0


def stage_of(settings: Settings, key: str, last: bool) -> str:
    """A picker of the backbone's stages, shallow to deep."""
    stages = catalog.entry("backbones", settings["backbone"]).card.stages
    found: str = st.selectbox(
        say("Stage"),
        stages,
        index=len(stages) - 1 if last else 0,
        key=f"features.{key}.{settings['backbone']}",
        help=say("From the input to the head."),
    )
    return found


def by_stage(settings: Settings) -> None:
    """Linear probes and A-distance by stage, and CKA with the beginning."""
    recorded = gallery.depths().get(settings["dataset"], {"backbone": ""})
    same = recorded["backbone"] == settings["backbone"]
    found = recorded["stages"] if same else asking.answer("by_depth", settings)
    if not found:
        return
    st.markdown(_with_depth(found))
    left, right = st.columns(2)
    with left:
        chance = 1 / recorded["classes"] if same else None
        drawn = depths.probe_curves(found, chance)
        chart(drawn, takeaways.probes(found), "features.probes")
    with right:
        chart(
            depths.domain_bars(found),
            takeaways.apart(found),
            "features.apart",
        )
    if same:
        st.caption(
            say(
                "{device} · recorded {recorded}",
                device=recorded["device"],
                recorded=recorded["recorded"],
            )
        )
    _learned(settings)


def _with_depth(found: Mapping[str, Mapping[str, float]]) -> str:
    """How classes and domains come apart from the first stage to the last."""
    first, *_, last = found.values()
    return say(
        "**Read by a line**, source classes grow from {first} to {last} with "
        "depth; the domains are {apart_first:.2f} apart at first and "
        "{apart_last:.2f} at last (of 2).",
        first=sentences.percent(first["source"]),
        last=sentences.percent(last["source"]),
        apart_first=first["a_distance"],
        apart_last=last["a_distance"],
    )


def _learned(settings: Settings) -> None:
    st.markdown(say("**How much source training changed each stage**"))
    learned = asking.answer("learned", settings)
    if learned:
        names = (say("before training"), say("after training"))
        stages = learned["stages"]
        figure = features.cka_map(learned["cka"], stages, stages, names)
        chart(figure, takeaways.kept(learned["cka"], stages), "cka")
        asking.origin(settings)


def filters(settings: Settings) -> None:
    """The first filters, their spectra, and whether they are waves."""
    found = asking.answer("first_layer", settings)
    if not found:
        return
    turned = found["turned"]
    texts = [
        say("filter {place}, cosine {cosine:.2f}", place=i, cosine=c)
        for i, c in enumerate(turned)
    ]
    st.markdown(_turned(found["layer"], turned))
    left, right = st.columns(2)
    with left:
        figure = tiles.signed_maps(found["patterns"][:MOST], texts[:MOST])
        chart(figure, takeaways.turned(turned[:MOST]), "features.filters")
    with right:
        figure = tiles.positive_maps(found["spectra"][:MOST], texts[:MOST])
        words = takeaways.spectra(found["spectra"][:MOST])
        chart(figure, words, "features.spectra")
    if "fits" in found:
        _waves(found)
    else:
        st.caption(
            say(
                "Filters under {pixels} pixels are too small to fit.",
                pixels=GABOR,
            )
        )
    asking.origin(settings)


def _turned(layer: str, cosines: Sequence[float]) -> str:
    """How far training turned the filters of a layer."""
    return say(
        "**Filters of {layer}** · their median cosine with the random start "
        "is {median:.2f}: 1 means that training did not turn them",
        layer=layer,
        median=np.median(cosines),
    )


def _waves(found: dict[str, Any]) -> None:
    """How well Gabor functions fit, beside random filters."""
    r2 = [fit.r2 for fit in found["fits"]]
    beat = np.mean(np.array(r2) > np.quantile(found["null"], 0.95))
    st.markdown(
        say(
            "**Are they Gabor functions?** {share} fit better than 95 % of "
            "random filters of the same size do.",
            share=sentences.percent(float(beat)),
        )
    )
    figure = waves.gabor_shares(r2, found["null"])
    chart(figure, takeaways.explained(r2, found["null"]), "features.gabor")
    fits.show(found["patterns"], found["fits"])


def channel(settings: Settings) -> None:
    """What excites one channel most, found and made."""
    left, middle, right = st.columns(3)
    with left:
        stage = stage_of(settings, "channel", last=False)
    about = asking.answer("stages", settings)
    if not about:
        return
    most = about[stage]["channels"] - 1
    number = middle.number_input(
        say("Channel (0 to {most})", most=most),
        0,
        most,
        0,
        key=f"features.number.{stage}",
    )
    domain = right.selectbox(
        say("Pictures of"),
        ["source", "target"],
        format_func=say,
        key="features.of",
    )
    options = {"stage": stage, "channel": number, "domain": domain}
    found = asking.answer("best_images", settings, options)
    if found:
        _exciting(found)
        asking.origin(settings)


def _exciting(found: Mapping[str, Any]) -> None:
    """The pictures that a channel answers most to, and one made for it."""
    st.markdown(say("**These excite it most** · strongest first"))
    st.image(
        image_grid(found["images"], 9), alt=say("The strongest pictures.")
    )
    st.markdown(
        say(
            "**Made for it** · from the first one ({strongest:.2f}) gradient "
            "ascent reaches {reached:.2f}",
            strongest=found["strengths"][0],
            reached=found["reached"],
        )
    )
    st.image(image_grid(found["made"][None], 1), width=200, alt=say("Made."))
