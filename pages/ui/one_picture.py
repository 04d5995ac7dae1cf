"""One picture: what a stage makes of it, and where the evidence lies."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.ui import asking, canvas, inside, own_picture
from pages.ui.charts import chart
from tl_core import feature_takeaways as takeaways
from tl_core import sentences
from tl_core.figures import features, tiles
from tl_core.figures.samples import image_grid
from tl_core.texts import say

OWN = {"your own": own_picture.ask, "drawn here": canvas.ask}
"""Where a picture comes from that is in no dataset."""


@st.fragment
def show(settings: inside.Settings) -> None:
    """One picture: what a stage makes of it, and where the evidence lies."""
    options = _ask(settings)
    if options is None:
        return
    stage = options["stage"]
    found = asking.answer("seen", settings, options)
    if found:
        _evidence(found)
        maps = found["maps"]
        each = (
            say("channel by channel")
            if len(maps) > 1
            else say("patch by patch")
        )
        st.markdown(
            say("**What {stage} makes of it**, {each}", stage=stage, each=each)
        )
        texts = [say("channel {i}", i=i) for i in range(len(maps))]
        figure = tiles.positive_maps(
            maps[: inside.MOST], texts[: inside.MOST], 16
        )
        words = takeaways.maps(maps[: inside.MOST], stage)
        chart(figure, words, "features.maps")
    if stage.startswith("block"):
        _attention(settings, options)
    asking.origin(settings)


def _ask(settings: inside.Settings) -> dict[str, Any] | None:
    """Which stage and which picture; None until there is a picture."""
    left, middle, right = st.columns(3)
    with left:
        stage = inside.stage_of(settings, "picture", last=False)
    source = middle.selectbox(
        say("Picture from"),
        ["target", "source", say("your own"), say("drawn here")],
        format_func=say,
        key="features.from",
    )
    options: dict[str, Any] = {"stage": stage}
    with right:
        if source in OWN:
            options["own"] = OWN[source]("features.own")
            if options["own"] is None:
                return None
        else:
            options["domain"] = source
            options["index"] = st.number_input(
                say("Which one"), 0, 200, 0, key="features.index"
            )
    return options


def _evidence(found: dict[str, Any]) -> None:
    left, right = st.columns(2)
    image, said = found["image"], found["said"]
    with left:
        st.markdown(say("**The picture**, as the network gets it"))
        st.image(
            image_grid(image[None], 1), width=300, alt=say("The picture.")
        )
    with right:
        sure = sentences.percent(found["sure"])
        st.markdown(
            say("**It says** {said} ({sure} sure), for:", said=said, sure=sure)
        )
        figure = features.looked_at(image, found["heat"], said)
        words = takeaways.evidence(found["heat"], said)
        chart(figure, words, "features.cam")


def _attention(settings: inside.Settings, options: dict[str, Any]) -> None:
    """Which patches a transformer's block reads, head by head."""
    found = asking.answer("attended", settings, options)
    if found:
        heads = found["heads"]
        st.markdown(
            say(
                "**What the {reader} reads**, head by head, as shares of its "
                "attention",
                reader=found["reader"],
            )
        )
        texts = [say("head {i}", i=i) for i in range(len(heads))]
        figure = tiles.positive_maps(heads, texts, 6)
        most = sentences.percent(float(heads.max()))
        said = say(
            "Attention of {heads} heads; at most {most} on a patch.",
            heads=len(heads),
            most=most,
        )
        chart(figure, said, "features.attention")
