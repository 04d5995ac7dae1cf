"""Who adds a strategy, a dataset, a backbone or a page writes one file and
its test; all else follows.

A copy of the project gets one of each that nobody has heard of: the files
beside this one, in `newcomer/`, which the README shows.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

ROOT = Path(__file__).parent.parent
KEY, TITLE = "input_noise", "Input noise"
FILES = {
    "input_noise.py": "tl_core/strategies",
    "clusters.py": "tl_core/datasets",
    "perceptron.py": "tl_core/backbones",
    "papers.py": "pages",
}
"""What a newcomer writes, and where it goes."""
ITS_TEST = '''
"""Its knob is tried by the theorems of all strategies."""

EFFECTS = {"sigma": 1.0}
'''
QUICK = "steps=20 pretrain_steps=20"


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """The project with one strategy, dataset, backbone and page more."""
    copy = tmp_path_factory.mktemp("newcomer")
    skip = shutil.ignore_patterns("__pycache__", ".venv", ".git", "assets")
    shutil.copytree(ROOT, copy, dirs_exist_ok=True, ignore=skip)
    (copy / "assets").symlink_to(ROOT / "assets")
    for name, folder in FILES.items():
        shutil.copy(ROOT / "tests/newcomer" / name, copy / folder)
    test = copy / f"tests/strategies/test_{KEY}.py"
    test.write_text(ITS_TEST.lstrip())
    return copy


def python(project: Path, *arguments: str) -> str:
    """What `python ...` prints in the project."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=project,
        env={**os.environ, "TL_HOME": str(project / "home")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def page(project: Path, name: str, **query: str) -> str:
    """All that a page says and offers, with the strategy in the address."""
    code = f"""
    from streamlit.testing.v1 import AppTest
    from pages.ui import registry

    app = AppTest.from_file("pages/ui/entry.py", default_timeout=120)
    for name, value in {query!r}.items():
        app.query_params[name] = value
    app.switch_page(str(registry.path_of({name!r})))
    app.run()
    assert not app.exception, app.exception
    for kind in ("selectbox", "multiselect", "pills"):
        for widget in getattr(app, kind, []):
            print(kind, widget.label, widget.options)
    for kind in ("markdown", "caption", "code", "latex", "number_input"):
        for element in getattr(app, kind):
            print(kind, getattr(element, "label", ""), element.value)
    for kind in ("slider", "page_link"):
        for element in app.get(kind):
            print(kind, getattr(element, "label", element))
    """
    return python(project, "-c", dedent(code))


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        ("strategies", KEY),
        ("datasets", "clusters"),
        ("backbones", "perceptron"),
    ],
)
def test_it_is_listed(project, kind, key):
    listed = python(project, "-m", "tl_core", "list", kind, "--json")
    assert key in [json.loads(line)["key"] for line in listed.splitlines()]


@pytest.mark.parametrize(
    "asked",
    [
        {"dataset": "moons", "backbone": "mlp", "strategy": KEY},
        {"dataset": "clusters", "backbone": "perceptron", "strategy": "mmd"},
    ],
)
def test_it_trains(project, asked):
    options = [part for k, v in asked.items() for part in (f"--{k}", v)]
    said = python(
        *(project, "-m", "tl_core", "train", "--json", *options),
        *("--set", *QUICK.split()),
    )
    summary = json.loads(said.splitlines()[-1])["summary"]
    assert {k: summary["spec"][k] for k in asked} == asked
    assert 0 <= summary["accuracy"]["target"] <= 1


def test_the_form_has_its_name_formula_knob_and_code(project):
    said = page(project, "run", strategy=KEY)
    assert TITLE in said
    assert r"x_t + \sigma\,\epsilon" in said
    assert r"Sigma $\sigma$" in said
    assert "noise = self.sigma * torch.randn_like" in said


def test_the_form_offers_the_dataset_its_knob_and_the_backbone(project):
    said = page(project, "run", dataset="clusters", backbone="perceptron")
    assert "Clusters that move" in said
    assert "Distance" in said
    assert "Perceptron" in said


def test_the_page_opens(project):
    said = page(project, "papers")
    assert "A theory of learning from different domains" in said
    assert "Tikhonov" in said


def test_it_can_be_raced(project):
    said = page(project, "compare")
    options = [line for line in said.splitlines() if TITLE in line]
    assert options


def test_the_matrix_names_it(project):
    assert TITLE in page(project, "matrix")


def test_the_documentation_follows(project):
    python(project, "-m", "tl_core.handbook")
    readme = (project / "README.md").read_text("utf-8")
    for key, title in (
        (KEY, TITLE),
        ("clusters", "Clusters that move"),
        ("perceptron", "Perceptron"),
    ):
        assert f"| `{key}` | **{title}.**" in readme


def test_the_theorems_of_all_strategies_hold_for_it(project):
    told = python(
        project,
        *("-m", "pytest", "-p", "no:cacheprovider", "-k", KEY),
        "tests/strategies/test_theorems.py",
    )
    assert "passed" in told
    assert "failed" not in told


def test_nothing_else_was_touched(project):
    new = {
        path.relative_to(project)
        for folder in ("tl_core", "pages", "tests")
        for path in (project / folder).rglob("*.py")
        if not (ROOT / path.relative_to(project)).exists()
    }
    written = {Path(folder) / name for name, folder in FILES.items()}
    assert new == {*written, Path(f"tests/strategies/test_{KEY}.py")}
