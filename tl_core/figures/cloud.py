"""Projected samples as a browser draws them: points, colours, pictures.

Not a Plotly figure: `pages/ui/cloud.py` draws it, since a point shows its
picture and moves.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go
from PIL import Image

from tl_core.figures import theme
from tl_core.figures.features import class_colour
from tl_core.sentences import percent
from tl_core.texts import say

Found = Mapping[str, Any]
"""An answer of `depths.projected` or `depths.changed`."""
COLOURS = {
    "class": say("class"),
    "domain": say("domain"),
    "correctness": say("correctness"),
}
STATES = ("before", "after")
COLUMNS = 20
"""Pictures beside each other on the sheet of all."""
PALETTE = 128
READ = {"read rightly": "#008F68", "read wrongly": "#C0619A"}


def payload(found: Found, colour: str) -> dict[str, Any]:
    """What the browser draws: the samples of all domains in a row, in one
    state or two, in the smallest box that holds both, its longer side 1."""
    labels = _row(found["labels"])
    names = [name for name in STATES if name in found]
    points = [_row(found[name], "points") for name in names]
    low = np.min([p.min(0) for p in points], 0)
    size = np.max([p.max(0) for p in points], 0) - low
    scale = max(float(size.max()), 1e-9)
    states = []
    for name, p in zip(names, points, strict=True):
        right = _row(found[name], "said") == labels
        states.append(
            {
                "points": np.round((p - low) / scale, 4).tolist(),
                "groups": _groups(found, right, colour).tolist(),
                "wrong": (~right).tolist(),
                "captions": captions(found, name),
            }
        )
    return {
        "states": states,
        "targets": (_domains(found) == "target").tolist(),
        "groups": legend(found, colour),
        "box": np.round(np.maximum(size / scale, 1e-3), 4).tolist(),
    }


def legend(found: Found, colour: str) -> list[dict[str, str]]:
    """The groups that a colour stands for, in the order of their places."""
    if colour == "domain":
        looks = {name: theme.DOMAINS[name] for name in found["labels"]}
    elif colour == "correctness":
        looks = READ
    else:
        present = np.unique(_row(found["labels"]))
        looks = {found["classes"][k]: class_colour(k) for k in present}
    shapes = theme.DOMAIN_MARKER
    return [
        {"name": name, "colour": look, "shape": shapes.get(name, "circle")}
        for name, look in looks.items()
    ]


def captions(found: Found, state: str) -> list[str]:
    """A sample in words: its domain, its class and what it is read as."""
    names = np.array(found["classes"])
    rows = _domains(found), _row(found["labels"]), _row(found[state], "said")
    return [
        _caption(say(domain), names[y], None if y == said else names[said])
        for domain, y, said in zip(*rows, strict=True)
    ]


def _caption(domain: str, label: str, read: str | None) -> str:
    """`read` is what a sample is mistaken for."""
    if read is None:
        return say(
            "{domain} {label}, read rightly", domain=domain, label=label
        )
    return say(
        "{domain} {label}, read as {read}",
        domain=domain,
        label=label,
        read=read,
    )


def sheet(images: np.ndarray) -> dict[str, Any]:
    """uint8 images (n, c, h, w), row by row on one picture as a data URL; a
    coloured one with a palette, which makes it a third as long."""
    n, channels, height, width = images.shape
    rows = -(-n // COLUMNS)
    cells = np.zeros((rows * COLUMNS, *images.shape[1:]), np.uint8)
    cells[:n] = images
    grid = cells.reshape(rows, COLUMNS, channels, height, width)
    flat = grid.transpose(0, 3, 1, 4, 2).reshape(
        rows * height, COLUMNS * width, channels
    )
    grey = channels == 1
    picture = Image.fromarray(flat[..., 0] if grey else flat)
    file = io.BytesIO()
    (picture if grey else picture.quantize(PALETTE)).save(file, "PNG")
    return {
        "url": "data:image/png;base64,"
        + base64.b64encode(file.getvalue()).decode(),
        "columns": COLUMNS,
        "rows": rows,
        "width": width,
        "height": height,
    }


def scatter(found: Found) -> go.Figure:
    """The same points as a figure, for its table and its file: a trace for
    each domain and state."""
    figure = go.Figure()
    words = {name: captions(found, name) for name in STATES if name in found}
    for state, said in words.items():
        place = 0
        for domain, view in found[state].items():
            x, y = view["points"].T
            figure.add_scatter(
                x=np.round(x, 4).tolist(),
                y=np.round(y, 4).tolist(),
                text=said[place : place + len(x)],
                name=f"{say(domain)}, {say(state)}",
                mode="markers",
                marker={
                    "color": theme.DOMAINS[domain],
                    "symbol": theme.DOMAIN_MARKER[domain],
                    "opacity": 1.0 if state == "after" else 0.5,
                },
            )
            place += len(x)
    theme.dress(
        figure, say("first axis (no unit)"), say("second axis (no unit)")
    )
    for axis, update in ((0, figure.update_xaxes), (1, figure.update_yaxes)):
        places = np.concatenate(
            [_row(found[name], "points")[:, axis] for name in words]
        )
        update(range=[float(places.min()), float(places.max())])
    return figure


def takeaway(found: Found, how: str) -> str:
    """What share is read rightly, and, where distances mean something, how
    far apart the domains' centres lie for the spread around them."""
    parts = []
    for state in (name for name in STATES if name in found):
        views = found[state]
        shares = [
            say(
                "{share} of the {domain} samples",
                share=percent(
                    float(np.mean(view["said"] == found["labels"][k]))
                ),
                domain=say(k),
            )
            for k, view in views.items()
        ]
        read = {"state": say(state), "shares": say(" and ").join(shares)}
        part = say("{state} adaptation {shares} are read rightly", **read)
        if how == "pca" and len(views) == 2:
            part = say(
                "{state} adaptation {shares} are read rightly, the domains' "
                "centres {gap:.2f} spreads apart",
                gap=apart(*(view["points"] for view in views.values())),
                **read,
            )
        parts.append(part)
    said = "; ".join(parts)
    return f"{said[0].upper()}{said[1:]}."


def apart(one: np.ndarray, two: np.ndarray) -> float:
    """The distance of the centres of points (n, 2) and (m, 2), by the root
    mean square distance of a point from its own centre."""
    own = np.concatenate([p - p.mean(0) for p in (one, two)])
    spread = np.sqrt((own**2).sum(1).mean())
    gap = np.linalg.norm(one.mean(0) - two.mean(0))
    return float(gap / max(spread, 1e-9))


def _row(parts: Mapping[str, Any], name: str = "") -> np.ndarray:
    """Of all domains in a row, what each has, or has under `name`."""
    return np.concatenate([p[name] if name else p for p in parts.values()])


def _domains(found: Found) -> np.ndarray:
    sides = found["labels"].items()
    return np.concatenate([np.full(len(y), name) for name, y in sides])


def _groups(found: Found, right: np.ndarray, colour: str) -> np.ndarray:
    """Each sample's place in the legend."""
    if colour == "domain":
        places = list(found["labels"])
        return np.array([places.index(name) for name in _domains(found)])
    if colour == "correctness":
        return np.where(right, 0, 1)
    return np.unique(_row(found["labels"]), return_inverse=True)[1]
