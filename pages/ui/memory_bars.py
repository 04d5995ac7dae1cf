"""The view of what one step of training holds in memory."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.ui import registry
from pages.ui.charts import chart
from tl_core import memory, sentences
from tl_core.figures import memory as figures
from tl_core.texts import say

Rows = dict[str, dict[str, Any]]
NAMES = {"convnet": say("ConvNet"), "vit_tiny": say("ViT (small)")}


@st.fragment
def show() -> None:
    """Choose a network and a batch; see the four parts of the memory."""
    found = memory.recorded()
    if not found:
        st.info(say("`make record` makes the numbers behind this chart."))
        return
    network, batch = _asked()
    rows = chosen(found["rows"], network, batch)
    predicted = {
        key: memory.predicted(network, key, batch, row)
        for key, row in rows.items()
    }
    st.latex(formula(rows["lora"], predicted["lora"], batch))
    words = said(rows)
    st.markdown(f"**{words}**")
    chart(figures.bars(titled(rows), titled(predicted)), words, "memory.bars")
    _why(network, rows)
    st.caption(
        say(
            "Bars: bytes of the tensors that exist after one step with "
            "AdamW, activations as autograd saves them, each storage counted "
            "once, in 32 bits. {diamonds} LoRA has rank 4 · {device} · "
            "recorded {recorded}",
            diamonds=off(rows, predicted),
            device=found["device"],
            recorded=found["recorded"],
        )
    )
    _try(network, batch)


def _asked() -> tuple[str, int]:
    left, right = st.columns(2)
    network: str = left.segmented_control(
        say("Network"),
        list(NAMES),
        default="vit_tiny",
        format_func=NAMES.__getitem__,
        key="memory.network",
        required=True,
    )
    batch: int = right.select_slider(
        say("Batch b"), memory.BATCHES, 64, key="memory.batch"
    )
    return network, batch


def chosen(rows: list[dict[str, Any]], network: str, batch: int) -> Rows:
    """What was measured of one network at one batch, by strategy."""
    return {
        row["strategy"]: row
        for row in rows
        if (row["network"], row["batch"]) == (network, batch)
    }


def titled(rows: Rows | dict[str, dict[str, int]]) -> Rows:
    """The same under the strategies' names."""
    return {sentences.title(key): row for key, row in rows.items()}


def mib(count: float) -> str:
    """Bytes in MiB."""
    return say("{size:.1f} MiB", size=count / figures.MIB)


def said(rows: Rows) -> str:
    """What LoRA saves, and what it does not."""
    full, lora = rows["full"], rows["lora"]
    learnt = ("gradients", "optimiser")
    before, after = (sum(r[p] for p in learnt) for r in (full, lora))
    change = lora["activations"] / full["activations"] - 1
    return say(
        "LoRA cuts gradients and optimiser from {before} to {after}, yet its "
        "activations grow by {change:.1f} %, to {activations}.",
        before=mib(before),
        after=mib(after),
        change=100 * change,
        activations=mib(lora["activations"]),
    )


def off(rows: Rows, predicted: dict[str, dict[str, int]]) -> str:
    """How far the formula is off, at most."""
    worst = max(
        abs(sum(predicted[k].values()) / sum(row[p] for p in memory.PARTS) - 1)
        for k, row in rows.items()
    )
    return say(
        "Diamonds: the formula, with no number from the measurement but the "
        "counts P and T; the whole is off by {worst:.2g} % at most "
        "(BatchNorm's statistics, Adam's counters of steps).",
        worst=100 * worst,
    )


def formula(row: dict[str, Any], parts: dict[str, int], batch: int) -> str:
    """The four parts of LoRA's memory in LaTeX, with their numbers."""
    p, t = _tex(row["total"]), _tex(row["trained"])
    each = _tex(round(parts["activations"] / batch))
    whole = sum(parts.values()) / figures.MIB
    return say(
        r"\begin{{gathered}}\underbrace{{4 \cdot {p}}}_{{\text{{weights}}}} "
        r"+ \underbrace{{4 \cdot {t}}}_{{\text{{gradients}}}} + "
        r"\\\underbrace{{8 \cdot {t}}}_{{\text{{Adam}}}} + "
        r"\underbrace{{{batch} \cdot {each}}}_{{\text{{activations}}}}\ "
        r"\text{{bytes}} = {whole:.1f}\ \text{{MiB, LoRA}}\end{{gathered}}",
        p=p,
        t=t,
        batch=batch,
        each=each,
        whole=whole,
    )


def _tex(number: int) -> str:
    return f"{number:,}".replace(",", "{,}")


def _why(network: str, rows: Rows) -> None:
    """Why activations do not shrink with what is trained."""
    bitfit = rows["bitfit"]["activations"] / rows["full"]["activations"] - 1
    less = 100 * abs(bitfit)
    parts = (
        say(
            r"**Why activations do not shrink with LoRA.** The gradient has "
            r"to reach the lowest A and B, so it passes back through every "
            r"frozen layer, and each nonlinearity needs its values for that; "
            r"A needs the layer's input as a trained weight would, since "
            r"$\partial L / \partial A = B^\top \delta\, x^\top$; and the r "
            r"numbers of $A x$ come on top."
        ),
        _bitfit(network, less),
        say(
            "A **probe** needs no gradient below the head: it keeps the "
            "head's input alone."
        ),
    )
    st.markdown(" ".join(parts))


def _bitfit(network: str, less: float) -> str:
    """Why BitFit keeps `less` per cent less than full fine-tuning."""
    if network == "convnet":
        return say(
            "A bias needs no input, so **BitFit** keeps {less:.1f} % less "
            "than full fine-tuning here: only a frozen linear layer lets go "
            "of its input, and convolutions and norms keep theirs.",
            less=less,
        )
    return say(
        "A bias needs no input, so **BitFit** keeps {less:.1f} % less than "
        "full fine-tuning here: in a block of t tokens of w numbers 10 t w "
        "instead of 16 t w, without what both norms and GELU give.",
        less=less,
    )


def _try(network: str, batch: int) -> None:
    given = {**memory.NETWORKS[network].settings, "batch_size": batch}
    st.page_link(
        registry.path_of("run"),
        label=say("Run it yourself"),
        icon=":material/play_arrow:",
        query_params={k: str(v) for k, v in given.items()}
        | {"strategy": "lora"},
    )
