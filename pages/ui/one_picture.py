"""One picture: what a stage makes of it, and where the evidence lies."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.ui import asking, canvas, inside, own_picture
from pages.ui.charts import chart
from tl_core import sentences, takeaways
from tl_core.figures import features, tiles
from tl_core.figures.samples import image_grid

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
        each = "channel by channel" if len(maps) > 1 else "patch by patch"
        st.markdown(f"**What {stage} makes of it**, {each}")
        texts = [f"channel {i}" for i in range(len(maps))]
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
        "Picture from",
        ["target", "source", "your own", "drawn here"],
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
                "Which one", 0, 200, 0, key="features.index"
            )
    return options


def _evidence(found: dict[str, Any]) -> None:
    left, right = st.columns(2)
    image, said = found["image"], found["said"]
    with left:
        st.markdown("**The picture**, as the network gets it")
        st.image(image_grid(image[None], 1), width=300, alt="The picture.")
    with right:
        sure = sentences.percent(found["sure"])
        st.markdown(f"**It says** {said} ({sure} sure), for:")
        figure = features.looked_at(image, found["heat"], said)
        words = takeaways.evidence(found["heat"], said)
        chart(figure, words, "features.cam")


def _attention(settings: inside.Settings, options: dict[str, Any]) -> None:
    """Which patches a transformer's block reads, head by head."""
    found = asking.answer("attended", settings, options)
    if found:
        heads = found["heads"]
        st.markdown(
            f"**What the {found['reader']} reads**, head by head, as shares "
            "of its attention"
        )
        texts = [f"head {i}" for i in range(len(heads))]
        figure = tiles.positive_maps(heads, texts, 6)
        most = sentences.percent(float(heads.max()))
        said = f"Attention of {len(heads)} heads; at most {most} on a patch."
        chart(figure, said, "features.attention")
