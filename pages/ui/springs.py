"""Views of EWC's springs: what their stiffness costs, which weights they hold,
and whether they do."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages.ui import results
from pages.ui.charts import chart
from pages.ui.forgetting import share, titles, try_it
from tl_core import catalog, recording, sentences, takeaways
from tl_core.analysis.intervals import Interval
from tl_core.figures import importance, price
from tl_core.history import History
from tl_core.studies import STIFF
from tl_core.texts import say

DEFAULT = 300.0
"""The stiffness of EWC's springs as it comes."""


def stiffness() -> dict[float, list[History]]:
    """The recorded runs of each stiffness of EWC's springs."""
    found = {g: recording.recorded_race(race) for g, race in STIFF.items()}
    return {gamma: runs for gamma, runs in found.items() if runs}


def price_of() -> None:
    """The sweep of gamma with its Pareto front."""
    sweep = stiffness()
    spans = {
        gamma: (share(runs, "source"), share(runs, "target"))
        for gamma, runs in sweep.items()
    }
    words = _worth(spans[0.0], spans[DEFAULT])
    why = say(
        "**EWC** ties every weight to its old value by a spring as stiff as "
        "γ times its importance for the source (Kirkpatrick et al. 2017). "
        "How stiff is worth it?"
    )
    st.markdown(f"{why} {words}")
    chart(price.sweep(spans, "γ"), words, "forgetting.price")
    st.caption(
        say(
            "Bars are 95 % intervals over seeds; filled marks are those that "
            "no other beats on both."
        )
    )
    results.provenance([run for runs in sweep.values() for run in runs])
    try_it(STIFF[DEFAULT])


def _worth(
    loose: tuple[Interval, Interval], tied: tuple[Interval, Interval]
) -> str:
    """What is read of source and target without springs and with them."""
    (loose_source, loose_target), (tied_source, tied_target) = loose, tied
    return say(
        "Without springs (γ = 0) {loose_source} of the source and "
        "{loose_target} of the target are read; with γ = {gamma:g} it is "
        "{tied_source} and {tied_target}.",
        loose_source=sentences.percent(loose_source.mean),
        loose_target=sentences.percent(loose_target.mean),
        gamma=DEFAULT,
        tied_source=sentences.percent(tied_source.mean),
        tied_target=sentences.percent(tied_target.mean),
    )


def weights() -> None:
    """Where importance lies, and whether springs held what matters."""
    sweep = stiffness()
    options = [gamma for gamma in sweep if gamma]
    gamma: float = st.select_slider(
        say("Stiffness γ"), options, DEFAULT, key="forgetting.gamma"
    )
    tied, loose = sweep[gamma][0], sweep[0.0][0]
    found, free = tied.arrays("fisher"), loose.arrays("fisher")
    _lie(found, tied.spec.backbone)
    moved(found, free)
    results.provenance([tied, loose])
    try_it(STIFF[gamma])


def _lie(found: dict[str, np.ndarray], backbone: str) -> None:
    """How unevenly importance is spread, and over which stages."""
    stages = [*catalog.entry("backbones", backbone).card.stages, "head"]
    left, right = st.columns(2, gap="medium")
    whole = found["lorenz"][0]
    top = 1 - float(whole[95])
    with left:
        st.markdown(
            say(
                "**How unevenly it is spread** · the top 5 % of the weights "
                "hold {top} of the importance",
                top=sentences.percent(top),
            )
        )
        names = [say("all"), *stages]
        ginis = [importance.gini(curve) for curve in found["lorenz"]]
        figure = importance.lorenz_curves(found["lorenz"], names, ginis)
        words = takeaways.unequal(whole, ginis[0])
        chart(figure, words, "forgetting.lorenz")
    with right:
        st.markdown(say("**Where they lie** · importance beside size"))
        sizes = found["size"] / found["size"].sum()
        figure = importance.stage_bars(
            dict(zip(stages, map(float, found["share"]), strict=True)),
            dict(zip(stages, map(float, sizes), strict=True)),
        )
        words = takeaways.heaviest(stages, found["share"], sizes)
        chart(figure, words, "forgetting.stages")


def moved(tied: dict[str, np.ndarray], free: dict[str, np.ndarray]) -> None:
    """The scatter of importance against the way that weights went."""
    clouds = {
        "full": (free["fisher"], free["moved"]),
        "ewc": (tied["fisher"], tied["moved"]),
    }
    tops = {}
    for name, (fisher, went) in clouds.items():
        tops[name] = float(
            np.median(went[fisher >= np.quantile(fisher, 0.99)])
        )
    words = say(
        "The most important 1 % of the weights moved by {free:.2g} without "
        "springs and by {tied:.2g} with them (medians).",
        free=tops["full"],
        tied=tops["ewc"],
    )
    st.markdown(
        say("**Did the springs hold what matters?** {words}", words=words)
    )
    figure = price.moved_by_importance(clouds, titles())
    chart(figure, words, "forgetting.moved")
