"""Spaced repetition: when to look at a card again.

FSRS (Ye et al. 2022, doi:10.1145/3534678.3539081) models the chance R to
recall a card after t days as a power law of t over its stability S,
R(S) = 0.9. The next look is due when R has fallen to RETENTION. `fsrs` is
its authors' own library; here its cards become plain data, and the moment
is always given.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

import fsrs

from tl_core.progress import STABLE, Card, Memory
from tl_core.texts import say

RETENTION = 0.9
RATINGS = {1: say("Again"), 2: say("Hard"), 3: say("Good"), 4: say("Easy")}
KNOWN = 3
"""From this rating on a card counts as recalled."""
NEW = 10
"""New cards a day: more today mean more to repeat tomorrow."""
SOON = timedelta(minutes=20)
"""Cards due this soon may be taken now when nothing else is left."""
# Without chance: the date that is shown is the date that is kept.
_scheduler = fsrs.Scheduler(desired_retention=RETENTION, enable_fuzzing=False)


def new(now: datetime) -> Memory:
    """A card that was never looked at."""
    return Memory(
        card_id=0,
        state=1,
        step=0,
        stability=None,
        difficulty=None,
        due=now,
        last_review=None,
    )


def review(memory: Memory, rating: int, now: datetime) -> Memory:
    """The card after a look at it, rated 1 (again) to 4 (easy)."""
    card, _ = _scheduler.review_card(
        _card(memory), fsrs.Rating(rating), now.astimezone(UTC)
    )
    days = card.stability
    return Memory(
        card_id=card.card_id,
        state=int(card.state),
        step=card.step,
        stability=None if days is None else min(days, STABLE),
        difficulty=card.difficulty,
        due=card.due,
        last_review=card.last_review,
    )


def upcoming(memory: Memory, now: datetime) -> dict[int, timedelta]:
    """For each rating, how long until the next look."""
    return {
        rating: review(memory, rating, now).due - now for rating in RATINGS
    }


def recall(memory: Memory, now: datetime) -> float:
    """The chance in [0, 1] that the card would be recalled now."""
    if memory.last_review is None:
        return 0.0
    return float(
        _scheduler.get_card_retrievability(_card(memory), now.astimezone(UTC))
    )


def deck(
    cards: Mapping[str, Card], keys: Iterable[str], now: datetime
) -> list[str]:
    """What to look at now: cards that are due, the longest due first; then
    new ones, as far as the day's are not used up; then, when there is
    nothing else, what is due soon."""
    mine = [key for key in keys if key in cards]
    order = sorted(mine, key=lambda key: cards[key].memory.due)
    due = [key for key in order if cards[key].memory.due <= now]
    unseen = [key for key in keys if key not in cards]
    left = max(0, NEW - first_today(cards.values(), now))
    soon = [key for key in order if cards[key].memory.due <= now + SOON]
    return due + unseen[:left] or soon


def first_today(cards: Iterable[Card], now: datetime) -> int:
    """How many cards were looked at for the first time on this day (UTC)."""
    today = now.astimezone(UTC).date()
    return sum(
        card.reviews == 1
        and datetime.fromtimestamp(card.at, UTC).date() == today
        for card in cards
    )


def told(wait: timedelta) -> str:
    """How long a wait is, in words."""
    minutes = max(1, round(wait.total_seconds() / 60))
    if minutes < 60:
        return say("{minutes} min", minutes=minutes)
    if minutes < 24 * 60:
        return f"{round(minutes / 60)} h"
    days = round(minutes / (24 * 60))
    return say("1 day") if days == 1 else say("{days} days", days=days)


def _card(memory: Memory) -> fsrs.Card:
    last = memory.last_review
    return fsrs.Card(
        card_id=memory.card_id,
        state=fsrs.State(memory.state),
        step=memory.step,
        stability=memory.stability,
        difficulty=memory.difficulty,
        due=memory.due.astimezone(UTC),
        last_review=last.astimezone(UTC) if last else None,
    )
