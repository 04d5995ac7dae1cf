"""`python -m tl_core export` and `train --spec`."""

import json

import pytest

from tests.export import runs
from tl_core import recording
from tl_core.__main__ import main
from tl_core.home import folder
from tl_core.jobs.engine import Engine
from tl_core.jobs.inline import InlineExecutor
from tl_core.jobs.store import RunStore
from tl_core.spec import spec_from_settings

RECORDED = "b26c42227865675c"


@pytest.fixture(autouse=True)
def one_thread(monkeypatch):
    monkeypatch.setenv("TL_THREADS", "1")


def kept() -> str:
    """The id of a small run in the lab's own folder."""
    lab = Engine(RunStore(folder("runs")), InlineExecutor())
    lab.start()
    spec = spec_from_settings({**runs.SMALL["moons"], "seed": 7})
    lab.submit(spec)
    lab.close()
    return spec.id


def test_a_recorded_run_is_exported_in_every_light_format(tmp_path, capsys):
    out = {
        "spec": tmp_path / "s.json",
        "report": tmp_path / "new" / "r.html",
        "charts": tmp_path / "c.html",
        "csv": tmp_path / "m.csv",
        "parquet": tmp_path / "m.parquet",
        "tensorboard": tmp_path / "logs",
    }
    options = [part for n, p in out.items() for part in (f"--{n}", str(p))]
    assert main(["export", RECORDED, *options]) == 0
    assert all(path.exists() for path in out.values())
    history = recording.read(RECORDED)
    assert json.loads(out["spec"].read_text()) == history.spec.to_dict()
    assert capsys.readouterr().err.count("\n") == len(out)
    assert not list(tmp_path.rglob("*.partial"))


def test_a_run_of_the_lab_is_exported_with_its_source_network(tmp_path):
    run = kept()
    script, notebook = tmp_path / "r.py", tmp_path / "r.ipynb"
    weights = tmp_path / "w.safetensors"
    asked = ["--script", str(script), "--notebook", str(notebook)]
    assert main(["export", run, *asked, "--weights", str(weights)]) == 0
    assert "assets/checkpoints/" in script.read_text()
    assert "assets/checkpoints/" in notebook.read_text()
    assert weights.stat().st_size > 1000


def test_an_exported_spec_can_be_run(tmp_path, capsys):
    path = tmp_path / "spec.json"
    assert main(["export", kept(), "--spec", str(path)]) == 0
    given = ["train", "--spec", str(path), "--json"]
    capsys.readouterr()
    assert main(given) == 0
    last = json.loads(capsys.readouterr().out.splitlines()[-1])["summary"]
    assert last["spec"] == json.loads(path.read_text())
    assert main([*given, "--seed", "1", "2"]) == 0
    rows = map(json.loads, capsys.readouterr().out.splitlines())
    seeds = [r["summary"]["spec"]["seed"] for r in rows if "summary" in r]
    assert seeds == [1, 2]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["export", "0123456789abcdef", "--csv", "x"], "There is no run"),
        (["export", "../../etc/passwd", "--csv", "x"], "There is no run"),
        (["export", RECORDED], "Say what to export: --script"),
        (["export", RECORDED, RECORDED, "--script", "x"], "one run at a time"),
        (["export", RECORDED, "--adapter", "x"], "trains no adapter"),
        (["train", "--spec", "nowhere.json"], "There is no file"),
        (["train", "--spec", "x", "--strategy", "mmd"], "a whole experiment"),
        (["train", "--dataset", "moons"], "required: --backbone, --strategy"),
    ],
)
def test_a_bad_request_is_one_sentence_and_exit_code_2(
    arguments, sentence, capsys
):
    assert main(arguments) == 2
    said = capsys.readouterr().err
    assert sentence in said
    assert len(said.splitlines()) == 1
