"""Samples as points in the plane that show their picture, and that move."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from pages.ui import foreign
from pages.ui.charts import numbers
from tl_core.figures import cloud

HTML = """
<div class="keys" role="group" aria-label="«Show or hide»"></div>
<div class="plane"><canvas tabindex="0" role="img"></canvas>
<div class="tip" role="status" hidden><div class="picture"></div>
<span></span></div></div>
<div class="bar"><button type="button" class="play">«Play»</button>
<label><span>«before»</span><input type="range" min="0" max="1" step="0.01"
  value="0" aria-label="«From before to after adaptation»"><span>«after»</span>
</label></div>
"""
CSS = """
:host { color: var(--st-text-color); font: 14px var(--st-font); }
[hidden] { display: none !important; }
.plane { position: relative; height: 440px; border-radius: 6px;
  border: 1px solid var(--st-border-color); }
@media (max-width: 640px) { .plane { height: 340px; } }
canvas { position: absolute; width: 100%; height: 100%; touch-action: pan-y;
  border-radius: 5px; color: var(--st-text-color); }
canvas:focus-visible { outline: 2px solid var(--st-primary-color); }
.tip { position: absolute; pointer-events: none; padding: 6px; width: 96px;
  border-radius: 6px; border: 1px solid var(--st-border-color);
  background: var(--st-background-color); font-size: 13px;
  line-height: 1.25; overflow-wrap: anywhere; box-sizing: border-box;
  box-shadow: 0 2px 8px rgb(0 0 0 / .25); }
.picture { width: 100%; margin-bottom: 4px; image-rendering: pixelated; }
.keys { display: flex; flex-wrap: wrap; gap: 2px 4px; max-height: 96px;
  overflow-y: auto; margin: 0 0 8px -8px; }
button { font: inherit; color: inherit; cursor: pointer; border-radius: 6px;
  background: none; border: 1px solid transparent; padding: 4px 8px; }
button:focus-visible { outline: 2px solid var(--st-primary-color); }
.keys i { display: inline-block; width: 10px; height: 10px;
  margin-right: 6px; border-radius: 5px; }
.keys i.diamond { border-radius: 0; transform: rotate(45deg) scale(.85); }
.keys [aria-pressed=false] { opacity: .45; text-decoration: line-through; }
.bar, .bar label { display: flex; gap: 12px; align-items: center; flex: 1; }
.bar { margin-top: 8px; max-width: 640px; }
.bar input { flex: 1; min-width: 0; accent-color: var(--st-primary-color); }
.play { min-width: 5em; border-color: var(--st-border-color);
  background: var(--st-secondary-background-color); }
"""
JS = """
const NEAR = 12, EDGE = 18, SIDE = 84, SECONDS = 1.6;

