"""The folder is the registry: one file is one dataset, backbone or strategy.

Cards and knobs are read from the source text, so a page can show them, and
the code itself, without importing torch. `create` imports the one file that
a run needs.
"""

from __future__ import annotations

import ast
import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from tl_core import card as cards
from tl_core.card import Hyper, Scalar, SpecError, shown
from tl_core.card_words import translated
from tl_core.parsing import parse
from tl_core.texts import say

KINDS = {
    "datasets": ("DATASET", "dataset"),
    "backbones": ("BACKBONE", "backbone"),
    "strategies": ("STRATEGY", "strategy"),
}
ROOT = Path(__file__).parent


@dataclass(frozen=True)
class Entry:
    """One catalog file, read but not imported."""

    kind: str
    key: str
    card: Any
    knobs: Mapping[str, Hyper]
    lesson: str
    source: str

    def code(self, name: str) -> str:
        """The source text of one function or method of the file.

        Raises:
            KeyError: the file defines no such function.
        """
        return _code(self.source, name)

    def settings(self, given: Mapping[str, object]) -> dict[str, Scalar]:
        """Every knob of the entry, taken from `given` or its default.

        Raises:
            SpecError: an unknown knob, or a value out of its range.
        """
        singular = KINDS[self.kind][1]
        unknown = [name for name in given if name not in self.knobs]
        if unknown:
            known = ", ".join(self.knobs) or "none"
            raise SpecError(
                say(
                    "The {kind} '{key}' has no setting {setting}. Its "
                    "settings: {known}.",
                    kind=singular,
                    key=self.key,
                    setting=shown(unknown[0]),
                    known=known,
                )
            )
        return {
            name: knob.check(
                f"{singular}.{name}", given.get(name, knob.default)
            )
            for name, knob in self.knobs.items()
        }


@cache
def keys(kind: str) -> tuple[str, ...]:
    """The catalog keys of one kind, in the order a menu shows them."""
    order = {key: entry(kind, key).card.order for key in _known(kind)}
    return tuple(sorted(order, key=lambda key: (order[key], key)))


@cache
def entry(kind: str, key: str) -> Entry:
    """Read one catalog file.

    Raises:
        SpecError: there is no such file; names near misses.
    """
    if key not in _known(kind):
        raise SpecError(_unknown(kind, key))
    source = (ROOT / kind / f"{key}.py").read_text("utf-8")
    tree = parse(source)
    body = _entry_class(tree, KINDS[kind][0]).body
    knobs = {
        node.target.id: translated(_evaluate(node.value))
        for node in body
        if isinstance(node, ast.AnnAssign)
        and isinstance(node.target, ast.Name)
        and _calls(node.value, "hyper")
    }
    card = next(
        translated(_evaluate(node.value))
        for node in body
        if isinstance(node, ast.AnnAssign)
        and isinstance(node.target, ast.Name)
        and node.target.id == "card"
    )
    lesson = say(ast.get_docstring(tree) or "")
    return Entry(kind, key, card, knobs, lesson, source)


def create(kind: str, key: str, params: Mapping[str, Scalar]) -> Any:
    """Import the entry's file and build its dataclass with `params`."""
    name = KINDS[kind][0]
    entry(kind, key)
    module = import_module(f"tl_core.{kind}.{key}")
    return getattr(module, name)(**params)


def _entry_class(tree: ast.Module, name: str) -> ast.ClassDef:
    """The class that the line `STRATEGY = Name` points at."""
    target = next(
        node.value.id
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Name)
        and isinstance(node.targets[0], ast.Name)
        and node.targets[0].id == name
    )
    return next(
        node
        for node in tree.body
        if isinstance(node, ast.ClassDef) and node.name == target
    )


def _evaluate(node: ast.expr | None) -> Any:
    """A card or a knob is literals and the names of `card.py`, no more."""
    assert node is not None
    names = {**vars(cards), "hyper": Hyper}
    code = compile(ast.Expression(node), "<card>", "eval")
    # The text is that of one of the lab's own files.
    return eval(code, names)  # nosec B307


def _calls(node: ast.expr | None, name: str) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == name
    )


def _first(node: ast.FunctionDef) -> int:
    decorators = [d.lineno for d in node.decorator_list]
    return min([node.lineno, *decorators]) - 1


@cache
def _known(kind: str) -> tuple[str, ...]:
    """The keys whose files hold an entry, in order of the alphabet; a file
    that entries share holds none."""
    files = sorted((ROOT / kind).glob("*.py"))
    mark = f"\n{KINDS[kind][0]} = "
    return tuple(f.stem for f in files if mark in f.read_text("utf-8"))


@cache
def _code(source: str, name: str) -> str:
    for node in ast.walk(parse(source)):
        if isinstance(node, ast.FunctionDef) and node.name == name:
            lines = source.splitlines()[_first(node) : node.end_lineno]
            return "\n".join(line[node.col_offset :] for line in lines)
    raise KeyError(name)


def _unknown(kind: str, key: str) -> str:
    singular, known = KINDS[kind][1], _known(kind)
    near = difflib.get_close_matches(key, known, n=1)
    told = {"kind": singular, "key": shown(key), "known": ", ".join(known)}
    if not near:
        return say("There is no {kind} {key}. Known: {known}.", **told)
    return say(
        "There is no {kind} {key}. Did you mean '{near}'? Known: {known}.",
        near=near[0],
        **told,
    )
