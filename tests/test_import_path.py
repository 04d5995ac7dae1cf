"""A page that runs must not stand in the way of other programs' imports."""

import sys
from importlib.machinery import PathFinder
from pathlib import Path

from streamlit.runtime.scriptrunner.exec_code import modified_sys_path

import app

OURS = app.SCRIPT.parent


def test_packages_come_first_while_a_page_runs():
    assert (OURS / "peft.py").is_file()
    with modified_sys_path(str(app.SCRIPT)):
        found = PathFinder.find_spec("peft", sys.path)
    assert OURS not in Path(found.origin).parents


def test_no_module_of_a_page_is_called_like_one_of_pythons():
    ours = {path.stem for path in OURS.glob("*.py")}
    assert not ours & sys.stdlib_module_names
