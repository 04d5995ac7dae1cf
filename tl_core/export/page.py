"""A page of HTML that needs nothing else: no script, no link, no font; light
or dark as the reader's system is, and fit to print."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from html import escape

import plotly.graph_objects as go

from tl_core.figures import svg

SIZE = (520, 340)
"""Units are about pixels."""
STYLE = """
:root { color-scheme: light dark; --text: #14202b; --quiet: #55636f;
  --line: #d5dde5; --back: #ffffff; --lead: #f3f6f9; }
@media (prefers-color-scheme: dark) { :root { --text: #e8edf2;
  --quiet: #a3b0bc; --line: #38434d; --back: #10161c; --lead: #1b242c; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--text);
  font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 62rem; margin: 0 auto; padding: 2rem 1.25rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 1rem; }
h2 { font-size: 1.3rem; margin: 2rem 0 .5rem; }
.lead { background: var(--lead); border-left: 4px solid #0b62a3;
  padding: .75rem 1rem; font-size: 1.1rem; margin: 0; }
.quiet, figcaption { color: var(--quiet); font-size: .9rem; }
.wide { overflow-x: auto; }
.wide > svg { min-width: 22rem; }
table { border-collapse: collapse; width: 100%;
  font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .35rem .75rem .35rem 0;
  border-bottom: 1px solid var(--line); vertical-align: top; }
.figures { display: grid; gap: 1.5rem 2rem;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); }
figure { margin: 0; break-inside: avoid; }
code { font-size: .9em; overflow-wrap: anywhere; }
@media print { :root { --text: #000; --quiet: #333; --line: #bbb;
  --back: #fff; --lead: #f3f6f9; } body { font-size: 11pt; }
  main { max-width: none; padding: 0; } tr { break-inside: avoid; } }
"""


def document(title: str, parts: Iterable[str]) -> str:
    """The whole page."""
    body = "\n".join(parts)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n<h1>{escape(title)}</h1>\n{body}\n</main>\n</body>\n"
        "</html>\n"
    )


def lead(text: str) -> str:
    """What the reader should take away."""
    return f'<p class="lead">{escape(text)}</p>'


def heading(text: str) -> str:
    """Begins a section."""
    return f"<h2>{escape(text)}</h2>"


def quiet(text: str) -> str:
    """A remark."""
    return f'<p class="quiet">{escape(text)}</p>'


def items(texts: Iterable[str]) -> str:
    """A list of sentences."""
    inner = "".join(f"<li>{escape(text)}</li>" for text in texts)
    return f"<ul>{inner}</ul>"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of texts."""
    top = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    body = "\n".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>"
        for row in rows
    )
    return (
        f'<div class="wide"><table>\n<thead><tr>{top}</tr></thead>\n'
        f"<tbody>\n{body}\n</tbody>\n</table></div>"
    )


def figures(drawn: Iterable[str]) -> str:
    """Pictures side by side where there is room."""
    inner = "\n".join(drawn)
    return f'<div class="figures">\n{inner}\n</div>'


def shares(figure: go.Figure, name: str, alt: str) -> str:
    """A chart of shares, with its words beneath."""
    return _captioned(svg.draw(figure, *SIZE, alt), name, alt)


def lines(figure: go.Figure, name: str, alt: str) -> str:
    """A chart of other numbers: lines alone, the axis fitted to them."""
    plain = go.Figure(
        [t for t in figure.data if t.showlegend is not False], figure.layout
    )
    plain.update_traces(mode="lines")
    values = [float(y) for t in plain.data for y in t.y if math.isfinite(y)]
    low, high = min(values, default=0.0), max(values, default=1.0)
    room = 0.05 * (high - low) or 1.0
    bottom = 0.0 if 0 <= low < 0.5 * high else low - room
    plain.update_yaxes(range=[bottom, high + room])
    if plain.layout.xaxis.range is None:
        last = max((x for t in plain.data for x in t.x), default=1)
        plain.update_xaxes(range=[0, 1.02 * last])
    return _captioned(svg.draw(plain, *SIZE, alt), name, alt)


def _captioned(drawing: str, name: str, alt: str) -> str:
    said = f"<strong>{escape(name)}.</strong> {escape(alt)}"
    drawn = f'<div class="wide">{drawing}</div>'
    return f"<figure>{drawn}<figcaption>{said}</figcaption></figure>"
