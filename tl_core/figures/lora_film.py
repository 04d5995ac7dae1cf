"""LoRA's factors and their product as they grow: what a browser draws, and
the curves beside it."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go

from tl_core.figures import theme
from tl_core.texts import say

Film = Mapping[str, np.ndarray]
"""What `low_rank.grown` returns."""
SPREAD = 3.0
"""Standard deviations at which a cell has its full colour."""
FINE, COARSE = 32_767, 127
"""Steps of the whole numbers in which matrices travel."""


def payload(
    film: Film, layer: str, w0: np.ndarray | None, times: float
) -> dict[str, Any]:
    """What the browser draws of a layer: the factors at every step, the
    frozen matrix, and the scale s of their product, `times` the trained
    one."""
    a, b = factors(film, layer)
    s = float(film["alpha"]) / a.shape[1]
    last = s * b[-1] @ a[-1]
    return {
        "layer": layer,
        "shape": [b.shape[1], a.shape[2], a.shape[1]],
        "steps": film["steps"].tolist(),
        "a": packed(a, FINE),
        "b": packed(b, FINE),
        "w0": None if w0 is None else packed(w0, COARSE),
        "s": s * times,
        "full": SPREAD * float(last.std()),
        "size": (times * film[f"size {layer}"]).tolist(),
        "source": film["source"].tolist() if times == 1 else None,
        "target": film["target"].tolist() if times == 1 else None,
        "colours": [theme.TARGET, theme.SOURCE],
    }


def factors(film: Film, layer: str) -> tuple[np.ndarray, np.ndarray]:
    """A (t, r, k) and B (t, d, r) of a layer."""
    a, b = (film[f"{name} {layer}"].astype(np.float32) for name in "ab")
    return a, b


def packed(values: np.ndarray, most: int) -> dict[str, Any]:
    """Values as whole numbers from -most to most, little-endian in base64,
    the `unit` of them, and where a cell has its `full` colour."""
    unit = float(np.abs(values).max()) / most or 1.0
    kind = "<i2" if most > COARSE else "i1"
    whole = np.round(values / unit).astype(kind)
    return {
        "data": base64.b64encode(whole.tobytes()).decode(),
        "unit": unit,
        "full": SPREAD * float(values.std()) or 1.0,
    }


def product(film: Film, layer: str, times: float) -> go.Figure:
    """The last s B A (d, k) as a heat map, for its numbers."""
    a, b = factors(film, layer)
    s = float(film["alpha"]) / a.shape[1]
    figure = go.Figure(
        go.Heatmap(
            z=times * s * b[-1] @ a[-1],
            colorbar={"title": say("s BA")},
            hovertemplate=say(
                "Row %{y}, column %{x} changes by %{z:.4f}<extra></extra>"
            ),
        )
    )
    return theme.dress(
        figure,
        say("input of {layer}", layer=layer),
        say("output of {layer}", layer=layer),
    )


def growth(film: Film, names: list[str], times: float) -> go.Figure:
    """Over the steps: accuracy on both domains, and how large the change of
    each layer is beside W0, scaled by `times`."""
    figure = go.Figure()
    steps = film["steps"].tolist()
    for domain in theme.DOMAINS if times == 1 else ():
        _add_accuracy(figure, film, domain)
    for place, name in enumerate(names):
        colour, dash = theme.series(place)
        figure.add_scatter(
            x=steps,
            y=(times * film[f"size {name}"]).tolist(),
            name=say("|sBA| / |W₀|, {name}", name=name),
            mode="lines",
            line={"color": colour, "dash": dash},
            hovertemplate=say(
                "At step %{{x}} the change of {name} is %{{y:.1%}} of "
                "W₀<extra></extra>",
                name=name,
            ),
        )
    theme.dress(figure, say("adaptation step"), say("share"), 400)
    figure.update_layout(hovermode="closest")
    return theme.shares(figure) if times == 1 else _percent(figure)


def _add_accuracy(figure: go.Figure, film: Film, domain: str) -> None:
    figure.add_scatter(
        x=film["steps"].tolist(),
        y=film[domain].tolist(),
        name=say("{domain} accuracy", domain=say(domain)),
        mode="lines+markers",
        line={
            "color": theme.DOMAINS[domain],
            "dash": theme.DOMAIN_DASH[domain],
        },
        marker={"symbol": theme.DOMAIN_MARKER[domain], "size": 7},
        hovertemplate=say(
            "At step %{{x}} %{{y:.1%}} of the {domain} are read "
            "rightly<extra></extra>",
            domain=say(domain),
        ),
    )


def _percent(figure: go.Figure) -> go.Figure:
    return figure.update_yaxes(tickformat=".0%", rangemode="tozero")


def by_alpha(film: Film, times: float) -> go.Figure:
    """Accuracy of the adapted network when its learnt change is scaled: by
    alpha, the chosen one marked."""
    figure = go.Figure()
    alphas = (float(film["alpha"]) * film["times"]).tolist()
    for domain, colour in theme.DOMAINS.items():
        figure.add_scatter(
            x=alphas,
            y=film[f"{domain}_by"].tolist(),
            name=say(domain),
            mode="lines+markers",
            line={"color": colour, "dash": theme.DOMAIN_DASH[domain]},
            marker={"symbol": theme.DOMAIN_MARKER[domain], "size": 8},
            hovertemplate=say(
                "With α = %{{x:g}} %{{y:.1%}} of the {domain} are read "
                "rightly<extra></extra>",
                domain=say(domain),
            ),
        )
    theme.dress(figure, say("α after training"), say("accuracy (share)"), 400)
    figure.add_vline(
        x=float(film["alpha"]) * times,
        line={"color": theme.NEUTRAL, "dash": "dot"},
        annotation_text=say("chosen"),
    )
    figure.update_layout(hovermode="closest")
    return theme.shares(figure)
