"""The view of what learnt keys, values and tokens do in a transformer."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages.ui import registry, token_ways, zero_keys
from pages.ui.charts import chart
from tl_core import sentences, token_maps
from tl_core.figures import tokens as figures
from tl_core.figures.samples import image_grid
from tl_core.token_maps import Found

METHODS = {"prefix": "Prefix tuning", "prompt": "Prompt tuning"}
WHAT = {
    "prefix": "**Prefix tuning** gives every attention learnt keys and "
    "values, which every token may read; each head has a gate that starts at "
    "0.",
    "prompt": "**Prompt tuning** puts learnt tokens before a block's input; "
    "the block's own frozen layers make keys and values of them. Fresh ones "
    "enter every block here (deep), and nothing gates them.",
}


def show() -> None:
    """Attention maps, zeros that are not nothing, and what it is worth."""
    found = token_maps.recorded()
    if found:
        _maps(found)
        zero_keys.show(found)
    else:
        st.info("`make record` makes the numbers behind these charts.")
    token_ways.show()


@st.fragment
def _maps(found: Found) -> None:
    """Before and after, for a picture, a block and a head."""
    method: str = st.segmented_control(
        "Method",
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
        (left, "Before", before, 0),
        (right, "After", after, learnt),
    ):
        with column:
            words = read(maps, n)
            st.markdown(f"**{when} adaptation** · {words}")
            figure = figures.attention_map(maps, n, most)
            chart(figure, words, f"tokens.{when.lower()}")
    _mass(found, method)
    _try(method)


def _mass(found: Found, method: str) -> None:
    """How much all tokens of all test pictures read what is learnt."""
    words = moved(found, method)
    st.markdown(f"**Attention on learnt keys, all test pictures** · {words}")
    start, end = (found[f"mass {method} {when}"] for when in ("start", "end"))
    chart(figures.mass_map(start, end), words, "tokens.mass")
    st.caption(
        "Means over 600 test pictures of the target and over all tokens. "
        "Blue is read, orange is taken away: a gate tanh g below zero "
        "subtracts what the prefix says. " + _where(found, method)
    )


def _chosen(found: Found, method: str) -> tuple[int, int, int]:
    """Which picture, block and head; the picture is shown."""
    shown, one, two, three = st.columns([1, 2, 2, 2])
    layers, heads = found[f"mass {method} end"].shape
    counts = {
        "Test picture": (len(found["images"]), 0),
        "Block": (layers, layers - 1),
        "Head": (heads, 0),
    }
    picks: list[int] = [
        cell.segmented_control(
            label,
            list(range(count)),
            default=first,
            format_func=lambda n: str(n + 1),
            key=f"tokens.{label.split()[-1].lower()}",
            required=True,
        )
        for cell, (label, (count, first)) in zip(
            (one, two, three), counts.items(), strict=True
        )
    ]
    picture, block, head = picks
    told = (
        f"A {found['labels'][picture]}: read as "
        f"{found['said before'][picture]} before and as "
        f"{found[f'said {method}'][picture]} after."
    )
    image = found["images"][picture]
    shown.image(image_grid(image[None, None], 1), width=84, alt=told)
    one.caption(told)
    return picture, block, head


def formula(
    found: Found, method: str, picture: int, block: int, head: int
) -> str:
    """What the class token reads, with the numbers of the choice."""
    maps = found[method][picture, block, head].astype(float)
    learnt = maps.shape[1] - maps.shape[0]
    share = maps[0, :learnt].sum()
    if method == "prompt":
        return (
            r"\mathrm{softmax}\!\left(\tfrac{q\,[W_k P;\, K]^\top}"
            r"{\sqrt{d_k}}\right)[W_v P;\, V]: \quad \lambda_{\text{class}}"
            rf" = {share:.2f},\quad 1 - \lambda = {1 - share:.2f}"
        )
    gate = float(found["gate"][block, head])
    return (
        r"\begin{gathered}\mathrm{softmax}\!\left(\tfrac{q\,[P_K;\, K]^\top}"
        r"{\sqrt{d_k}}\right)[P_V;\, V] \\ = "
        r"(1-\lambda)\,\mathrm{mix}(q, K, V) + "
        r"\lambda\,\mathrm{mix}(q, P_K, P_V) \\ \lambda_g = \tanh(g)\,"
        rf"\lambda \\ = {gate:.2f} \cdot {share / gate:.2f} = {share:.2f}"
        r"\quad\text{(class token)}\end{gathered}"
    )


def read(maps: np.ndarray, learnt: int) -> str:
    """What the class token reads most of its picture, and of what is
    learnt."""
    row = maps[0].astype(float)
    own = row[learnt:]
    most = int(own.argmax())
    name = f"patch {most}" if most else "itself"
    said = f"the class token reads {name} most, {sentences.percent(own[most])}"
    if not learnt:
        return f"{said}."
    share = sentences.percent(float(row[:learnt].sum()))
    return f"{said}, and the {learnt} learnt keys with {share} together."


def moved(found: Found, method: str) -> str:
    """How much attention moves to what is learnt."""
    start, end = (
        found[f"mass {method} {when}"].astype(float)
        for when in ("start", "end")
    )
    before, after = (float(np.abs(m).mean()) for m in (start, end))
    said = (
        f"learnt keys hold {sentences.percent(before)} of it at the start "
        f"and {sentences.percent(after)} at the end, in the mean over "
        f"{end.size} heads"
    )
    less = int((end < 0).sum())
    if method == "prompt":
        return (
            f"{said}: random tokens take attention before anything is "
            "learnt, so the start is not the source network "
            f"({sentences.percent(float(found['prompt start source']))} of "
            "the source instead of "
            f"{sentences.percent(float(found['prefix start source']))})."
        )
    return (
        f"{said}, in size; in {less} of {end.size} heads the gate is "
        "negative, so that the reading is taken away, not added."
    )


def _where(found: Found, method: str) -> str:
    spec = token_maps.spec(method)
    return (
        f"{spec.backbone} on {spec.dataset}, turned by 45 degrees, seed "
        f"{spec.seed}, {spec.steps} steps · {found['device']} · recorded "
        f"{found['recorded']} · spec id {spec.id}"
    )


def _try(method: str) -> None:
    given = token_maps.MATRIX_TOKENS["all"].settings
    st.page_link(
        registry.path_of("run"),
        label="Run it yourself",
        icon=":material/play_arrow:",
        query_params={k: str(v) for k, v in given.items()}
        | {"strategy": method},
    )
