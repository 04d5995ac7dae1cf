"""The view that counts what LoRA trains of large networks."""

from __future__ import annotations

from collections import Counter

import streamlit as st

from pages.ui.charts import chart
from tl_core import lora_count
from tl_core.figures import peft as figures
from tl_core.lora_count import LARGE, WHERE, Large

GIB = 2**30


def show() -> None:
    """Choose a network, a rank and where; see what is trained."""
    left, middle, right = st.columns(3)
    key: str = left.selectbox(
        "Network",
        list(LARGE),
        format_func=lambda name: LARGE[name].title,
        index=1,
        key="count.network",
    )
    where: str = middle.selectbox("Adapted", list(WHERE), key="count.where")
    rank: int = right.select_slider(
        "Rank r", [1, 2, 4, 8, 16, 32, 64, 128, 256], 8, key="count.rank"
    )
    network = LARGE[key]
    learnt = lora_count.trained(network, rank, WHERE[where])
    _cells(network, learnt)
    words = said(network, rank, where)
    st.latex(formula(network, rank, where))
    st.markdown(f"**One matrix q of a block, to scale** · {words}")
    d, k = network.shapes["q"]
    chart(figures.shapes(d, k, rank), words, "count.shapes")
    st.caption(
        f"{network.title}: {network.reference}. Arithmetic, not a run: "
        "weights, gradients and Adam's two moments in 32 bits; activations "
        "are left out, and LoRA needs about as many as full fine-tuning."
    )


def _cells(network: Large, learnt: int) -> None:
    full = network.parameters
    cells = st.columns(4)
    cells[0].metric("Trained numbers", f"{learnt:,}")
    cells[1].metric("Share of all", f"{100 * learnt / full:.3f} %")
    small = lora_count.memory(network, learnt) / GIB
    cells[2].metric("Memory with LoRA", f"{small:,.1f} GiB")
    large = lora_count.memory_in_full(network) / GIB
    cells[3].metric("Memory in full", f"{large:,.1f} GiB")


def said(network: Large, rank: int, where: str) -> str:
    """How much smaller one adapted matrix is."""
    d, k = network.shapes["q"]
    share = 100 * rank * (d + k) / (d * k)
    return (
        f"W₀ has {d * k:,} numbers, B and A together {rank * (d + k):,}: "
        f"{share:.2f} % of them at rank {rank}, where {where} are adapted."
    )


def formula(network: Large, rank: int, where: str) -> str:
    """The sum r (d + k) over the matrices of all blocks, in LaTeX."""
    adapted = [s for n, s in network.shapes.items() if n in WHERE[where]]
    counted = Counter(adapted).items()
    parts = [rf"{n}\,({_tex(d)}+{_tex(k)})" for (d, k), n in counted]
    total = lora_count.trained(network, rank, WHERE[where])
    return (
        rf"{network.blocks}\cdot {rank}\cdot\left[{'+'.join(parts)}\right]"
        f" = {_tex(total)}"
    )


def _tex(number: int) -> str:
    """With commas that LaTeX takes for no punctuation."""
    return f"{number:,}".replace(",", "{,}")
