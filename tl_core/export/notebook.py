"""A run as a Jupyter notebook: the lesson, the code that ran, the run itself,
its curves and its numbers, top to bottom (format 4.5, plain JSON)."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from tl_core import catalog, plain_text
from tl_core.card import StrategyCard
from tl_core.catalog import Entry
from tl_core.export import recipe, script, sources
from tl_core.export.recipe import Start
from tl_core.history import History
from tl_core.spec import KIND

DRAWN_WITH = "matplotlib"
CURVES = """
import matplotlib.pyplot as plt

looks = [e for e in told if type(e).__name__ == "Evaluated"]
adapt = [e for e in looks if e.phase == "adapt"]
losses = [
    e for e in told if type(e).__name__ == "StepDone" and e.phase == "adapt"
]
drawn, (left, middle, right) = plt.subplots(1, 3, figsize=(15, 4))
for domain, colour in (("source", "#0072B2"), ("target", "#D55E00")):
    seen = [(e.step, e.accuracy.get(domain)) for e in adapt]
    if seen[0][1] is not None:
        left.plot(*zip(*seen), "o-", color=colour, label=domain)
left.set(xlabel="adaptation step", ylabel="held-out accuracy (share)")
left.set_ylim(0, 1.02)
for term in losses[0].losses if losses else []:
    seen = [(e.step, e.losses[term]) for e in losses if term in e.losses]
    middle.plot(*zip(*seen), label=term)
middle.set(xlabel="adaptation step", ylabel="terms of the objective")
for stage in adapt[-1].mmd:
    seen = [(e.step, e.mmd[stage]) for e in adapt]
    right.plot(*zip(*seen), "o-", label=stage)
right.set(xlabel="adaptation step", ylabel="MMD² of the domains' features")
for axes in (left, middle, right):
    axes.grid(alpha=0.3)
    if axes.get_legend_handles_labels()[0]:
        axes.legend()
drawn.tight_layout()
"""


def notebook(history: History, start: Start | None = None) -> str:
    """The file's text.

    Raises:
        SpecError: the run has no end, or another version of the lab made it.
    """
    about = recipe.about(history, start)
    texts = sources.of_run(history.spec)
    cells = [
        words(opening(history, start, texts)),
        code(script.again().partition("\ndef main(")[0]),
        code(
            f"ABOUT = {script.literal(about)}\nTEXTS = {{}}\nBINARIES = {{}}"
        ),
        *lessons(history, texts),
        *machinery(history, start, texts),
        words("## The run\n\nEvery measurement is told as it comes."),
        code(running(history)),
        words("## Its curves"),
        code(CURVES),
        words("## Its numbers\n\nBeside those that were recorded."),
        code("agrees = compare(told, ABOUT)"),
    ]
    return json.dumps(document(cells), indent=1, ensure_ascii=False)


def document(cells: list[dict[str, Any]]) -> dict[str, Any]:
    """The cells with what a reader of notebooks wants around them."""
    kernel = {"display_name": "Python 3", "language": "python"}
    return {
        "cells": [{"id": f"cell-{n}", **cell} for n, cell in enumerate(cells)],
        "metadata": {
            "kernelspec": {**kernel, "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def words(text: str) -> dict[str, Any]:
    """A cell of Markdown."""
    return {"cell_type": "markdown", "metadata": {}, "source": lines(text)}


def code(text: str) -> dict[str, Any]:
    """A cell of Python that has not run yet."""
    cell = {"cell_type": "code", "metadata": {}, "source": lines(text)}
    return {**cell, "execution_count": None, "outputs": []}


def lines(text: str) -> list[str]:
    """Text as notebooks keep it."""
    return text.strip("\n").splitlines(keepends=True)


def opening(
    history: History, start: Start | None, texts: dict[str, str]
) -> str:
    """What the notebook is and what it needs."""
    needs = sources.requirements(texts) + [sources.pinned(DRAWN_WITH)]
    install = "pip install " + " ".join(sorted(set(needs)))
    shown = replace(
        history,
        device=plain_text.markdown(history.device),
        recorded=plain_text.markdown(history.recorded),
    )
    first, *rest = script.notes(shown, start)
    title = script.title(history.spec)
    return "\n\n".join(
        [f"# {title}", first, *rest, f"```\n{install}\n```"]
    ).replace("The file ", "The notebook ")


def lessons(history: History, texts: dict[str, str]) -> list[dict[str, Any]]:
    """The strategy, the pair and the backbone: what they are, and their
    code."""
    cells = []
    for owner in ("strategy", "dataset", "backbone"):
        key = getattr(history.spec, owner)
        entry = catalog.entry(KIND[owner], key)
        path = f"tl_core/{KIND[owner]}/{key}.py"
        cells += [words(lesson(entry)), code(script.module(path, texts[path]))]
    return cells


def lesson(entry: Entry) -> str:
    """What an entry's file says of itself; of a strategy, its formula."""
    text = entry.lesson.replace("# ", "## ", 1)
    card = entry.card
    if not isinstance(card, StrategyCard):
        return f"{text}\n\n{card.reference}"
    rows = "\n".join(f"| ${s}$ | `{n}` |" for s, n in card.symbols.items())
    table = f"| symbol | in the code |\n|---|---|\n{rows}"
    formula = f"$$\n{card.formula}\n$$"
    return f"{text}\n\n{formula}\n\n{table}\n\n{card.reference}"


def machinery(
    history: History, start: Start | None, texts: dict[str, str]
) -> list[dict[str, Any]]:
    """All other code, and the source network where it is carried."""
    spec = history.spec
    shown = {f"tl_core/{KIND[o]}/{getattr(spec, o)}.py" for o in KIND}
    rest = [script.module(p, t) for p, t in texts.items() if p not in shown]
    cells = [
        words(
            "## What they stand on\n\nThe trainer and the measurements, as "
            "they ran; read on below, or look up what you want to know."
        ),
        *(code(block) for block in rest),
    ]
    if start and start.data:
        said = "## The source network\n\nIts weights, as base64."
        cells += [words(said), code(script.carried(start))]
    return cells


def running(history: History) -> str:
    """The cell that runs."""
    lead = "unpack(TEXTS, BINARIES)\n"
    if history.spec.dataset == "folder":
        return (
            f'{lead}PICTURES = ""  # the path of your zip file or folder\n'
            "told = run(ABOUT, PICTURES)"
        )
    return f"{lead}told = run(ABOUT)"
