"""Who adds a strategy writes one file and its test; all else follows.

A copy of the project gets a strategy that nobody has heard of.
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
STRATEGY = '''
r"""# Input noise

Fine-tuning on target samples to which noise is added: a penalty on steep
functions (Bishop 1995).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from tl_core.backbones.base import Network
from tl_core.card import Sees, StrategyCard, hyper
from tl_core.datasets.base import VisiblePair
from tl_core.strategies.base import (
    Batch,
    ParamGroup,
    cross_entropy,
    everything,
)


@dataclass(frozen=True)
class InputNoise:
    """min over all weights of the loss on noisy inputs."""

    sigma: float = hyper(
        0.1, "Standard deviation of the noise.", symbol=r"\\sigma",
        low=0.0, high=2.0,
    )

    card: ClassVar[StrategyCard] = StrategyCard(
        title="Input noise",
        summary="Every weight learns from target samples with noise.",
        formula=r"\\mathcal{L}_t(x_t + \\sigma\\,\\epsilon)",
        terms={"target": r"\\mathcal{L}_t"},
        symbols={r"x_t": "batch.xt", r"\\sigma": "self.sigma"},
        reference="C. M. Bishop (1995). Training with Noise is Equivalent to "
        "Tikhonov Regularization. Neural Computation 7",
        sees=Sees.TARGET,
        order=95,
    )

    def setup(self, model: Network, pair: VisiblePair) -> list[ParamGroup]:
        """Train everything."""
        return everything(model)

    def loss(self, model: Network, batch: Batch) -> Mapping[str, Tensor]:
        """Cross-entropy on noisy target samples."""
        noise = self.sigma * torch.randn_like(batch.xt)
        logits = model(batch.xt + noise)
        return {"target": cross_entropy(logits, batch.labels_t)}


STRATEGY = InputNoise
'''
ITS_TEST = '''
"""Its knob is tried by the theorems of all strategies."""

EFFECTS = {"sigma": 1.0}
'''
QUICK = "steps=20 pretrain_steps=20"


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """The project with one strategy more."""
    copy = tmp_path_factory.mktemp("newcomer")
    skip = shutil.ignore_patterns("__pycache__", ".venv", ".git", "assets")
    shutil.copytree(ROOT, copy, dirs_exist_ok=True, ignore=skip)
    (copy / "assets").symlink_to(ROOT / "assets")
    (copy / f"tl_core/strategies/{KEY}.py").write_text(STRATEGY.lstrip())
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


def test_it_is_listed_and_trains(project):
    listed = python(project, "-m", "tl_core", "list", "strategies", "--json")
    keys = [json.loads(line)["key"] for line in listed.splitlines()]
    assert KEY in keys
    command = f"train --dataset moons --backbone mlp --strategy {KEY} --json"
    said = python(
        project, "-m", "tl_core", *command.split(), "--set", *QUICK.split()
    )
    summary = json.loads(said.splitlines()[-1])["summary"]
    assert summary["spec"]["strategy"] == KEY
    assert 0 <= summary["accuracy"]["target"] <= 1


def test_the_form_has_its_name_formula_knob_and_code(project):
    said = page(project, "run", strategy=KEY)
    assert TITLE in said
    assert r"x_t + \sigma\,\epsilon" in said
    assert r"Sigma $\sigma$" in said
    assert "noise = self.sigma * torch.randn_like" in said


def test_it_can_be_raced(project):
    said = page(project, "compare")
    options = [line for line in said.splitlines() if TITLE in line]
    assert options


def test_the_matrix_names_it(project):
    assert TITLE in page(project, "matrix")


def test_the_documentation_follows(project):
    python(project, "-m", "tl_core.handbook")
    readme = (project / "README.md").read_text("utf-8")
    assert f"| `{KEY}` | **{TITLE}.**" in readme


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
    assert new == {
        Path(f"tl_core/strategies/{KEY}.py"),
        Path(f"tests/strategies/test_{KEY}.py"),
    }
