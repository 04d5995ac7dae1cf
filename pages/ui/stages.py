"""A network drawn stage by stage; a press on a stage freezes or thaws it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import log
from typing import Any

import streamlit as st

from pages.ui import foreign
from tl_core.figures import theme
from tl_core.freezing import Plan, Stage, fixed, pressed
from tl_core.texts import say

FROZEN = theme.style("linear_probe").colour
TRAINED = theme.style("full").colour
HIGHEST, WIDEST = 92, 44
"""Pixels of the largest stage: as high as its maps, as wide as its
channels are many, both on a logarithmic scale."""
LEAST = 14
HTML = """
<div class="net" role="group"></div>
<div class="keys"><span><i class="frozen"></i>«frozen: no gradient, its
statistics stay»</span><span><i class="trained"></i>«trained»</span><span
><i class="line"></i>«how far the gradient travels back»</span></div>
"""
CSS = """
:host { color: var(--st-text-color); font: 15px var(--st-font); }
.net { display: flex; gap: 6px; }
.cell, .end { display: flex; flex-direction: column; }
.cell { flex: 1 1 0; min-width: 0; }
.end { justify-content: center; font-size: 14px; padding-bottom: 20px; }
.stage { font: inherit; color: inherit; width: 100%; text-align: center;
  box-sizing: border-box; padding: 8px 2px; border-radius: 10px; flex: 1;
  border: 2px solid transparent; transition: all .2s;
  background: var(--st-secondary-background-color); }
button.stage { cursor: pointer; border-color: var(--st-border-color); }
button.stage:hover { border-color: var(--st-primary-color); }
button.stage:focus-visible { outline: 3px solid var(--st-primary-color);
  outline-offset: 2px; }
.room { height: ROOMpx; display: flex; align-items: center;
  justify-content: center; }
.slab { border-radius: 4px; transition: all .25s; }
.trained .slab, i.trained { background: HOT; }
.frozen .slab, i.frozen { background: repeating-linear-gradient(45deg,
  COLD 0 3px, transparent 3px 7px); box-shadow: inset 0 0 0 2px COLD; }
.empty .slab { box-shadow: inset 0 0 0 2px GREY; }
b, .said span { display: block; overflow-wrap: anywhere; line-height: 1.3; }
.said span { font-size: 13.5px; }
.back { height: 14px; margin: 6px -3px 0; position: relative; }
.back::before, i.line { content: ""; position: absolute; left: 0; right: 0;
  top: 6px; height: 3px; background: HOT; opacity: 0; }
.back.flows::before { opacity: 1; }
.back.last::before { left: 12px; }
.back.last::after { content: ""; position: absolute; left: 3px; top: 1px;
  border: 6.5px solid transparent; border-right: 10px solid HOT;
  border-left: 0; }
.keys { display: flex; flex-wrap: wrap; gap: 4px 22px; font-size: 14px;
  margin-top: 4px; }
.keys i { display: inline-block; width: 22px; height: 13px; border-radius:
  3px; margin-right: 8px; vertical-align: -1px; }
.keys i.line { position: static; height: 3px; opacity: 1;
  vertical-align: 4px; }
