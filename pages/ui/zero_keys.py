"""A prefix of zeros without a gate: what it takes, and what it costs."""

from __future__ import annotations

import streamlit as st

from pages.ui.charts import chart
from tl_core import sentences
from tl_core.analysis.intervals import Interval, interval
from tl_core.figures import tokens as figures
from tl_core.texts import say
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
    return say(
        "{few} key of zeros takes {few_mass} of the attention and changes "
        "{few_changed} of the answers; {most} take {most_mass}, change "
        "{most_changed} and move source accuracy by {cost:+.1f} ± {half:.1f} "
        "points ({fewer}: {fewer_cost:+.1f} ± {fewer_half:.1f}).",
        few=n[few],
        few_mass=sentences.percent(spans["mass"][few].mean),
        few_changed=sentences.percent(spans["changed"][few].mean),
        most=n[most],
        most_mass=sentences.percent(spans["mass"][most].mean),
        most_changed=sentences.percent(spans["changed"][most].mean),
        cost=costs[most].mean,
        half=costs[most].half,
        fewer=n[most - 1],
        fewer_cost=costs[most - 1].mean,
        fewer_half=costs[most - 1].half,
    )


def show(found: Found) -> None:
    """Zeros in every attention of the source network, read as it stands."""
    words = said(found)
    st.markdown(
        say(
            "#### A prefix of zeros changes nothing?\nThat is often said, "
            "and it fails without a gate: a key of zeros has the score $q "
            "\\cdot 0 = 0$, so it counts $e^0 = 1$ in the softmax, and its "
            "value gives nothing for it. **{words}** With a gate at 0, or "
            "with $B = 0$ in LoRA, the start is the source network exactly.",
            words=words,
        )
    )
    spans = spans_of(found)
    lengths = found["zero lengths"].tolist()
    chart(figures.zero_curves(lengths, spans), words, "tokens.zeros")
    st.caption(
        say(
            "Nothing is trained here: zeros are put into every attention of "
            "the source network, and source test samples are read. 95 % "
            "intervals over {count} seeds of the source network · {device} · "
            "recorded {recorded}",
            count=len(found["zero source"]),
            device=found["device"],
            recorded=found["recorded"],
        )
    )
