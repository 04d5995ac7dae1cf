"""What the run page shows before anything has run with the form's settings."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from pages.ui import charts, live
from tl_core import recording
from tl_core.history import History
from tl_core.spec import RunSpec
from tl_core.texts import say
from tl_core.tuned_rates import USUAL, own_rate


def show(asked: RunSpec) -> None:
    """The recorded run, or what to press."""
    found = twin(asked)
    if found is None:
        st.info(
            say(
                "Nothing has run with these settings yet. Press Run: curves "
                "appear here within seconds."
            ),
            icon=":material/play_arrow:",
        )
        return
    said = say(
        "Recorded on {recorded}. Press Run to do it here.",
        recorded=found.recorded,
    )
    if found.spec != asked:
        said = say(
            "Recorded on {recorded} with the learning rate {usual:g} that "
            "all strategies had. Press Run to do it here with {own:g}, the "
            "strategy's own.",
            recorded=found.recorded,
            usual=found.spec.lr,
            own=asked.lr,
        )
    st.info(said, icon=":material/history:")
    live.finished(found, "recorded", draw=charts.preview)


def twin(asked: RunSpec) -> History | None:
    """The recording of a run; of one with its strategy's own learning rate,
    else that of the same run with the usual rate."""
    found = recording.read(asked.id)
    if found is None and asked.lr == own_rate(asked.strategy):
        return recording.read(replace(asked, lr=USUAL).id)
    return found
