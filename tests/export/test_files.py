"""Tables, logs, reports and specs say what the runs said."""

import csv
import io
import json
import re
import zipfile

import pytest

from tests.export import runs
from tl_core import races, recording
from tl_core.card import SpecError
from tl_core.export import charts, metrics, report, spec_file, tensorboard
from tl_core.history import History

RACE = recording.recorded_race(races.race("optdigits"))
WHEN = 1_700_000_000.0


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def losses(history: History) -> float:
    return sum(sum(event.losses.values()) for event in history.steps)


def test_the_table_holds_every_number_once():
    history = runs.run("moons")
    rows = table(metrics.as_csv([history]))
    found = sum(
        float(r["value"]) for r in rows if r["name"].startswith("loss/")
    )
    assert found == losses(history)
    steps, shares = history.accuracy("target")
    told = [
        (int(r["step"]), float(r["value"]))
        for r in rows
        if r["name"] == "accuracy/target"
    ]
    assert told == list(zip(steps, shares, strict=True))
    final = {r["name"]: float(r["value"]) for r in rows if r["phase"] == "end"}
    assert final["final/target"] == history.finished.accuracy["target"]
    order = [int(r["seq"]) for r in rows]
    assert order == sorted(order)


def test_several_runs_share_a_table():
    rows = table(metrics.as_csv(RACE))
    ends = {r["run"]: r["value"] for r in rows if r["name"] == "final/target"}
    assert ends == {
        h.spec.id: repr(h.finished.accuracy["target"]) for h in RACE
    }


def test_parquet_is_the_same_table():
    import pyarrow.parquet as pq

    history = runs.run("moons")
    read = pq.read_table(io.BytesIO(metrics.as_parquet([history])))
    expected = [tuple(row) for row in metrics.rows([history])]
    found = [tuple(row.values()) for row in read.to_pylist()]
    assert found == expected
    assert pq.read_table(io.BytesIO(metrics.as_parquet([]))).num_rows == 0


@pytest.mark.filterwarnings("ignore")
def test_tensorboard_reads_the_log(tmp_path):
    from tensorboard.backend.event_processing import event_accumulator

    history = runs.run("moons")
    packed = zipfile.ZipFile(
        io.BytesIO(tensorboard.zipped([history, runs.run("lora")], WHEN))
    )
    packed.extractall(tmp_path)
    folder = tmp_path / tensorboard.name_of(history)
    log = event_accumulator.EventAccumulator(str(folder), {"scalars": 0})
    log.Reload()
    steps, shares = history.accuracy("target")
    found = log.Scalars("accuracy/target")
    assert [event.step for event in found] == steps
    assert [event.value for event in found] == pytest.approx(shares)
    assert found[0].wall_time == WHEN
    terms = [
        event.value
        for tag in log.Tags()["scalars"]
        if "loss/" in tag
        for event in log.Scalars(tag)
    ]
    assert sum(terms) == pytest.approx(losses(history), rel=1e-5)
    assert len(list(tmp_path.iterdir())) == 2


def test_checksums_are_those_of_the_castagnoli_polynomial():
    crc = tensorboard.checksum(b"123456789")
    masked = int.from_bytes(crc, "little") - tensorboard.MASK & 0xFFFFFFFF
    assert (masked << 15 | masked >> 17) & 0xFFFFFFFF == 0xE3069283


def outer(text: str) -> list[str]:
    """What a page would fetch."""
    return re.findall(r"(?:src|href)\s*=|url\(|@import|<script|<link", text)


@pytest.mark.parametrize("which", ["lora", "race", "recorded"])
def test_a_report_stands_alone(which):
    recorded = {"race": RACE, "recorded": RACE[:1]}
    histories = recorded.get(which) or [runs.run(which)]
    text = report.report(histories)
    assert outer(text) == []
    assert text.count("<svg") >= 2
    for history in histories:
        assert history.spec.id in text
        assert history.device in text
    assert "prefers-color-scheme: dark" in text
    assert "@media print" in text


def test_a_report_of_a_race_names_who_came_first_and_what_is_chance():
    text = report.report(RACE)
    assert "MMD alignment reads 89" in text.replace("\n", " ")
    assert "Paired t tests over seeds" in text
    assert "**" not in text


def test_runs_of_other_settings_are_another_heat():
    text = report.report([*RACE, runs.run("moons")])
    assert "dataset = moons" in text
    assert "dataset = mnist_to_optdigits" in text


def test_a_hostile_name_stays_text_in_a_report():
    history = runs.run("moons")
    evil = History(history.spec)
    vars(evil).update(vars(history), device='"><script>alert(1)</script>')
    assert "<script" not in report.report([evil])


def test_a_run_without_a_result_has_no_report():
    with pytest.raises(SpecError, match="needs a run with a result"):
        report.report([History(runs.run("moons").spec)])


def test_charts_are_one_page_that_needs_no_network():
    text = charts.charts(runs.run("moons"))
    assert text.count('class="plotly-graph-div"') == len(
        charts.figures(runs.run("moons"))
    )
    assert not re.findall(r'<(?:script|img|link)[^>]+(?:src|href)="http', text)


def test_a_spec_comes_back_from_its_file():
    spec = runs.run("lora").spec
    assert spec_file.read(spec_file.written(spec).encode()) == spec


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "is no JSON"),
        (b"\x80\x04pickle", "is no JSON"),
        (b"[" * 10_000, "is no JSON"),
        (b"[1, 2]", "must be a JSON object"),
        (b" " * 30_000, "a spec has at most"),
        (b'{"strategy": "mdm"}', "Did you mean 'mmd'"),
        (b'{"lr": NaN}', "lr cannot be"),
        (b'{"steps": [1]}', "steps cannot be"),
        (b'{"colour": 1}', "no field 'colour'"),
        (b'{"dataset_params": 3}', "must map names to values"),
        (b'{"version": 1}', "is of version 1"),
        (b'{"version": "x"}', "is of version 'x'"),
    ],
)
def test_a_file_that_is_no_spec_is_one_clear_sentence(data, sentence):
    with pytest.raises(SpecError, match=sentence) as told:
        spec_file.read(data)
    assert len(str(told.value)) < 400
    json.dumps(str(told.value))
