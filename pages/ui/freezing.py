"""Freeze and thaw: press the stages of a network, and see what is trained,
what a step holds in memory, and what such a cut reached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from pages.ui import reached, registry, stages
from pages.ui.charts import chart
from pages.ui.choices import begin, labels
from tl_core import catalog, freezing, sentences
from tl_core.figures import strategies as figures
from tl_core.figures.memory import MIB
from tl_core.freezing import Plan
from tl_core.spec import RunSpec, spec_from_settings

Settings = dict[str, str]
BATCHES = (8, 16, 32, 64, 128, 256)
MISSING = "`make record` takes apart the networks behind this view."


def choose(given: Mapping[str, str]) -> Settings:
    """Network, batch and labels; where the cut lies is pressed later."""
    networks = freezing.recorded().get("networks", {})
    if not networks:
        return {}
    left, middle, right = st.columns(3)
    begin("strategies.backbone", list(networks), given.get("backbone", ""))
    backbone = left.selectbox(
        "Network",
        list(networks),
        format_func=title,
        key="strategies.backbone",
        persist_state="page",
    )
    begin("strategies.batch", BATCHES, given.get("batch_size", ""), 3)
    batch = middle.select_slider(
        "Batch b", BATCHES, key="strategies.batch", persist_state="page"
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
    st.markdown(f"**Which stages shall learn? Press them.** {words}")
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
        memory(known, plan, batch)
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
        return f"{names[0]} to {names[-1]}"
    return " and ".join(names) or "nothing"


def said(known: Sequence[Plan], plan: Plan, batch: int) -> str:
    """What is frozen, and what that spares against training all."""
    here, all_of_it = (whole(p, batch) for p in (plan, known[0]))
    return (
        f"With {frozen_names(plan)} frozen, {plan.trained:,} of "
        f"{plan.total:,} numbers are trained "
        f"({sentences.percent(plan.share)}); a step holds {mib(here)}, "
        + (
            "the most there is."
            if here == all_of_it
            else f"{sentences.percent(1 - here / all_of_it)} less than full "
            "fine-tuning."
        )
    )


def whole(plan: Plan, batch: int) -> int:
    """Bytes of one step."""
    return sum(plan.memory(batch).values())


def mib(count: float) -> str:
    """Bytes in MiB, with more digits where there are few."""
    size = count / MIB
    return f"{size:,.0f} MiB" if size >= 100 else f"{size:.2f} MiB"


def numbers(known: Sequence[Plan], plan: Plan, batch: int) -> None:
    """Four numbers that answer each press."""
    before, here = (whole(each, batch) for each in (known[0], plan))
    change = f"{100 * (here / before - 1):+.0f} % against full"
    cells = {
        "What the lab calls it": sentences.title(plan.strategy),
        "Trained parameters T": f"{plan.trained:,}",
        "Share T / P": sentences.percent(plan.share),
        "Memory of a step": mib(here),
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


def memory(known: Sequence[Plan], plan: Plan, batch: int) -> None:
    """The parts of a step's memory for every cut, the chosen one lit."""
    names = {p.frozen: bar(p) for p in known if p is canonical(known, p)}
    rows = {name: known[k].memory(batch) for k, name in names.items()}
    held = plan.memory(batch)
    words = "; ".join(f"{part} {mib(held[part])}" for part in held)
    st.markdown(f"**What does a step hold?** {words}.")
    chart(figures.memory(rows, names[plan.frozen]), words, "strategies.memory")
    st.caption(
        f"4 P bytes of weights, 4 T of gradients, 8 T for Adam's moments, "
        f"and for each of {batch} samples the activations that autograd "
        "keeps, counted tensor by tensor. A frozen stage keeps none, unless "
        "a trained one lies before it · "
        f"{freezing.recorded()['device']} · recorded "
        f"{freezing.recorded()['recorded']}"
    )


def canonical(known: Sequence[Plan], plan: Plan) -> Plan:
    """The plan that stands for all that train the same."""
    return known[freezing.meant(known, plan.frozen)]


def bar(plan: Plan) -> str:
    """A cut's name beside its bar."""
    if not plan.frozen:
        return "all trained"
    if plan.frozen == plan.deep:
        return "head only"
    return f"from {plan.stages[plan.frozen].name} on"


def table(plan: Plan, spec: RunSpec) -> None:
    """Every stage's numbers."""
    with st.expander("Stage by stage, in numbers", icon=":material/table:"):
        st.dataframe(
            [
                {
                    "stage": stage.name,
                    "output": " × ".join(map(str, stage.shape)),
                    "parameters": stage.parameters,
                    "trained": stage.trained,
                    "peak learning rate": spec.lr if stage.trained else 0.0,
                    "kept of one sample (bytes)": stage.kept,
                }
                for stage in plan.stages
            ],
            hide_index=True,
        )


def link(spec: RunSpec) -> None:
    """The way to a run with this setting."""
    st.page_link(
        registry.path_of("run"),
        label="Run it yourself, cut here",
        icon=":material/play_arrow:",
        query_params={k: str(v) for k, v in spec.changes().items()},
    )
