"""Cards come back later when they were known and sooner when they were not."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tl_core import progress, spaced
from tl_core.progress import Card, Memory

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


def learnt(looks: int, rating: int = 3):
    """A card after some looks, each when it was due; and that moment."""
    memory, now = spaced.new(NOW), NOW
    for _ in range(looks):
        memory = spaced.review(memory, rating, now)
        now = memory.due
    return memory, now


def card(key: str, due: datetime, reviews: int = 3, at: float = 0.0) -> Card:
    memory = spaced.review(spaced.new(NOW), 3, NOW)
    memory = memory.model_copy(update={"due": due})
    return Card(key=key, at=at, memory=memory, rating=3, reviews=reviews)


def test_intervals_grow_with_good():
    memory, now = spaced.new(NOW), NOW
    waits = []
    for _ in range(6):
        memory = spaced.review(memory, 3, now)
        waits.append(memory.due - now)
        now = memory.due
    assert waits == sorted(waits)
    assert waits[-1] > 10 * waits[1] > timedelta(0)


def test_again_shrinks_what_good_has_grown():
    memory, now = learnt(5)
    again = spaced.review(memory, 1, now)
    good = spaced.review(memory, 3, now)
    assert again.stability < memory.stability < good.stability
    assert again.due - now < timedelta(hours=1) < good.due - now


def test_the_better_the_rating_the_longer_the_wait():
    memory, now = learnt(4)
    waits = list(spaced.upcoming(memory, now).values())
    assert waits == sorted(waits)
    assert len(set(waits)) == 4


def test_what_is_shown_before_is_what_is_kept_after():
    memory, now = learnt(3)
    for rating, wait in spaced.upcoming(memory, now).items():
        assert spaced.review(memory, rating, now).due == now + wait


def test_recall_falls_to_the_retention_when_a_card_is_due():
    memory, now = learnt(5)
    just = spaced.recall(memory, memory.last_review)
    then = spaced.recall(memory, now)
    later = spaced.recall(memory, now + timedelta(days=400))
    assert just == pytest.approx(1)
    assert then == pytest.approx(spaced.RETENTION, abs=0.01)
    assert later < then
    assert spaced.recall(spaced.new(NOW), NOW) == 0


def test_a_card_survives_json():
    memory, now = learnt(4, 2)
    kept = Card(key="q", at=1.0, memory=memory, rating=2, reviews=4)
    read = progress.read(kept.model_dump_json())
    assert read == kept
    assert spaced.review(read.memory, 3, now) == spaced.review(memory, 3, now)


def test_the_longest_due_comes_first_then_new_ones():
    cards = {
        "b": card("b", NOW - timedelta(days=1)),
        "a": card("a", NOW - timedelta(days=3)),
        "later": card("later", NOW + timedelta(days=3)),
    }
    keys = ["new", "later", "b", "a"]
    assert spaced.deck(cards, keys, NOW) == ["a", "b", "new"]


def test_new_cards_of_a_day_are_limited():
    today = {
        f"k{n}": card(f"k{n}", NOW + timedelta(days=2), 1, NOW.timestamp())
        for n in range(7)
    }
    fresh = [f"new{n}" for n in range(20)]
    keys = [*today, *fresh]
    assert spaced.deck(today, keys, NOW) == fresh[:3]
    tomorrow = NOW + timedelta(days=1)
    assert len(spaced.deck(today, keys, tomorrow)) == spaced.NEW


def test_what_is_due_soon_waits_until_nothing_else_is_left():
    cards = {"a": card("a", NOW + timedelta(minutes=9))}
    assert spaced.deck(cards, ["a", "new"], NOW) == ["new"]
    assert spaced.deck(cards, ["a"], NOW) == ["a"]
    assert spaced.deck(cards, ["a"], NOW - timedelta(hours=1)) == []


def day(low: int, high: int):
    moments = st.datetimes(datetime(low, 1, 1), datetime(high, 1, 1))
    return moments.map(lambda moment: moment.replace(tzinfo=UTC).isoformat())


@example(
    state=1,
    step=None,
    stability=986019.0,
    difficulty=1.0,
    due="2000-01-01T00:00:00+00:00",
    last_review="2000-01-01T00:00:00+00:00",
    rating=1,
)
@given(
    state=st.integers(1, 3),
    step=st.none() | st.integers(0, 9),
    stability=st.none() | st.floats(1e-9, 1e6),
    difficulty=st.none() | st.floats(1, 10),
    due=day(1990, 2310),
    last_review=st.none() | day(1990, 2310),
    rating=st.integers(1, 4),
)
def test_every_card_that_a_file_may_hold_can_be_rated(rating, **fields):
    line = json.dumps({"card_id": 0, **fields})
    try:
        memory = Memory.model_validate_json(line)
    except ValueError:
        return
    assert 0 <= spaced.recall(memory, NOW) <= 1
    assert Memory.model_validate_json(
        spaced.review(memory, rating, NOW).model_dump_json()
    )
    assert len(spaced.upcoming(memory, NOW)) == 4


@pytest.mark.parametrize(
    ("wait", "words"),
    [
        (timedelta(seconds=5), "1 min"),
        (timedelta(minutes=10), "10 min"),
        (timedelta(hours=5), "5 h"),
        (timedelta(days=1), "1 day"),
        (timedelta(days=41), "41 days"),
    ],
)
def test_waits_are_told_in_words(wait, words):
    assert spaced.told(wait) == words
