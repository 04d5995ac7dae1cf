"""The view that counts what LoRA trains of large networks."""

from __future__ import annotations

from collections import Counter

import streamlit as st

from pages.ui.charts import chart
from tl_core import lora_count
from tl_core.figures import peft as figures
from tl_core.lora_count import LARGE, WHERE, Large
from tl_core.texts import say

GIB = 2**30


def show() -> None:
    """Choose a network, a rank and where; see what is trained."""
    left, middle, right = st.columns(3)
    key: str = left.selectbox(
        say("Network"),
        list(LARGE),
        format_func=lambda name: LARGE[name].title,
        index=1,
        key="count.network",
    )
    where: str = middle.selectbox(
        say("Adapted"), list(WHERE), format_func=say, key="count.where"
    )
    rank: int = right.select_slider(
        say("Rank r"), [1, 2, 4, 8, 16, 32, 64, 128, 256], 8, key="count.rank"
    )
    network = LARGE[key]
    learnt = lora_count.trained(network, rank, WHERE[where])
    _cells(network, learnt)
    words = said(network, rank, where)
    st.latex(formula(network, rank, where))
    st.markdown(
        say("**One matrix q of a block, to scale** · {words}", words=words)
    )
    d, k = network.shapes["q"]
    chart(figures.shapes(d, k, rank), words, "count.shapes")
    st.caption(_counted(network))


def _counted(network: Large) -> str:
    """Where the shapes come from, and what the memory counts."""
    return say(
        "{title}: {reference}. Arithmetic, not a run: weights, gradients "
        "and Adam's two moments in 32 bits; activations are left out, "
        "and LoRA needs about as many as full fine-tuning.",
        title=network.title,
        reference=network.reference,
    )


def _cells(network: Large, learnt: int) -> None:
    full = network.parameters
    small = lora_count.memory(network, learnt) / GIB
    large = lora_count.memory_in_full(network) / GIB
    with st.grid(4, min_column_width=150):
        st.metric(say("Trained numbers"), f"{learnt:,}")
        st.metric(say("Share of all"), f"{100 * learnt / full:.3f} %")
        st.metric(
            say("Memory with LoRA"), say("{memory:,.1f} GiB", memory=small)
        )
        st.metric(
            say("Memory in full"), say("{memory:,.1f} GiB", memory=large)
        )


def said(network: Large, rank: int, where: str) -> str:
    """How much smaller one adapted matrix is."""
    d, k = network.shapes["q"]
    share = 100 * rank * (d + k) / (d * k)
    return say(
        "W₀ has {whole:,} numbers, B and A together {low:,}: {share:.2f} % of "
        "them at rank {rank}, where {where} are adapted.",
        whole=d * k,
        low=rank * (d + k),
        share=share,
        rank=rank,
        where=where,
    )


def formula(network: Large, rank: int, where: str) -> str:
    """The sum r (d + k) over the matrices of all blocks, in LaTeX."""
    adapted = [s for n, s in network.shapes.items() if n in WHERE[where]]
    counted = Counter(adapted).items()
    parts = [rf"{n}\,({_tex(d)}+{_tex(k)})" for (d, k), n in counted]
    total = lora_count.trained(network, rank, WHERE[where])
    per_rank = "+".join(parts)
    return (
        rf"{network.blocks}\cdot {rank}\cdot\left[{per_rank}\right] = "
        rf"{_tex(total)}"
    )


def _tex(number: int) -> str:
    """With commas that LaTeX takes for no punctuation."""
    return f"{number:,}".replace(",", "{,}")
