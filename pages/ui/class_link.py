"""The panel that makes a link for a class."""

from __future__ import annotations

import streamlit as st

from pages.ui import classroom, form, race_form
from tl_core import card_words, catalog, lessons
from tl_core.spec import FIELDS, KIND
from tl_core.texts import say


def offer(page: str) -> None:
    """A quiet button that opens the panel."""
    if st.button(
        say("For a class"),
        icon=":material/co_present:",
        type="tertiary",
        key="class.open",
        help=say(
            "A link to this page as it stands, with settings hidden or "
            "locked, for a lecture hall or a course page."
        ),
    ):
        panel(page)


@st.dialog(say("A link for a class"), width="medium")
def panel(page: str) -> None:
    """What the link hides, locks and enlarges; and the link."""
    st.markdown(
        say(
            "The link opens this page **as it stands now**, with its settings "
            "and its seed."
        )
    )
    present = st.checkbox(
        say("Presenter mode: larger type, no sidebar"), key="class.present"
    )
    embed = st.checkbox(
        say("To be embedded in a course page: no toolbar"), key="class.embed"
    )
    hide, lock = _shaped(settings(page))
    shown = {classroom.PRESENT: present, classroom.EMBED: embed}
    chosen = [name for name, on in shown.items() if on]
    url = (st.context.url or "").split("?")[0]
    given = st.query_params.to_dict()
    st.code(
        classroom.link(url, given, hide, lock, chosen), None, wrap_lines=True
    )
    st.caption(
        say(
            "Whoever opens it sees the same page. Hidden and locked settings "
            "shape the page; they are no protection."
        )
    )


def _shaped(names: dict[str, str]) -> tuple[list[str], list[str]]:
    """Which settings to hide, and which to lock."""
    hide: list[str] = []
    lock: list[str] = []
    with st.expander(
        say("Settings to hide or to lock"), icon=":material/tune:"
    ):
        for name, title in names.items():
            left, right = st.columns([3, 2])
            left.markdown(title)
            with right.container(horizontal=True):
                if st.checkbox("hide", key=f"class.hide.{name}"):
                    hide.append(name)
                elif st.checkbox("lock", key=f"class.lock.{name}"):
                    lock.append(name)
    return hide, lock


def settings(page: str) -> dict[str, str]:
    """What can be hidden or locked on a page, with titles."""
    if page == "compare":
        return {**race_form.titles(), "view": say("The switch of views")}
    if page != "run":
        view = {"view": say("The switch of views")}
        walk = {"lesson": say("The lesson")} if lessons.lesson(page) else {}
        return {**view, **walk}
    names = {owner: form.LABEL[owner] for owner in KIND}
    for owner, kind in KIND.items():
        key = str(st.session_state.get(f"set.{owner}", ""))
        for knob in catalog.entry(kind, key).knobs if key else ():
            title = card_words.word(knob)
            names[f"{owner}.{knob}"] = f"{form.LABEL[owner]}: {title}"
    fields = {name: form.LABEL[name] for name in FIELDS}
    return {**names, **fields, "target_labels": say("Labelled target samples")}
