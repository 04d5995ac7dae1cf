"""Run: choose a shift, a backbone and a strategy, and watch it train."""

import streamlit as st

from pages.ui import (
    form,
    into_view,
    live,
    noted,
    open_spec,
    predict,
    queueing,
    recorded_run,
    source_code,
    upload,
    url,
)
from tl_core.jobs import engine
from tl_core.texts import say

PAGE = {
    "title": "Run",
    "icon": ":material/play_arrow:",
    "section": "Lab",
    "order": 10,
    "help": "Choose a domain shift, a backbone and a strategy, press Run and "
    "watch a real training.",
}

state = st.session_state
store = engine.current().store
run_id = st.query_params.get("run")
given = url.settings()

# The URL is read when it was changed from outside: a link, a reload, Back.
if st.query_params.to_dict() != state.get("run.url") or form.forgotten():
    kept = store.get(run_id) if run_id and not given else None
    spec, wrong = url.read(given) if given else (form.begin(), "")
    state["run.problem"] = "" if kept else wrong
    form.fill(kept.spec if kept else spec)

st.title(say("Run an experiment"), anchor=False)
if state.get("run.problem"):
    st.warning(
        say(
            "{state} That part of the link is left at its default.",
            state=state["run.problem"],
        ),
        icon=":material/link_off:",
    )

settings, view = st.columns([1, 2], gap="large")
with settings:
    chosen = form.choices()
    ready = chosen["dataset"] != upload.DATASET or upload.show()
    button = st.container(horizontal=True)
    guess = predict.before()
    knobs = form.knobs(chosen)
    asked, problem = form.spec_of(chosen, knobs)
    if problem:
        st.error(problem, icon=":material/block:")
    pressed = button.button(
        say("Run"),
        type="primary",
        icon=":material/play_arrow:",
        shortcut="Ctrl+Enter",
        disabled=asked is None or not ready,
        key="run.go",
    )
    if button.button(say("Reset"), icon=":material/undo:", key="run.reset"):
        st.query_params.clear()
        st.rerun()
    with button:
        open_spec.show()
    if asked and ready and not pressed:
        button.caption(live.forecast(asked))

if asked and pressed:
    predict.remember(asked, guess)
    if started := queueing.submit(asked):
        run_id = started
        noted.ran(run_id)
        into_view.follow("run.result")
    state["run.problem"] = ""
if asked:
    url.write(asked, run_id)
    state["run.url"] = st.query_params.to_dict()

with view, st.container(key="run.result"):
    if asked and asked.id != run_id:
        queueing.refusal(asked.id)
    if run_id:
        live.panel(run_id)
    elif asked:
        recorded_run.show(asked)

st.divider()
source_code.strategy(str(chosen["strategy"]))
