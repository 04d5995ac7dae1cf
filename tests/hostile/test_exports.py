"""What leaves the lab: a stranger's word in it stays text, and no export
carries code that the lab did not write."""

import ast
import csv
import html
import io
import json
import re
from dataclasses import replace

import numpy as np
import pytest

from pages.ui import charts as page_charts
from tests.export import runs
from tests.hostile.values import FORMULAS, HTML, MARKDOWN, SCRIPT
from tl_core import plain_text
from tl_core.events import Array, ArraysTaken
from tl_core.export import (
    charts,
    metrics,
    notebook,
    peft,
    report,
    script,
    shelf,
    spec_file,
    tensorboard,
)
from tl_core.figures import confusion, data, maps, pinned, svg, tasks
from tl_core.history import History

BREAKS = (
    '"""\nimport os\n"""',
    "'''",
    "\\",
    'x"; import os; "',
    "{}",
    "\x1b[2J",
)
NAMES = (*HTML, *MARKDOWN, *FORMULAS, *BREAKS)
WORST = (SCRIPT, MARKDOWN[0], FORMULAS[0], *BREAKS)
"""For what takes half a second each."""
LOOSE = re.compile(r"<(?:img|script|a|b|svg)\b", re.IGNORECASE)


def hostile(name: str) -> History:
    """A finished run whose classes, device and day are what nobody means
    well by."""
    finished = runs.run("lora")
    count = len(finished.classes)
    counts = Array.of(np.eye(count))
    return replace(
        finished,
        classes=tuple(f"{name}{number}" for number in range(count)),
        device=name,
        recorded=name,
        pictures={
            "confusion": ArraysTaken("confusion", 1, {"counts": counts})
        },
    )


@pytest.mark.parametrize("name", WORST)
def test_a_script_is_the_same_program_whatever_a_run_is_called(name):
    """Only texts differ: the tree without its constants is the same."""

    def bones(text: str) -> str:
        tree = ast.parse(text)
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant):
                node.value = 0
        return ast.dump(tree)

    sound = replace(runs.run("lora"), device="gpu", recorded="2026-01-01")
    text = script.script(hostile(name))
    assert bones(text) == bones(script.script(sound))
    head = text.partition('"""')[0]
    assert all(line.startswith("#") for line in head.strip().splitlines())


@pytest.mark.parametrize("name", WORST)
def test_a_notebook_is_cells_of_text_and_our_own_code(name):
    made = json.loads(notebook.notebook(hostile(name)))
    sound = json.loads(notebook.notebook(replace(hostile("x"), device="gpu")))
    for mine, theirs in zip(made["cells"], sound["cells"], strict=True):
        assert mine["cell_type"] == theirs["cell_type"]
        if mine["cell_type"] == "code":
            ast.parse("".join(mine["source"]))
        else:
            said = "".join(mine["source"]).replace("\\<", "")
            assert LOOSE.search(said) is None


@pytest.mark.parametrize("name", NAMES)
def test_a_report_holds_names_as_text(name):
    for text in (
        report.report([hostile(name)]),
        report.report([hostile(name), runs.run("moons")]),
    ):
        assert "<script" not in text
        assert "<img" not in text
        said = html.escape(plain_text.line(name))
        assert said in plain_text.line(text)


@pytest.mark.parametrize("name", HTML)
def test_the_page_of_charts_holds_no_other_script(name):
    text = charts.charts(hostile(name))
    own = charts.charts(hostile("x"))
    assert text.count("<script") == own.count("<script")
    assert text.count("</script") == own.count("</script")
    assert SCRIPT not in text


@pytest.mark.parametrize("name", NAMES)
def test_a_model_card_holds_names_as_text(name):
    text = peft.card(hostile(name), has_base=True)
    plainer = re.sub(r"\\.", "", text)
    assert LOOSE.search(plainer) is None
    assert "](http" not in plainer
    front = text.split("---\n")[1]
    assert front == "library_name: peft\ntags:\n- lora\n- transfer-learning\n"
    classes = next(s for s in text.splitlines() if s.startswith("Classes: "))
    assert plain_text.markdown(f"{name}9") in classes


@pytest.mark.parametrize("name", NAMES)
def test_tables_begin_no_cell_with_a_formula(name):
    history = hostile(name)
    rows = list(csv.reader(io.StringIO(metrics.as_csv([history]))))
    assert all(len(row) == 6 for row in rows)
    assert not [
        cell for row in rows for cell in row if cell[:1] in "=@\t\r" and cell
    ]
    figure = confusion.cells(np.eye(len(history.classes)), history.classes)
    table = data.as_table(figure).map(plain_text.cell)
    for cell in table.to_numpy().ravel():
        risky = isinstance(cell, str) and cell.startswith(plain_text.FORMULA)
        assert not risky


def test_numbers_in_a_table_stay_numbers():
    for value in (-1, 2.5, "-1", "+1", "1e5", "ants", "", None):
        assert plain_text.cell(value) == value
    assert plain_text.cell("=1+1") == "'=1+1"


@pytest.mark.parametrize("name", NAMES)
def test_names_on_charts_are_no_html(name):
    """Plotly reads <b>, <a href> and their like in labels."""
    classes = [f"{name}{n}" for n in range(3)]
    figures = [
        confusion.cells(np.eye(3), classes),
        confusion.difference(np.eye(3), np.eye(3), classes),
        maps.confusion_map(np.eye(3), classes),
        tasks.proportions({"source": np.ones(3) / 3}, classes),
    ]
    for figure in figures:
        assert LOOSE.search(json.dumps(figure.to_dict(), default=str)) is None


@pytest.mark.parametrize("name", NAMES)
def test_names_in_a_still_picture_are_text(name):
    figure = pinned.accuracy({name: runs.run("lora")})
    figure.update_xaxes(range=[0, 6])
    for text in (
        svg.draw(figure, 400, 300, name),
        page_charts.drawings(figure, name),
    ):
        assert LOOSE.search(re.sub(r"</?svg|<a?title", "", text)) is None


def test_paths_in_archives_are_names_of_our_own():
    history = hostile("../../x")
    for path in tensorboard.logs([history], 0.0):
        assert re.fullmatch(r"lora-seed0-[0-9a-f]{16}/events[\w.]+", path)
    assert json.loads(spec_file.written(history.spec))["dataset"]
    place = shelf.place(history, ".zip")
    assert re.fullmatch(r"[0-9a-f]{16}-[0-9a-f]{8}\.zip", place.name)


@pytest.mark.parametrize("about", ["", "{", "[]", "5", '{"accuracy": "x"}'])
def test_what_lies_damaged_beside_an_export_is_made_again(about, tmp_path):
    path = tmp_path / "x.zip"
    path.write_bytes(b"x")
    path.with_name("x.zip.json").write_text(about)
    assert shelf.find(path) is None
