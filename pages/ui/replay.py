"""A recorded race, replayed in the browser: curves grow, places change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from pages.ui import foreign
from tl_core import sentences
from tl_core.figures import theme
from tl_core.figures.race import by_strategy, mean_curve
from tl_core.figures.svg import DASHES
from tl_core.history import History
from tl_core.texts import say

HTML = """
<div class="bar"><button type="button" class="play">«Play»</button>
<input type="range" min="0" step="1" aria-label="«Adaptation step»">
<output></output></div>
<div class="two"><svg class="curves" viewBox="0 0 560 330" role="img"></svg>
<svg class="places" viewBox="0 0 560 330" role="img"></svg></div>
"""
CSS = """
:host, svg { color: var(--st-text-color); font: 14px var(--st-font); }
svg { width: 100%; height: auto; fill: currentColor; }
.two { display: grid; grid-template-columns: 1fr 1fr; gap: 0 32px; }
@media (max-width: 640px) { .two { grid-template-columns: 1fr; } }
.bar { display: flex; gap: 12px; align-items: center; margin-bottom: 8px; }
.bar input { flex: 1; accent-color: var(--st-primary-color); }
output { min-width: 5.5em; text-align: right;
  font-variant-numeric: tabular-nums; }
button { font: inherit; padding: 4px 16px; cursor: pointer; min-width: 5em;
  color: var(--st-text-color); border-radius: 6px;
  background: var(--st-secondary-background-color);
  border: 1px solid var(--st-border-color); }
.row { transition: transform .25s; }
@media (prefers-reduced-motion: reduce) { .row { transition: none; } }
"""
JS = """
const NS = "http://www.w3.org/2000/svg";
const add = (parent, name, look, text) => {
  const made = document.createElementNS(NS, name);
  for (const key in look) made.setAttribute(key, look[key]);
  if (text !== undefined) made.textContent = text;
  return parent.appendChild(made);
};
const percent = (share) => (100 * share).toFixed(1) + " %";

export default function({parentElement, data}) {
  const find = (name) => parentElement.querySelector(name);
  const [play, slider, told] = ["button", "input", "output"].map(find);
  const curves = find(".curves"), places = find(".places");
  const px = (step) => 44 + 500 * step / data.last;
  const py = (share) => 290 - 270 * share;
  curves.replaceChildren(); places.replaceChildren();
  curves.setAttribute("aria-label", data.said);
  places.setAttribute("aria-label", data.said);
  for (const share of [0, .25, .5, .75, 1]) {
    add(curves, "line", {x1: 44, x2: 544, y1: py(share), y2: py(share),
      stroke: "currentColor", opacity: .14});
    add(curves, "text", {x: 38, y: py(share) + 5, "text-anchor": "end"},
      100 * share + "%");
  }
  for (let k = 0; k <= 3; k++) {
    const step = Math.round(data.last * k / 3);
    add(curves, "text", {x: px(step), y: 309, "text-anchor": "middle"}, step);
  }
  add(curves, "text", {x: 294, y: 327, "text-anchor": "middle"},
    "adaptation step");
  const rows = data.series.map((one) => {
    const line = add(curves, "polyline", {fill: "none",
      stroke: one.colour, "stroke-width": 2.5, "stroke-dasharray": one.dash});
    const dot = add(curves, "circle", {r: 5, fill: one.colour});
    const row = add(places, "g", {class: "row"});
    add(row, "text", {x: 130, y: 21, "text-anchor": "end"}, one.name);
    const bar = add(row, "rect", {x: 140, y: 4, height: 24, rx: 3,
      fill: one.colour});
    const value = add(row, "text", {y: 21});
    return {...one, line, dot, row, bar, value};
  });
  const at = (one, step) => {
    const k = one.steps.findLastIndex((s) => s <= step);
    if (k + 1 >= one.steps.length) return one.values[k];
    const part = (step - one.steps[k]) / (one.steps[k + 1] - one.steps[k]);
    return one.values[k] + part * (one.values[k + 1] - one.values[k]);
  };
  const show = (step) => {
    told.textContent = "«step» " + Math.round(step);
    slider.value = step;
    for (const one of rows) {
      one.now = at(one, step);
      const seen = one.steps.filter((s) => s <= step)
        .map((s, k) => px(s) + "," + py(one.values[k]));
      seen.push(px(step) + "," + py(one.now));
      one.line.setAttribute("points", seen.join(" "));
      one.dot.setAttribute("cx", px(step));
      one.dot.setAttribute("cy", py(one.now));
      one.bar.setAttribute("width", 340 * one.now);
      one.value.setAttribute("x", 148 + 340 * one.now);
      one.value.textContent = percent(one.now);
    }
    [...rows].sort((a, b) => b.now - a.now).forEach((one, place) => {
      one.row.style.transform = `translateY(${place * 46 + 14}px)`;
    });
  };
  let since = null, from = 0, timer = 0;
  const stop = () => {
    cancelAnimationFrame(timer); since = null; play.textContent = "«Play»";
  };
  const tick = (now) => {
    if (!parentElement.isConnected) return;
    since ??= now;
    const step = Math.min(data.last,
      from + (now - since) / data.seconds / 1000 * data.last);
    show(step);
    if (step >= data.last) stop(); else timer = requestAnimationFrame(tick);
  };
  play.onclick = () => {
    if (play.textContent === "«Pause»") return stop();
    from = +slider.value >= data.last ? 0 : +slider.value;
    since = null; play.textContent = "«Pause»";
    timer = requestAnimationFrame(tick);
  };
  slider.max = data.last;
  slider.oninput = () => { stop(); show(+slider.value); };
  show(data.last);
  return stop;
}
"""
SECONDS = 8
"""How long a replay takes."""


def show(histories: Sequence[History], said: str) -> None:
    """Play, pause and a slider over the steps of a recorded race."""
    component = st.components.v2.component(
        "tl_replay", html=foreign.html(HTML), css=CSS, js=foreign.js(JS)
    )
    component(key="replay", data=payload(histories, said))
    st.caption(
        say(
            "Means over seeds, measured on up to 256 held-out samples while "
            "they adapt, straight lines between; the verdict above is on all "
            "test samples."
        )
    )


def payload(histories: Sequence[History], said: str) -> dict[str, Any]:
    """What the browser draws: each strategy's mean target accuracy over
    seeds at the steps at which it was measured."""
    series = []
    for key, runs in by_strategy(histories).items():
        style = theme.style(key)
        steps, spans = mean_curve(runs, "target")
        series.append(
            {
                "name": sentences.title(key),
                "colour": style.colour,
                "dash": DASHES[style.dash],
                "steps": list(steps),
                "values": [round(span.mean, 4) for span in spans],
            }
        )
    last = max(history.spec.steps for history in histories)
    return {"series": series, "last": last, "said": said, "seconds": SECONDS}
