"""The view of flash cards: what is due today, and when it comes again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import streamlit as st

from pages.ui import confidence, exhibit, progress, question, questions
from pages.ui.charts import chart
from tl_core import interview, spaced
from tl_core.figures import mastery as figures
from tl_core.progress import Card, Review
from tl_core.question import LEVELS, Question
from tl_core.texts import say

SURE = "cards.sure"
SHOWN = "cards.shown"
"""The card whose answer is in sight."""
AHEAD = 14
"""Days of the calendar."""
WIDE = 150
"""Pixels of a number: two stand side by side on a phone."""


def show() -> None:
    """Today's deck: one card after the other."""
    now, cards = datetime.now(UTC), progress.cards()
    keys = [q.key for q in _chosen()]
    deck = spaced.deck(cards, keys, now)
    _today(cards, keys, deck, now)
    if deck:
        _card(interview.question(deck[0]), cards.get(deck[0]), now)
    else:
        _empty(cards, keys, now)
    mine = [cards[key] for key in keys if key in cards]
    if mine:
        _calendar(mine, now)


def _chosen() -> list[Question]:
    """Cards of the chosen sections, easier levels first."""
    chapters = st.pills(
        say("Sections"),
        list(interview.CHAPTERS),
        selection_mode="multi",
        format_func=questions.chapter_name,
        key="cards.chapters",
        help=say("None chosen: all of them."),
    )
    every = [
        q
        for q in interview.questions()
        if not chapters or q.chapter in chapters
    ]
    order = list(LEVELS)
    return sorted(every, key=lambda q: order.index(q.level))


def _today(
    cards: Mapping[str, Card], keys: list[str], deck: list[str], now: datetime
) -> None:
    mine = [cards[key] for key in keys if key in cards]
    unseen = sum(key not in cards for key in deck)
    known = sum(spaced.recall(c.memory, now) >= 0.9 for c in mine)
    looks = sum(card.reviews for card in mine)
    with st.container(horizontal=True):
        st.metric(say("To repeat now"), len(deck) - unseen, width=WIDE)
        st.metric(
            say("New today"),
            unseen,
            help=say(
                "At most {new} new cards a day: each comes back.",
                new=spaced.NEW,
            ),
            width=WIDE,
        )
        st.metric(
            say("Known now"),
            say("{known} of {keys}", known=known, keys=len(keys)),
            help=say(
                "Cards that you would recall with a chance of 90 % or more, "
                "by the model of FSRS."
            ),
            width=WIDE,
        )
        st.metric(say("Looks so far"), looks, width=WIDE)


def _card(asked: Question, card: Card | None, now: datetime) -> None:
    """The question, then its answer and four ratings."""
    with st.container(border=True, key="cards.card"):
        question.head(asked)
        turned = st.session_state.get(SHOWN) == asked.key
        if not turned:
            confidence.ask(f"{SURE}.{asked.key}")
            st.button(
                say("Show the answer"),
                type="primary",
                icon=":material/visibility:",
                shortcut="n",
                key="cards.turn",
                on_click=_turn,
                args=(asked.key,),
            )
            return
        st.markdown(exhibit.filled(asked.short))
        with st.expander(say("More"), icon=":material/unfold_more:"):
            question.full(asked)
            question.wrong(asked)
            exhibit.show(asked, f"cards.{asked.key}")
        _ratings(asked, card, now)


def _ratings(asked: Question, card: Card | None, now: datetime) -> None:
    memory = card.memory if card else spaced.new(now)
    st.markdown(say("**How well did you know it?**"))
    with st.container(horizontal=True):
        for rating, wait in spaced.upcoming(memory, now).items():
            st.button(
                f"{spaced.RATINGS[rating]} · {spaced.told(wait)}",
                shortcut=str(rating),
                key=f"cards.rate.{rating}",
                on_click=rate,
                args=(asked.key, rating),
            )
    st.caption(
        say("The keys 1 to 4 rate too. The time is when it comes back.")
    )


def _turn(key: str) -> None:
    st.session_state[SHOWN] = key
    # A widget that is not drawn forgets: keep what was stated.
    stated = confidence.stated(f"{SURE}.{key}")
    st.session_state[f"{SURE}.kept"] = stated


def rate(key: str, rating: int) -> None:
    """Keep the look, and say when the card comes back."""
    now = datetime.now(UTC)
    card = progress.cards().get(key)
    memory = card.memory if card else spaced.new(now)
    after = spaced.review(memory, rating, now)
    at, count = now.timestamp(), card.reviews if card else 0
    progress.keep(
        Card(key=key, at=at, memory=after, rating=rating, reviews=count + 1),
        Review(
            key=progress.fresh(),
            at=at,
            card=key,
            rating=rating,
            sure=st.session_state.pop(f"{SURE}.kept", None),
        ),
    )
    st.session_state[SHOWN] = None
    st.toast(
        say("Comes back {when}.", when=when(after.due, now)),
        icon=":material/event:",
    )


def when(due: datetime, now: datetime) -> str:
    """A moment to come, in words."""
    wait = due - now
    if wait < timedelta(days=1):
        return say("in {wait}", wait=spaced.told(wait))
    return say(
        "in {wait}, on {date}",
        wait=spaced.told(wait),
        date=due.strftime("%d %B"),
    )


def _empty(cards: Mapping[str, Card], keys: list[str], now: datetime) -> None:
    """Nothing is due: when the next one is."""
    due = [cards[key].memory.due for key in keys if key in cards]
    said = say(
        "Nothing is left for today. Meanwhile: a mock interview, or code to "
        "read."
    )
    if due:
        said = say(
            "Nothing is left for today. The next card comes {when}. "
            "Meanwhile: a mock interview, or code to read.",
            when=when(min(due), now),
        )
    st.success(said, icon=":material/task_alt:")


def _calendar(mine: list[Card], now: datetime) -> None:
    """How many cards come back on which day."""
    waits = [(card.memory.due.date() - now.date()).days for card in mine]
    count = Counter(max(0, wait) for wait in waits)
    days = [count[day] for day in range(AHEAD + 1)]
    words = _said(days, len(mine) - sum(days))
    st.markdown(say("**The days ahead** · {words}", words=words))
    chart(figures.due(days), words, "cards.due")
    st.caption(
        say(
            "When a card comes back is worked out by FSRS (Ye et al. 2022, "
            "doi:10.1145/3534678.3539081) from your ratings, such that you "
            "recall it with a chance of {retention:.0f} %.",
            retention=100 * spaced.RETENTION,
        )
    )


def _said(days: list[int], later: int) -> str:
    """The first two days in words, and how many cards come after the last."""
    if not later:
        return say(
            "{today} cards come back today, {tomorrow} tomorrow.",
            today=days[0],
            tomorrow=days[1],
        )
    return say(
        "{today} cards come back today, {tomorrow} tomorrow, {later} after "
        "{ahead} days.",
        today=days[0],
        tomorrow=days[1],
        later=later,
        ahead=AHEAD,
    )
