"""The shift designer: sliders, and what a source model answers."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any

import streamlit as st

from pages.ui import asking, charts, form, registry, url
from tl_core import card_words, catalog, sentences, takeaways
from tl_core.card import Scalar, SpecError
from tl_core.card_words import DOMAINS
from tl_core.figures import samples as grids
from tl_core.figures import shift as figures
from tl_core.gallery import DESIGNED, settings_of, sweep
from tl_core.texts import say

START = {"rotation": 30.0, "noise": 0.2}
"""The shift that the page opens with."""

STAY = (
    "<style>@media(max-width:640px) {"
    "[data-testid=stLayoutWrapper]:has(> .st-key-shift-numbers) {"
    "position: sticky; top: 3.75rem; z-index: 9; padding: .25rem 0; "
    "background: light-dark(#ffffff, #0f1720)}"
    ".st-key-shift-numbers [data-testid=stMetricLabel] * {"
    "white-space: normal}}</style>"
)
"""On a phone the numbers stay in sight while the sliders pass below."""


def _key(name: str) -> str:
    return f"shift.{name}"


def sliders(given: Mapping[str, str]) -> dict[str, Scalar]:
    """One slider a knob, set from the URL on the first visit."""
    knobs = catalog.entry("datasets", DESIGNED).knobs
    known = {f"dataset.{name}": name for name in knobs}
    asked = {known[n]: v for n, v in given.items() if n in known} or START
    values: dict[str, Scalar] = {}
    for name, knob in knobs.items():
        if _key(name) not in st.session_state:
            value: object = asked.get(name, 0.0)
            with contextlib.suppress(SpecError):
                value = knob.check(name, value)
            good = isinstance(value, float)
            st.session_state[_key(name)] = value if good else 0.0
        label = card_words.label(name)
        values[name] = form.widget(label, knob, _key(name)) or 0.0
    return values


@st.fragment
def show() -> None:
    """Numbers above, sliders on the left, pictures on the right; the shift
    is in the URL."""
    st.html(STAY)
    numbers = st.container(key="shift.numbers")
    left, right = st.columns([1, 2], gap="large")
    with left:
        with st.grid(2, min_column_width=150):
            values = sliders(url.settings())
        with st.container(horizontal=True):
            _buttons(values)
    url.keep(link(values))
    with right:
        found = asking.answer("shift", _settings(values))
        if found is not None:
            _show(found)
        _recorded(found)
    if found is not None:
        with numbers:
            _metrics(found)


def _buttons(values: Mapping[str, Scalar]) -> None:
    use = st.button(
        say("Use this shift"),
        type="primary",
        icon=":material/play_arrow:",
        key="shift.use",
        help=say("Opens a run on this pair, with these sliders."),
    )
    st.button(
        say("No shift"),
        icon=":material/undo:",
        key="shift.reset",
        on_click=reset,
    )
    if use:
        chosen = {"dataset": DESIGNED, **link(values)}
        st.switch_page(registry.path_of("run"), query_params=chosen)


def reset() -> None:
    """Every slider to zero."""
    for name in catalog.entry("datasets", DESIGNED).knobs:
        st.session_state[_key(name)] = 0.0


def link(values: Mapping[str, Scalar]) -> dict[str, str]:
    """The shift as settings of a URL: inversion, whose default is not zero,
    is always named."""
    return {
        f"dataset.{name}": url.as_text(value)
        for name, value in values.items()
        if value != 0 or name == "inversion"
    }


def _settings(values: Mapping[str, Scalar]) -> dict[str, Any]:
    shift = {f"dataset.{name}": value for name, value in values.items()}
    return {**settings_of("", 0.0), **shift}


def _show(found: Mapping[str, Any]) -> None:
    for domain in ("source", "target"):
        st.image(
            grids.image_grid(found["samples"][f"{domain}_x"][:24], columns=12),
            caption=DOMAINS[domain],
            width="stretch",
            alt=say("24 samples of the {domain}.", domain=say(domain)),
        )
    with st.expander(say("Distributions"), icon=":material/ssid_chart:"):
        _distributions(found)


def _metrics(found: Mapping[str, Any]) -> None:
    with st.grid(3, min_column_width=100):
        _accuracy(found["accuracy"])
        _distance(list(found["mmd"].values())[-1])
        st.metric(
            say("A-distance"),
            f"{found['a_distance']:.2f}",
            help=say(
                "2 (1 - 2 error) of a linear classifier that tells the "
                "domains apart: 0 it cannot, 2 it always can."
            ),
        )


def _accuracy(shares: Mapping[str, float]) -> None:
    change = 100 * (shares["target"] - shares["source"])
    st.metric(
        say("Target accuracy"),
        sentences.percent(shares["target"]),
        say("{change:+.1f} points", change=change),
        help=say(
            "Of a network that has only seen the source, against its "
            "accuracy on source samples it was not trained on."
        ),
    )


def _distance(last: Mapping[str, float]) -> None:
    st.metric(
        "MMD²",
        f"{last['value']:.3f}",
        say("same law") if last["p"] > 0.05 else f"p = {last['p']:.3f}",
        delta_color="off",
        help=say(
            "Unbiased, on the deepest features; p is the share of random "
            "relabellings of the two domains that lie as far apart."
        ),
    )


def _distributions(found: Mapping[str, Any]) -> None:
    charts.chart(
        figures.histogram(found["pixels"], say("pixel value (0 to 1)")),
        takeaways.overlap(found["pixels"], say("Pixel values")),
        "shift.pixels",
    )
    charts.chart(
        figures.histogram(
            found["features"],
            say("deepest features on the axis that separates (no unit)"),
        ),
        takeaways.overlap(found["features"], say("Features on their axis")),
        "shift.features",
    )
    charts.chart(
        figures.distances(found["mmd"]),
        takeaways.beyond_chance(found["mmd"]),
        "shift.mmd",
    )


def _recorded(found: Mapping[str, Any] | None) -> None:
    document = sweep()
    if not document:
        return
    now = None
    if found is not None:
        last = list(found["mmd"].values())[-1]["value"]
        now = (last, found["accuracy"]["target"])
    st.markdown(
        say("**Does accuracy fall as MMD rises?** · each dot is a shift")
    )
    charts.chart(
        figures.accuracy_against_mmd(document["points"], now),
        takeaways.fall(document["points"]),
        "shift.sweep",
    )
    source = document["source"]
    st.caption(
        say(
            "{shifts} shifts, one knob at a time · {backbone} after "
            "{pretrain_steps} steps on the source, seed {seed} · {samples} "
            "test samples of each domain · {device} · recorded {recorded}",
            shifts=len(document["points"]),
            backbone=source["backbone"],
            pretrain_steps=source["pretrain_steps"],
            seed=source["seed"],
            samples=document["samples"],
            device=document["device"],
            recorded=document["recorded"],
        )
    )
