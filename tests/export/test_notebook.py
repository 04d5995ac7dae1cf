"""An exported notebook runs top to bottom and ends in the run's numbers."""

import json

import pytest

from tests.export import runs
from tests.export.test_script import numbers
from tl_core import catalog
from tl_core.export import notebook


def cells(name: str, kind: str) -> list[str]:
    history = runs.run(name)
    made = json.loads(notebook.notebook(history, runs.start(history)))
    return [
        "".join(c["source"]) for c in made["cells"] if c["cell_type"] == kind
    ]


@pytest.mark.parametrize("name", ["moons", "lora"])  # points, and digits
def test_its_code_prints_the_run_s_accuracy_to_the_digit(name, tmp_path):
    done = runs.elsewhere("\n\n".join(cells(name, "code")), tmp_path)
    assert done.returncode == 0, done.stderr
    expected = numbers(runs.run(name))
    assert expected.items() <= runs.printed(done.stdout).items()
    assert "agree to the digit" in done.stdout


def test_it_is_a_notebook_of_format_4():
    made = json.loads(notebook.notebook(runs.run("moons")))
    assert (made["nbformat"], made["nbformat_minor"]) == (4, 5)
    names = [cell["id"] for cell in made["cells"]]
    assert len(set(names)) == len(names)
    code = [c for c in made["cells"] if c["cell_type"] == "code"]
    assert all(c["outputs"] == [] for c in code)
    assert all(set(c) >= {"metadata", "source"} for c in made["cells"])


def test_it_teaches_before_it_runs():
    words = "\n".join(cells("lora", "markdown"))
    card = catalog.entry("strategies", "lora").card
    assert card.formula in words
    assert card.reference in words
    assert "pip install " in words
    order = cells("lora", "code")
    lesson = next(k for k, c in enumerate(order) if "class Lora" in c)
    trainer = next(k for k, c in enumerate(order) if "def adapt(" in c)
    assert lesson < trainer


def test_own_pictures_have_a_place_for_their_path():
    history = runs.run("moons")
    spec = type(history.spec)
    assert "PICTURES" not in notebook.running(history)
    folder = spec(dataset="folder", strategy="full")
    assert "PICTURES" in notebook.running(type(history)(folder))