export default function({parentElement, data}) {
  const find = (name) => parentElement.querySelector(name);
  const [plane, canvas, tip, bar, play, slider, keys] = [".plane", "canvas",
    ".tip", ".bar", ".play", "input", ".keys"].map(find);
  const {states, targets, groups, sheet, box: [wide, high]} = data;
  const n = targets.length, last = states.length - 1;
  const off = new Set(), pen = canvas.getContext("2d");
  let at = [], chosen = -1, timer = 0;
  const part = () => last ? +slider.value : 0;
  const state = () => states[part() < .5 ? 0 : last];
  const seen = (k) => !off.has(state().groups[k]);

  const outline = (k, [x, y], r) => {
    pen.beginPath();
    if (!targets[k]) return pen.arc(x, y, r, 0, 7);
    [[0, -1], [1, 0], [0, 1], [-1, 0]].forEach(([u, v]) =>
      pen.lineTo(x + 1.3 * r * u, y + 1.3 * r * v));
    pen.closePath();
  };
  const draw = () => {
    const {clientWidth: w, clientHeight: h} = canvas;
    const sharp = window.devicePixelRatio || 1, t = part(), now = state();
    canvas.width = w * sharp; canvas.height = h * sharp;
    pen.setTransform(sharp, 0, 0, sharp, 0, 0);
    const scale = Math.min((w - 2 * EDGE) / wide, (h - 2 * EDGE) / high);
    const place = ([x, y]) => [w / 2 + scale * (x - wide / 2),
      h / 2 - scale * (y - high / 2)];
    at = targets.map((_, k) => {
      const [a, b] = [states[0].points[k], states[last].points[k]];
      return place(a.map((value, i) => value + t * (b[i] - value)));
    });
    pen.lineWidth = 1.6; pen.globalAlpha = .9;
    at.forEach((p, k) => {
      if (!seen(k)) return;
      pen.fillStyle = pen.strokeStyle = groups[now.groups[k]].colour;
      outline(k, p, 3.6);
      if (now.wrong[k]) pen.stroke(); else pen.fill();
    });
    pen.globalAlpha = 1;
    if (chosen < 0) return;
    pen.strokeStyle = getComputedStyle(canvas).color; pen.lineWidth = 2;
    outline(chosen, at[chosen], 7); pen.stroke();
  };
  const tell = () => {
    tip.hidden = chosen < 0;
    if (tip.hidden) return;
    find(".tip span").textContent = state().captions[chosen];
    const picture = find(".picture");
    picture.hidden = !sheet;
    if (sheet) {
      const tall = SIDE * sheet.height / sheet.width;
      const column = chosen % sheet.columns;
      const row = Math.floor(chosen / sheet.columns);
      picture.style.cssText = `height: ${tall}px;
        background: url(${sheet.url}) ${-SIDE * column}px ${-tall * row}px /
        ${SIDE * sheet.columns}px ${tall * sheet.rows}px`;
    }
    const [x, y] = at[chosen];
    const beyond = x + 14 + tip.offsetWidth > plane.clientWidth;
    tip.style.left = (beyond ? x - 14 - tip.offsetWidth : x + 14) + "px";
    tip.style.top = Math.max(4, Math.min(y - 40,
      plane.clientHeight - tip.offsetHeight - 4)) + "px";
  };
  const show = () => {
    if (chosen >= 0 && !seen(chosen)) chosen = -1;
    draw(); tell();
  };
  const choose = (k) => { if (k !== chosen) { chosen = k; show(); } };

  canvas.onpointermove = canvas.onpointerdown = (event) => {
    const away = at.map(([x, y], k) => seen(k)
      ? Math.hypot(x - event.offsetX, y - event.offsetY) : Infinity);
    const least = Math.min(...away);
    choose(least <= NEAR ? away.indexOf(least) : -1);
  };
  canvas.onpointerleave = canvas.onblur = () => choose(-1);
  canvas.onkeydown = (event) => {
    const step = {ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1,
      Escape: 0}[event.key];
    if (step === undefined) return;
    event.preventDefault();
    if (!step) return choose(-1);
    let k = chosen < 0 && step < 0 ? 0 : chosen;
    for (let tried = 0; tried < n; tried++) {
      k = (k + step + n) % n;
      if (seen(k)) return choose(k);
    }
  };
  keys.replaceChildren(...groups.map((group, g) => {
    const key = document.createElement("button"), dot = key.appendChild(
      document.createElement("i"));
    key.type = "button"; key.append(group.name);
    dot.className = group.shape; dot.style.background = group.colour;
    key.ariaPressed = "true";
    key.onclick = () => {
      if (!off.delete(g)) off.add(g);
      key.ariaPressed = String(!off.has(g)); show();
    };
    return key;
  }));
  const stop = () => {
    cancelAnimationFrame(timer); play.textContent = "«Play»";
  };
  play.onclick = () => {
    if (play.textContent === "«Pause»") return stop();
    const from = +slider.value < 1 ? +slider.value : 0, began = Date.now();
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const tick = () => {
      const gone = (Date.now() - began) / 1000 / SECONDS;
      slider.value = still ? 1 : Math.min(1, from + gone);
      show();
      if (+slider.value >= 1 || !parentElement.isConnected) return stop();
      timer = requestAnimationFrame(tick);
    };
    play.textContent = "«Pause»"; tick();
  };
  slider.oninput = () => { stop(); show(); };
  bar.hidden = !last;
  canvas.ariaLabel = data.said + " Arrow keys step through the points.";
  plane.watch?.disconnect();
  plane.watch = new ResizeObserver(show);
  plane.watch.observe(plane);
  stop(); show();
  return () => { stop(); plane.watch.disconnect(); };
}
"""


def show(found: cloud.Found, colour: str, said: str, key: str) -> None:
    """Draw samples, coloured by `colour` ("class", "domain" or
    "correctness"); `said` says in words what they show."""
    component = st.components.v2.component(
        "tl_cloud", html=foreign.html(HTML), css=CSS, js=foreign.js(JS)
    )
    images = list(found["images"].values())
    data = cloud.payload(found, colour) | {
        "sheet": _sheet(np.concatenate(images)) if images else None,
        "said": said,
    }
    component(key=key, data=data)
    numbers(cloud.scatter(found), said, key)


@st.cache_data(max_entries=16, show_spinner=False)
def _sheet(images: np.ndarray) -> dict[str, Any]:
    return cloud.sheet(images)
