"""DEPLOY.md is held to what the project does."""

import ast
import configparser
import re
import shlex
from pathlib import Path

import pytest
import yaml

from tl_core.__main__ import parser
from tl_core.jobs import certificates

ROOT = Path(__file__).parent.parent
DEPLOY = (ROOT / "DEPLOY.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", DEPLOY, re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"python -m tl_core ([^\"\n>#]+)")


def blocks(kind: str) -> list[str]:
    found = [text for name, text in BLOCKS if name == kind]
    assert found
    return found


def containers() -> list[list[str]]:
    """The commands of the parts in Kubernetes."""
    (text,) = blocks("yaml")
    spec = yaml.safe_load(text)["spec"]
    parts = [spec["worker"]["spec"], spec["scheduler"]["spec"]]
    return [part["containers"][0]["args"][3:] for part in parts]


COMMANDS = [
    shlex.split(found.replace("$pc", "pc01"))
    for text in blocks("bash")
    for found in COMMAND.findall(text)
]


@pytest.mark.parametrize(
    "command", [*COMMANDS, *containers()], ids=lambda c: " ".join(c)
)
def test_every_command_is_understood(command):
    options = parser().parse_args(command)
    assert options.run
    assert options.certificates is not None


def test_both_commands_are_there():
    assert {command[0] for command in COMMANDS} == {"cluster", "worker"}
    assert len(COMMANDS) >= 5


def test_the_make_targets_exist():
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"\bmake (\w+)", "\n".join(blocks("bash"))))
    assert targets == {"run", "cluster"}
    for target in targets:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)


def test_every_setting_is_one_of_the_lab():
    sources = "".join(
        path.read_text("utf-8") for path in (ROOT / "tl_core").rglob("*.py")
    )
    named = set(re.findall(r"\bTL_[A-Z_]+\b", DEPLOY))
    assert {"TL_HOME", "TL_DEMO", "TL_SCHEDULER"} <= named
    assert {name for name in named if f'"{name}"' not in sources} == set()


def test_the_exported_names_are_those_that_the_command_prints():
    last = blocks("bash")[-1]
    exported = re.findall(r"^export (\w+)=(.+)$", last, re.MULTILINE)
    wanted = certificates.settings(Path("/tls"))
    assert dict(exported) == {
        "TL_SCHEDULER": "tls://lab-scheduler:8786",
        **wanted,
    }


def test_the_service_starts_the_app_from_its_folder():
    unit = configparser.ConfigParser(interpolation=None, strict=False)
    unit.optionxform = str
    unit.read_string(blocks("ini")[0])
    start = shlex.split(unit["Service"]["ExecStart"])
    assert start[1:3] == ["run", "app.py"]
    assert (ROOT / start[2]).is_file()
    assert start[0].startswith(unit["Service"]["WorkingDirectory"])


def test_the_script_for_slurm_uses_what_there_is():
    tree = ast.parse(blocks("python")[0])
    names = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "certificates"
    }
    assert names == {"make", "found", "settings"}
    assert all(hasattr(certificates, name) for name in names)
    assert (ROOT / "tl_core" / "jobs" / "joining.py").is_file()


def test_every_test_that_is_named_exists():
    for name in re.findall(r"`(tests/[\w/.]+)`", DEPLOY):
        assert (ROOT / name).exists()
