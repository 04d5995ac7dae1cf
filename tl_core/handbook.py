"""The README's tables of what ships, made from the cards: `make docs`.

Whoever adds a file to the catalog writes its card and nothing else; the rows
between `<!-- strategies -->` and `<!-- /strategies -->`, and so on for the
other kinds, follow.
"""

from __future__ import annotations

from pathlib import Path

from tl_core import catalog

README = Path(__file__).parent.parent / "README.md"


def table(kind: str) -> str:
    """All entries of one kind as a markdown table, in a menu's order."""
    rows = [f"| {kind} | |", "|---|---|"]
    for key in catalog.keys(kind):
        card = catalog.entry(kind, key).card
        rows.append(f"| `{key}` | **{card.title}.** {card.summary} |")
    return "\n".join(rows)


def renewed(text: str) -> str:
    """`text` with the table of each kind between its marks.

    Raises:
        LookupError: a kind has no marks.
    """
    for kind in catalog.KINDS:
        begin, end = f"<!-- {kind} -->", f"<!-- /{kind} -->"
        before, found, rest = text.partition(begin)
        _, closed, after = rest.partition(end)
        if not (found and closed):
            raise LookupError(f"{begin} ... {end} is missing")
        text = f"{before}{begin}\n{table(kind)}\n{end}{after}"
    return text


if __name__ == "__main__":
    README.write_text(renewed(README.read_text("utf-8")), encoding="utf-8")
