"""Asks the warm worker a question while a reader waits."""

from __future__ import annotations

from typing import Any

import streamlit as st

from tl_core import catalog
from tl_core.card import SpecError
from tl_core.jobs import engine
from tl_core.spec import spec_from_settings
from tl_core.texts import say

PATIENCE = 20.0
"""Seconds to wait for an answer: the first one may train a source model."""


def answer(
    question: str,
    settings: dict[str, Any],
    options: dict[str, Any] | None = None,
) -> Any:
    """The answer to a question of `tl_core.probes`, or None with a word to
    the reader: the engine is starting, is busy, or the question is wrong."""
    if engine.current().status().state != "ready":
        _wait()
        return None
    try:
        return _ask(question, settings, options)
    except TimeoutError:
        st.info(
            say("The worker is busy; change something to ask again."),
            icon=":material/hourglass_empty:",
        )
    except SpecError as error:
        st.warning(str(error), icon=":material/block:")
    return None


def origin(settings: dict[str, Any]) -> None:
    """What answered: the source network, and where it runs."""
    spec = spec_from_settings(settings)
    learned = say(
        "{pretrain_steps} steps, seed {seed}",
        pretrain_steps=spec.pretrain_steps,
        seed=spec.seed,
    )
    if catalog.entry("datasets", spec.dataset).card.source_task:
        learned = say("weights that ship with it")
    device = engine.current().status().device
    st.caption(
        say(
            "Measured just now · source network: {backbone} on {dataset}, "
            "{learned} · {device}",
            backbone=spec.backbone,
            dataset=spec.dataset,
            learned=learned,
            device=device,
        )
    )


@st.fragment(run_every=1.0)
def _wait() -> None:
    if engine.current().status().state == "ready":
        st.rerun()
    st.info(
        say("The training engine is starting: it answers in a few seconds."),
        icon=":material/hourglass_empty:",
    )


@st.cache_data(max_entries=256, show_spinner=say("Asking the source model"))
def _ask(
    question: str,
    settings: dict[str, Any],
    options: dict[str, Any] | None,
) -> Any:
    more = {} if options is None else {"options": options}
    return engine.current().probe(question, PATIENCE, **more, **settings)
