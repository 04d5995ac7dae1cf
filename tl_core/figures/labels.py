"""Few labels and many: who wins, by how much, and what is learned by heart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from tl_core import sentences
from tl_core.analysis.intervals import Interval
from tl_core.figures import theme
from tl_core.figures.domains import broken
from tl_core.figures.maps import plain
from tl_core.figures.strategies import half
from tl_core.texts import say

FITTED = theme.COLOURS[1]
"""The colour of samples that were trained on."""


@dataclass(frozen=True)
class Learned:
    """One way to learn: accuracy on the samples it was trained on, and on
    others of the same domain."""

    name: str
    strategy: str
    fitted: Interval
    test: Interval

    @property
    def gap(self) -> float:
        """What was learned of the samples and not of the domain."""
        return self.fitted.mean - self.test.mean


def by_labels(
    curves: Mapping[str, Mapping[int, Interval]], chosen: int
) -> go.Figure:
    """Target accuracy of each strategy against the number of labelled
    target samples, on a logarithmic axis; a rule at the chosen number."""
    figure = go.Figure()
    for strategy, spans in curves.items():
        style, name = theme.style(strategy), sentences.title(strategy)
        figure.add_scatter(
            x=list(spans),
            y=[span.mean for span in spans.values()],
            error_y={"array": [half(s) for s in spans.values()], "width": 5},
            name=name,
            mode="lines+markers",
            line={"color": style.colour, "dash": style.dash, "width": 2.5},
            marker={"symbol": style.marker, "size": 10},
            hovertemplate=say(
                "{name} with %{{x:,}} labels reads %{{y:.1%}} of the "
                "target<extra></extra>",
                name=name,
            ),
        )
    budgets = {n for spans in curves.values() for n in spans}
    theme.dress(
        figure, say("labelled target samples"), say("target accuracy"), 400
    )
    low = min(s.mean - half(s) for c in curves.values() for s in c.values())
    figure.update_yaxes(range=[max(0, low - 0.03), 1.01], tickformat=".0%")
    figure.add_vline(
        x=chosen, line={"color": theme.NEUTRAL, "width": 2, "dash": "dot"}
    )
    return counted(figure, sorted(budgets))


def counted(figure: go.Figure, budgets: Sequence[int]) -> go.Figure:
    """A logarithmic x axis with a tick at every number of labels."""
    return figure.update_xaxes(
        type="log",
        tickvals=list(budgets),
        ticktext=[f"{n:,}" for n in budgets],
    )


def margins(
    spans: Mapping[int, Interval], winner: str, loser: str
) -> go.Figure:
    """Paired differences of accuracy in points against the number of
    labels: above zero the strategy `winner` is better, below `loser`;
    hollow where the interval holds zero."""
    figure = go.Figure()
    for key, kept in (
        (winner, {n: s for n, s in spans.items() if s.low > 0}),
        (loser, {n: s for n, s in spans.items() if s.high < 0}),
        ("", {n: s for n, s in spans.items() if s.low <= 0 <= s.high}),
    ):
        if kept:
            _margin(figure, kept, key)
    figure.add_hline(y=0, line={"color": theme.NEUTRAL, "width": 2})
    names = f"{sentences.title(winner)} − {sentences.title(loser)}"
    theme.dress(figure, say("labelled target samples"), say("points"), 320)
    figure.update_layout(hovermode="closest")
    figure.update_yaxes(title=f"{broken(names)}<br>({say('points')})")
    return counted(figure, list(spans))


def _margin(
    figure: go.Figure, spans: Mapping[int, Interval], key: str
) -> None:
    style = theme.style(key) if key else None
    name = (
        say("{title} wins", title=sentences.title(key))
        if key
        else say("no difference seen")
    )
    figure.add_scatter(
        x=list(spans),
        y=[100 * span.mean for span in spans.values()],
        error_y={
            "array": [100 * half(span) for span in spans.values()],
            "width": 6,
            "thickness": 2,
        },
        name=name,
        mode="markers",
        marker={
            "symbol": style.marker if style else "circle-open",
            "size": 12,
            "color": style.colour if style else theme.NEUTRAL,
        },
        hovertemplate=say(
            "With %{x:,} labels the difference is %{y:+.1f} "
            "points<extra></extra>"
        ),
    )


def _between(rows: Sequence[Learned], names: Sequence[str]) -> go.Figure:
    """The lines between both accuracies of each row."""
    figure = go.Figure()
    for row, name in zip(rows, names, strict=True):
        figure.add_scatter(
            x=[row.test.mean, row.fitted.mean],
            y=[name] * 2,
            mode="lines",
            line={"color": theme.NEUTRAL, "width": 5},
            opacity=0.45,
            hoverinfo="skip",
            showlegend=False,
        )
    return figure


def gaps(rows: Sequence[Learned]) -> go.Figure:
    """Accuracy on trained and on held-out samples, a row for each way; the
    line between them is what was learned by heart."""
    names = [broken(name) for name in plain([row.name for row in rows])]
    figure = _between(rows, names)
    learned, others = [r.fitted for r in rows], [r.test for r in rows]
    for said, colour, symbol, spans in (
        (say("20 samples it learned"), FITTED, "square", learned),
        (say("held-out target"), theme.TARGET, "diamond", others),
    ):
        figure.add_scatter(
            x=[span.mean for span in spans],
            y=names,
            error_x={"array": [half(span) for span in spans], "width": 5},
            name=said,
            mode="markers+text" if symbol == "diamond" else "markers",
            text=[f"{100 * span.mean:.0f}" for span in spans],
            textposition="top center",
            marker={"symbol": symbol, "size": 12, "color": colour},
            hovertemplate=say(
                "%{{y}} reads %{{x:.1%}} of the {said}<extra></extra>",
                said=said,
            ),
        )
    theme.dress(figure, say("accuracy (share)"), "", 110 + 50 * len(rows))
    figure.update_layout(hovermode="closest")
    low = min(row.test.mean - half(row.test) for row in rows)
    figure.update_xaxes(range=[low - 0.05, 1.03], tickformat=".0%")
    return figure.update_yaxes(range=[len(rows) - 0.5, -0.7])


def cost(rows: Sequence[Learned], before: float) -> go.Figure:
    """Source accuracy after each way to learn, with a rule at what it was
    before; `test` of the rows is the source here."""
    figure = go.Figure()
    names = [broken(name) for name in plain([row.name for row in rows])]
    spans = [row.test for row in rows]
    figure.add_scatter(
        x=[span.mean for span in spans],
        y=names,
        error_x={"array": [half(span) for span in spans], "width": 5},
        name=say("source"),
        mode="markers+text",
        text=[f"{100 * span.mean:.0f}" for span in spans],
        textposition="top center",
        marker={"symbol": "circle", "size": 12, "color": theme.SOURCE},
        hovertemplate=say("%{y} leaves %{x:.1%} of the source<extra></extra>"),
    )
    figure.add_vline(
        x=before,
        line={"color": theme.NEUTRAL, "width": 2, "dash": "dash"},
        annotation={"text": say("before"), "font": {"size": 14}},
        annotation_position="bottom left",
    )
    theme.dress(
        figure, say("source accuracy (share)"), "", 90 + 50 * len(rows)
    )
    figure.update_layout(hovermode="closest", showlegend=False)
    figure.update_xaxes(range=[0, 1.06], tickformat=".0%")
    return figure.update_yaxes(range=[len(rows) - 0.5, -0.7])
