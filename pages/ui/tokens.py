"""The view of what learnt keys, values and tokens do in a transformer."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages.ui import registry, token_ways, zero_keys
from pages.ui.charts import chart
from pages.ui.results import MOMENTS
from tl_core import sentences, token_maps
from tl_core.figures import tokens as figures
from tl_core.figures.samples import image_grid
from tl_core.texts import say
from tl_core.token_maps import Found

METHODS = {"prefix": say("Prefix tuning"), "prompt": say("Prompt tuning")}
WHAT = {
    "prefix": say(
        "**Prefix tuning** gives every attention learnt keys and values, "
        "which every token may read; each head has a gate that starts at 0."
    ),
    "prompt": say(
        "**Prompt tuning** puts learnt tokens before a block's input; the "
        "block's own frozen layers make keys and values of them. Fresh ones "
        "enter every block here (deep), and nothing gates them."
    ),
}


def show() -> None:
    """Attention maps, zeros that are not nothing, and what it is worth."""
    found = token_maps.recorded()
    if found:
        _maps(found)
        zero_keys.show(found)
    else:
        st.info(say("`make record` makes the numbers behind these charts."))
    token_ways.show()


@st.fragment
def _maps(found: Found) -> None:
    """Before and after, for a picture, a block and a head."""
    method: str = st.segmented_control(
        say("Method"),
        list(METHODS),
        format_func=METHODS.__getitem__,
        default="prefix",
        key="tokens.method",
        required=True,
    )
    st.markdown(WHAT[method])
    picture, block, head = _chosen(found, method)
    before = found["before"][picture, block, head]
    after = found[method][picture, block, head]
    learnt = after.shape[1] - before.shape[1]
    st.latex(formula(found, method, picture, block, head))
    most = max(float(np.abs(m).max()) for m in (before, after))
    left, right = st.columns(2, gap="medium")
    for column, when, maps, n in (
        (left, "before", before, 0),
        (right, "after", after, learnt),
    ):
        with column:
            words = read(maps, n)
            st.markdown(f"**{MOMENTS[when]}** · {words}")
            figure = figures.attention_map(maps, n, most)
            chart(figure, words, f"tokens.{when}")
    _mass(found, method)
    _try(method)


def _mass(found: Found, method: str) -> None:
    """How much all tokens of all test pictures read what is learnt."""
    words = moved(found, method)
    st.markdown(
        say(
            "**Attention on learnt keys, all test pictures** · {words}",
            words=words,
        )
    )
    start, end = (found[f"mass {method} {when}"] for when in ("start", "end"))
    chart(figures.mass_map(start, end), words, "tokens.mass")
    st.caption(
        say(
            "Means over 600 test pictures of the target and over all tokens. "
            "Blue is read, orange is taken away: a gate tanh g below zero "
            "subtracts what the prefix says. "
        )
        + _where(found, method)
    )


def _chosen(found: Found, method: str) -> tuple[int, int, int]:
    """Which picture, block and head; the picture is shown."""
    shown, one, two, three = st.columns([1, 2, 2, 2])
    layers, heads = found[f"mass {method} end"].shape
    pictures = len(found["images"])
    with one:
        picture = _pick(say("Test picture"), pictures, 0, "tokens.picture")
    with two:
        block = _pick(say("Block"), layers, layers - 1, "tokens.block")
    with three:
        head = _pick(say("Head"), heads, 0, "tokens.head")
    told = say(
        "A {label}: read as {before} before and as {after} after.",
        label=found["labels"][picture],
        before=found["said before"][picture],
        after=found[f"said {method}"][picture],
    )
    image = found["images"][picture]
    shown.image(image_grid(image[None, None], 1), width=84, alt=told)
    one.caption(told)
    return picture, block, head


def _pick(label: str, count: int, first: int, key: str) -> int:
    """One of so many, which people count from 1."""
    picked: int = st.segmented_control(
        label,
        list(range(count)),
        default=first,
        format_func=lambda n: str(n + 1),
        key=key,
        required=True,
    )
    return picked


def formula(
    found: Found, method: str, picture: int, block: int, head: int
) -> str:
    """What the class token reads, with the numbers of the choice."""
    maps = found[method][picture, block, head].astype(float)
    learnt = maps.shape[1] - maps.shape[0]
    share = maps[0, :learnt].sum()
    if method == "prompt":
        return say(
            r"\mathrm{{softmax}}\!\left(\tfrac{{q\,[W_k P;\, "
            r"K]^\top}}{{\sqrt{{d_k}}}}\right)[W_v P;\, V]: \quad "
            r"\lambda_{{\text{{class}}}} = {share:.2f},\quad 1 - \lambda = "
            r"{rest:.2f}",
            share=share,
            rest=1 - share,
        )
    gate = float(found["gate"][block, head])
    return say(
        r"\begin{{gathered}}\mathrm{{softmax}}\!\left(\tfrac{{q\,[P_K;\, "
        r"K]^\top}}{{\sqrt{{d_k}}}}\right)[P_V;\, V] \\ = "
        r"(1-\lambda)\,\mathrm{{mix}}(q, K, V) + \lambda\,\mathrm{{mix}}(q, "
        r"P_K, P_V) \\ \lambda_g = \tanh(g)\,\lambda \\ = {gate:.2f} \cdot "
        r"{share:.2f} = {gated:.2f}\quad\text{{(class "
        r"token)}}\end{{gathered}}",
        gate=gate,
        share=share / gate,
        gated=share,
    )


def read(maps: np.ndarray, learnt: int) -> str:
    """What the class token reads most of its picture, and of what is
    learnt."""
    row = maps[0].astype(float)
    own = row[learnt:]
    most = int(own.argmax())
    name = say("patch {most}", most=most) if most else say("itself")
    said = say(
        "the class token reads {name} most, {own}",
        name=name,
        own=sentences.percent(own[most]),
    )
    if not learnt:
        return f"{said}."
    share = sentences.percent(float(row[:learnt].sum()))
    return say(
        "{said}, and the {learnt} learnt keys with {share} together.",
        said=said,
        learnt=learnt,
        share=share,
    )


def moved(found: Found, method: str) -> str:
    """How much attention moves to what is learnt."""
    start, end = (
        found[f"mass {method} {when}"].astype(float)
        for when in ("start", "end")
    )
    before, after = (float(np.abs(m).mean()) for m in (start, end))
    said = say(
        "learnt keys hold {before} of it at the start and {after} at the "
        "end, in the mean over {heads} heads",
        before=sentences.percent(before),
        after=sentences.percent(after),
        heads=end.size,
    )
    less = int((end < 0).sum())
    if method == "prompt":
        return say(
            "{said}: random tokens take attention before anything is learnt, "
            "so the start is not the source network ({random} of the source "
            "instead of {whole}).",
            said=said,
            random=sentences.percent(float(found["prompt start source"])),
            whole=sentences.percent(float(found["prefix start source"])),
        )
    return say(
        "{said}, in size; in {less} of {heads} heads the gate is negative, so "
        "that the reading is taken away, not added.",
        said=said,
        less=less,
        heads=end.size,
    )


def _where(found: Found, method: str) -> str:
    spec = token_maps.spec(method)
    return say(
        "{backbone} on {dataset}, turned by 45 degrees, seed {seed}, {steps} "
        "steps · {device} · recorded {recorded} · spec id {id}",
        backbone=spec.backbone,
        dataset=spec.dataset,
        seed=spec.seed,
        steps=spec.steps,
        device=found["device"],
        recorded=found["recorded"],
        id=spec.id,
    )


def _try(method: str) -> None:
    given = token_maps.MATRIX_TOKENS["all"].settings
    st.page_link(
        registry.path_of("run"),
        label=say("Run it yourself"),
        icon=":material/play_arrow:",
        query_params={k: str(v) for k, v in given.items()}
        | {"strategy": method},
    )
