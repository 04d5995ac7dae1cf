"""The lab without a browser."""

import json

import pytest

from tl_core import catalog, events
from tl_core.__main__ import main
from tl_core.claims import CLAIMS

TINY = ["--set", "pretrain_steps=20", "steps=10"]
MOONS = ["--dataset", "moons", "--backbone", "mlp"]


def lines(capsys) -> list[dict]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_list_names_every_entry(capsys):
    assert main(["list"]) == 0
    text = capsys.readouterr().out
    for kind in catalog.KINDS:
        for key in catalog.keys(kind):
            assert key in text


def test_list_as_json_says_each_knob(capsys):
    assert main(["list", "strategies", "--json"]) == 0
    found = {row["key"]: row for row in lines(capsys)}
    assert found["mmd"]["settings"]["weight"]["default"] == 10
    assert set(found) == set(catalog.keys("strategies"))


def test_train_as_json_is_the_events_and_then_the_summary(capsys):
    asked = ["train", *MOONS, "--strategy", "mmd", "--json", *TINY]
    assert main(asked) == 0
    *told, last = lines(capsys)
    kinds = [type(events.from_dict(row)).__name__ for row in told]
    assert kinds[0] == "RunStarted"
    assert kinds[-1] == "RunFinished"
    summary = last["summary"]
    assert set(summary) == {
        "id", "spec", "accuracy", "forgetting", "transfer_gain", "mmd",
        "parameters", "seconds", "steps_per_second", "peak_memory_bytes",
        "device",
    }  # fmt: skip
    assert {"source", "target", "source_before", "target_before"} <= set(
        summary["accuracy"]
    )
    assert set(summary["parameters"]) == {"total", "trained", "auxiliary"}
    assert summary["spec"]["steps"] == 10
    assert summary["transfer_gain"] is None


def test_several_seeds_are_several_runs(capsys):
    asked = ["train", *MOONS, "--strategy", "full", "--seed", "1", "2"]
    assert main([*asked, "--json", *TINY]) == 0
    found = [row["summary"] for row in lines(capsys) if "summary" in row]
    assert [summary["spec"]["seed"] for summary in found] == [1, 2]


def race(capsys) -> list[dict]:
    asked = ["race", *MOONS, "--strategies", "scratch,full", "--seeds", "0,1"]
    assert main([*asked, "--json", *TINY]) == 0
    return lines(capsys)


def test_a_race_compares_and_repeats_itself(capsys):
    *runs, table = race(capsys)
    again = race(capsys)[-1]
    assert len(runs) == 4
    assert table == again
    assert set(table["race"]) == {"scratch", "full"}
    row = table["race"]["full"]
    assert row["mean"] == pytest.approx(sum(row["seeds"]) / 2)


def test_the_transfer_gain_is_against_scratch_of_the_same_seed(capsys):
    found = [row["summary"] for row in race(capsys)[:-1]]
    by_run = {(s["spec"]["strategy"], s["spec"]["seed"]): s for s in found}
    for seed in (0, 1):
        full, scratch = by_run["full", seed], by_run["scratch", seed]
        gain = full["accuracy"]["target"] - scratch["accuracy"]["target"]
        assert full["transfer_gain"] == pytest.approx(gain)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["train", *MOONS, "--strategy", "mmdd"], "Did you mean 'mmd'?"),
        (
            ["train", *MOONS, "--strategy", "mmd", "--set", "steps=-5"],
            "steps cannot be '-5'; use a whole number from 1 to 20000.",
        ),
        (
            ["train", *MOONS, "--strategy", "mmd", "--set", "lr=nan"],
            "lr cannot be 'nan'",
        ),
        (
            ["train", *MOONS, "--strategy", "mmd", "--set", "steps"],
            "--set takes NAME=VALUE",
        ),
        (["race", *MOONS], "required: --strategies"),
        (["list", "planets"], "invalid choice: 'planets'"),
        (["train", *MOONS, "--strategy", "mmd", "--seed", "-1"], "seed"),
    ],
)
def test_a_bad_value_is_one_sentence_and_exit_code_2(
    arguments, sentence, capsys
):
    assert main(arguments) == 2
    said = capsys.readouterr()
    assert sentence in said.err
    assert len(said.err.splitlines()) == 1
    assert said.out == ""


def test_claims_come_with_their_verdicts(capsys):
    assert main(["claims", "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(rows) == len(CLAIMS)
    for row in rows:
        assert row["badge"] in ("holds", "does not hold", "not clear")
        assert row["low"] <= row["mean"] <= row["high"]
    assert main(["claims"]) == 0
    assert "EWC" in capsys.readouterr().out
