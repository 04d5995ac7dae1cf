"""What a worker process is started with."""

import multiprocessing
import os
import sys
from multiprocessing import spawn
from types import ModuleType

import pytest

from tl_core.jobs import cluster


@pytest.fixture
def a_page_is_main(monkeypatch, tmp_path):
    """The main module is a page that must not be run again."""
    page = tmp_path / "page.py"
    page.write_text("raise SystemExit(3)")
    main = ModuleType("__main__")
    main.__file__ = str(page)
    monkeypatch.setitem(sys.modules, "__main__", main)


def started() -> int | None:
    """How a process ends that does next to nothing."""
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=os.getpid)
    process.start()
    process.join(60)
    return process.exitcode


@pytest.mark.usefixtures("a_page_is_main")
def test_a_new_worker_does_not_run_the_page_that_runs_here():
    cluster.spare_main()
    cluster.spare_main()  # a second start changes nothing
    assert started() == 0


@pytest.mark.usefixtures("a_page_is_main")
def test_without_that_it_would(monkeypatch):
    monkeypatch.setattr(spawn, "get_preparation_data", cluster.WITH_MAIN)
    assert started() == 3
