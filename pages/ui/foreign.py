"""Words inside HTML and JavaScript: what stands in «guillemets» there is
replaced by the same in the lab's language."""

from __future__ import annotations

import json
import re
from html import escape

from tl_core.texts import say

WORDS = re.compile("«([^«»]+)»")


def html(text: str) -> str:
    """Markup with its words in the lab's language."""
    return WORDS.sub(lambda found: escape(_said(found)), text)


def js(text: str) -> str:
    """A script, whose words stand between double quotes, with these in the
    lab's language."""
    return WORDS.sub(lambda found: json.dumps(_said(found))[1:-1], text)


def _said(found: re.Match[str]) -> str:
    return say(" ".join(found[1].split()))
