"""Names and tags that people give to runs: what may be in them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from tl_core.texts import say

NAME, TAG, TAGS = 60, 24, 8
"""Characters of a name and of a tag, and tags of a run, at most."""
PATTERN = re.compile(r"[^\W_]+(?:[ _-][^\W_]+)*")
"""Of a tag: nothing that Markdown could take for an address or a sign."""


def clean_name(text: str) -> str:
    """A name as it is kept: one line, no invisible characters.

    Raises:
        ValueError: it is too long.
    """
    seen = "".join(
        " " if unicodedata.category(c)[0] in "CZ" else c for c in text
    )
    name = " ".join(seen.split())
    if len(name) > NAME:
        raise ValueError(
            say("A name has at most {name} characters.", name=NAME)
        )
    return name


def clean_tag(text: str) -> str:
    """A tag as it is kept: in lower case, with single spaces.

    Raises:
        ValueError: it is empty or too long, or has other characters than
            letters and digits, with spaces, dashes or underscores between.
    """
    tag = " ".join(text.split()).lower()
    if len(tag) > TAG or not PATTERN.fullmatch(tag):
        raise ValueError(
            say(
                "A tag has 1 to {tag} letters or digits, with single spaces, "
                "dashes or underscores between them.",
                tag=TAG,
            )
        )
    return tag


def joined(tags: Iterable[str]) -> str:
    """Tags as one text, in order and each once, with commas between.

    Raises:
        ValueError: a tag cannot be used, or there are too many.
    """
    clean = sorted({clean_tag(tag) for tag in tags})
    if len(clean) > TAGS:
        raise ValueError(say("A run has at most {tags} tags.", tags=TAGS))
    return ",".join(clean)
