"""A small canvas to draw on, with mouse, pen or finger."""

from __future__ import annotations

import base64
import binascii

import numpy as np
import streamlit as st

from pages.ui import foreign

SIDE = 28
"""Pixels of a side of what is drawn, as in MNIST: light strokes on black."""
HTML = """
<canvas width="224" height="224" role="img"
  aria-label="«Canvas: draw a digit with mouse, pen or finger»"></canvas>
<button type="button">«Clear»</button>
"""
CSS = """
canvas { background: #000; border: 1px solid var(--st-border-color);
  border-radius: 6px; touch-action: none; cursor: crosshair;
  display: block; }
button { margin-top: 8px; font: inherit; padding: 4px 12px; cursor: pointer;
  color: var(--st-text-color); border-radius: 6px;
  background: var(--st-secondary-background-color);
  border: 1px solid var(--st-border-color); }
"""
JS = """
export default function({parentElement, setStateValue}) {
  const canvas = parentElement.querySelector("canvas");
  const pen = canvas.getContext("2d", {willReadFrequently: true});
  pen.lineWidth = 18; pen.lineCap = pen.lineJoin = "round";
  pen.strokeStyle = "#fff";
  const tell = () => {
    const small = document.createElement("canvas");
    small.width = small.height = SIDE;
    const ink = small.getContext("2d");
    ink.imageSmoothingQuality = "high";
    ink.drawImage(canvas, 0, 0, SIDE, SIDE);
    const rgba = ink.getImageData(0, 0, SIDE, SIDE).data;
    const light = Uint8Array.from({length: SIDE * SIDE}, (_, i) =>
      Math.round(rgba[4 * i] * rgba[4 * i + 3] / 255));
    setStateValue("ink", btoa(String.fromCharCode(...light)));
  };
  canvas.onpointerdown = (event) => {
    canvas.setPointerCapture(event.pointerId);
    pen.beginPath();
    pen.moveTo(event.offsetX, event.offsetY);
    canvas.onpointermove = (moved) => {
      pen.lineTo(moved.offsetX, moved.offsetY);
      pen.stroke();
    };
  };
  canvas.onpointerup = () => { canvas.onpointermove = null; tell(); };
  parentElement.querySelector("button").onclick = () => {
    pen.clearRect(0, 0, canvas.width, canvas.height);
    setStateValue("ink", "");
  };
}
""".replace("SIDE", str(SIDE))


def ask(key: str) -> np.ndarray | None:
    """What is drawn, uint8 (1, SIDE, SIDE); None while that is nothing."""
    component = st.components.v2.component(
        "tl_canvas", html=foreign.html(HTML), css=CSS, js=foreign.js(JS)
    )
    result = component(key=key, on_ink_change=lambda: None)
    return drawing(result.get("ink") or "")


def drawing(told: str) -> np.ndarray | None:
    """The canvas's base64 as uint8 (1, SIDE, SIDE); None where it is empty
    or not what the canvas sends."""
    try:
        data = base64.b64decode(told[: 4 * SIDE**2], validate=True)
    except binascii.Error:
        return None
    if len(data) != SIDE**2:
        return None
    ink = np.frombuffer(data, np.uint8).reshape(1, SIDE, SIDE)
    return ink.copy() if ink.any() else None
