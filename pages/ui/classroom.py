"""Links for a class: what a teacher's link hides, locks and enlarges.

`hide=` and `lock=` name settings, as the URL does, with commas between them:
`hide=seed,lr&lock=dataset`. They shape the page, they are no guard: what may
run is decided where runs are submitted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

import streamlit as st

HIDE, LOCK, PRESENT, EMBED = "hide", "lock", "present", "embed"
VISIT = (PRESENT, EMBED, "embed_options")
"""Parts of the URL that stay from page to page."""
STAY = (HIDE, LOCK, "lesson", "tour", "pins", *VISIT)
"""Parts of the URL that belong to the visit, not to a page's state."""
LARGER = (
    "<style>html {font-size: 21px !important}"
    "[data-testid=stSidebar], [data-testid=stExpandSidebarButton]"
    "{display: none}</style>"
)


def hidden(name: str) -> bool:
    """Whether the link hides a setting; it keeps the value of the link."""
    return name in _named(HIDE)


def locked(name: str) -> bool:
    """Whether the link fixes a setting in sight of all."""
    return name in _named(LOCK)


def presenting() -> bool:
    """Whether the page is shown to a lecture hall: in larger type, without
    the sidebar."""
    return st.query_params.get(PRESENT) == "true"


def larger() -> None:
    """What a lecture hall needs, where one is asked for."""
    if presenting():
        st.html(LARGER)


def staying() -> dict[str, str]:
    """What every link within a page carries on."""
    return _given(STAY)


def visit() -> dict[str, str]:
    """What links to other pages carry on."""
    return _given(VISIT)


def link(
    url: str,
    given: Mapping[str, str],
    hide: Sequence[str] = (),
    lock: Sequence[str] = (),
    show: Sequence[str] = (),
) -> str:
    """A page's address for a class; `show` names ways to show it (PRESENT,
    EMBED)."""
    kept = {k: v for k, v in given.items() if k not in (HIDE, LOCK, *VISIT)}
    shaped = {HIDE: ",".join(hide), LOCK: ",".join(lock)}
    kept |= {name: value for name, value in shaped.items() if value}
    kept |= dict.fromkeys(show, "true")
    return f"{url}?{urlencode(kept)}" if kept else url


def _given(names: Sequence[str]) -> dict[str, str]:
    given = st.query_params.to_dict()
    return {name: given[name] for name in names if name in given}


def _named(part: str) -> set[str]:
    return set(st.query_params.get(part, "").split(","))
