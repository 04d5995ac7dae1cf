"""Freeze and thaw: press the stages of a network, and see what is trained,
what a step holds in memory, and what such a cut reached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from pages.ui import reached, registry, stages, step_memory
from pages.ui.choices import begin, labels
from pages.ui.step_memory import mib, whole
from tl_core import catalog, freezing, sentences
from tl_core.freezing import Plan
from tl_core.spec import RunSpec, spec_from_settings
from tl_core.texts import say

Settings = dict[str, str]
BATCHES = (8, 16, 32, 64, 128, 256)
MISSING = say("`make record` takes apart the networks behind this view.")


def choose(given: Mapping[str, str]) -> Settings:
    """Network, batch and labels; where the cut lies is pressed later."""
    networks = freezing.recorded().get("networks", {})
    if not networks:
        return {}
    left, middle, right = st.columns(3)
    begin("strategies.backbone", list(networks), given.get("backbone", ""))
    backbone = left.selectbox(
        say("Network"),
        list(networks),
        format_func=title,
        key="strategies.backbone",
        persist_state="page",
    )
    begin("strategies.batch", BATCHES, given.get("batch_size", ""), 3)
    batch = middle.select_slider(
        say("Batch b"), BATCHES, key="strategies.batch", persist_state="page"
    )
    with right:
        count = labels(given, "strategies.labels")
    plan = planned(backbone, given)
    return {
        "backbone": backbone,
        **plan.settings,
        "batch_size": str(batch),
        "target_labels": str(count),
    }


def title(backbone: str) -> str:
    """A network's name."""
    name: str = catalog.entry("backbones", backbone).card.title
    return name


def planned(backbone: str, given: Mapping[str, str]) -> Plan:
    """The cut that was pressed, or that the link names."""
    found = freezing.recorded()["networks"][backbone]
    state, key = st.session_state, cut(backbone)
    if key not in state:
        state[key] = freezing.chosen(found, given).frozen
    return freezing.plans(found)[state[key]]


def cut(backbone: str) -> str:
    """The key under which the cut through a network is kept."""
    return f"strategies.frozen.{backbone}"


def show(settings: Settings) -> None:
    """The drawing, its numbers, its memory, and what it reached."""
    if not settings:
        st.info(MISSING)
        return
    backbone = settings["backbone"]
    known = freezing.plans(freezing.recorded()["networks"][backbone])
    plan = known[st.session_state[cut(backbone)]]
    batch = int(settings["batch_size"])
    spec = spec_of(settings)
    words = said(known, plan, batch)
    st.markdown(
        say("**Which stages shall learn? Press them.** {words}", words=words)
    )
    stages.show(
        known,
        plan.frozen,
        spec.lr,
        words,
        "strategies.stages",
        lambda frozen: press(backbone, frozen),
    )
    numbers(known, plan, batch)
    left, right = st.columns(2, gap="large")
    with left:
        step_memory.show(known, plan, batch)
    with right:
        reached.show(backbone, plan, settings["target_labels"])
    table(plan, spec)
    link(spec)


def press(backbone: str, frozen: int) -> None:
    """Keep where the cut was put."""
    st.session_state[cut(backbone)] = frozen


def spec_of(settings: Settings) -> RunSpec:
    """The run with exactly this setting: on the pair of the recorded runs,
    or on one that the network can start on."""
    return spec_from_settings(
        {**reached.pair_of(settings["backbone"]), **settings}
    )


def frozen_names(plan: Plan) -> str:
    """The frozen stages in words."""
    names = [s.name for s in plan.stages if s.parameters and not s.trained]
    if len(names) > 2:
        return say("{first} to {last}", first=names[0], last=names[-1])
    if len(names) == 2:
        return say("{first} and {last}", first=names[0], last=names[1])
    return names[0] if names else say("nothing")


def said(known: Sequence[Plan], plan: Plan, batch: int) -> str:
    """What is frozen, and what that spares against training all."""
    here, all_of_it = (whole(p, batch) for p in (plan, known[0]))
    trained = say(
        "With {stages} frozen, {trained:,} of {total:,} numbers are trained "
        "({share})",
        stages=frozen_names(plan),
        trained=plan.trained,
        total=plan.total,
        share=sentences.percent(plan.share),
    )
    if here == all_of_it:
        return say(
            "{trained}; a step holds {size}, the most there is.",
            trained=trained,
            size=mib(here),
        )
    return say(
        "{trained}; a step holds {size}, {less} less than full fine-tuning.",
        trained=trained,
        size=mib(here),
        less=sentences.percent(1 - here / all_of_it),
    )


def numbers(known: Sequence[Plan], plan: Plan, batch: int) -> None:
    """Four numbers that answer each press."""
    before, here = (whole(each, batch) for each in (known[0], plan))
    change = say(
        "{change:+.0f} % against full", change=100 * (here / before - 1)
    )
    cells = {
        say("What the lab calls it"): sentences.title(plan.strategy),
        say("Trained parameters T"): f"{plan.trained:,}",
        say("Share T / P"): sentences.percent(plan.share),
        say("Memory of a step"): mib(here),
    }
    with st.container(horizontal=True, gap="medium"):
        for place, (label, value) in enumerate(cells.items()):
            last = place == len(cells) - 1
            st.metric(
                label,
                value,
                change if last and plan.frozen else None,
                delta_color="inverse",
                width="content",
            )


def table(plan: Plan, spec: RunSpec) -> None:
    """Every stage's numbers."""
    with st.expander(
        say("Stage by stage, in numbers"), icon=":material/table:"
    ):
        st.dataframe(
            [
                {
                    say("stage"): stage.name,
                    say("output"): " × ".join(map(str, stage.shape)),
                    say("parameters"): stage.parameters,
                    say("trained"): stage.trained,
                    say("peak learning rate"): spec.lr
                    if stage.trained
                    else 0.0,
                    say("kept of one sample (bytes)"): stage.kept,
                }
                for stage in plan.stages
            ],
            hide_index=True,
        )


def link(spec: RunSpec) -> None:
    """The way to a run with this setting."""
    st.page_link(
        registry.path_of("run"),
        label=say("Run it yourself, cut here"),
        icon=":material/play_arrow:",
        query_params={k: str(v) for k, v in spec.changes().items()},
    )
