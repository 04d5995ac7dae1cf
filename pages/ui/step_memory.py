"""What a step of training holds in memory, for every cut through a
network."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.ui.charts import chart
from tl_core import freezing
from tl_core.figures import strategies as figures
from tl_core.figures.memory import MIB
from tl_core.freezing import Plan
from tl_core.memory import PARTS
from tl_core.texts import say


def show(known: Sequence[Plan], plan: Plan, batch: int) -> None:
    """The parts of a step's memory for every cut, the chosen one lit."""
    names = {p.frozen: bar(p) for p in known if p is canonical(known, p)}
    rows = {name: known[k].memory(batch) for k, name in names.items()}
    held = plan.memory(batch)
    words = "; ".join(f"{PARTS[part]} {mib(held[part])}" for part in held)
    st.markdown(say("**What does a step hold?** {words}.", words=words))
    chart(figures.memory(rows, names[plan.frozen]), words, "strategies.memory")
    st.caption(
        say(
            "4 P bytes of weights, 4 T of gradients, 8 T for Adam's moments, "
            "and for each of {batch} samples the activations that autograd "
            "keeps, counted tensor by tensor. A frozen stage keeps none, "
            "unless a trained one lies before it · {device} · recorded "
            "{recorded}",
            batch=batch,
            device=freezing.recorded()["device"],
            recorded=freezing.recorded()["recorded"],
        )
    )


def canonical(known: Sequence[Plan], plan: Plan) -> Plan:
    """The plan that stands for all that train the same."""
    return known[freezing.meant(known, plan.frozen)]


def bar(plan: Plan) -> str:
    """A cut's name beside its bar."""
    if not plan.frozen:
        return say("all trained")
    if plan.frozen == plan.deep:
        return say("head only")
    return say("from {name} on", name=plan.stages[plan.frozen].name)


def whole(plan: Plan, batch: int) -> int:
    """Bytes of one step."""
    return sum(plan.memory(batch).values())


def mib(count: float) -> str:
    """Bytes in MiB, with more digits where there are few."""
    size = count / MIB
    return (
        say("{size:,.0f} MiB", size=size)
        if size >= 100
        else say("{size:.2f} MiB", size=size)
    )
