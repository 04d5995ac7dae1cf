"""The view of code to read: which line is wrong, and how would one see it?"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

import streamlit as st

from pages.ui import confidence, progress
from tl_core.code_items import CodeItem, code_items
from tl_core.progress import AnyEntry, Code
from tl_core.question import LEVELS
from tl_core.texts import say

KEY = "code.item"
"""The item that is open."""


def show() -> None:
    """One item: its lines, options, and what is to be learned from it."""
    items = {item.key: item for item in code_items()}
    before = latest(progress.entries())
    _score(items, before)
    item = _chosen(items, before)
    level, _, _ = LEVELS[item.level].partition(":")
    with st.container(horizontal=True):
        st.badge(item.section, icon=":material/map:", color="gray")
        st.badge(level, color="blue")
    st.code(item.code, language="python", line_numbers=True)
    answered = st.session_state.get(f"code.answered.{item.key}")
    if answered is None:
        _ask(item)
    else:
        _explain(item, answered)
    _next(item, list(items))


def _score(items: Mapping[str, CodeItem], before: Mapping[str, Code]) -> None:
    """What is to be done, and how many items were read rightly."""
    right = sum(before[key].right for key in before if key in items)
    st.markdown(
        say(
            "Each snippet rebuilds a mistake that was found in a library. "
            "Read it, and say what is wrong. **{right} of {items}** are "
            "right so far.",
            right=right,
            items=len(items),
        )
    )


def _chosen(
    items: Mapping[str, CodeItem], before: Mapping[str, Code]
) -> CodeItem:
    """The item that the reader picks; at first one without an answer."""
    if st.session_state.get(KEY) not in items:
        todo = [key for key in items if key not in before]
        st.session_state[KEY] = (todo or list(items))[0]
    chosen = st.selectbox(
        say("Snippet"),
        list(items),
        format_func=lambda key: _named(items[key], before.get(key)),
        key=KEY,
    )
    return items[chosen]


def latest(entries: list[AnyEntry]) -> Mapping[str, Code]:
    """The last answer to each item."""
    return {e.item: e for e in entries if isinstance(e, Code)}


def _named(item: CodeItem, before: Code | None) -> str:
    mark = "" if before is None else (" ✓" if before.right else " ✗")
    return f"{item.title}{mark}"


def shuffled(item: CodeItem) -> list[int]:
    """The places of its options in an order of their own."""
    order = list(range(len(item.options)))
    Random(item.key).shuffle(order)
    return order


def _ask(item: CodeItem) -> None:
    key = f"code.choice.{item.key}"
    picked = st.radio(
        say("What is wrong?"),
        shuffled(item),
        index=None,
        format_func=lambda place: item.options[place],
        key=key,
    )
    confidence.ask(f"code.sure.{item.key}")
    st.button(
        say("Answer"),
        type="primary",
        icon=":material/check:",
        disabled=picked is None,
        key="code.answer",
        on_click=_answer,
        args=(item,),
    )


def _answer(item: CodeItem) -> None:
    state = st.session_state
    chosen = int(state[f"code.choice.{item.key}"])
    progress.keep(
        Code(
            key=progress.fresh(),
            at=progress.now(),
            item=item.key,
            chosen=chosen,
            right=chosen == item.right,
            sure=confidence.stated(f"code.sure.{item.key}"),
        )
    )
    state[f"code.answered.{item.key}"] = chosen


def _explain(item: CodeItem, chosen: int) -> None:
    """The verdict, why, the repaired lines, and how one would see it."""
    if chosen == item.right:
        st.success(
            say("Yes: {right}", right=item.options[item.right]),
            icon=":material/check:",
        )
    else:
        st.warning(
            say(
                "Not “{chosen}”. It is: {right}",
                chosen=item.options[chosen],
                right=item.options[item.right],
            ),
            icon=":material/lightbulb:",
        )
    st.markdown(say("**Why** · {why}", why=item.why))
    st.markdown(say("**Repaired**"))
    st.code(item.fixed, language="python", line_numbers=True)
    st.markdown(
        say("**How one would see it** · {evidence}", evidence=item.evidence)
    )


def _next(item: CodeItem, keys: list[str]) -> None:
    after = keys[(keys.index(item.key) + 1) % len(keys)]
    st.button(
        say("Next snippet"),
        icon=":material/arrow_forward:",
        key="code.next",
        shortcut="n",
        on_click=_open,
        args=(after,),
    )


def _open(key: str) -> None:
    st.session_state[KEY] = key
    st.session_state.pop(f"code.answered.{key}", None)
