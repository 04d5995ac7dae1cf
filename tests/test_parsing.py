"""Sources are parsed one at a time, whoever asks."""

import ast
import contextlib
import gc
import sys
import threading
import time
from pathlib import Path

import pytest

from tl_core import parsing

SOURCE = Path(parsing.__file__).with_name("catalog.py").read_text()


class Late:
    """Garbage in a circle, whose end lets another thread go on."""

    def __init__(self) -> None:
        self.me = self

    def __del__(self) -> None:
        time.sleep(0)


@pytest.fixture
def hurried():
    before, often = sys.getswitchinterval(), gc.get_threshold()
    sys.setswitchinterval(1e-6)
    gc.set_threshold(50)
    yield
    sys.setswitchinterval(before)
    gc.set_threshold(*often)


@pytest.mark.usefixtures("hurried")
def test_many_threads_parse_at_the_same_time():
    wrong: list[Exception] = []
    done = threading.Event()

    def go() -> None:
        try:
            for _ in range(15):
                for _ in range(5):
                    Late()
                parsing.parse(SOURCE)
        except SystemError as error:
            wrong.append(error)

    def disturb() -> None:
        """A library that parses whenever it likes; it may fail."""
        while not done.is_set():
            Late()
            with contextlib.suppress(SystemError):
                ast.literal_eval("{'shape': (1, (2, 3)), 'order': False}")

    threads = [threading.Thread(target=go) for _ in range(8)]
    other = threading.Thread(target=disturb)
    for thread in (other, *threads):
        thread.start()
    for thread in threads:
        thread.join()
    done.set()
    other.join()
    assert wrong == []
    assert gc.isenabled()
