"""Code to read: what is wrong with these lines?

Each row of assets/interview/code.toml rebuilds a defect that was found in a
library, as a few lines with one mistake, and says how to see it. The lines
are shown and never run here.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tl_core import texts
from tl_core.interview import LEVELS
from tl_core.rows import RowError, Rows

FILE = texts.file("interview/code.toml")


@dataclass(frozen=True)
class CodeItem:
    """A snippet with a defect, and options of which one names it.

    `fix` takes the place of the lines `instead`; `evidence` is what one
    would measure to see the defect.
    """

    key: str
    title: str
    section: str
    level: str
    code: str
    instead: str
    fix: str
    options: tuple[str, ...]
    right: int
    why: str
    evidence: str

    @property
    def fixed(self) -> str:
        """The snippet without its defect."""
        return self.code.replace(self.instead, self.fix)


@cache
def code_items(path: Path = FILE) -> tuple[CodeItem, ...]:
    """Every item, in the file's order.

    Raises:
        RowError: a part is missing or wrong; names file, key and field.
    """
    rows = tomllib.loads(path.read_text("utf-8"))["items"]
    found: dict[str, CodeItem] = {}
    for values in rows:
        item = _item(Rows(path.name, values))
        if item.key in found:
            raise RowError(f"{path.name}, {item.key}: key is not unique.")
        found[item.key] = item
    return tuple(found.values())


def code_item(key: str) -> CodeItem:
    """An item by key.

    Raises:
        KeyError: there is none.
    """
    return {item.key: item for item in code_items()}[key]


def _item(row: Rows) -> CodeItem:
    made = CodeItem(
        key=row.text("key"),
        title=row.text("title"),
        section=row.text("section"),
        level=row.one_of("level", tuple(LEVELS)),
        code=row.text("code"),
        instead=row.text("instead"),
        fix=row.text("fix"),
        options=row.texts("options", least=3),
        right=row.number("right"),
        why=row.text("why"),
        evidence=row.text("evidence"),
    )
    row.done()
    if made.code.count(made.instead) != 1:
        raise row.error("instead", "does not stand in the code exactly once")
    if made.right >= len(made.options):
        raise row.error("right", f"is {made.right}, past the last option")
    return made
