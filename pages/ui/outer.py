"""Two thin matrices and their product, to scale, growing step by step."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.ui import foreign

HTML = """
<p class="w0"></p><canvas class="w0" role="img"></canvas>
<p class="a"></p><canvas class="a" role="img"></canvas>
<p class="ba"></p><div class="row"><canvas class="b" role="img"></canvas>
<canvas class="ba" role="img"></canvas></div>
<p class="now" role="status"></p>
<div class="bar"><button type="button">«Play»</button>
<label><span>«step»</span><input type="range" min="0" step="1"
  aria-label="«Moment of the adaptation»"><output></output></label></div>
"""
CSS = """
:host { color: var(--st-text-color); font: 15px var(--st-font); }
p { margin: 10px 0 4px; line-height: 1.35; }
canvas { display: block; image-rendering: pixelated;
  outline: 1px solid var(--st-border-color); }
.row { display: flex; gap: 8px; width: 100%; }
.row canvas { flex: none; }
.now { min-height: 2.8em; font-variant-numeric: tabular-nums; }
.bar, .bar label { display: flex; gap: 12px; align-items: center; flex: 1; }
.bar { max-width: 640px; }
.bar input { flex: 1; min-width: 0; accent-color: var(--st-primary-color); }
output { min-width: 2.5em; font-variant-numeric: tabular-nums; }
button { font: inherit; color: inherit; cursor: pointer; border-radius: 6px;
  padding: 4px 8px; min-width: 5em; border: 1px solid var(--st-border-color);
  background: var(--st-secondary-background-color); }
button:focus-visible { outline: 2px solid var(--st-primary-color); }
"""
JS = """
const GAP = 8, TALL = 260, PAUSE = 450;

export default function({parentElement, data}) {
  const find = (name) => parentElement.querySelector(name);
  const [play, slider, moment, now] = ["button", "input", "output", ".now"]
    .map(find);
  const [d, k, r] = data.shape, last = data.steps.length - 1;
  const rgb = data.colours.map((c) => [1, 3, 5].map(
    (i) => parseInt(c.slice(i, i + 2), 16)));
  const unpack = (given, kind) => {
    const raw = Uint8Array.from(atob(given.data), (c) => c.charCodeAt(0));
    return Float32Array.from(new kind(raw.buffer), (v) => v * given.unit);
  };
  const a = unpack(data.a, Int16Array), b = unpack(data.b, Int16Array);
  const w0 = data.w0 && unpack(data.w0, Int8Array);
  let product = new Float32Array(d * k), timer = 0;

  const paint = (name, values, rows, columns, full) => {
    const canvas = find("canvas." + name), pen = canvas.getContext("2d");
    canvas.width = columns; canvas.height = rows;
    const image = pen.createImageData(columns, rows);
    values.forEach((v, i) => {
      image.data.set(rgb[v < 0 ? 0 : 1], 4 * i);
      image.data[4 * i + 3] = 255 * Math.min(1, Math.abs(v) / full);
    });
    pen.putImageData(image, 0, 0);
  };
  const size = () => {
    const wide = find(".row").clientWidth;
    const u = Math.min((wide - GAP - 4) / (k + r), TALL / d);
    const left = Math.max(1, r * u) + GAP;
    [["w0", d, k], ["a", r, k], ["b", d, r], ["ba", d, k]].forEach(
      ([name, rows, columns]) => {
        const style = find("canvas." + name).style;
        style.width = Math.max(1, columns * u) + "px";
        style.height = Math.max(1, rows * u) + "px";
        style.marginLeft = ["w0", "a"].includes(name) ? left + "px" : "0";
      });
  };
  const many = (n) => n.toLocaleString("en");
  const percent = (share) => (100 * share).toFixed(1) + " %";
  const say = (name, text, drawn) => {
    find("p." + name).textContent = text;
    (drawn || [name]).forEach((one) => {
      find("canvas." + one).ariaLabel = text;
    });
  };
  const show = () => {
    const t = +slider.value, A = a.subarray(t * r * k, (t + 1) * r * k);
    const B = b.subarray(t * d * r, (t + 1) * d * r);
    for (let i = 0; i < d; i++) for (let j = 0; j < k; j++) {
      let sum = 0;
      for (let m = 0; m < r; m++) sum += B[i * r + m] * A[m * k + j];
      product[i * k + j] = data.s * sum;
    }
    paint("a", A, r, k, data.a.full); paint("b", B, d, r, data.b.full);
    paint("ba", product, d, k, data.full);
    moment.textContent = data.steps[t];
    const zero = product.every((v) => v === 0);
    now.textContent = "«Step»" + ` ${data.steps[t]}: ` + (zero
      ? "«every entry of s·B·A is exactly 0»"
      : `|s·B·A| = ${percent(data.size[t])} |W₀|`) + (data.source
      ? "; «source»" + ` ${percent(data.source[t])}, ` + "«target»"
        + ` ${percent(data.target[t])}.` : ".");
  };
  const stop = () => { clearTimeout(timer); play.textContent = "«Play»"; };
  const tick = () => {
    show();
    if (+slider.value >= last || !parentElement.isConnected) return stop();
    timer = setTimeout(() => { slider.value = +slider.value + 1; tick(); },
      PAUSE);
  };
  play.onclick = () => {
    if (play.textContent === "«Pause»") return stop();
    if (+slider.value >= last) slider.value = 0;
    play.textContent = "«Pause»"; tick();
  };
  slider.oninput = () => { stop(); show(); };
  const inside = (name) => (event) => {
    const box = event.target.getBoundingClientRect();
    const i = Math.min(d - 1, Math.floor(event.offsetY / box.height * d));
    const j = Math.min(k - 1, Math.floor(event.offsetX / box.width * k));
    if (i < 0 || j < 0) return;
    const at = i * k + j, change = product[at].toFixed(4);
    now.textContent = `${data.layer}, row ${i}, column ${j}: `
      + (w0 ? `W₀ = ${w0[at].toFixed(4)}, ` : "") + `s·B·A = ${change}.`;
  };
  ["w0", "ba"].forEach((name) => {
    find("canvas." + name).onpointermove = inside(name);
    find("canvas." + name).onpointerleave = show;
  });

  slider.max = last;
  if (!slider.dataset.begun) { slider.value = last; slider.dataset.begun = 1; }
  const frozen = `W₀ of ${data.layer}: ${d} × ${k} = ${many(d * k)} numbers`;
  say("w0", `${frozen}, frozen` + (w0 ? "" : " (not at hand here)"));
  if (w0) paint("w0", w0, d, k, data.w0.full);
  say("a", `A: ${r} × ${k} = ${many(r * k)} numbers, Gaussian at first`);
  say("ba", `B, left: ${d} × ${r} = ${many(d * r)} numbers, zero at first. `
    + `s·B·A, right: ${d} × ${k} as W₀, of rank ${r} at most`, ["b", "ba"]);
  parentElement.watch?.disconnect();
  parentElement.watch = new ResizeObserver(size);
  parentElement.watch.observe(find(".row"));
  stop(); size(); show();
  return () => { stop(); parentElement.watch.disconnect(); };
}
"""


def show(data: dict[str, Any], key: str) -> None:
    """Draw what `figures.lora_film.payload` returns."""
    component = st.components.v2.component(
        "tl_outer", html=foreign.html(HTML), css=CSS, js=foreign.js(JS)
    )
    component(key=key, data=data)
