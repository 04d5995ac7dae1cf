"""The words of a card or a knob, in the lab's language."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tl_core.texts import say

DOMAINS = {"source": say("Source"), "target": say("Target")}
"""The two domains, as titles."""
WORDS = (say("source"), say("target"), say("before"), say("after"))
"""What `say` is asked for by a variable: domains and moments."""
READ = ("title", "summary", "help", "source", "target")
"""The fields that people read, of whichever card or knob has them."""


def words(item: Any) -> dict[str, str]:
    """A card's or knob's words by field."""
    there = {name: getattr(item, name, "") for name in READ}
    return {name: text for name, text in there.items() if text}


def label(name: str) -> str:
    """A knob's name as its widget shows it."""
    return say(name.replace("_", " ").capitalize())


def word(name: str) -> str:
    """A knob's name within a sentence."""
    return say(name.replace("_", " "))


def translated(item: Any) -> Any:
    """The same card or knob with its words translated."""
    return replace(item, **{k: say(v) for k, v in words(item).items()})
