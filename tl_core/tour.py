"""How long the tour takes: reading, answering, looking, waiting.

Nothing is declared: the time of a stop follows from its words and from what
it asks, so that "minutes left" and the promise of the whole stay right when
a text changes. A test holds what is assumed here to what was measured.
"""

from __future__ import annotations

import re
from math import ceil

from tl_core import lessons
from tl_core.lessons import Choice, Contest, Step

WORDS = 230
"""Words a minute, a little less than adults read silently on average (238:
Brysbaert 2019, Journal of Memory and Language 109, 104047)."""
ANSWER = 15
"""Seconds to make up one's mind, besides reading the question."""
LOOK = 45
"""Seconds for the page's first lines and for what is lit up on it."""
OPEN = 4
"""Seconds until a page stands, on a slow day."""
RUN = 60
"""Seconds that the run of one's own may take, waiting in no queue."""


def texts(step: Step) -> list[str]:
    """Everything that a step says."""
    said = [step.title, step.text, step.touch]
    if step.ask is not None:
        said += [step.ask.question, step.ask.why]
    if isinstance(step.ask, Choice):
        said += step.ask.options
    if isinstance(step.ask, Contest):
        said += step.ask.strategies
    return said


def words(text: str) -> int:
    """How many words a text has; a formula counts by its symbols."""
    return len(re.findall(r"\w+(?:['’-]\w+)*", text))


def seconds(step: Step) -> float:
    """What a step takes, in seconds."""
    read = 60 / WORDS * sum(map(words, texts(step)))
    run = RUN if step.link else 0
    answer = ANSWER if step.ask else 0
    return OPEN + read + answer + LOOK + run


def minutes_left(number: int) -> int:
    """Minutes from the beginning of a stop to the end, rounded up."""
    steps = lessons.walk(lessons.TOUR).steps[number - 1 :]
    return ceil(sum(map(seconds, steps)) / 60)
