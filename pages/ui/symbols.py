"""The definition of a domain and a task whose symbols answer: the pointer,
the focus or a tap on one shows what it stands for in a pair."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.ui import foreign

HTML = """
<div class="lines">
<p class="line"><i>«domain»</i> D = { <button data-part="X"></button> ,
<button data-part="P(X)"></button> }</p>
<p class="line"><i>«task»</i> T = { <button data-part="Y"></button> ,
<button data-part="P(Y|X)"></button> }</p>
<p class="line"><i>«classes»</i> <button data-part="P(Y)"></button>
= Σ P(Y|X) P(X)</p>
<p class="line"><i>«predictor»</i> <button data-part="η"></button> : X → Y</p>
<p class="line wide"><i>«transfer»</i> ( D<sub>s</sub> , T<sub>s</sub> ) →
( D<sub>t</sub> , T<sub>t</sub> )</p>
</div>
<div class="two"><div class="said" aria-live="polite"></div>
<div class="seen"></div></div>
"""
CSS = """
:host { color: var(--st-text-color); font: 1rem var(--st-font); }
.lines { display: flex; flex-wrap: wrap; gap: 4px 36px; font-size: 1.35rem; }
.line { margin: 0; padding: 2px 0; white-space: nowrap; }
.line i { font-size: .85rem; opacity: .75; margin-right: 8px; }
button { font: inherit; color: inherit; cursor: pointer; padding: 2px 12px;
  border-radius: 8px; border: 1px solid var(--st-border-color);
  background: var(--st-secondary-background-color); }
