"""The folder is the menu: each file in `pages/` is one page.

A page says who it is in a literal `PAGE = {...}` at its top, which is read
without running the page.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from tl_core.parsing import parse
from tl_core.texts import say

FOLDER = Path(__file__).parent.parent
SECTIONS = ("", "Learn", "Lab", "Prepare")


@cache
def about() -> dict[str, dict[str, Any]]:
    """Each page's `PAGE` literal by file name, in menu order."""
    found = {}
    for path in sorted(FOLDER.glob("*.py")):
        for node in parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.Assign) and _names(node) == ["PAGE"]:
                found[path.stem] = ast.literal_eval(node.value)
    return dict(sorted(found.items(), key=lambda item: item[1]["order"]))


def navigation() -> dict[str, list[Any]]:
    """The menu for `st.navigation`; the first page is the start page."""
    menu: dict[str, list[Any]] = {section: [] for section in SECTIONS}
    for number, (name, page) in enumerate(about().items()):
        menu[page["section"]].append(
            st.Page(
                path_of(name),
                title=say(page["title"]),
                icon=page["icon"],
                help=say(page["help"]),
                url_path=None if number == 0 else name,
                default=number == 0,
            )
        )
    return {say(name): pages for name, pages in menu.items() if pages}


def path_of(name: str) -> Path:
    """A page's file, as `st.page_link` and `st.switch_page` want it."""
    return FOLDER / f"{name}.py"


def _names(node: ast.Assign) -> list[str]:
    return [t.id for t in node.targets if isinstance(t, ast.Name)]
