"""The documentation is held to what the project does."""

import re
import shlex
import tomllib
from pathlib import Path

import pytest

from pages.ui import registry
from tests.test_newcomer import FILES
from tl_core import handbook, recording
from tl_core.__main__ import main, parser
from tl_core.analysis.intervals import interval
from tl_core.claim import Arm

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
COMMANDS = re.findall(r"^python -m tl_core (.+)$", README, re.MULTILINE)


def test_the_readme_s_tables_are_those_of_the_cards():
    assert handbook.renewed(README) == README, "make docs"


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


@pytest.mark.parametrize("path", sorted(ROOT.glob("*.md")), ids=str)
def test_links_inside_the_project_lead_somewhere(path):
    text = path.read_text("utf-8")
    for link in re.findall(r"\]\(([^)#\s]+)\)|src(?:set)?=\"([^\"]+)\"", text):
        target = link[0] or link[1]
        assert target.startswith("https://") or (ROOT / target).exists(), link


def test_the_measured_table_is_what_the_recorded_runs_say():
    names = {
        "source only": "source_only",
        "AdaBN": "adabn",
        "MMD": "mmd",
        "CORAL": "coral",
        "DANN": "dann",
        "oracle (target labels)": "oracle",
    }
    rows = re.findall(r"^\| (.+) \| (\.\d+) ± (\.\d+) \|$", README, re.M)
    assert [row[0] for row in rows] == list(names)
    for name, mean, half in rows:
        told = interval(Arm("optdigits", names[name]).values(recording.read))
        assert f"{told.mean:.3f}".lstrip("0") == mean
        assert f"{told.high - told.mean:.3f}".lstrip("0") == half


def test_what_the_readme_shows_is_what_the_newcomer_writes():
    """The README shortens imports and references, and joins broken lines."""
    shown = re.split(r"^\+\+\+ (\S+)\n", README, flags=re.MULTILINE)[1:]
    files = dict(zip(shown[::2], shown[1::2], strict=True))
    written = {f"{folder}/{name}": name for name, folder in FILES.items()}
    assert written.keys() < files.keys()
    for path, name in written.items():
        added = re.findall(r"^\+(.*)$", files[path], re.MULTILINE)
        assert len(added) > 10
        whole = (ROOT / "tests/newcomer" / name).read_text("utf-8")
        squeezed = re.sub(r"\s", "", whole)
        for line in added:
            bare = re.sub(r"\s", "", line)
            assert "..." in line or bare in squeezed, line
