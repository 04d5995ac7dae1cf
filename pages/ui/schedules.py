"""One after the other: when each stage begins to learn, and what it brings."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from pages.ui import reached, registry, results
from pages.ui.charts import chart
from pages.ui.choices import LABELS, begin, labels
from tl_core import catalog, freezing, sentences
from tl_core.figures import strategies as figures
from tl_core.lesson_studies import MATRIX
from tl_core.texts import say

Settings = dict[str, str]
STAGES = catalog.entry("backbones", "convnet").card.stages
ORDERS = ("lp_ft", "gradual", "full", "l2sp", "linear_probe")
WAITING = ("lp_ft", "gradual")
"""Strategies that thaw after a share of the steps."""
SHARES = (0.1, 0.25, 0.5, 0.75, 1.0)
USUAL = SHARES.index(0.5)
IDEAS = {
    "lp_ft": say(
        "While the new head is wrong, its gradients would distort good "
        "features; so the head learns first (Kumar et al. 2022, "
        "arXiv:2202.10054). Then everything learns, at a smaller rate."
    ),
    "gradual": say(
        "The deepest stage thaws first, the one at the input last: "
        "each waits until what is behind it fits (Howard and Ruder 2018, "
        "arXiv:1801.06146)."
    ),
    "full": say(
        "Everything learns from the first step, the head and the stages "
        "at once."
    ),
    "l2sp": say(
        "Everything learns from the first step, but each weight is "
        "pulled back to where it began (Li et al. 2018, arXiv:1802.01483): no "
        "schedule, a spring."
    ),
    "linear_probe": say("The stages never learn."),
}


def choose(given: Mapping[str, str]) -> Settings:
    """The strategy, the share of the steps it waits, and the labels."""
    left, middle, right = st.columns(3)
    begin("strategies.order", ORDERS, given.get("strategy", ""))
    order = left.selectbox(
        say("Strategy"),
        ORDERS,
        format_func=sentences.title,
        key="strategies.order",
        persist_state="page",
    )
    told = given.get("strategy.share", "")
    begin("strategies.order.share", SHARES, told, USUAL)
    share = middle.select_slider(
        say("Share of the steps until all is thawed"),
        SHARES,
        format_func="{:.0%}".format,
        key="strategies.order.share",
        disabled=order not in WAITING,
        persist_state="page",
    )
    with right:
        count = labels(given, "strategies.order.labels")
    chosen = {"strategy": order, "target_labels": str(count)}
    if order in WAITING:
        chosen["strategy.share"] = f"{share:g}"
    return chosen


def show(settings: Settings) -> None:
    """The schedule, and what the recorded runs reached."""
    order = settings["strategy"]
    share = float(settings.get("strategy.share", "0"))
    starts = freezing.thawed_at(order, len(STAGES), share)
    words = said(starts)
    st.markdown(
        say("**When does each stage begin to learn?** {words}", words=words)
    )
    left, right = st.columns(2, gap="large")
    with left:
        names = [*STAGES, "head"]
        figure = figures.schedule(names, starts)
        chart(figure, words, "strategies.schedule")
        st.markdown(IDEAS[order])
    with right:
        _reached(settings)
    pair = MATRIX[LABELS[0]].settings
    st.page_link(
        registry.path_of("run"),
        label=say("Run it yourself in this order"),
        icon=":material/play_arrow:",
        query_params={k: str(v) for k, v in {**pair, **settings}.items()},
    )


def said(starts: list[float]) -> str:
    """The schedule in words."""
    if max(starts) == 0:
        return say("All from the first step.")
    if min(starts[:-1]) == 1:
        return say("Only the head learns, from the first step to the last.")
    parts = [
        say("{name} after {start:.0f} %", name=name, start=100 * start)
        for name, start in zip(STAGES, starts, strict=False)
    ]
    return say(
        "The head at once, {stages} of the steps.",
        stages=", ".join(parts[::-1]),
    )


def _reached(settings: Settings) -> None:
    """Source and target of all orders; the chosen one stands out."""
    count = next(n for n in LABELS if str(n) == settings["target_labels"])
    race = MATRIX[count]
    runs = [run for key in ORDERS for run in reached.found(race, key)]
    if len({run.spec.strategy for run in runs}) < len(ORDERS):
        st.info(say("`make record` makes the runs behind this chart."))
        return
    arms = {sentences.title(key): (race, key) for key in ORDERS}
    rows = [reached.row(name, *arm) for name, arm in arms.items()]
    lit = sentences.title(settings["strategy"])
    words = reached.said(rows, arms, lit)
    st.markdown(words)
    chart(figures.both(rows, lit), words, "strategies.orders")
    st.caption(
        say(
            "Recorded with a share of 50 %: upright digits to digits turned "
            "by 45°, {count} labelled target samples, equal budgets. LP-FT, "
            "gradual unfreezing and the probe start from a new head, the "
            "others from the source's.",
            count=count,
        )
    )
    results.provenance(runs)
