"""Prefix, prompt and LoRA on one transformer, by the number of labels."""

from __future__ import annotations

import streamlit as st

from pages.ui import peft, registry, results
from pages.ui.charts import chart
from tl_core import recording, sentences
from tl_core.analysis.intervals import interval
from tl_core.figures import peft as figures
from tl_core.figures.race import by_strategy
from tl_core.history import History
from tl_core.lesson_studies import MATRIX_TOKENS
from tl_core.texts import say

Groups = dict[str, list[History]]


@st.fragment
def show() -> None:
    """Target accuracy against the numbers trained."""
    st.markdown(say("#### What it is worth"))
    labels = st.segmented_control(
        say("Labelled target pictures"),
        list(MATRIX_TOKENS),
        default="all",
        format_func=lambda n: say(str(n)),
        key="tokens.labels",
        required=True,
    )
    race = MATRIX_TOKENS[labels or "all"]
    groups = by_strategy(recording.recorded_race(race))
    if not groups:
        st.info(say("`make record` makes the runs behind this chart."))
        return
    ways = [
        peft.way(sentences.title(key), runs, "target")
        for key, runs in groups.items()
    ]
    words = said(ways)
    st.markdown(f"**{words}** {behind(groups)} {untouched(groups)}")
    chart(figures.front(ways, "target"), words, "tokens.front")
    results.provenance([run for runs in groups.values() for run in runs])
    st.page_link(
        registry.path_of("run"),
        label=say("Run it yourself"),
        icon=":material/play_arrow:",
        query_params={k: str(v) for k, v in race.settings.items()}
        | {"strategy": "prompt"},
    )


def said(ways: list[figures.Way]) -> str:
    """Each way, best first."""
    best = sorted(ways, key=lambda way: -way.reached.mean)
    parts = [
        f"{way.name} {100 * way.reached.mean:.1f} ± "
        f"{100 * way.reached.half:.1f} % ({way.trained:,})"
        for way in best
    ]
    return say(
        "Target accuracy, and numbers trained: {ways}.",
        ways="; ".join(parts),
    )


def behind(groups: Groups) -> str:
    """How far LoRA is from full fine-tuning, seed by seed."""
    full, lora = (
        {
            run.spec.seed: run.finished.accuracy["target"]
            for run in groups.get(key, [])
            if run.finished
        }
        for key in ("full", "lora")
    )
    gaps = [100 * (full[s] - lora[s]) for s in full.keys() & lora.keys()]
    if not gaps:
        return ""
    gap = interval(gaps)
    if gap.low > 0:
        return say(
            "LoRA is {mean:.1f} ± {half:.1f} points behind full fine-tuning: "
            "close to full is not what is seen here.",
            mean=gap.mean,
            half=gap.half,
        )
    return say(
        "LoRA is {mean:.1f} ± {half:.1f} points behind full fine-tuning: no "
        "difference can be told.",
        mean=gap.mean,
        half=gap.half,
    )


def untouched(groups: Groups) -> str:
    """Whether the source is back once prompts are taken out."""
    ends = [run.finished for run in groups.get("prompt", []) if run.finished]
    if not ends:
        return ""
    off = [end.accuracy["source_adapter_off"] for end in ends]
    before = [end.accuracy["source_before"] for end in ends]
    on = interval([end.accuracy["source"] for end in ends])
    same = sum(a == b for a, b in zip(off, before, strict=True))
    return say(
        "The network's layers stay untouched: with the prompts in, "
        "{with_prompts} of the source is read; taken out, with the old head, "
        "{without}, the same as before in {same} of {runs} runs.",
        with_prompts=sentences.percent(on.mean),
        without=sentences.percent(interval(off).mean),
        same=same,
        runs=len(off),
    )
