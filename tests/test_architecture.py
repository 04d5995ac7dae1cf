"""Imports point down only, files and functions stay small."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SCIENCE = (
    "tl_core/datasets",
    "tl_core/backbones",
    "tl_core/strategies",
    "tl_core/analysis",
    "tl_core/training.py",
    "tl_core/descent.py",
    "tl_core/evaluation.py",
    "tl_core/pictures.py",
    "tl_core/checkpoints.py",
    "tl_core/batch_norm.py",
    "tl_core/feed.py",
    "tl_core/validation.py",
    "tl_core/selection.py",
    "tl_core/regularisers.py",
    "tl_core/domain_gap.py",
    "tl_core/inside.py",
    "tl_core/depths.py",
    "tl_core/importance.py",
    "tl_core/neighbourhood.py",
    "tl_core/prefix.py",
    "tl_core/passed.py",
    "tl_core/verdict.py",
    "tl_core/adapters.py",
    "tl_core/adapter_files.py",
    "tl_core/learnt_tokens.py",
    "tl_core/device.py",
    "tl_core/anatomy.py",
)
LIGHT = (
    "tl_core/spec.py",
    "tl_core/spec_fields.py",
    "tl_core/limits.py",
    "tl_core/access.py",
    "tl_core/card.py",
    "tl_core/fit.py",
    "tl_core/criteria.py",
    "tl_core/gallery.py",
    "tl_core/surveys.py",
    "tl_core/events.py",
    "tl_core/event_check.py",
    "tl_core/history.py",
    "tl_core/catalog.py",
    "tl_core/parsing.py",
    "tl_core/demo.py",
    "tl_core/recording.py",
    "tl_core/races.py",
    "tl_core/race_spec.py",
    "tl_core/race_checks.py",
    "tl_core/race_starts.py",
    "tl_core/race_link.py",
    "tl_core/tune_first.py",
    "tl_core/tuned_rates.py",
    "tl_core/rate_search.py",
    "tl_core/rate_words.py",
    "tl_core/contest.py",
    "tl_core/studies.py",
    "tl_core/claim.py",
    "tl_core/claims.py",
    "tl_core/sentences.py",
    "tl_core/takeaways.py",
    "tl_core/feature_takeaways.py",
    "tl_core/home.py",
    "tl_core/texts.py",
    "tl_core/tidy.py",
    "tl_core/turnstile.py",
    "tl_core/steps.py",
    "tl_core/translation.py",
    "tl_core/card_words.py",
    "tl_core/case_names.py",
    "tl_core/intake.py",
    "tl_core/decoding.py",
    "tl_core/picture_places.py",
    "tl_core/uploads.py",
    "tl_core/picture_sets.py",
    "tl_core/picture_room.py",
    "tl_core/plain_text.py",
    "tl_core/tables.py",
    "tl_core/joint_lesson.py",
    "tl_core/pair_parts.py",
    "tl_core/freezing.py",
    "tl_core/verdicts.py",
    "tl_core/syllabus.py",
    "tl_core/rows.py",
    "tl_core/question.py",
    "tl_core/interview.py",
    "tl_core/code_items.py",
    "tl_core/race_spec.py",
    "tl_core/progress.py",
    "tl_core/progress_file.py",
    "tl_core/spaced.py",
    "tl_core/drills.py",
    "tl_core/drill_counts.py",
    "tl_core/drill_sums.py",
    "tl_core/drill_estimates.py",
    "tl_core/syllabus_runs.py",
    "tl_core/mastery.py",
    "tl_core/tour.py",
    "tl_core/calibration.py",
    "tl_core/mock_interview.py",
    "tl_core/spec_difference.py",
)
UPPER = (
    "plotly",
    "dask",
    "distributed",
    "tl_core.figures",
    "tl_core.jobs",
)
FORBIDDEN: dict[str, tuple[str, ...]] = {
    "tl_core": ("streamlit", "pages"),
    **dict.fromkeys(SCIENCE, UPPER),
    "tl_core/figures": ("torch", "tl_core.jobs", "tl_core.strategies"),
    "tl_core/jobs": ("tl_core.figures", "plotly"),
    **dict.fromkeys(LIGHT, ("torch", "tl_core.training", "plotly")),
    "tl_core/export": ("dask", "distributed", "tl_core.jobs"),
    "pages": ("torch", "tl_core.training", "tl_core.strategies", "sqlite3"),
    "app.py": ("torch", "tl_core.training"),
}
FILES = sorted(
    path
    for folder in ("tl_core", "pages", "tests")
    for path in (ROOT / folder).rglob("*.py")
) + [ROOT / "app.py"]


def imports(path: Path, top_level_only: bool) -> set[str]:
    """The modules a file imports, as dotted names."""
    tree = ast.parse(path.read_text("utf-8"))
    nodes = tree.body if top_level_only else list(ast.walk(tree))
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def rows() -> list[tuple[Path, str]]:
    return [
        (path, name)
        for part, names in FORBIDDEN.items()
        for path in FILES
        if path == ROOT / part or (ROOT / part) in path.parents
        for name in names
    ]


@pytest.mark.parametrize("part", FORBIDDEN)
def test_every_row_of_the_table_is_about_something(part):
    assert (ROOT / part).exists()


def test_imports_point_down_only():
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path, name in rows()
        # A light module may import torch's neighbours inside a function
        # that only a worker calls; at the top of a file it may not.
        if any(
            found == name or found.startswith(f"{name}.")
            for found in imports(
                path, top_level_only=name in ("torch", "tl_core.training")
            )
        )
    ]
    assert wrong == []


def test_pages_and_figures_load_no_torch():
    modules = [
        path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
        for folder in ("pages/ui", "tl_core/figures", "tl_core/jobs")
        for path in (ROOT / folder).glob("*.py")
        if path.name != "entry.py"
    ]
    code = "import sys\n" + "".join(f"import {m}\n" for m in modules)
    code += "sys.exit('torch' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.name))
def test_files_and_functions_stay_small(path):
    text = path.read_text("utf-8")
    limit = 120 if path.parent == ROOT / "pages" else 250
    tests = ROOT / "tests" in path.parents
    assert len(text.splitlines()) <= (400 if tests else limit)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and not tests:
            first = node.body[0]
            said = isinstance(first, ast.Expr) and isinstance(
                first.value, ast.Constant
            )
            start = (first.end_lineno if said else node.lineno) or 0
            assert (node.end_lineno or 0) - start <= 30, node.name


def test_no_file_is_called_after_nothing():
    assert not {p.name for p in FILES} & {
        "utils.py",
        "helpers.py",
        "common.py",
    }