button.moves { border: 2px solid #D55E00; }
button.moves::after { content: " moves"; font-size: .75rem;
  color: inherit; font-weight: 600; }
button.on { background: var(--st-primary-color);
  color: var(--st-background-color); }
button:focus-visible { outline: 3px solid var(--st-primary-color);
  outline-offset: 2px; }
.two { display: grid; grid-template-columns: 1fr 2fr; gap: 12px 32px;
  margin-top: 18px; min-height: 300px; }
.said { line-height: 1.5; }
.said b { display: block; font-size: 1.15rem; margin-bottom: 6px; }
figure { margin: 0 0 12px; }
figcaption { font-size: .9rem; margin-bottom: 4px; }
.sheet { width: 100%; image-rendering: pixelated; border-radius: 4px; }
.few { display: grid; gap: 8px;
  grid-template-columns: repeat(var(--n), minmax(0, 1fr)); }
.few div { text-align: center; font-size: .85rem; line-height: 1.15; }
.few img { width: 100%; max-width: 64px; image-rendering: pixelated; }
.chip { display: inline-block; border: 1px solid var(--st-border-color);
  border-radius: 6px; padding: 3px 10px; margin: 0 6px 6px 0; }
svg { width: 100%; height: auto; fill: currentColor; font-size: 13px; }
@media (max-width: 640px) { .two { grid-template-columns: 1fr; }
  .line { white-space: normal; } svg { font-size: 18px; }
  .few { grid-template-columns: repeat(auto-fill, minmax(54px, 1fr)); } }
"""
JS = """
const NS = "http://www.w3.org/2000/svg";
const LOOK = {source: "#0072B2", target: "#D55E00"};
const put = (parent, name, look, text) => {
  const made = name === "svg" || parent.namespaceURI === NS
    ? document.createElementNS(NS, name) : document.createElement(name);
  for (const key in look) made.setAttribute(key, look[key]);
  if (text !== undefined) made.textContent = text;
  return parent.appendChild(made);
};
const percent = (share) => (100 * share).toFixed(share < .1 ? 1 : 0) + " %";
const framed = (seen, drawn) => put(seen, "svg",
  {viewBox: "0 0 560 290", role: "img", "aria-label": drawn.alt});
const named = (svg, x, y, domain) => {
  put(svg, "rect", {x, y: y - 10, width: 12, height: 12,
    fill: LOOK[domain], "fill-opacity": domain === "source" ? .9 : .55,
    stroke: LOOK[domain]});
  put(svg, "text", {x: x + 18, y}, domain);
};
const DRAW = {
  sheets: (seen, drawn) => drawn.items.forEach((one) => {
    const figure = put(seen, "figure", {});
    put(figure, "figcaption", {}, one.name);
    if (one.url) put(figure, "img",
      {class: "sheet", src: one.url, alt: "Samples: " + one.name});
  }),
  chips: (seen, drawn) => drawn.items.forEach((one) => {
    const figure = put(seen, "figure", {});
    put(figure, "figcaption", {}, one.name);
    one.classes.forEach((c) => put(figure, "span", {class: "chip"}, c));
  }),
  few: (seen, drawn) => drawn.items.forEach((one) => {
    const figure = put(seen, "figure", {});
    put(figure, "figcaption", {}, one.name);
    const row = put(figure, "div", {class: "few",
      style: "--n: " + Math.max(8, one.pictures.length)});
    one.pictures.forEach((p) => {
      const cell = put(row, "div", {});
      put(cell, "img", {src: p.url, alt: "a sample labelled " + p.label});
      put(cell, "div", {}, p.label);
    });
  }),
  bars: (seen, drawn) => {
    const svg = framed(seen, drawn), n = drawn.names.length;
    const top = Math.max(...drawn.items.flatMap((one) => one.values));
    const wide = 500 / n, thin = wide * .9 / drawn.items.length;
    for (const share of [0, top / 2, top]) {
      const y = 230 - 190 * share / top;
      put(svg, "line", {x1: 46, x2: 546, y1: y, y2: y,
        stroke: "currentColor", opacity: .15});
      put(svg, "text", {x: 42, y: y + 5, "text-anchor": "end"},
        percent(share));
    }
    drawn.items.forEach((one, k) => {
      named(svg, 60 + 110 * k, 16, one.domain);
      one.values.forEach((value, i) => {
        const bar = put(svg, "rect", {x: 46 + i * wide + k * thin,
          y: 230 - 190 * value / top, width: thin,
          height: 190 * value / top, fill: LOOK[one.domain],
          "fill-opacity": one.domain === "source" ? .9 : .55,
          stroke: LOOK[one.domain]});
        put(bar, "title", {}, one.domain + ", " + drawn.names[i] + ": "
          + percent(value));
      });
    });
    const slant = drawn.ticks.some(([, name]) => name.length > 5);
    drawn.ticks.forEach(([place, name]) => {
      const x = 46 + 500 * place + 6 * slant, y = slant ? 243 : 250;
      put(svg, "text", {x, y, "text-anchor": slant ? "end" : "middle",
        transform: slant ? `rotate(-20 ${x} ${y})` : ""}, name);
    });
    put(svg, "text", {x: 296, y: 280, "text-anchor": "middle"}, drawn.title);
  },
  dots: (seen, drawn) => {
    const svg = framed(seen, drawn);
    drawn.items.forEach((one, k) => {
      named(svg, 60 + 110 * k, 16, one.domain);
      one.points.forEach(([x, y, right]) => {
        const [px, py] = [16 + 528 * x, 270 - 240 * y];
        const shape = one.domain === "source"
          ? ["circle", {cx: px, cy: py, r: 4}]
          : ["path", {d: `M${px} ${py - 5}l5 5l-5 5l-5-5z`}];
        put(svg, shape[0], {...shape[1], stroke: LOOK[one.domain],
          fill: right ? LOOK[one.domain] : "none", "fill-opacity": .7});
      });
    });
    put(svg, "text", {x: 300, y: 16}, "hollow: read wrongly");
  },
};
export default function({parentElement, data}) {
  const find = (name) => parentElement.querySelector(name);
  const buttons = [...parentElement.querySelectorAll("button")];
  const show = (part) => {
    const one = data.parts[part], said = find(".said"), seen = find(".seen");
    said.replaceChildren(); seen.replaceChildren();
    put(said, "b", {}, part + ": " + one.title);
    put(said, "span", {}, one.said);
    DRAW[one.drawn.kind](seen, one.drawn);
    buttons.forEach((b) => b.classList.toggle("on", b.dataset.part === part));
  };
  const state = parentElement.tlState ??= {part: data.first};
  const pin = (part) => {
    state.part = part; show(part);
    buttons.forEach((b) =>
      b.setAttribute("aria-pressed", String(b.dataset.part === part)));
  };
  buttons.forEach((b) => {
    const part = b.dataset.part, moves = data.moves.includes(part);
    b.type = "button"; b.textContent = part;
    b.classList.toggle("moves", moves);
    b.setAttribute("aria-label",
      part + ", " + data.parts[part].title + (moves ? ", «moves»" : ""));
    b.onclick = () => pin(part);
    b.onmouseenter = b.onfocus = () => show(part);
    b.onmouseleave = b.onblur = () => show(state.part);
  });
  pin(state.part);
}
"""


def show(parts: dict[str, Any], moves: tuple[str, ...], key: str) -> None:
    """The symbols, each with its title, a text and a drawing; what `moves`
    is marked, and the first of them is shown at first."""
    component = st.components.v2.component(
        "tl_symbols", html=foreign.html(HTML), css=CSS, js=foreign.js(JS)
    )
    first = next((part for part in parts if part in moves), "X")
    component(key=key, data={"parts": parts, "moves": moves, "first": first})
