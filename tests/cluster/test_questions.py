"""Questions never take the thread that a run needs."""

import threading
from concurrent.futures import Future
from types import SimpleNamespace

import pytest

from tl_core.jobs.connection import Connection


@pytest.fixture
def link():
    """A connection to one worker that answers when it is told to."""
    made = Connection()
    given: list[Future] = []

    def submit(*_, **__) -> Future:
        given.append(Future())
        return given[-1]

    made.client = SimpleNamespace(status="running", submit=submit)
    made._members = SimpleNamespace(count=1)
    made.given = given
    return made


def test_a_worker_has_one_question_at_a_time(link):
    with pytest.raises(TimeoutError):  # asked, and given up by who asked
        link.ask("slow", {}, 0.05)
    with pytest.raises(TimeoutError, match="other questions"):
        link.ask("quick", {}, 0.05)
    assert len(link.given) == 1
    answers: list[int] = []
    waiting = threading.Thread(
        target=lambda: answers.append(link.ask("quick", {}, 5))
    )
    waiting.start()
    link.given[0].set_result(0)  # the slow one ends at last
    while len(link.given) < 2:
        pass
    link.given[1].set_result(7)
    waiting.join(5)
    assert answers == [7]


def test_two_workers_have_two(link):
    link._members.count = 2
    for _ in range(2):
        with pytest.raises(TimeoutError):
            link.ask("slow", {}, 0.05)
    with pytest.raises(TimeoutError, match="other questions"):
        link.ask("slow", {}, 0.05)
    assert len(link.given) == 2


def test_a_question_that_fails_makes_room_too(link):
    for _ in range(3):
        threading.Timer(
            0.05, lambda: link.given[-1].set_exception(ValueError("no"))
        ).start()
        with pytest.raises(ValueError, match="no"):
            link.ask("wrong", {}, 5)
