"""A stranger's words where a reader of some format would take them for signs
of its own: names of classes, files and runs stay text."""

from __future__ import annotations

import re

SIGNS = re.compile(r"([\\`*_\[\]<>~$&!#|:/{}@])")
"""Marks by which Markdown, and Streamlit's own, turn words into more."""
START = re.compile(r"^(\d*)([-+=.)])")
"""What is a list or a heading at the beginning of a line."""
LINKED = re.compile(r"(:(?=//)|@|www(?=\.)|-(?=[->])|<(?=-))", re.IGNORECASE)
"""What is found even behind backslashes: addresses and arrows."""
JOINER = "\u2060"
"""Takes no room and keeps what is beside it from being read together."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes a cell for a formula by (OWASP, CSV injection)."""


def line(text: str) -> str:
    """Text as one line, without invisible or turning characters."""
    seen = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(seen.split())


def markdown(text: str) -> str:
    """Text as one line that Markdown shows as it stands."""
    apart = LINKED.sub(rf"\1{JOINER}", line(text))
    return START.sub(r"\1\\\2", SIGNS.sub(r"\\\1", apart))


def cell(value: object) -> object:
    """A value of a table as a spreadsheet may be given it: text that would
    be a formula begins with an apostrophe; numbers stay."""
    if not isinstance(value, str) or not value.startswith(FORMULA):
        return value
    try:
        float(value)
    except ValueError:
        return f"'{value}"
    return value
