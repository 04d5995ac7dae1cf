"""What a worker does, without a cluster around it."""

import pytest

from tests.conftest import toy
from tl_core import events
from tl_core.card import SpecError
from tl_core.events import RunFailed, RunFinished, RunStopped
from tl_core.jobs import worker
from tl_core.training import train


def follow(spec, should_stop=lambda: False):
    sent = []
    repeated = worker.follow(spec.to_dict(), sent.append, should_stop)
    assert repeated == sent
    return sent


def told(batches):
    return [events.from_json(line) for b in batches for _, line in b["rows"]]


def test_batches_repeat_the_run_word_for_word():
    spec = toy("dann")
    sent = follow(spec)
    assert told(sent) == list(train(spec))
    assert len({b["execution"] for b in sent}) == 1
    starts = [b["first_seq"] for b in sent]
    sizes = [len(b["rows"]) for b in sent]
    assert starts == [sum(sizes[:n]) for n in range(len(sizes))]
    seconds = [s for b in sent for s, _ in b["rows"]]
    assert seconds == sorted(seconds)


def test_the_first_event_is_sent_at_once():
    assert len(follow(toy("full"))[0]["rows"]) == 1


def test_a_stop_ends_the_run_soon(monkeypatch):
    monkeypatch.setattr(worker, "FLUSH", 0.0)
    spec = toy("mmd", steps=20000)
    heard = told(follow(spec, should_stop=lambda: True))
    assert heard[-1] == RunStopped()
    assert len(heard) < 10


def test_a_failure_is_the_last_event_and_says_why():
    heard = told(follow(toy("full", target_labels=100_000)))
    assert isinstance(heard[-1], RunFailed)
    assert "has 400 labelled" in heard[-1].error


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (MemoryError(), "try a smaller batch size"),
        (RuntimeError("CUDA out of memory. Tried..."), "smaller batch size"),
        (RuntimeError("The term 'mmd' became nan"), "'mmd' became nan"),
        (ZeroDivisionError("division"), "ZeroDivisionError: division"),
    ],
)
def test_every_failure_has_words(error, words):
    said = worker.explain(error)
    assert words in said
    assert "\n" not in said


def test_a_probe_answers_and_an_unknown_one_is_refused():
    taken = worker.probe("samples", {"dataset": "moons", "backbone": "mlp"})
    assert taken["source_x"].shape == (200, 2)
    with pytest.raises(SpecError, match="no probe 'os'"):
        worker.probe("os", {})


def test_warming_names_the_device():
    assert worker.warm().startswith("cpu (")


def test_a_finished_run_ends_with_its_result():
    assert isinstance(told(follow(toy("oracle")))[-1], RunFinished)
