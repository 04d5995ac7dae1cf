"""Links for a class: what a teacher's link hides, locks and enlarges.

`hide=` and `lock=` name settings, as the URL does, with commas between them:
`hide=seed,lr&lock=dataset`. They shape the page, they are no guard: what may
run is decided where runs are submitted.
"""

from __future__ import annotations

import streamlit as st

HIDE, LOCK, PRESENT = "hide", "lock", "present"
STAY = (HIDE, LOCK, PRESENT, "lesson", "embed", "embed_options")
"""Parts of the URL that belong to the visit, not to a page's state."""


def hidden(name: str) -> bool:
    """Whether the link hides a setting; it keeps the value of the link."""
    return name in _named(HIDE)


def locked(name: str) -> bool:
    """Whether the link fixes a setting in sight of all."""
    return name in _named(LOCK)


def presenting() -> bool:
    """Whether the page is shown to a lecture hall."""
    return st.query_params.get(PRESENT) == "true"


def staying() -> dict[str, str]:
    """What every link within the visit carries on."""
    given = st.query_params.to_dict()
    return {name: given[name] for name in STAY if name in given}


def _named(part: str) -> set[str]:
    return set(st.query_params.get(part, "").split(","))
