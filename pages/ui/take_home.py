"""Taking a finished run home: code that repeats it, numbers, pictures, and
what it learned. Files are made when they are asked for."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from pages.ui import remade
from tl_core.card import SpecError
from tl_core.export import (
    charts,
    metrics,
    notebook,
    recipe,
    report,
    script,
    spec_file,
    tensorboard,
)
from tl_core.export.recipe import Start
from tl_core.history import History
from tl_core.jobs import engine
from tl_core.texts import say

PATIENCE = 30.0
"""Seconds to wait for a worker's answer about the source network."""
Make = Callable[[], str | bytes]
JSON, ZIP = "application/json", "application/zip"
NOTEBOOK = "application/x-ipynb+json"
PARQUET = "application/vnd.apache.parquet"
AGAIN = say(
    "Script and notebook carry the code that ran and, where there is one and "
    "it is small, the source network; both print the accuracies beside "
    "these. `uv run FILE.py` installs the versions that the script names. "
    "The spec is opened on this page, or by "
    "`python -m tl_core train --spec FILE`."
)
NUMBERS = say(
    "The report is one page to print or mail. CSV and Parquet hold every "
    "number, a row each: run, seq, phase, step, name, value."
)
CHARTS = say(
    " The charts (5 MB) can be zoomed without a network, and their camera "
    "saves PNG; the camera above each chart of this page saves SVG."
)


@st.fragment
def show(history: History, key: str) -> None:
    """Every format in which a finished run can leave the lab."""
    if history.finished is None:
        return
    with st.expander(say("Take it home"), icon=":material/download:"):
        try:
            recipe.check(history)
        except SpecError as error:
            st.info(str(error), icon=":material/info:")
        else:
            _again(history, key)
            remade.show(history, key)
        _numbers([history], key)
        run = history.spec.id
        st.caption(say("On the command line, where the lab is installed:"))
        st.code(
            f"python -m tl_core export {run} --script run.py",
            None,
        )


def group(histories: Sequence[History], key: str) -> None:
    """The finished runs of a race, as numbers and as a report."""
    done = [history for history in histories if history.finished]
    if not done:
        return
    with st.expander(say("Take it home"), icon=":material/download:"):
        _numbers(done, key)


def _again(history: History, key: str) -> None:
    """The run as code."""
    st.markdown(say("**Run it again, without the app**"))
    name = f"run-{history.spec.id}"
    made: list[tuple[str, str, str, Make]] = [
        (say("Script"), ".py", "text/x-python", lambda: _script(history)),
        (say("Notebook"), ".ipynb", NOTEBOOK, lambda: _notebook(history)),
        (say("Spec"), ".json", JSON, lambda: spec_file.written(history.spec)),
    ]
    _files(name, made, key)
    said = script.caveats(history, None)
    st.caption(
        f"{AGAIN} "
        + " ".join(part for part in said if say("source network") not in part)
    )


def _script(history: History) -> str:
    return script.script(history, start_of(history))


def _notebook(history: History) -> str:
    return notebook.notebook(history, start_of(history))


def _numbers(histories: Sequence[History], key: str) -> None:
    """Every number, and pictures of them."""
    one = len(histories) == 1
    st.markdown(say("**Numbers and pictures**"))
    name = f"run-{histories[0].spec.id}" if one else f"runs-{len(histories)}"
    made: list[tuple[str, str, str, Make]] = [
        (
            say("Report"),
            ".html",
            "text/html",
            lambda: report.report(histories),
        ),
        ("CSV", ".csv", "text/csv", lambda: metrics.as_csv(histories)),
        (say("Parquet"), ".parquet", PARQUET, lambda: _parquet(histories)),
        (
            say("TensorBoard"),
            "-tensorboard.zip",
            ZIP,
            lambda: _logs(histories),
        ),
    ]
    if one:
        drawn = partial(charts.charts, histories[0])
        made.insert(1, (say("Charts"), "-charts.html", "text/html", drawn))
    _files(name, made, key)
    st.caption(NUMBERS + CHARTS * one)


def _parquet(histories: Sequence[History]) -> bytes:
    return metrics.as_parquet(histories)


def _logs(histories: Sequence[History]) -> bytes:
    return tensorboard.zipped(histories, time.time())


def _files(
    name: str, made: Sequence[tuple[str, str, str, Make]], key: str
) -> None:
    """A row of buttons: label, ending of the file, its type, its making."""
    with st.container(horizontal=True):
        for label, ending, mime, make in made:
            _file(label, f"{name}{ending}", mime, make, key)


def _file(label: str, name: str, mime: str, make: Make, key: str) -> None:
    """A button that makes a file and hands it over."""
    st.download_button(
        label,
        make,
        file_name=name,
        mime=mime,
        key=f"{key}.home.{label}",
        icon=":material/download:",
        on_click="ignore",
    )


def start_of(history: History) -> Start | None:
    """The source network that a run starts from, asked of a worker."""
    if not recipe.starts_trained(history.spec):
        return None
    try:
        made = engine.current().probe(
            "source_checkpoint",
            PATIENCE,
            options={"losses": dict(recipe.last_losses(history))},
            **history.spec.changes(),
        )
    except TimeoutError:  # then the export trains it anew, and says so
        return None
    return None if made is None else Start(**made)
