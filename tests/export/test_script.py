"""An exported script repeats its run far from the lab, to the digit."""

import ast
import sys
from dataclasses import replace

import pytest

from tests.export import runs
from tests.picture_zips import layout, zipped
from tl_core import recording, uploads
from tl_core.card import SpecError
from tl_core.events import RunFinished, RunStarted
from tl_core.export import again, recipe, script, sources
from tl_core.export.recipe import Start
from tl_core.history import History, fold
from tl_core.spec import spec_from_settings
from tl_core.training import train


def numbers(history: History) -> dict[str, tuple[str, str]]:
    assert history.finished is not None
    return {
        name: (repr(share), repr(share))
        for name, share in history.finished.accuracy.items()
    }


def source_of(history: History) -> Start | None:
    """Carried, but for one run, so that training it again is tried too."""
    return None if history.spec.dataset == "moons" else runs.start(history)


@pytest.mark.parametrize("name", runs.SMALL)
def test_the_script_prints_the_run_s_accuracy_to_the_digit(name, tmp_path):
    history = runs.run(name)
    text = script.script(history, source_of(history))
    done = runs.elsewhere(text, tmp_path)
    assert done.returncode == 0, done.stderr
    assert numbers(history).items() <= runs.printed(done.stdout).items()
    assert "agree to the digit" in done.stdout
    assert ('BINARIES["assets' in text) == (name != "moons")
    assert list((tmp_path / "away").iterdir()) == []


def test_other_numbers_are_told_and_are_no_success(capsys):
    spec, share = runs.run("moons").spec, {"target": 0.25, "source": 0.5}
    told = [RunStarted(spec.to_dict(), "cpu (1 thread)", ())]
    told.append(RunFinished(share, {}, {}))
    about = {"accuracy": share, "recorded_on": "cpu (2 threads)"}
    assert again.compare(told, about)
    assert "agree to the digit" in capsys.readouterr().out
    about["accuracy"] = {**share, "target": 0.123}
    assert not again.compare(told, about)
    said = capsys.readouterr().out
    assert runs.printed(said)["target"] == ("0.25", "0.123")
    assert "The numbers differ" in said


def test_the_script_carries_the_modules_as_they_are():
    spec = runs.run("moons").spec
    text = script.script(runs.run("moons"))
    found = sources.of_run(spec)
    for path, module in found.items():
        assert (sources.ROOT / path).read_text("utf-8") == module
        assert module in text
    assert next(iter(found)) == "tl_core/strategies/mmd.py"
    others = ("dann", "lora", "convnet", "streamlit", "jobs")
    assert not any(name in path for path in found for name in others)


def test_every_module_that_a_run_loads_is_carried():
    found = {
        p[:-3].replace("/", ".") for p in sources.of_run(runs.run("lora").spec)
    }
    loaded = {
        node.module
        for path in sources.of_run(runs.run("lora").spec)
        for node in ast.walk(ast.parse((sources.ROOT / path).read_text()))
        if isinstance(node, ast.ImportFrom)
        and (node.module or "")[:8] == "tl_core."
    }
    folders = {"tl_core.analysis", "tl_core.datasets", "tl_core.strategies"}
    assert loaded - folders <= found


def test_the_header_names_the_packages_that_are_imported():
    lora = sources.requirements(sources.of_run(runs.run("lora").spec))
    names = [line.partition("==")[0] for line in lora]
    assert {"torch", "mlxtend", "scikit-image", "pillow"} <= set(names)
    moons = sources.requirements(sources.of_run(runs.run("moons").spec))
    assert [n.partition("==")[0] for n in moons] == [
        "numpy", "platformdirs", "safetensors", "torch",
    ]  # fmt: skip
    version = sys.modules["torch"].__version__.partition("+")[0]
    assert f"torch=={version}" in moons
    text = script.script(runs.run("moons"))
    head = text.split("# ///")[1]
    assert head.startswith(" script\n# requires-python")


