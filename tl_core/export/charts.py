"""A run's charts as one page of HTML that can be turned and read off
without a network; its camera saves each as PNG."""

from __future__ import annotations

from html import escape

import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from tl_core import sentences
from tl_core.export import page
from tl_core.figures import curves, maps
from tl_core.history import History

CONFIG = {
    "displaylogo": False,
    "responsive": True,
    "toImageButtonOptions": {"format": "png", "scale": 3},
}
WHEN = ("before", "after")


def charts(history: History) -> str:
    """The page: every chart of the run, and Plotly's code within it."""
    drawn = [
        f"<h2>{escape(name)}</h2>\n{_div(figure)}"
        for name, figure in figures(history).items()
    ]
    title = f"{sentences.title(history.spec.strategy)}: {history.spec.id}"
    # Plotly draws dark letters: the page stays light.
    light = "<style>:root { color-scheme: only light; --text: #14202b; "
    light += "--quiet: #55636f; --back: #ffffff; --lead: #f3f6f9; }</style>"
    said = page.lead(sentences.verdict(history))
    code = f"<script>{get_plotlyjs()}</script>"
    return page.document(title, [light, said, code, *drawn])


def _div(figure: go.Figure) -> str:
    """A chart, without Plotly's code."""
    figure.update_layout(template="plotly_white", height=420)
    found: str = figure.to_html(
        full_html=False, include_plotlyjs=False, config=CONFIG
    )
    return found


def figures(history: History) -> dict[str, go.Figure]:
    """Every chart that the run's recording allows, by name."""
    found = {"Accuracy": curves.accuracy_curves(history)}
    if history.losses("adapt"):
        terms = curves.loss_curves(history, "adapt", {})
        found["Terms of the objective"] = terms
    if history.stages:
        found["Distance of the domains"] = curves.mmd_curves(history)
    for when in WHEN:
        features = history.arrays(f"features_{when}")
        if features:
            figure = maps.feature_map(features, history.classes)
            found[f"Features {when} adaptation"] = figure
    confusion = history.arrays("confusion")
    if confusion:
        counts = maps.confusion_map(confusion["counts"], history.classes)
        found["Confusion on the target"] = counts
    return found
