"""The server gives back what nobody needs any more."""

import asyncio
import gc
import os
import subprocess
import sys
import weakref

import pytest

from tl_core import tidy


class Page:
    """Holds itself, as a page's elements and its session do."""

    def __init__(self):
        self.session = self


@pytest.fixture
def seldom():
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def test_what_holds_itself_alone_goes(seldom):
    page = weakref.ref(Page())
    assert page() is not None
    tidy.once()
    assert page() is None


def test_it_goes_on_as_long_as_the_loop_lives(seldom, monkeypatch):
    monkeypatch.setattr(tidy, "SECONDS", 0.01)
    monkeypatch.setattr(tidy, "looks", iter(range(1, 10_000)).__next__)
    pages = []

    async def live():
        tidying = asyncio.create_task(tidy.keep())
        for _ in range(2):
            pages.append(weakref.ref(Page()))
            await asyncio.sleep(0.3)
        tidying.cancel()
        with pytest.raises(asyncio.CancelledError):
            await tidying

    asyncio.run(live())
    assert [page() for page in pages] == [None, None]


def test_a_server_that_nobody_visits_is_left_alone(monkeypatch):
    monkeypatch.setattr(tidy, "SECONDS", 0.01)
    monkeypatch.setattr(tidy, "looks", lambda: 7)
    done = []
    monkeypatch.setattr(tidy, "once", lambda: done.append(1))

    async def live():
        tidying = asyncio.create_task(tidy.keep())
        await asyncio.sleep(0.3)
        tidying.cancel()
        with pytest.raises(asyncio.CancelledError):
            await tidying

    asyncio.run(live())
    assert done == [1]


def test_new_objects_make_python_look():
    before = tidy.looks()
    kept = [[] for _ in range(20 * gc.get_threshold()[0])]
    assert tidy.looks() > before
    assert kept


FREED = """
import ctypes, re, threading
from tl_core import tidy

if {frugal}:
    tidy.frugal()

def resident():
    with open("/proc/self/status") as status:
        return int(re.search(r"VmRSS:\\s+(\\d+)", status.read())[1]) / 1024

for _ in range(3):  # glibc learns from each that large pieces are usual
    big = [bytearray(2**20) for _ in range(100)]
    kept = bytearray(2**16)
    before = resident()
    del big
print(before - resident())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's own")
def test_large_pieces_go_back_at_once():
    # Dask tells processes that it starts from here to be frugal, too.
    env = {k: v for k, v in os.environ.items() if "MALLOC" not in k}

    def freed(frugal):
        code = FREED.format(frugal=frugal)
        said = subprocess.check_output([sys.executable, "-c", code], env=env)
        return float(said)

    assert freed(True) > freed(False) + 80
