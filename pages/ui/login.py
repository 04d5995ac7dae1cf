"""A login through the provider in `[auth]` of `.streamlit/secrets.toml`.

Without that section nobody has to log in. With it, whoever has not done so
sees one page with one button, whatever the address.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit import config
from streamlit.auth_util import is_authlib_installed

from tl_core.texts import say

SETTINGS = ("client_id", "client_secret", "server_metadata_url")
"""What Streamlit asks of a section that describes a provider."""


def required() -> bool:
    """Whether the lab is for those who log in."""
    return st.secrets.load_if_toml_exists() and "auth" in st.secrets


def check() -> None:
    """Nobody is let in by mistake: a file of secrets that cannot be read
    must not look like none.

    Raises:
        ValueError: says which file, or what is missing for a login.
    """
    files = [Path(name) for name in config.get_option("secrets.files")]
    there = [str(path) for path in files if path.is_file()]
    if there and not st.secrets.load_if_toml_exists():
        raise ValueError(
            say(
                "{files} cannot be read as TOML. Mend or remove it; the lab "
                "does not start without knowing whom to let in.",
                files=say(" or ").join(there),
            )
        )
    if required() and not is_authlib_installed():
        raise ValueError(
            say(
                "A login is set up in [auth] of the secrets, but the package "
                "Authlib is missing: pip install 'Authlib>=1.3.2'."
            )
        )


def passed() -> bool:
    """Whether the reader may come in; else shows how."""
    if not required() or st.user.get("is_logged_in"):
        return True
    st.title(say("Transfer Learning Lab"), anchor=False)
    st.markdown(say("This lab is for people who log in."))
    for name in providers():
        st.button(
            say("Log in with {name}", name=name) if name else say("Log in"),
            type="primary",
            icon=":material/login:",
            key=f"login.{name}",
            on_click=st.login,
            args=(name,) if name else (),
        )
    return False


def providers() -> list[str]:
    """The names of those that one can choose from; "" for the only one."""
    sections = st.secrets["auth"]
    named = [
        name
        for name, section in sections.items()
        if not isinstance(section, str)
        and any(key in section for key in SETTINGS)
    ]
    return named or [""]


def leave() -> None:
    """A way out, for those who are in."""
    if st.user.get("is_logged_in"):
        st.button(
            say("Log out"),
            icon=":material/logout:",
            type="tertiary",
            key="login.out",
            on_click=st.logout,
        )
