"""Views into a source model: each asks the worker and draws the answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st

from pages.ui import asking, fits
from pages.ui.charts import chart
from tl_core import catalog, gallery, sentences, takeaways
from tl_core.figures import depths, features, tiles
from tl_core.figures import filters as waves
from tl_core.figures.samples import image_grid
from tl_core.fit import default_choice, fitting_backbones

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
        "Domain shift",
        known,
        index=place(known, given.get("dataset", "")),
        format_func=lambda key: catalog.entry("datasets", key).card.title,
        key="features.dataset",
    )
    fitting = fitting_backbones(dataset)
    backbone = right.selectbox(
        "Backbone",
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
        "Stage",
        stages,
        index=len(stages) - 1 if last else 0,
        key=f"features.{key}.{settings['backbone']}",
        help="From the input to the head.",
    )
    return found


def by_stage(settings: Settings) -> None:
    """Linear probes and A-distance by stage, and CKA with the beginning."""
    recorded = gallery.depths().get(settings["dataset"], {"backbone": ""})
    same = recorded["backbone"] == settings["backbone"]
    found = recorded["stages"] if same else asking.answer("by_depth", settings)
    if not found:
        return
    first, *_, last = found.values()
    st.markdown(
        f"**Read by a line**, source classes grow from "
        f"{sentences.percent(first['source'])} to "
        f"{sentences.percent(last['source'])} with depth; the domains are "
        f"{first['a_distance']:.2f} apart at first and "
        f"{last['a_distance']:.2f} at last (of 2)."
    )
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
        st.caption(f"{recorded['device']} · recorded {recorded['recorded']}")
    _learned(settings)


def _learned(settings: Settings) -> None:
    st.markdown("**How much source training changed each stage**")
    learned = asking.answer("learned", settings)
    if learned:
        names = ("before training", "after training")
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
    texts = [f"filter {i}, cosine {c:.2f}" for i, c in enumerate(turned)]
    st.markdown(
        f"**Filters of {found['layer']}** · their median cosine with the "
        f"random start is {np.median(turned):.2f}: 1 means that training "
        "did not turn them"
    )
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
        st.caption(f"Filters under {GABOR} pixels are too small to fit.")
    asking.origin(settings)


def _waves(found: dict[str, Any]) -> None:
    """How well Gabor functions fit, beside random filters."""
    r2 = [fit.r2 for fit in found["fits"]]
    beat = np.mean(np.array(r2) > np.quantile(found["null"], 0.95))
    st.markdown(
        f"**Are they Gabor functions?** {sentences.percent(float(beat))} fit "
        "better than 95 % of random filters of the same size do."
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
        f"Channel (0 to {most})", 0, most, 0, key=f"features.number.{stage}"
    )
    domain = right.selectbox(
        "Pictures of", ["source", "target"], key="features.of"
    )
    options = {"stage": stage, "channel": number, "domain": domain}
    found = asking.answer("best_images", settings, options)
    if found:
        st.markdown("**These excite it most** · strongest first")
        st.image(image_grid(found["images"], 9), alt="The strongest pictures.")
        strongest = found["strengths"][0]
        st.markdown(
            f"**Made for it** · from the first one ({strongest:.2f}) gradient "
            f"ascent reaches {found['reached']:.2f}"
        )
        st.image(image_grid(found["made"][None], 1), width=200, alt="Made.")
        asking.origin(settings)
