"""The lab's words in another language.

Texts stand in the code in English, in `say("...")`. A translation is a folder
in assets/texts, named by `TL_LANGUAGE`: `lab.po` has these texts (and is
compiled into `lab.mo`), and files named as in assets (lessons/peft.toml,
interview/traps.toml) stand for those. What a translation lacks stays English.
`translation.py` lists all texts and compiles; CONTRIBUTING.md says how to
begin.
"""

from __future__ import annotations

import gettext
import logging
import os
from functools import cache
from pathlib import Path
from typing import Any

ASSETS = Path(__file__).parent.parent / "assets"
COMPILED = "lab.mo"


def say(text: str, /, **values: Any) -> str:
    """`text` in the lab's language. Where there are `values`, each `{name}`
    in it is one of them, formatted as in an f-string."""
    translated = _catalog().gettext(text) if text else ""
    if not values:
        return translated
    try:
        return translated.format(**values)
    except (LookupError, ValueError, AttributeError):
        return text.format(**values)  # the translation names something else


def file(name: str) -> Path:
    """A file of assets by its path there, in the lab's language if it has
    been translated."""
    folder = language()
    if folder is not None and (folder / name).is_file():
        return folder / name
    return ASSETS / name


@cache
def language() -> Path | None:
    """The folder of the translation, None for English: `TL_LANGUAGE` is its
    name in assets/texts, or its path."""
    asked = os.environ.get("TL_LANGUAGE", "")
    if asked in ("", "en"):
        return None
    folder = ASSETS / "texts" / asked
    if (folder / COMPILED).is_file():
        return folder
    logging.getLogger(__name__).warning(
        "TL_LANGUAGE: there is no %s; the lab speaks English.",
        folder / COMPILED,
    )
    return None


@cache
def _catalog() -> gettext.NullTranslations:
    folder = language()
    if folder is None:
        return gettext.NullTranslations()
    with (folder / COMPILED).open("rb") as source:
        return gettext.GNUTranslations(source)
