"""A prefix of zeros without a gate: what it takes, and what it costs."""

from __future__ import annotations

import streamlit as st

from pages.ui.charts import chart
from tl_core import sentences
from tl_core.analysis.intervals import Interval, interval
from tl_core.figures import tokens as figures
from tl_core.token_maps import Found


def spans_of(found: Found) -> dict[str, list[Interval]]:
    """What zeros do, over the seeds of the source network."""
    seeds = len(found["zero mass"])
    rows = found["zero mass"].reshape(seeds, len(found["zero lengths"]), -1)
    curves = {"mass": rows.mean(-1)} | {
        name: found[f"zero {name}"] for name in ("changed", "source", "target")
    }
    return {
        name: [interval(column.tolist()) for column in values.T]
        for name, values in curves.items()
    }


def said(found: Found) -> str:
    """What the most zeros take and cost, with intervals over seeds."""
    spans, n = spans_of(found), found["zero lengths"]
    lost = found["zero source"] - found["zero source"][:, :1]
    costs = [interval((100 * c).tolist()) for c in lost.T]
    few, most = 1, len(n) - 1
    return (
        f"{n[few]} key of zeros takes "
        f"{sentences.percent(spans['mass'][few].mean)} of the attention and "
        f"changes {sentences.percent(spans['changed'][few].mean)} of the "
        f"answers; {n[most]} take "
        f"{sentences.percent(spans['mass'][most].mean)}, change "
        f"{sentences.percent(spans['changed'][most].mean)} and move source "
        f"accuracy by {costs[most].mean:+.1f} ± {costs[most].half:.1f} "
        f"points ({n[most - 1]}: {costs[most - 1].mean:+.1f} ± "
        f"{costs[most - 1].half:.1f})."
    )


def show(found: Found) -> None:
    """Zeros in every attention of the source network, read as it stands."""
    words = said(found)
    st.markdown(
        "#### A prefix of zeros changes nothing?\n"
        "That is often said, and it fails without a gate: a key of zeros has "
        "the score $q \\cdot 0 = 0$, so it counts $e^0 = 1$ in the softmax, "
        "and its value gives nothing for it. "
        f"**{words}** With a gate at 0, or with $B = 0$ in LoRA, the start "
        "is the source network exactly."
    )
    spans = spans_of(found)
    lengths = found["zero lengths"].tolist()
    chart(figures.zero_curves(lengths, spans), words, "tokens.zeros")
    st.caption(
        "Nothing is trained here: zeros are put into every attention of the "
        "source network, and source test samples are read. 95 % intervals "
        f"over {len(found['zero source'])} seeds of the source network · "
        f"{found['device']} · recorded {found['recorded']}"
    )
