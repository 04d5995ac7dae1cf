"""What a reader who asks for advice has: a pair, labels, network, memory."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import streamlit as st

from tl_core import advice_cases, recommend
from tl_core.advice_score import calibrated
from tl_core.recommend import TEXTBOOK, Situation
from tl_core.texts import say

FIRST = say("MNIST → turned by 45°")
"""The pair of the matrix."""
LABELS = (0, 10, 20, 50, 100, 200, 500, 1000, 2000)
BUDGETS = (1e6, 1e8, 1e9, 8e9, 24e9, 80e9, inf)
"""Bytes of memory."""
CALIBRATIONS = (say("Textbook"), say("Calibrated here"))
HAS = {
    "unlabelled": (say("Unlabelled target samples are at hand"), True),
    "source": (say("Source samples may be used"), True),
    "keep": (say("The source task is still needed"), False),
    "classes": (say("The target has other classes"), False),
}


@dataclass(frozen=True)
class Network:
    """What the rules have to know of a network; `key` if the lab has it."""

    name: str
    parameters: int
    tokens: bool
    key: str = ""


NETWORKS = (
    Network(say("the lab's convnet, 118 thousand"), 117_550, False, "convnet"),
    Network(
        say("the lab's transformer, 455 thousand"), 455_050, True, "vit_tiny"
    ),
    Network(say("ResNet-50, 25.6 million"), 25_557_032, False),
    Network(say("ViT-B/16, 86.6 million"), 86_567_656, True),
    Network(say("GPT-2 XL, 1.56 billion"), 1_557_611_200, True),
    Network(say("a language model, 7 billion"), 7_000_000_000, True),
)


def ask() -> tuple[str, Network, Situation]:
    """The reader's answers: a pair, a network, and the situation."""
    pair = _pair()
    known = advice_cases.pairs()[pair]
    labels = st.select_slider(
        say("Labelled target samples, $N_t$"),
        LABELS,
        value=100,
        key="advice.n",
    )
    has = _has(pair)
    network, budget = _network()
    situation = Situation(
        labels=labels,
        unlabelled=has["unlabelled"],
        source=has["source"],
        keep=has["keep"],
        same_classes=not has["classes"],
        same_proportions=not has["shifted"],
        tokens=network.tokens,
        batch_norm=not network.tokens,
        parameters=network.parameters,
        memory=budget,
        reads=known["reads"] if labels else None,
        apart=known.get("apart"),
        mmd=known["mmd"],
        calibration=calibrated() if _own() else TEXTBOOK,
    )
    return pair, network, situation


def _has(pair: str) -> dict[str, bool]:
    """What is at hand and what is asked, yes or no."""
    has = {
        key: st.toggle(title, value=value, key=f"advice.{key}")
        for key, (title, value) in HAS.items()
    }
    shifted = st.toggle(
        say("Classes come in other proportions"),
        value=pair == advice_cases.PROPORTIONS.title,
        key=f"advice.shifted.{pair}",
    )
    return {**has, "shifted": shifted}


def _network() -> tuple[Network, float]:
    """The network, and the memory there is for it, in bytes."""
    network = st.selectbox(
        say("Network"),
        NETWORKS,
        format_func=lambda n: n.name,
        key="advice.network",
    )
    budget = st.select_slider(
        say("Memory for weights, gradients and optimiser"),
        BUDGETS,
        value=inf,
        format_func=lambda b: (
            say("no limit") if b == inf else recommend.size(b)
        ),
        key="advice.memory",
    )
    return network, budget


def _own() -> bool:
    """Whether the rules are to be calibrated on the competitions."""
    rules = st.segmented_control(
        say("What is few, and which alignment first?"),
        CALIBRATIONS,
        default=CALIBRATIONS[0],
        key="advice.rules",
        help=say(
            "Textbooks do not say. We take 100 labels and DANN, or what has "
            "the least regret over the competitions below."
        ),
        required=True,
    )
    return rules == CALIBRATIONS[1]


def _pair() -> str:
    """A pair of the lab, and how similar its domains were measured to be."""
    pairs = advice_cases.pairs()
    pair = st.selectbox(
        say("As similar as"),
        list(pairs),
        index=list(pairs).index(FIRST),
        key="advice.pair",
    )
    st.caption(measured(pairs[pair]))
    return pair


def measured(found: dict[str, float]) -> str:
    """What was measured of a pair, in words."""
    told = {
        "reads": 100 * found["reads"],
        "mmd": found["mmd"],
        "seeds": found["seeds"],
    }
    apart = found.get("apart")
    if apart is None:
        return say(
            "Measured: the source model reads {reads:.0f} % of the target, "
            "MMD² {mmd:.2f} in its last stage; {seeds:.0f} seeds.",
            **told,
        )
    return say(
        "Measured: the source model reads {reads:.0f} % of the target, MMD² "
        "{mmd:.2f}, A-distance {apart:.2f} of 2 in its last stage; "
        "{seeds:.0f} seeds.",
        apart=apart,
        **told,
    )
