"""Scheduler and workers as separate processes, over TLS; what is lost when
one of them dies: nothing."""

import contextlib
import os
import re
import shutil
import signal
import stat
import subprocess
import sys

import distributed
import psutil
import pytest
from distributed.security import Security

from tests.cluster.processes import ROOT, Cluster, Command, joined
from tests.conftest import TOY, toy
from tests.e2e.conftest import Server
from tests.jobs.test_engine import in_state, run, wait_for
from tl_core.jobs import certificates, executors, groups
from tl_core.jobs import worker as tasks
from tl_core.jobs.engine import Engine
from tl_core.jobs.executors import DaskExecutor
from tl_core.jobs.store import RunStore
from tl_core.race_spec import RaceSpec
from tl_core.training import train

# Dask's own sockets are collected late, and say so.
pytestmark = pytest.mark.filterwarnings("default")

REFUSED = "Timed out|reset|closed|certificate does not match"
"""How Dask says that a connection came to nothing."""
BUDGET = {k: v for k, v in TOY.items() if k not in ("dataset", "backbone")}


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    with Cluster(2, tmp_path_factory.mktemp("log") / "cluster") as started:
        yield started


@pytest.fixture
def lab(cluster, tmp_path, monkeypatch):
    """The engine of an app that has joined."""
    monkeypatch.setattr(executors, "HEAD_START", 0.0)
    monkeypatch.setenv("TL_SCHEDULER", cluster.address)
    with joined(cluster.settings):
        engine = Engine(RunStore(tmp_path), DaskExecutor())
        engine.start()
        wait_for(lambda: engine.status().state == "ready", 60)
        yield engine
        engine.close()


def client(cluster: Cluster, security: Security, **given):
    return distributed.Client(
        cluster.address, security=security, set_as_default=False, **given
    )


def test_only_this_user_may_read_the_key(cluster):
    mode = stat.S_IMODE(cluster.certificates.stat().st_mode)
    assert mode == 0o700
    for name in (certificates.KEY, certificates.CERTIFICATE):
        path = cluster.certificates / name
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_race_ends_complete_though_workers_die(cluster, lab, tmp_path):
    """One process of three is killed and replaced; then a whole machine goes
    and does not come back."""
    machine = cluster.worker(tmp_path / "log", "--name", "lab7")
    wait_for(lambda: lab.status().workers == 3, 30)
    race = RaceSpec(
        ("source_only", "mmd"),
        ("moons",),
        ("mlp",),
        seeds=(0, 1, 2, 3),
        settings={**BUDGET, "steps": 400},
    )
    places: dict[str, set[str]] = {}
    with client(cluster, certificates.found(cluster.certificates)) as other:

        def hear(event):
            places.setdefault(event[1]["worker"], set()).add(event[1]["run"])

        other.subscribe_topic(tasks.TOPIC, hear)
        groups.start(lab, race, "")
        wait_for(lambda: len(places) == 3, 60)
        lost = next(w for w in other.scheduler_info(n_workers=-1)["workers"])
        pid = other.run(os.getpid, workers=[lost])[lost]
        os.kill(pid, signal.SIGKILL)
        machine.end(signal.SIGKILL)
        wait_for(lambda: all_done(lab, race), 120)
    for spec in race.specs():
        assert lab.store.events(spec.id) == list(train(spec))
    assert pid not in {child.pid for child in cluster.children()}
    wait_for(lambda: lab.status().workers == 2, 30)


def all_done(lab: Engine, race: RaceSpec) -> bool:
    return all(in_state(lab, spec, "done") for spec in race.specs())


def test_the_app_joins_and_says_how_many_workers_it_has(
    cluster, tmp_path, monkeypatch
):
    for name, value in cluster.settings.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("TL_SCHEDULER", cluster.address)
    server = Server(tmp_path)
    try:
        server.wait(lambda h: h["engine"] == "ready", 60)
        assert server.health()["workers"] == 2
        assert server.health()["notices"] == []
        started = psutil.Process(server.process.pid).children(recursive=True)
        assert started == []  # no worker of its own
    finally:
        server.stop()


