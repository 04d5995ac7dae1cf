"""Where in a user's own data set a file belongs, by its name alone."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath

from tl_core.texts import say

PARTS = ("source", "target", "source_test", "target_test")
LONGEST = 100
"""Letters in the name of a class."""
IGNORED = ("__MACOSX", "Thumbs.db", "desktop.ini")


@dataclass(frozen=True)
class Place:
    """ROOT/PART/CLASS/NAME, where ROOT may be empty."""

    root: str
    part: str
    label: str
    name: str


def hidden(name: str) -> bool:
    """Whether an operating system left it there."""
    return any(
        piece in IGNORED or re.match(r"\.[^.]", piece)
        for piece in PurePosixPath(name).parts
    )


def place_of(name: str) -> Place | str:
    """Where PART/CLASS/NAME, perhaps inside one folder, belongs; for
    anything else the reason why it cannot be used."""
    path = PurePosixPath(name)
    pieces = path.parts
    if path.is_absolute() or ".." in pieces or re.match("[A-Za-z]:", name):
        return say("its path leads out of the data")
    if "\\" in name:
        return say("its path has a backslash")
    inside = len(pieces) == 4 and pieces[0] not in PARTS
    root, pieces = (pieces[0], pieces[1:]) if inside else ("", pieces)
    if len(pieces) != 3 or pieces[0] not in PARTS:
        return say("it is not in PART/CLASS/, such as target/ants/")
    part, label, file = pieces
    label = unicodedata.normalize("NFC", label)
    if len(label) > LONGEST or not label.isprintable() or not label.strip():
        return say("the name of its class cannot be used")
    return Place(root, part, label, file)


def shown(name: str) -> str:
    """A file's name as a message may show it."""
    clean = "".join(c if c.isprintable() else "?" for c in name)
    return clean if len(clean) <= 80 else f"…{clean[-79:]}"
