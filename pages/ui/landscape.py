"""The recorded loss around a source model, and its Fisher information."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from pages.ui.charts import chart
from tl_core.figures import importance, landscapes
from tl_core.surveys import surveys
from tl_core.texts import say

PLANE = say(
    "**The plane through three networks** · the source model, and what full "
    "fine-tuning and EWC made of it; dotted: their ways, projected"
)
NAMES = {
    "model": say("source model"),
    "full": say("full fine-tuning"),
    "ewc": "EWC",
}


def show() -> None:
    """Plane, lines, and how two kinds of Fisher information part."""
    found = surveys()
    if not found:
        st.info(say("`make record` makes the survey that is shown here."))
        return
    plane(found["plane"])
    lines(found["lines"], found["rises"])
    both_kinds(found["traces"])
    spec = found["spec"]
    st.caption(
        say(
            "{backbone} on {dataset} · {pretrain_steps} + {steps} steps · "
            "seed {seed} · {device} · recorded {recorded}",
            backbone=spec["backbone"],
            dataset=spec["dataset"],
            pretrain_steps=spec["pretrain_steps"],
            steps=spec["steps"],
            seed=spec["seed"],
            device=found["device"],
            recorded=found["recorded"],
        )
    )


def plane(found: dict[str, Any]) -> None:
    """The losses over the plane through three networks, and the ways there."""
    st.markdown(PLANE)
    heights = {
        say("Loss on the source"): found["losses"]["source"],
        say("Source loss as EWC imagines it"): found["foretold"],
        say("Loss on the target"): found["losses"]["target"],
    }
    chosen = st.segmented_control(
        say("Height"),
        list(heights),
        default=next(iter(heights)),
        key="landscape.height",
        label_visibility="collapsed",
        required=True,
    )
    losses = np.array(heights[chosen or next(iter(heights))], float)
    corners = {named(key): tuple(at) for key, at in found["corners"].items()}
    ways = {named(key): steps for key, steps in found["ways"].items()}
    at = found["xs"], found["ys"]
    marked = landscapes.corner_losses(losses, *at, corners)
    words = f"{chosen}: " + ", ".join(
        f"{name} {height:.2f}"
        for name, height in zip(corners, marked, strict=True)
    )
    figure = landscapes.loss_plane(losses, *at, corners, ways)
    chart(figure, words, "landscape.plane")
    st.caption(say("{words} nats", words=words))


def named(corner: str) -> str:
    """A corner in words."""
    return NAMES.get(corner.rpartition(" ")[2], corner)


def lines(found: dict[str, Any], rises: dict[str, dict[str, float]]) -> None:
    """The straight ways to both, with what EWC's quadratic foretells."""
    st.markdown(
        say(
            "**Straight on** · the loss on the way from the source model, and "
            "what ½ Σ F d², the springs of EWC with γ = 1 and F as measured, "
            "foretells of the source's"
        )
    )
    for column, (key, row) in zip(
        st.columns(2, gap="medium"), found.items(), strict=True
    ):
        drawn = {**row["losses"], say("foretold by F"): row["foretold"]}
        figure = landscapes.loss_line(
            row["shares"], drawn, (say("the source model"), NAMES[key])
        )
        words = foretold(NAMES[key], row["losses"]["source"], rises[key])
        with column:
            chart(figure, words, f"landscape.line.{key}")
            st.caption(words)
    st.caption(
        say(
            "The diagonal F leaves out that weights act together; the whole "
            "matrix has it. Neither sees more than the samples it is "
            "measured on, of which the network is surer than of others, nor "
            "farther than to second order."
        )
    )


def foretold(name: str, losses: list[float], rise: dict[str, float]) -> str:
    """How much of a rise of the source loss Fisher information foretold."""
    return say(
        "On unseen digits the source loss rises by {rise:.2g} nats up to "
        "{name}. The diagonal F foretells {diagonal:.1g}, the whole matrix "
        "{matrix:.2g}, and measured on unseen digits {unseen:.2g}.",
        rise=losses[-1] - losses[0],
        name=name,
        diagonal=rise["diagonal"],
        matrix=rise["matrix"],
        unseen=rise["unseen"],
    )


def both_kinds(rows: list[dict[str, float]]) -> None:
    """The exact and the empirical diagonal over source training."""
    first, last = rows[0], rows[-1]
    words = say(
        "From step {first:g} to {last:g} the empirical sum falls to "
        "{share_last:.2f} of the exact one, from {share_first:.2f}.",
        first=first["step"],
        last=last["step"],
        share_last=last["empirical"] / last["exact"],
        share_first=first["empirical"] / first["exact"],
    )
    st.markdown(say("**Two that are called Fisher** · {words}", words=words))
    chart(importance.traces(rows), words, "landscape.traces")
    st.caption(
        say(
            "The empirical one takes labels for what the model would say, and "
            "vanishes where the model fits (Kunstner et al. 2019)."
        )
    )