def test_a_worker_of_another_version_is_given_nothing(cluster, lab, tmp_path):
    other = tmp_path / "other"
    shutil.copytree(
        ROOT / "tl_core",
        other / "tl_core",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    (other / "assets").symlink_to(ROOT / "assets")
    spec = other / "tl_core" / "spec.py"
    changed = re.sub(
        r"^VERSION = .*$", "VERSION = 999", spec.read_text(), flags=re.M
    )
    spec.write_text(changed)
    with cluster.worker(tmp_path / "log", "--name", "old", where=other):
        wait_for(lambda: lab.status().notices, 30)
        run(lab, toy("mmd", seed=40))
        assert lab.status().workers == 2
        (notice,) = lab.status().notices
    assert "The worker old-0 at tls://" in notice
    assert "another version of run settings (999, here" in notice
    assert "install the server's version" in notice
    wait_for(lambda: not lab.status().notices, 30)


@contextlib.contextmanager
def dask_worker(cluster: Cluster, *more: str):
    """Dask's own command, as job schedulers start it."""
    tls = cluster.certificates
    cert, key = tls / certificates.CERTIFICATE, tls / certificates.KEY
    with subprocess.Popen(
        [
            *(sys.executable, "-m", "distributed.cli.dask_worker"),
            *(cluster.address, "--resources", "train=1", *more),
            *("--tls-ca-file", cert, "--tls-cert", cert, "--tls-key", key),
        ],
        cwd=ROOT,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            yield
        finally:
            process.terminate()


def all_well(status) -> bool:
    """Whether three workers may be given runs, and nobody else is there."""
    return status.workers == 3 and status.notices == ()


def test_dask_s_own_command_joins_with_the_lab_s_preload(cluster, lab):
    with dask_worker(cluster):
        wait_for(lambda: lab.status().notices, 30)
        (notice,) = lab.status().notices
    assert "does not say which version of the lab it has" in notice
    assert "python -m tl_core worker" in notice
    with dask_worker(cluster, "--preload", "tl_core.jobs.joining"):
        wait_for(lambda: all_well(lab.status()), 30)


def test_the_app_says_why_it_cannot_join(cluster, tmp_path, monkeypatch):
    certificates.make(tmp_path / "tls")
    monkeypatch.setattr(executors, "HEAD_START", 0.0)
    monkeypatch.setattr(executors, "PATIENCE", 1.0)
    monkeypatch.setenv("TL_SCHEDULER", cluster.address)
    with joined(certificates.settings(tmp_path / "tls")):
        engine = Engine(RunStore(tmp_path), DaskExecutor())
        engine.start()
        wait_for(lambda: engine.status().notices, 30)
        status = engine.status()
        engine.close()
    assert status.state == "lost"
    assert f"No scheduler answers at {cluster.address}" in status.notices[0]
    assert "without its certificates nobody is let in" in status.notices[0]


def test_who_has_no_certificate_or_another_s_is_refused(cluster):
    security = certificates.found(cluster.certificates)
    plain = cluster.address.replace("tls://", "tcp://")
    with client(cluster, security, timeout=10) as welcome:
        workers = welcome.scheduler_info(n_workers=-1)["workers"]
        assert len(workers) == 2
    with pytest.raises(OSError, match=REFUSED):
        distributed.Client(plain, timeout=2, set_as_default=False)
    with pytest.raises(OSError, match=REFUSED):
        client(cluster, Security.temporary(), timeout=2)
    for worker in workers:  # neither by the back door
        with pytest.raises(OSError, match=REFUSED):
            distributed.Client(
                worker.replace("tls://", "tcp://"),
                timeout=2,
                set_as_default=False,
            )


def test_a_worker_with_another_authority_s_certificate_cannot_join(
    cluster, tmp_path
):
    certificates.make(tmp_path / "tls")
    with Command(
        ["worker", cluster.address, "--certificates", str(tmp_path / "tls")],
        tmp_path / "log",
        DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT="2s",
    ) as stranger:
        assert stranger.process.wait(30) == 1
    told = (tmp_path / "log").read_text().splitlines()[-1]
    assert cluster.address in told
    assert "not to these certificates" in told


def test_each_gpu_has_a_worker_that_sees_no_other(cluster, tmp_path):
    """Without a GPU here: the driver's own tool is another that names two."""
    tool = tmp_path / "bin" / "nvidia-smi"
    tool.parent.mkdir()
    tool.write_text("#!/bin/sh\nprintf 'GPU-aaaa\\nGPU-bbbb\\n'\n")
    tool.chmod(0o755)
    asked = ["--name", "box"]
    path = f"{tool.parent}:{os.environ['PATH']}"
    security = certificates.found(cluster.certificates)
    with (
        cluster.worker(tmp_path / "log", *asked, PATH=path, TL_DEVICE="auto"),
        client(cluster, security) as asking,
    ):
        asking.wait_for_workers(4, timeout=30)
        workers = asking.scheduler_info(n_workers=-1)["workers"]
        mine = [w for w in workers if "box-" in str(workers[w]["name"])]
        seen = asking.run(os.getenv, "CUDA_VISIBLE_DEVICES", workers=mine)
    has = [workers[worker]["resources"] for worker in mine]
    assert sum(r["train"] for r in has) == sum(r["GPU"] for r in has) == 2
    assert sorted(seen.values()) == ["GPU-aaaa", "GPU-bbbb"]


def test_ctrl_c_ends_everything_in_order(tmp_path):
    started = Cluster(1, tmp_path / "log")
    children = started.children()
    assert children
    assert started.end(signal.SIGINT) == 130
    assert (tmp_path / "log").read_text() == "Stopped.\n"
    assert not started.certificates.exists()
    assert not [child for child in children if child.is_running()]


def test_a_cluster_that_is_killed_leaves_no_orphan(tmp_path):
    started = Cluster(1, tmp_path / "log")
    children = started.children()
    started.process.kill()
    started.process.wait()
    started.said.close()
    wait_for(lambda: not any(child.is_running() for child in children), 20)
    shutil.rmtree(started.certificates)
