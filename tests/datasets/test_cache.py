"""Pictures are made once, whoever asks first."""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from tl_core.datasets.cache import cached

PICTURES = np.arange(8, dtype=np.uint8).reshape(2, 4), np.array([0, 1])


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("TL_HOME", str(tmp_path))
    return tmp_path / "datasets"


def test_what_was_made_is_read_from_its_file_later(home):
    cached("few", lambda: PICTURES)
    images, labels = cached("few", lambda: pytest.fail("made again"))
    assert (images == PICTURES[0]).all()
    assert (labels == PICTURES[1]).all()
    assert [path.name for path in home.iterdir()] == ["few.npz"]


def test_threads_that_make_the_same_do_not_disturb_each_other(
    home, monkeypatch
):
    both = threading.Barrier(2, timeout=10)
    save = np.savez

    def saved_at_once(*given, **named):
        save(*given, **named)
        both.wait()  # neither has put its file in place before

    monkeypatch.setattr(np, "savez", saved_at_once)
    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(cached, "few", lambda: PICTURES) for _ in "ab"]
        for answer in asked:
            assert (answer.result()[0] == PICTURES[0]).all()
    assert [path.name for path in home.iterdir()] == ["few.npz"]
