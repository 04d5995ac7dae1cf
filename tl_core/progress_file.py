"""A learner's progress as a file: written, and read back with every field
checked."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field, ValidationError

from tl_core.progress import MOST, AnyEntry, Checked, Entry
from tl_core.texts import say

FORMAT: Final = "transfer-learning-lab progress"
BYTES = 1_000_000
"""Of a file of progress, at most."""


class Document(Checked):
    """A file of progress."""

    format: Literal["transfer-learning-lab progress"] = FORMAT
    version: Literal[1] = 1
    entries: Annotated[tuple[Entry, ...], Field(max_length=MOST)]


class ProgressError(ValueError):
    """A file that cannot be taken in; the message says why."""


def export(entries: list[AnyEntry]) -> bytes:
    """Everything as a JSON file, small enough to be read back: the oldest
    entries are left out where there are too many."""
    newest = sorted(entries, key=lambda entry: entry.at, reverse=True)[:MOST]
    kept, room = [], BYTES - 1_000
    for entry in newest:
        room -= len(entry.model_dump_json(indent=1).encode()) * 5 // 4
        if room < 0:
            break
        kept.append(entry)
    return Document(entries=tuple(kept)).model_dump_json(indent=1).encode()


def parse(data: bytes) -> list[AnyEntry]:
    """The entries of a file.

    Raises:
        ProgressError: it is too large, no JSON, or a field is not what it has
            to be; the message names the field.
    """
    if len(data) > BYTES:
        raise ProgressError(
            say(
                "The file has {size:,} bytes; a file of progress has at most "
                "{most:,}.",
                size=len(data),
                most=BYTES,
            )
        )
    try:
        return list(Document.model_validate_json(data).entries)
    except ValidationError as error:
        raise ProgressError(_told(error)) from None


def _told(error: ValidationError) -> str:
    """The first complaint in one sentence, and how many more there are."""
    problems = error.errors(include_url=False, include_context=False)
    first, more = problems[0], len(problems) - 1
    if first["type"] == "json_invalid":
        return say(
            "The file is not JSON, so it holds no progress of this lab."
        )
    place = ".".join(str(part) for part in first["loc"]) or say("the whole")
    given = repr(first["input"])[:60]
    said = first["msg"][0].lower() + first["msg"][1:]
    told = say(
        "In the file, {place} cannot be {given}, for {said}. Choose a file "
        "that this page has saved.",
        place=place,
        given=given,
        said=said,
    )
    if not more:
        return told
    return f"{told} {say('({more} more fields are wrong.)', more=more)}"
