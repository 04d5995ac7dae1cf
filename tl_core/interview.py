"""Interview questions as data: what one says, derives and is asked next.

Each file in assets/interview holds the questions of a chapter of the
syllabus, in TOML. Texts are markdown with $...$. A number of the lab's own is
never written there: `{claim:KEY}` stands for what the recorded runs say of a
claim, and `filled` puts it in.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

from tl_core import syllabus, texts
from tl_core.claim import Found, judge
from tl_core.claims import CLAIMS
from tl_core.question import (
    EXHIBITS,
    LEVELS,
    Exhibit,
    FollowUp,
    Line,
    Paper,
    Question,
    Wrong,
)
from tl_core.rows import RowError, Rows
from tl_core.texts import say

_FILES = {
    "1": "domains",
    "2": "layers",
    "3": "tuning",
    "4": "peft",
    "5": "traps",
    "6": "adaptation",
    "7": "matrix",
}
CHAPTERS = {
    number: (_FILES[number], title)
    for number, title in syllabus.CHAPTERS.items()
}
"""A chapter's file and title."""
_PLACE = re.compile(r"\{claim:(\w+)\}")
_CLAIMS = {claim.key: claim for claim in CLAIMS}


@cache
def questions() -> tuple[Question, ...]:
    """Every question, chapter by chapter.

    Raises:
        RowError: a part is missing or wrong; names file, key and field.
    """
    found: dict[str, Question] = {}
    for file, _ in CHAPTERS.values():
        for asked in read(texts.file(f"interview/{file}.toml")):
            if asked.key in found:
                raise RowError(f"{file}.toml, {asked.key}: key is not unique.")
            found[asked.key] = asked
    return tuple(found.values())


def question(key: str) -> Question:
    """A question by key.

    Raises:
        KeyError: there is none.
    """
    return {asked.key: asked for asked in questions()}[key]


def by_section() -> dict[str, tuple[Question, ...]]:
    """The questions by syllabus section ("5.2"), in the syllabus' order."""
    sections = sorted({asked.section for asked in questions()})
    return {
        name: tuple(q for q in questions() if q.section == name)
        for name in sections
    }


def filled(text: str, found: Found) -> str:
    """The text with each `{claim:KEY}` replaced by what runs say of it, such
    as "+28.7 ± 5.8 points (holds)".

    Raises:
        KeyError: there is no such claim.
    """
    return _PLACE.sub(lambda place: said(place[1], found), text)


def said(key: str, found: Found) -> str:
    """The difference that runs show for a claim, and the verdict."""
    claim = _CLAIMS[key]
    try:
        verdict = judge(claim, found)
    except LookupError:
        return say("(not recorded)")
    effect = verdict.effect
    return say(
        "{mean:+.1f} ± {half:.1f} {unit} ({badge})",
        mean=100 * effect.mean,
        half=100 * effect.half,
        unit=claim.unit,
        badge=verdict.said,
    )


def placed(text: str) -> list[str]:
    """The claims that a text has places for."""
    return _PLACE.findall(text)


def read(path: Path) -> list[Question]:
    """The questions of a file.

    Raises:
        RowError: see `questions`.
    """
    rows = tomllib.loads(path.read_text("utf-8"))["questions"]
    return [_question(Rows(path.name, row)) for row in rows]


def _question(row: Rows) -> Question:
    exhibit, wrong = row.row("exhibit"), row.row("wrong")
    made = Question(
        key=row.text("key"),
        title=row.text("title"),
        level=row.one_of("level", tuple(LEVELS)),
        section=row.text("section"),
        topics=row.texts("topics"),
        minutes=row.number("minutes"),
        short=row.text("short"),
        full=row.text("full"),
        derivation=tuple(
            Line(line.text("line"), line.text("why"))
            for line in row.rows("derivation")
        ),
        followups=tuple(
            FollowUp(one.text("question"), one.text("answer"))
            for one in row.rows("followups")
        ),
        wrong=Wrong(wrong.text("answer"), wrong.text("why")),
        papers=tuple(_paper(one) for one in row.rows("papers")),
        rubric=row.texts("rubric"),
        claims=row.texts("claims", least=0),
        exhibit=_exhibit(exhibit),
        holds=row.table("holds"),
    )
    row.done()
    return made


def _paper(row: Rows) -> Paper:
    made = Paper(row.text("cite"), row.text("arxiv", ""), row.text("doi", ""))
    row.done()
    if not (made.arxiv or made.doi):
        raise row.error("arxiv", "or a doi is missing")
    return made


def _exhibit(row: Rows) -> Exhibit:
    kind = row.one_of("kind", EXHIBITS)
    made = Exhibit(
        kind=kind,
        page=row.text("page", {"claim": "claims", "race": "start"}.get(kind)),
        caption=row.text("caption"),
        view=row.text("view", None if kind == "view" else ""),
        key=row.text("key", None if kind in ("claim", "race") else ""),
        state=row.table("state"),
        link=row.table("link"),
    )
    row.done()
    return made
