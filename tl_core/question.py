"""What an interview question consists of; `interview` reads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tl_core.texts import say

LEVELS = {
    "screen": say("Screen: said in a minute"),
    "senior": say("Senior: reasons, traps and evidence"),
    "whiteboard": say("Whiteboard: derived line by line"),
}
EXHIBITS = ("view", "claim", "race", "run")


@dataclass(frozen=True)
class Line:
    """A step of a derivation: LaTeX without $, and why it follows."""

    line: str
    why: str


@dataclass(frozen=True)
class FollowUp:
    """What an interviewer asks next."""

    question: str
    answer: str


@dataclass(frozen=True)
class Wrong:
    """The common wrong answer, and why it is wrong."""

    answer: str
    why: str


@dataclass(frozen=True)
class Paper:
    """A reference with its arXiv number or its DOI."""

    cite: str
    arxiv: str = ""
    doi: str = ""

    @property
    def url(self) -> str:
        """Where the paper is."""
        if self.arxiv:
            return f"https://arxiv.org/abs/{self.arxiv}"
        return f"https://doi.org/{self.doi}"


@dataclass(frozen=True)
class Exhibit:
    """What in the lab backs an answer.

    A "view" is a page's, with `state` (widgets by key) and `link` (query
    parameters); "claim" and "race" are named by `key`; of a "run", `link`
    holds the settings.
    """

    kind: str
    page: str
    caption: str
    view: str = ""
    key: str = ""
    state: Mapping[str, Any] = field(default_factory=dict)
    link: Mapping[str, str] = field(default_factory=dict)

    @property
    def query(self) -> dict[str, str]:
        """The query parameters that open it, `link` and view together."""
        named = {"view": self.view} if self.view else {}
        raced = {"race": self.key} if self.kind == "race" else {}
        return {**self.link, **named, **raced}


@dataclass(frozen=True)
class Question:
    """One question with everything there is to say to it.

    `claims` back the answer; `holds` says which verdict on a claim the text
    relies on.
    """

    key: str
    title: str
    level: str
    section: str
    topics: tuple[str, ...]
    minutes: int
    short: str
    full: str
    derivation: tuple[Line, ...]
    followups: tuple[FollowUp, ...]
    wrong: Wrong
    papers: tuple[Paper, ...]
    rubric: tuple[str, ...]
    claims: tuple[str, ...]
    exhibit: Exhibit
    holds: Mapping[str, str]

    @property
    def chapter(self) -> str:
        """The first number of its section, a key of CHAPTERS."""
        return self.section[0]

    @property
    def texts(self) -> tuple[str, ...]:
        """Every text with markdown, as written."""
        return (
            *(self.title, self.short, self.full, self.exhibit.caption),
            *(line.why for line in self.derivation),
            *(part for f in self.followups for part in (f.question, f.answer)),
            *(self.wrong.answer, self.wrong.why, *self.rubric),
        )