def test_a_network_that_was_loaded_is_carried_where_it_is_small():
    history = runs.run("signs")
    start = runs.start(history)
    text = script.script(history, start)
    assert start.path in text
    assert "carried as it was" in text
    large = replace(start, data=b"")
    assert start.path not in script.script(history, large)


def test_another_source_network_than_the_run_s_is_not_carried():
    history = runs.run("moons")
    other = {"source": 0.5}
    assert runs.remake.source_checkpoint(history.spec, other) is None
    assert runs.remake.source_checkpoint(history.spec)["data"]


@pytest.mark.parametrize(
    ("device", "threads", "tried"),
    [
        ("cpu (2 threads)", 2, [2, 1]),
        ("cpu (1 thread)", 1, [1]),
        ("cuda (a GPU)", 0, [0, 1]),
    ],
)
def test_threads_are_those_of_the_run(device, threads, tried):
    history = replace(runs.run("moons"), device=device)
    about = recipe.about(history, None)
    assert about["threads"] == threads
    assert about["source_threads"] == tried
    known = Start("key", b"", "cpu (1 thread)")
    assert recipe.about(history, known)["source_threads"] == [1]


def test_a_source_network_of_other_threads_is_tried_next(monkeypatch):
    history = runs.run("moons")
    about = recipe.about(replace(history, device="cpu (2 threads)"), None)
    tried = []

    def attempt(about, source_threads, data):
        tried.append(source_threads)
        end = dict(about["accuracy"])
        end["source_before"] -= 0.1 * (source_threads == 2)
        return [type("End", (), {"accuracy": end})]

    monkeypatch.setattr(again, "attempt", attempt)
    assert again.run(about)[-1].accuracy == about["accuracy"]
    assert tried == [2, 1]


def pictures() -> tuple[History, bytes]:
    data = zipped(layout({"source": 4, "target": 4}))
    spec = spec_from_settings(
        {
            "dataset": "folder",
            "dataset.data": uploads.take(data).id,
            "strategy": "linear_probe",
            **runs.FEW,
        }
    )
    return fold(spec, train(spec)), data.getvalue()


def test_own_pictures_are_asked_for_and_recognised(tmp_path):
    history, data = pictures()
    text = script.script(history)
    assert "--data PATH" in text
    bare = runs.elsewhere(text, tmp_path)
    assert "give their zip file or folder" in bare.stderr
    (tmp_path / "away").rmdir()
    mine, others = tmp_path / "mine.zip", tmp_path / "others.zip"
    mine.write_bytes(data)
    done = runs.elsewhere(text, tmp_path, "--data", str(mine))
    assert done.returncode == 0, done.stderr
    assert numbers(history).items() <= runs.printed(done.stdout).items()
    (tmp_path / "away").rmdir()
    other = zipped(layout({"source": 5, "target": 5}))
    others.write_bytes(other.getvalue())
    wrong = runs.elsewhere(text, tmp_path, "--data", str(others))
    assert "holds other pictures" in wrong.stderr


def test_a_run_of_another_version_is_refused():
    history = runs.run("moons")
    old = replace(history, spec=replace(history.spec, version=1))
    with pytest.raises(SpecError, match="Version 1 of the lab"):
        script.script(old)
    with pytest.raises(SpecError, match="has no result"):
        script.script(replace(history, finished=None))


def test_a_text_that_raw_quotes_cannot_hold_is_quoted_otherwise():
    for text in ("a'''b", "ends in \\", "plain \\n", "it's'", "a\r\nb"):
        assert ast.literal_eval(script.raw(text)) == text


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["cd8c5b85aa8bb593", "f1767918462072de", "baa679a14fa58ef5"]
)
def test_recorded_runs_come_out_again(name, tmp_path):
    history = recording.read(name)
    start = runs.start(history)
    done = runs.elsewhere(script.script(history, start), tmp_path)
    assert done.returncode == 0, done.stdout
