"""Weights to take home: a run keeps none, so a worker makes them again."""

from __future__ import annotations

import streamlit as st

from tl_core.card import SpecError
from tl_core.export import peft, recipe, shelf
from tl_core.export.shelf import Made
from tl_core.history import History
from tl_core.jobs import engine
from tl_core.texts import say

LONGEST = 120.0
"""Seconds of a run that a page makes again; the command line has more
patience."""
PATIENCE = 240.0
"""Seconds to wait for it: a worker may be busy with other questions."""
ENDINGS = {"weights": ".safetensors", "adapter": "-adapter.zip"}
LABELS = {"weights": say("Weights"), "adapter": say("LoRA adapter")}


def show(history: History, key: str) -> None:
    """The adapted network, and its adapter where it has one."""
    st.markdown(say("**What it learned**"))
    refused = peft.refused(history.spec)
    kinds = ["weights"] if refused else ["weights", "adapter"]
    if history.seconds > LONGEST:
        st.caption(
            say(
                "A run keeps no weights, and this one took {seconds:.0f} s. "
                "Make them on the command line: `python -m tl_core export "
                "{id} --weights FILE.safetensors`.",
                seconds=history.seconds,
                id=history.spec.id,
            )
        )
        return
    with st.container(horizontal=True):
        for kind in kinds:
            _offer(kind, history, key)
    for kind in kinds:
        made = shelf.find(shelf.place(history, ENDINGS[kind]))
        if made is not None:
            _agreement(LABELS[kind], made, history)
    if problem := st.session_state.pop(f"{key}.home.problem", ""):
        st.warning(problem, icon=":material/hourglass_empty:")
    st.caption(_about(refused, history))


def _offer(kind: str, history: History, key: str) -> None:
    """A button to make a file, or the file."""
    path = shelf.place(history, ENDINGS[kind])
    if shelf.find(path) is None:
        pressed = st.button(
            say("Make: {kind}", kind=LABELS[kind]),
            icon=":material/model_training:",
            key=f"{key}.home.make.{kind}",
        )
        if pressed:
            _make(kind, history, key)
            st.rerun()
        return
    st.download_button(
        LABELS[kind],
        path.read_bytes,
        file_name=f"run-{history.spec.id}{ENDINGS[kind]}",
        mime="application/octet-stream",
        key=f"{key}.home.{kind}",
        icon=":material/download:",
        on_click="ignore",
    )


def _make(kind: str, history: History, key: str) -> None:
    """Have a worker do the run again, and keep what it learned."""
    try:
        with st.spinner(
            say(
                "Training again, about {seconds:.0f} s",
                seconds=history.seconds,
            )
        ):
            made = engine.current().probe(
                kind,
                PATIENCE,
                options={"threads": recipe.threads(history.device)},
                **history.spec.changes(),
            )
    except TimeoutError:
        said = say("The workers are busy; try again in a minute.")
        st.session_state[f"{key}.home.problem"] = said
        return
    except SpecError as error:
        st.session_state[f"{key}.home.problem"] = str(error)
        return
    files = made["files"]
    if kind == "adapter":
        data = peft.zipped(peft.folder(history, files))
    else:
        data = files["weights.safetensors"]
    shelf.keep(shelf.place(history, ENDINGS[kind]), data, made)


def _agreement(label: str, made: Made, history: History) -> None:
    """Whether the file reaches what the run reached."""
    assert history.finished is not None
    reached = history.finished.accuracy["target"]
    if made.agrees(history):
        st.caption(
            say(
                ":material/check: {label}: measured again on all test "
                "samples, it reads {accuracy:.4f} of the target rightly, as "
                "the run did.",
                label=label,
                accuracy=made.accuracy,
            )
        )
        return
    st.warning(
        say(
            "{label}: this file reads {accuracy:.4f} of the target rightly, "
            "the run {reached:.4f}: it was made on {made_on}, the run on "
            "{run_on}, or from another source network.",
            label=label,
            accuracy=made.accuracy,
            reached=reached,
            made_on=made.device,
            run_on=history.device,
        ),
        icon=":material/warning:",
    )


def _about(refused: str, history: History) -> str:
    said = say(
        "A run keeps no weights, so a worker trains once more: equal "
        "settings and threads give equal weights. safetensors hold numbers "
        "and names alone, no code; the names are those of the network in "
        "the code."
    )
    if not refused:
        return say(
            "{said} The adapter is a folder with a model card that PEFT "
            "loads.",
            said=said,
        )
    if history.spec.strategy in peft.TOKENS:
        return f"{said} {refused}"
    return said
