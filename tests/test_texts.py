"""A translation is a folder, and the list of what to translate is whole."""

import ast
import subprocess
import sys

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from tests.e2e.conftest import ROOT
from tl_core import catalog, recording, texts, translation
from tl_core.__main__ import main as command_line
from tl_core.texts import file, say

GERMAN = {
    "Choose a strategy.": "Wähle eine Strategie.",
    "Stopped after {done} steps.": "Nach {done} Schritten angehalten.",
}


@pytest.fixture
def german(tmp_path, monkeypatch):
    """The lab speaks German, as far as this folder goes."""
    folder = tmp_path / "de"
    write(folder, GERMAN)
    translation.compiled(folder)
    monkeypatch.setenv("TL_LANGUAGE", str(folder))
    forget()
    yield folder
    monkeypatch.undo()
    forget()


def forget():
    texts.language.cache_clear()
    texts._catalog.cache_clear()


def write(folder, said, fuzzy=()):
    made = Catalog()
    for text, translated in said.items():
        made.add(text, translated, flags=["fuzzy"] if text in fuzzy else [])
    folder.mkdir(exist_ok=True)
    with (folder / "lab.po").open("wb") as out:
        write_po(out, made)


def test_without_a_translation_the_lab_says_what_stands_in_the_code():
    assert say("Choose a strategy.") == "Choose a strategy."
    assert say("Stopped after {done} steps.", done=3) == (
        "Stopped after 3 steps."
    )
    assert say("{share:.1%} of $x_{1}$") == "{share:.1%} of $x_{1}$"
    assert say("{share:.1%} of $x_{{1}}$", share=0.5) == "50.0% of $x_{1}$"
    assert say("") == ""


def test_a_translation_is_used_and_what_it_lacks_stays_english(german):
    assert say("Choose a strategy.") == "Wähle eine Strategie."
    assert say("Stopped after {done} steps.", done=3) == (
        "Nach 3 Schritten angehalten."
    )
    assert say("Nobody translated this.") == "Nobody translated this."


def test_an_uncertain_translation_is_not_used(german):
    write(german, GERMAN, fuzzy=("Choose a strategy.",))
    translation.compiled(german)
    forget()
    assert say("Choose a strategy.") == "Choose a strategy."


@pytest.mark.parametrize(
    "wrong", ["Nach {schritte} Schritten.", "Nach {done", "{done:%Q}", "{}"]
)
def test_a_translation_that_cannot_be_filled_in_breaks_nothing(german, wrong):
    write(german, {"Stopped after {done} steps.": wrong})
    translation.compiled(german)
    forget()
    assert say("Stopped after {done} steps.", done=3) == (
        "Stopped after 3 steps."
    )


def test_a_translated_lesson_stands_for_the_lab_s(german):
    (german / "lessons").mkdir()
    theirs = german / "lessons" / "peft.toml"
    theirs.write_text("question = 'Warum?'")
    assert file("lessons/peft.toml") == theirs
    assert file("lessons/matrix.toml").parent == texts.ASSETS / "lessons"


@pytest.mark.parametrize("asked", ["nowhere", "../recorded", "/", "x\n"])
def test_a_language_that_is_not_there_is_english(monkeypatch, caplog, asked):
    monkeypatch.setenv("TL_LANGUAGE", asked)
    forget()
    assert texts.language() is None
    assert say("Choose a strategy.") == "Choose a strategy."
    assert "the lab speaks English" in caplog.text
    monkeypatch.undo()
    forget()


def test_the_list_for_translators_is_up_to_date():
    with translation.LIST.open("rb") as source:
        listed = {message.id for message in read_po(source) if message.id}
    there = translation.messages()
    pages = {text for text, files in there.items() if not files <= entries()}
    assert pages <= listed <= set(there), "run `make texts`"


def entries():
    """Files of the catalog: who adds one has no list to write."""
    return {
        f"tl_core/{kind}/{key}.py"
        for kind in catalog.KINDS
        for key in catalog.keys(kind)
    }


def test_every_text_with_values_can_be_filled_in():
    wrong = []
    for path in translation.sources():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            if ast.unparse(node.func) != "say" or not node.keywords:
                continue
            text = ast.literal_eval(node.args[0])
            given = {key.arg for key in node.keywords}
            places = translation.places(text)
            whole = None not in given  # or some come in a dictionary
            if places != given if whole else given - {None} - places:
                wrong.append(f"{path.name}: {text}")
    assert wrong == []


def test_what_a_translation_lacks_is_told(german):
    write(
        german,
        {
            "Choose a strategy.": "Wähle eine Strategie.",
            "Nobody says this.": "Das sagt niemand.",
            "Stopped after {done} steps.": "Nach {schritte} Schritten.",
        },
    )
    lines = translation.lacks(german, translation.compiled(german))
    assert "no longer said: Nobody says this." in lines
    assert "names what is not there: Stopped after {done} steps." in lines
    assert "no file lessons/peft.toml" in lines
    assert "not translated: Choose at least one strategy." in lines
    assert "not translated: Choose a strategy." not in lines


def test_the_command_compiles_and_says_what_lacks(german):
    (german / "lab.mo").unlink()
    done = subprocess.run(
        [sys.executable, "-m", "tl_core.translation", str(german)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "not translated" in done.stdout
    assert (german / "lab.mo").is_file()


def test_nothing_is_recorded_in_another_language(german, capsys, monkeypatch):
    monkeypatch.setattr(recording, "EVERY", ())  # whatever happens
    assert command_line(["record"]) != 0
    assert "unset TL_LANGUAGE" in capsys.readouterr().err