@media (max-width: 640px) {
  .net { flex-direction: column; }
  .end { padding: 0; align-items: center; }
  .cell { flex-direction: row; }
  .stage { display: flex; align-items: center; gap: 10px; padding: 4px 8px;
    text-align: left; }
  .room { width: 64px; height: 56px; flex: none; }
  .slab { transform: scale(.6); }
  .back { width: 14px; height: auto; margin: -3px 0 -3px 6px; }
  .back::before { left: 5px; right: auto; top: 0; bottom: 0; width: 3px;
    height: auto; }
  .back.last::before { left: 5px; top: 12px; }
  .back.last::after { left: 0; top: 3px; border: 6.5px solid transparent;
    border-bottom: 10px solid HOT; border-top: 0; }
}
"""
for _word, _value in {
    "ROOM": str(HIGHEST + 8),
    "HOT": TRAINED,
    "COLD": FROZEN,
    "GREY": theme.NEUTRAL,
}.items():
    CSS = CSS.replace(_word, _value)
JS = """
const put = (parent, name, look, text) => {
  const made = parent.appendChild(document.createElement(name));
  made.className = look;
  if (text !== undefined) made.textContent = text;
  return made;
};
export default function({parentElement, data, setTriggerValue}) {
  const net = parentElement.querySelector(".net");
  const names = JSON.stringify(data.parts);
  if (net.names !== names) {
    net.names = names;
    net.replaceChildren();
    put(net, "div", "end", "input");
    net.cells = data.parts.map((part) => {
      const cell = put(net, "div", "cell");
      const stage = put(cell, part.fixed ? "div" : "button", "stage");
      const slab = put(put(stage, "div", "room"), "div", "slab");
      slab.style.width = part.wide + "px";
      slab.style.height = part.high + "px";
      const said = put(stage, "div", "said");
      put(said, "b", "", part.name);
      put(said, "span", "", part.shape);
      put(said, "span", "", part.size);
      const rate = put(said, "span", "");
      return {stage, rate, back: put(cell, "div", "back")};
    });
    put(net, "div", "end", "loss");
  }
  net.setAttribute("aria-label", data.said);
  const draw = (frozen) => net.cells.forEach(({stage, rate, back}, k) => {
    const part = data.parts[k], now = data.states[frozen][k];
    stage.className = "stage " + now.kind;
    rate.textContent = now.rate;
    back.className = "back" + (now.flows ? " flows" : "")
      + (now.last ? " last" : "");
    if (part.fixed) return;
    stage.type = "button";
    stage.setAttribute("aria-pressed", String(now.kind === "frozen"));
    stage.setAttribute("aria-label", part.name + ", " + part.size + ", "
      + now.kind + ". " + (now.kind === "frozen"
        ? "«Press to train it and all behind it.»"
        : "«Press to freeze it and all before it.»"));
    stage.onclick = () => {
      draw(now.then);
      setTriggerValue("frozen", now.then);
    };
  });
  draw(data.frozen);
}
"""


def show(
    known: Sequence[Plan],
    frozen: int,
    rate: float,
    said: str,
    key: str,
    heard: Callable[[int], None],
) -> None:
    """Draw the network with its first `frozen` stages frozen; `said` says
    that in words, `heard` is told how many shall be frozen instead."""
    component = st.components.v2.component(
        "tl_stages", html=foreign.html(HTML), css=CSS, js=foreign.js(JS)
    )

    def listen() -> None:
        told = st.session_state[key].get("frozen")
        if type(told) is int and 0 <= told < len(known):
            heard(told)

    component(
        key=key,
        data=payload(known, rate) | {"frozen": frozen, "said": said},
        on_frozen_change=listen,
    )


def payload(known: Sequence[Plan], rate: float) -> dict[str, Any]:
    """What the browser draws: the parts, and for every number of frozen
    stages the state of each, so that a press needs no answer to be seen."""
    stages = known[0].stages
    high, wide = (max(size(s)[side] for s in stages) for side in (0, 1))
    return {
        "parts": [
            {
                "name": stage.name,
                "shape": "×".join(map(str, stage.shape)),
                "size": say(
                    "{parameters:,} weights", parameters=stage.parameters
                ),
                "high": scaled(size(stage)[0], high, HIGHEST),
                "wide": scaled(size(stage)[1], wide, WIDEST),
                "fixed": fixed(known, place),
            }
            for place, stage in enumerate(stages)
        ],
        "states": [states(known, plan, rate) for plan in known],
    }


def states(
    known: Sequence[Plan], plan: Plan, rate: float
) -> list[dict[str, Any]]:
    """Of each part: how it is drawn, its learning rate in words, whether the
    gradient reaches it, and what a press on it leads to."""
    first = next(k for k, s in enumerate(plan.stages) if s.trained)
    return [
        {
            "kind": kind(stage),
            "rate": told(stage, rate),
            "flows": place >= first,
            "last": place == first,
            "then": pressed(known, plan.frozen, min(place, plan.deep - 1)),
        }
        for place, stage in enumerate(plan.stages)
    ]


def told(stage: Stage, rate: float) -> str:
    """The peak learning rate of a part, in words."""
    if stage.trained:
        return f"η = {rate:g}"
    return (
        say("frozen, η = 0") if stage.parameters else say("nothing to train")
    )


def kind(stage: Stage) -> str:
    """ "trained", "frozen", or "empty" where there are no weights."""
    if stage.trained:
        return "trained"
    return "frozen" if stage.parameters else "empty"


def size(stage: Stage) -> tuple[int, int]:
    """Rows of a stage's output (or tokens), and channels (or numbers)."""
    shape = stage.shape
    if len(shape) == 3:
        return shape[1], shape[0]
    return (shape[0], shape[1]) if len(shape) == 2 else (1, shape[0])


def scaled(value: int, most: int, pixels: int) -> int:
    """Pixels of a side, from LEAST on a logarithmic scale."""
    share = log(value) / log(most) if most > 1 else 0.0
    return round(LEAST + (pixels - LEAST) * share)
