"""What recorded cases of the advice are called, in the lab's language."""

from __future__ import annotations

import re

from tl_core.texts import say

LABELS = re.compile(r"([\d,]+) labels")
FROM = {
    "no labels": say("no labels"),
    "labels alone": say("labels alone"),
    "all data": say("all data"),
    "transformer": say("transformer"),
}
"""What a case's name says of its runs."""


def said(name: str, pair: str) -> str:
    """A recorded name in the lab's language: a pair, how many labels, and
    from which runs."""
    parts = name.removeprefix(pair).split(", ")
    return say(pair) + ", ".join(
        say("{n} labels", n=found[1])
        if (found := LABELS.fullmatch(part))
        else FROM.get(part, part)
        for part in parts
    )
