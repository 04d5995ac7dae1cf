"""Versions, places and certificates, each by itself."""

import os
import stat

import pytest

from tl_core.jobs import certificates, members, places, versions


def test_a_worker_of_the_same_version_is_welcome():
    mark = versions.mark()
    assert versions.refusal({"train": 1, mark: 1}) == ""
    assert "no resource `train`" in versions.refusal({mark: 1})


def test_versions_are_told_apart_in_words():
    other = versions.mark().replace(
        f"torch={versions.mine()['torch']}", "torch=1.0"
    )
    said = versions.refusal({"train": 1, other: 1})
    assert f"torch (1.0, here {versions.mine()['torch']})" in said
    assert "Python" not in said
    assert "does not say" in versions.refusal({"train": 1})
    assert "torch (unknown, here" in versions.difference({})


def test_a_build_for_a_gpu_is_no_other_version(monkeypatch):
    versions.mine.cache_clear()
    monkeypatch.setattr(versions, "version", lambda name: "2.15.0+cu126")
    assert versions.mine()["torch"] == "2.15.0"
    versions.mine.cache_clear()


def test_the_code_s_hash_is_that_of_what_a_worker_runs(tmp_path):
    (tmp_path / "figures").mkdir()
    source, chart = tmp_path / "a.py", tmp_path / "figures" / "b.py"
    source.write_bytes(b"x = 1\ny = 2\n")
    chart.write_bytes(b"z = 3\n")
    first = versions._code(tmp_path)
    source.write_bytes(b"x = 1\r\ny = 2\r\n")
    chart.write_bytes(b"z = 4\n")
    assert versions._code(tmp_path) == first
    source.write_bytes(b"x = 1\ny = 3\n")
    assert versions._code(tmp_path) != first


def test_each_refused_worker_has_a_sentence():
    workers = {
        "tls://a:1": {"name": "a", "resources": {versions.mark(): 1}},
        "tls://b:1": {"name": 0, "resources": {"train": 1}},
    }
    one, two = members.notices(workers)
    assert one.startswith("The worker a at tls://a:1 is given no runs: it ")
    assert two.startswith("The worker 0 at tls://b:1 is given no runs: it ")


@pytest.fixture
def machine(monkeypatch, tmp_path):
    """Eight cores, no GPU, no setting."""
    for name in ("CUDA_VISIBLE_DEVICES", "TL_DEVICE", "TL_THREADS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    return monkeypatch


@pytest.mark.usefixtures("machine")
def test_without_a_gpu_there_is_one_place_or_as_many_as_asked():
    (only,) = places.places()
    assert only.resources() == {"train": 1}
    assert only.environment() == {}
    several = places.places(4)
    assert [p.environment() for p in several] == [{"TL_THREADS": "2"}] * 4
    assert sum(p.share for p in several) == 1


def test_threads_that_somebody_set_are_left_alone(machine):
    machine.setenv("TL_THREADS", "1")
    assert [p.environment() for p in places.places(2)] == [{}, {}]


def test_there_is_a_place_for_each_gpu(machine):
    machine.setenv("CUDA_VISIBLE_DEVICES", "0,3")
    one, two = places.places()
    assert one.environment() == {"CUDA_VISIBLE_DEVICES": "0"}
    assert two.environment() == {"CUDA_VISIBLE_DEVICES": "3"}
    assert one.resources() == two.resources() == {"train": 1, "GPU": 1}
    assert [p.gpu for p in places.places(3)] == ["0", "3", ""]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TL_DEVICE", "cpu"),
        ("CUDA_VISIBLE_DEVICES", ""),
        ("CUDA_VISIBLE_DEVICES", "-1"),
    ],
)
def test_gpus_can_be_hidden(machine, name, value):
    machine.setenv("CUDA_VISIBLE_DEVICES", "0")
    machine.setenv(name, value)
    assert places.gpus() == []


@pytest.mark.parametrize(("code", "found"), [(0, ["GPU-a"]), (9, [])])
def test_the_driver_s_tool_is_asked(machine, tmp_path, code, found):
    tool = tmp_path / "nvidia-smi"
    tool.write_text(f"#!/bin/sh\necho GPU-a\nexit {code}\n")
    tool.chmod(0o755)
    assert places.gpus() == found


def test_a_key_that_is_there_is_not_replaced(tmp_path):
    folder = tmp_path / "tls"
    certificates.make(folder)
    key = (folder / certificates.KEY).read_text()
    with pytest.raises(FileExistsError):
        certificates.make(folder)
    assert (folder / certificates.KEY).read_text() == key
    assert stat.S_IMODE((folder / certificates.KEY).stat().st_mode) == 0o600


def test_a_folder_that_others_write_into_takes_no_key(tmp_path):
    folder = tmp_path / "tls"
    folder.mkdir()
    folder.chmod(0o777)
    with pytest.raises(PermissionError, match="chmod 700"):
        certificates.make(folder)
    assert list(folder.iterdir()) == []


def test_missing_files_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="no certificate.pem in"):
        certificates.found(tmp_path)
