"""Opening an exported spec on the Run page."""

from __future__ import annotations

import streamlit as st

from pages.ui import form
from tl_core.card import SpecError
from tl_core.export import spec_file
from tl_core.plain_text import markdown as plain
from tl_core.texts import say

KEY, PROBLEM = "spec.file", "spec.problem"


def show() -> None:
    """A place for the file; it fills the form."""
    state = st.session_state
    with st.popover(say("Open a spec"), icon=":material/file_open:"):
        st.file_uploader(
            say("A run's spec, as JSON"),
            type="json",
            key=KEY,
            max_upload_size=1,
            on_change=_take,
            help=say(
                "The file that a finished run offers under Take it home."
            ),
        )
        if state.get(PROBLEM):
            st.error(plain(state[PROBLEM]), icon=":material/block:")


def _take() -> None:
    """Fill the form with the file's settings, or say why not."""
    state = st.session_state
    given = state[KEY]
    state[PROBLEM] = ""
    if given is None:
        return
    try:
        spec = spec_file.read(given.getvalue())
    except SpecError as error:
        state[PROBLEM] = str(error)
        return
    form.fill(spec)
    # The link of what was shown before must not fill the form again.
    if "run" in st.query_params:
        del st.query_params["run"]
    state["run.url"] = st.query_params.to_dict()
