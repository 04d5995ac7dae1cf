"""Pages are made a few at a time, and none waits long for another."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tl_core.jobs.engine import Engine
from tl_core.jobs.store import RunStore
from tl_core.turnstile import PAGES, Turnstile


def crowd(turnstile, people, make):
    """The largest number of people who were inside at the same time."""
    lock, counts, most = threading.Lock(), [0], [0]

    def come(number):
        with turnstile.inside():
            with lock:
                counts[0] += 1
                most[0] = max(most[0], counts[0])
            make(number)
            with lock:
                counts[0] -= 1

    with ThreadPoolExecutor(people) as pool:
        list(pool.map(come, range(people)))
    return most[0]


def test_no_more_than_there_are_places_are_inside():
    assert crowd(Turnstile(3, 60), 12, lambda _: time.sleep(0.02)) <= 3


def test_who_has_waited_long_enough_goes_in_all_the_same():
    meet = threading.Barrier(2, timeout=30)  # broken if one stays outside
    assert crowd(Turnstile(1, 0.05), 2, lambda _: meet.wait()) == 2


def test_who_waits_for_an_answer_lets_others_in():
    turnstile = Turnstile(1, 60)
    meet = threading.Barrier(2, timeout=30)

    def make(number):
        with turnstile.outside():
            meet.wait()

    crowd(turnstile, 2, make)


def test_an_error_gives_the_place_back():
    turnstile = Turnstile(1, 0.01)
    for _ in range(3):
        with pytest.raises(ValueError, match="bad"), turnstile.inside():
            raise ValueError("bad")
    assert turnstile._free.acquire(blocking=False)


def test_who_has_no_place_gives_none_away():
    turnstile = Turnstile(1, 0.01)
    with turnstile.outside():
        pass
    assert turnstile._free.acquire(blocking=False)
    assert not turnstile._free.acquire(blocking=False)


def test_a_page_that_asks_a_worker_has_no_place_meanwhile(tmp_path):
    free = []

    class Asked:
        def probe(self, name, arguments, timeout):
            free.append(PAGES._free._value)

    with PAGES.inside():
        inside = PAGES._free._value
        Engine(RunStore(tmp_path), Asked()).probe("question")
    assert free == [inside + 1]
