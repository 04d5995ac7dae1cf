"""Formulas in markdown: found, and checked strictly."""

from __future__ import annotations

import re

DOLLAR = re.compile(
    r"(?<!\\)\$\$(.+?)(?<!\\)\$\$|(?<!\\)\$(.+?)(?<!\\)\$", re.S
)
RENDER = """
import { readFileSync } from "node:fs";
import katex from "./katex.mjs";
const bad = JSON.parse(readFileSync(0, "utf8")).filter((formula) => {
  try {
    katex.renderToString(formula, {
      displayMode: true, throwOnError: true, strict: "error",
    });
    return false;
  } catch (error) { return true; }
});
console.log(JSON.stringify(bad));
"""
"""Reads formulas as JSON and writes those that KaTeX refuses."""


def inside(text: str) -> list[str]:
    """Every formula between $ or $$; none may stay open."""
    outside = re.sub(r"`[^`]*`", "", text)
    found = [a or b for a, b in DOLLAR.findall(outside)]
    assert "$" not in DOLLAR.sub("", outside), f"an open $ in: {text[:80]}"
    return found


def check(formula: str) -> None:
    """Braces, delimiters and environments close in order; nothing that TeX
    would take for a comment or another mode."""
    depth = 0
    for sign in re.findall(r"\\.|[{}]", formula):
        depth += {"{": 1, "}": -1}.get(sign, 0)
        assert depth >= 0, formula
    assert depth == 0, formula
    assert len(re.findall(r"\\left\b", formula)) == len(
        re.findall(r"\\right\b", formula)
    ), formula
    open_ones: list[str] = []
    for what, name in re.findall(r"\\(begin|end)\{(\w+)\}", formula):
        if what == "begin":
            open_ones.append(name)
        else:
            assert open_ones, formula
            assert open_ones.pop() == name, formula
    assert not open_ones, formula
    assert not re.search(r"(?<!\\)[%#]", formula), formula
    assert formula.strip(), "an empty formula"
