"""Discriminative learning rates: one factor, and what it trades."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from pages.ui import freezing as cuts
from pages.ui import reached, registry, results
from pages.ui.charts import chart
from pages.ui.choices import begin
from tl_core import freezing, recording, sentences
from tl_core.analysis.intervals import Interval, interval
from tl_core.claim import Arm
from tl_core.figures import strategies as figures
from tl_core.lesson_studies import RATES
from tl_core.spec import spec_from_settings
from tl_core.texts import say

Settings = dict[str, str]
Points = Mapping[float, tuple[Interval, Interval]]
STRATEGY = "discriminative_lr"
SCALES = (
    *(1e-6, 3e-6, 1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2),
    *(0.03, 0.1, 0.3, 1.0),
)
START = SCALES.index(1e-3)
"""The syllabus' span: from 1e-6 at the stem to 1e-3 at the head."""
ULMFIT = 2.6
"""Factor between the rates of two layers in Howard and Ruder."""


def choose(given: Mapping[str, str]) -> Settings:
    """The scale s and the network whose stages are drawn."""
    networks = tuple(freezing.recorded().get("networks", {}))
    if not networks:
        return {}
    left, right = st.columns([3, 1], gap="large")
    told = given.get("strategy.lr_scale", "")
    begin("strategies.scale", SCALES, told, START)
    scale = left.select_slider(
        say("Scale s: the first stage's learning rate over the head's"),
        SCALES,
        format_func="{:g}".format,
        key="strategies.scale",
        persist_state="page",
    )
    begin("strategies.rates", networks, given.get("backbone", ""))
    backbone = right.selectbox(
        say("Network"),
        networks,
        format_func=cuts.title,
        key="strategies.rates",
        persist_state="page",
    )
    return {
        "backbone": backbone,
        "strategy": STRATEGY,
        "strategy.lr_scale": f"{scale:g}",
    }


def show(settings: Settings) -> None:
    """The formula with its numbers, the stages' rates, and the trade."""
    if not settings:
        st.info(cuts.MISSING)
        return
    found = freezing.recorded()["networks"][settings["backbone"]]
    names = [stage["name"] for stage in found["stages"]]
    scale = float(settings["strategy.lr_scale"])
    spec = spec_from_settings({**pair_of(settings), **settings})
    values = freezing.rates(len(names) - 1, scale, spec.lr)
    st.latex(formula(len(names) - 1, scale, spec.lr))
    left, right = st.columns(2, gap="large")
    with left:
        words = spread(names, values)
        st.markdown(
            say("**How fast may each stage learn?** {words}", words=words)
        )
        chart(figures.rates(names, values), words, "strategies.speeds")
        st.caption(_published(len(names) - 1))
    with right:
        _trade(scale)
    st.page_link(
        registry.path_of("run"),
        label=say("Run it yourself with s = {scale:g}", scale=scale),
        icon=":material/play_arrow:",
        query_params={k: str(v) for k, v in spec.changes().items()},
    )


def _published(stages: int) -> str:
    """What the scale would be by Howard and Ruder's factor."""
    return say(
        "Peak rates; all fall to zero along one cosine. Howard and "
        "Ruder (2018, arXiv:1801.06146) divide by 2.6 from layer to "
        "layer: s = 2.6$^{{-{stages}}}$ = {scale:.2g} for the "
        "{stages} stages of this network. s = 1 is full fine-tuning.",
        stages=stages,
        scale=ULMFIT**-stages,
    )


def pair_of(settings: Settings) -> dict[str, object]:
    """The settings of the recorded runs, or a pair that fits the network."""
    if settings["backbone"] == "convnet":
        return {**RATES[1.0].settings}
    pair = reached.pair_of(settings["backbone"])
    return {**pair, "target_labels": RATES[1.0].settings["target_labels"]}


def formula(stages: int, scale: float, rate: float) -> str:
    """The rate of stage l, with the numbers put in."""
    return (
        r"\begin{gathered}\eta_l = \eta\, s^{\,1 - l / L} = "
        rf"{tex(rate)} \cdot \left({tex(scale)}\right)^{{1 - l / {stages}}}"
        rf" \\ l = 0, \dots, {stages}\end{{gathered}}"
    )


def tex(value: float) -> str:
    """A number in LaTeX, small ones by their power of ten."""
    if value >= 0.01:
        return f"{value:g}"
    digits, power = f"{value:.0e}".split("e")
    front = "" if digits == "1" else rf"{digits} \cdot "
    return rf"{front}10^{{{int(power)}}}"


def spread(names: list[str], values: list[float]) -> str:
    """The ends of the row of rates, and the step between neighbours."""
    step = values[1] / values[0]
    ends = {
        "low": values[0],
        "first": names[0],
        "high": values[-1],
        "last": names[-1],
    }
    if step > 1:
        return say(
            "From {low:.1e} in {first} to {high:.1e} in the {last}: each "
            "learns {step:.3g} times as fast as the one before it.",
            step=step,
            **ends,
        )
    return say(
        "From {low:.1e} in {first} to {high:.1e} in the {last}: all learn at "
        "the same rate.",
        **ends,
    )


def _trade(scale: float) -> None:
    """Source and target accuracy over s, with a rule at the chosen one."""
    try:
        points = traded()
    except LookupError:
        st.info(say("`make record` makes the runs behind this chart."))
        return
    words = said(points, scale)
    st.markdown(say("**What does s trade?** {words}", words=words))
    chart(figures.traded(points, scale), words, "strategies.trade")
    runs = [
        r for race in RATES.values() for r in recording.recorded_race(race)
    ]
    st.caption(
        say(
            "Upright digits to digits turned by 45°, 100 labels, the ConvNet; "
            "bars are 95 % intervals over seeds."
        )
    )
    results.provenance(runs)


def traded() -> Points:
    """(source, target) accuracy over seeds by scale, from small to large.

    Raises:
        LookupError: a run is missing.
    """
    return {
        scale: (
            interval(Arm(race.key, STRATEGY, "source").values(recording.read)),
            interval(Arm(race.key, STRATEGY).values(recording.read)),
        )
        for scale, race in RATES.items()
    }


def said(points: Points, scale: float) -> str:
    """What the chosen scale buys, against full fine-tuning."""
    if scale in points:
        near = [scale]
        here = say("With s = {scale:g}", scale=scale)
    else:
        near = [max(s for s in points if s < scale)]
        near.append(min(s for s in points if s > scale))
        here = say(
            "Between the recorded s = {low:g} and {high:g}",
            low=near[0],
            high=near[1],
        )
    source, target = (
        say(" to ").join(sentences.percent(points[s][side].mean) for s in near)
        for side in (0, 1)
    )
    words = say(
        "{here} it reads {target} of the target and {source} of the source",
        here=here,
        target=target,
        source=source,
    )
    if scale == max(points):
        return say("{words}: full fine-tuning.", words=words)
    whole = [sentences.percent(span.mean) for span in points[max(points)]]
    return say(
        "{words}; full fine-tuning (s = 1) {target} and {source}.",
        words=words,
        target=whole[1],
        source=whole[0],
    )
