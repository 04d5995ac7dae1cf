"""The settings in which pinned runs differ."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from tl_core import catalog, spec_difference
from tl_core.history import History
from tl_core.spec import KIND, RunSpec
from tl_core.texts import say


def show(runs: Mapping[str, History]) -> None:
    """A row a setting that is not the same in all."""
    specs = [history.spec for history in runs.values()]
    names = spec_difference.differing(specs)
    if len(specs) < 2:
        return
    st.markdown(say("**In what they differ**"))
    if not names:
        st.caption(say("Nothing: these runs have one and the same spec."))
        return
    columns = {
        name: [_value(spec, setting) for setting in names]
        for name, spec in zip(runs, specs, strict=True)
    }
    st.dataframe(
        {say("setting"): names, **columns},
        hide_index=True,
        alt=say(
            "{count} settings differ: {names}.",
            count=len(names),
            names=", ".join(names),
        ),
    )


def _value(spec: RunSpec, setting: str) -> str:
    text = spec_difference.as_text(spec_difference.flat(spec), setting)
    if setting in KIND:
        return str(catalog.entry(KIND[setting], text).card.title)
    return text
