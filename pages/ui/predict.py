"""Predict, then observe: a short question before the answer is shown."""

from __future__ import annotations

from collections import Counter

import streamlit as st

from pages.ui import noted, person, results
from pages.ui.charts import chart
from pages.ui.guess_words import gap, guessed_by, winner
from tl_core import recording, sentences
from tl_core.analysis.intervals import interval
from tl_core.figures import guesses as figures
from tl_core.history import History
from tl_core.jobs import engine, predictions
from tl_core.lessons import Choice, Contest, Guess
from tl_core.spec import RunSpec
from tl_core.texts import say


def before() -> float | None:
    """What the reader expects of the run that is about to start, or None."""
    expected: float | None = st.number_input(
        say("Target accuracy you expect (%)"),
        min_value=0.0,
        max_value=100.0,
        value=None,
        step=5.0,
        placeholder=say("skip if you like"),
        key="run.guess",
        help=say(
            "Guess before you look: your guess is drawn into the result, "
            "beside those of everybody who guessed this run."
        ),
    )
    return None if expected is None else expected / 100


def remember(spec: RunSpec, guess: float | None) -> None:
    """Keep what was expected of a run."""
    if guess is not None:
        store = engine.current().store
        predictions.keep(store, f"run:{spec.id}", person.name(), guess)
        noted.guessed(f"run:{spec.id}", guess)


def everybody(spec: RunSpec) -> dict[str, float]:
    """What people expected of a run, by person."""
    return predictions.guesses(engine.current().store, f"run:{spec.id}")


def mine(spec: RunSpec) -> float | None:
    """What the reader expected of a run."""
    return everybody(spec).get(person.name())


def after(history: History) -> None:
    """Everybody's guesses beside what the run reached."""
    guessed = everybody(history.spec)
    if not guessed or history.finished is None:
        return
    own = guessed.get(person.name())
    reached = interval([history.finished.accuracy["target"]])
    words = f"{gap(own, reached)} {guessed_by(len(guessed))}"
    st.markdown(say("**As expected?** {words}", words=words))
    figure = figures.numbers(list(guessed.values()), own, reached)
    chart(figure, words, "live.guesses")


def answered(ask: Choice | Guess | Contest, key: str) -> bool:
    """Ask, until there is an answer or it was skipped; then tell the gap.
    Returns whether the page may show what was asked about."""
    state = st.session_state
    if f"{key}.done" not in state:
        _question(ask, key)
        return isinstance(ask, Choice)
    if isinstance(ask, Choice):
        _choice(ask, state[f"{key}.done"])
    elif isinstance(ask, Guess):
        _gap(ask)
        _origin(ask)
    else:
        _votes(ask)
        _origin(ask)
    return True


def _origin(ask: Guess | Contest) -> None:
    """The runs that the answer was read from."""
    ids = dict.fromkeys(spec.id for spec in ask.specs())
    runs = [run for run in map(recording.read, ids) if run is not None]
    if runs:
        results.provenance(runs)


def _question(ask: Choice | Guess | Contest, key: str) -> None:
    st.markdown(f"**{ask.question}**")
    value = _value(ask, key)
    with st.container(horizontal=True):
        st.button(
            say("Answer"),
            type="primary",
            icon=":material/check:",
            disabled=value is None,
            key=f"{key}.answer",
            on_click=_keep,
            args=(ask, key, value),
        )
        st.button(
            say("Skip"),
            key=f"{key}.skip",
            on_click=_keep,
            args=(ask, key, None),
        )


def _value(ask: Choice | Guess | Contest, key: str) -> float | None:
    """What the reader says: a share, or the place of an option."""
    if isinstance(ask, Guess):
        low = 0 if ask.against is None else -100
        unit = "%" if ask.against is None else say("points")
        slid: int = st.slider(
            say("Your guess ({unit})", unit=unit),
            low,
            100,
            (low + 100) // 2,
            key=key,
        )
        return slid / 100
    options = _options(ask)
    picked = st.radio(
        say("Your guess"), options, index=None, key=key, horizontal=True
    )
    return None if picked is None else float(options.index(picked))


def _options(ask: Choice | Contest) -> list[str]:
    if isinstance(ask, Choice):
        return list(ask.options)
    return [sentences.title(name) for name in ask.strategies]


def _keep(
    ask: Choice | Guess | Contest, key: str, value: float | None
) -> None:
    st.session_state[f"{key}.done"] = value
    if value is None:
        return
    if isinstance(ask, Choice):
        noted.chose(ask.question, int(value) == ask.right)
        return
    predictions.keep(engine.current().store, ask.key, person.name(), value)
    noted.guessed(ask.key, value)


def _choice(ask: Choice, value: float | None) -> None:
    st.markdown(f"**{ask.question}**")
    right = ask.options[ask.right]
    if value is None:
        st.info(f"{right} {ask.why}", icon=":material/lightbulb:")
    elif int(value) == ask.right:
        st.success(
            say("Yes. {right} {why}", right=right, why=ask.why),
            icon=":material/check:",
        )
    else:
        said = say(
            "Not “{wrong}”: {right} {why}",
            wrong=ask.options[int(value)],
            right=right,
            why=ask.why,
        )
        st.warning(said, icon=":material/lightbulb:")


def _gap(ask: Guess) -> None:
    everybody = predictions.guesses(engine.current().store, ask.key)
    mine = everybody.get(person.name())
    measured = ask.measured()
    words = gap(mine, measured, "%" if ask.against is None else say("points"))
    st.markdown(f"**{ask.question}** {words} {ask.why}")
    figure = figures.numbers(list(everybody.values()), mine, measured)
    chart(figure, f"{ask.question} {words}", f"{ask.key}.gap")


def _votes(ask: Contest) -> None:
    everybody = predictions.guesses(engine.current().store, ask.key)
    mine = everybody.get(person.name())
    names = {key: sentences.title(key) for key in ask.strategies}
    count = Counter(ask.strategies[int(v)] for v in everybody.values())
    measured = ask.measured()
    best = max(measured, key=lambda name: measured[name].mean)
    voted = None if mine is None else ask.strategies[int(mine)]
    words = winner(names, measured, best, voted)
    st.markdown(f"**{ask.question}** {words} {ask.why}")
    figure = figures.votes(names, measured, count, voted)
    chart(figure, f"{ask.question} {words}", f"{ask.key}.votes")
