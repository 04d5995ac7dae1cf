"""The documentation is held to what the project does."""

import re
import shlex
import tomllib
from pathlib import Path

import pytest

from pages.ui import registry
from tl_core import catalog
from tl_core.__main__ import main, parser

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
COMMANDS = re.findall(r"^python -m tl_core (.+)$", README, re.MULTILINE)


@pytest.mark.parametrize("kind", catalog.KINDS)
def test_the_readme_names_every_entry(kind):
    for key in catalog.keys(kind):
        assert f"`{key}`" in README


def test_the_readme_names_every_page():
    for page in registry.about().values():
        assert f"| {page['title']} |" in README


def test_the_readme_names_every_environment_variable():
    sources = [*(ROOT / "tl_core").rglob("*.py"), ROOT / "app.py"]
    used = {
        name
        for path in sources
        for name in re.findall(
            r'environ[^"\n]*"(TL_[A-Z]+)"', path.read_text()
        )
    }
    assert used
    for name in used:
        assert f"`{name}`" in README


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_in_the_readme_is_understood(command):
    assert parser().parse_args(shlex.split(command)).run


@pytest.mark.parametrize(
    "command", [c for c in COMMANDS if c.startswith("list")]
)
def test_the_quick_commands_in_the_readme_run(command, capsys):
    assert main(shlex.split(command)) == 0
    assert capsys.readouterr().out


def test_the_readme_s_make_targets_exist():
    targets = re.findall(r"make (\w+)", README)
    makefile = (ROOT / "Makefile").read_text()
    assert targets
    for target in targets:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)


def test_both_themes_are_defined():
    config = tomllib.loads((ROOT / ".streamlit/config.toml").read_text())
    assert set(config["theme"]["light"]) == set(config["theme"]["dark"])
    assert config["server"]["address"] == "127.0.0.1"
