"""Who is looking: a login where the lab asks for one, else a random name of
the browser, without an account."""

from __future__ import annotations

import hashlib
import uuid

import streamlit as st

from pages.ui.html_head import COOKIE
from tl_core import access
from tl_core.jobs import engine, owners
from tl_core.jobs.owners import RUN, Person


def name() -> str:
    """Up to 64 letters and digits: of the login, of the browser's cookie, or
    of this visit where the browser takes none."""
    if st.user.get("is_logged_in"):
        return _of_login(str(st.user.get("iss")), str(st.user.get("sub")))
    kept = str(st.context.cookies.get(COOKIE, ""))
    if access.is_name(kept):
        return kept
    if "person" not in st.session_state:
        st.session_state["person"] = uuid.uuid4().hex
    return str(st.session_state["person"])


def _of_login(issuer: str, subject: str) -> str:
    """The same person has the same name from every browser."""
    return hashlib.sha256(f"{issuer}\n{subject}".encode()).hexdigest()


def teacher() -> bool:
    """Whether a teacher has signed in with this browser."""
    kept = str(st.context.cookies.get(access.TEACHER, ""))
    return access.is_teacher(kept)


def asker() -> Person:
    """On whose behalf things are asked of the engine."""
    return Person(name(), teacher())


def may_change(run: str) -> bool:
    """Whether a run is the reader's to stop, repeat or delete."""
    return owners.may_change(engine.current().store, asker(), RUN, run)
