"""Curves of one run over its steps."""

from __future__ import annotations

from collections.abc import Mapping

import plotly.graph_objects as go

from tl_core.events import Phase
from tl_core.figures import theme
from tl_core.history import History
from tl_core.texts import say

POINTS = 150
"""Points drawn of a loss curve; each is the mean of the steps it stands
for."""
UNIT = say("loss (nats; distances: no unit)")


def accuracy_curves(
    history: History,
    guess: float | None = None,
    recorded: History | None = None,
) -> go.Figure:
    """Held-out accuracy on source and target over the adaptation steps;
    source training stands at negative steps before it. A `guess` of where
    the target ends is a line across; a `recorded` run of the same settings
    is drawn beside this one."""
    figure = go.Figure()
    trained = [p.steps for p in history.phases if p.phase == "pretrain"]
    if trained:
        _add_training(figure, history, trained[0])
    for domain in theme.DOMAINS:
        _add_accuracy(figure, history, domain)
    if recorded is not None:
        _add_recorded(figure, recorded)
    if guess is not None:
        _add_guess(figure, guess)
    start = -trained[0] if trained else 0
    figure.update_xaxes(range=[start, history.spec.steps * 1.02])
    text = (
        say("adaptation step (below 0: source training)")
        if trained
        else say("adaptation step")
    )
    theme.dress(figure, text, say("held-out accuracy (share)"))
    return theme.shares(figure)


def _add_training(figure: go.Figure, history: History, trained: int) -> None:
    """Source training, its `trained` steps before 0."""
    steps, shares = history.accuracy("source", "pretrain")
    figure.add_scatter(
        x=[step - trained for step in steps],
        y=shares,
        name=say("source training"),
        mode="lines",
        line={"color": theme.SOURCE, "dash": "dot"},
        hovertemplate=say(
            "%{y:.1%} of the source are read rightly while "
            "training on it<extra></extra>"
        ),
    )
    figure.add_vline(x=0, line={"width": 1, "color": theme.NEUTRAL})


def _add_recorded(figure: go.Figure, recorded: History) -> None:
    steps, shares = recorded.accuracy("target")
    figure.add_scatter(
        x=steps,
        y=shares,
        name=say("target, as recorded"),
        mode="lines",
        line={"color": theme.NEUTRAL, "dash": "dot", "width": 2},
        hovertemplate=say(
            "The recorded run read %{y:.1%} of the target<extra></extra>"
        ),
    )


def _add_guess(figure: go.Figure, guess: float) -> None:
    text = say("you expected {guess:.0%} of the target", guess=guess)
    figure.add_hline(
        y=guess,
        line={"color": theme.NEUTRAL, "dash": "dash", "width": 2},
        annotation={"text": text, "font": {"color": theme.NEUTRAL}},
        annotation_position="bottom right" if guess > 0.9 else "top right",
    )


def _add_accuracy(figure: go.Figure, history: History, domain: str) -> None:
    steps, shares = history.accuracy(domain)
    figure.add_scatter(
        x=steps,
        y=shares,
        name=say(domain),
        mode="lines+markers",
        line={
            "color": theme.DOMAINS[domain],
            "dash": theme.DOMAIN_DASH[domain],
        },
        marker={"symbol": theme.DOMAIN_MARKER[domain], "size": 7},
        hovertemplate=say(
            "%{{y:.1%}} of the {domain} are read rightly<extra></extra>",
            domain=say(domain),
        ),
    )


def loss_curves(
    history: History, phase: Phase, names: Mapping[str, str]
) -> go.Figure:
    """Each term of the objective; `names` maps a term to its legend."""
    figure = go.Figure()
    for index, (term, curve) in enumerate(history.losses(phase).items()):
        steps, values = thin(*curve)
        colour, dash = theme.series(index)
        figure.add_scatter(
            x=steps,
            y=values,
            name=names.get(term, term),
            mode="lines",
            line={"color": colour, "dash": dash},
            hovertemplate=say(
                "The term %{fullData.name} is %{y:.4f}<extra></extra>"
            ),
        )
    steps = [p.steps for p in history.phases if p.phase == phase]
    if steps:
        figure.update_xaxes(range=[0, steps[-1] * 1.02])
    figure.update_yaxes(rangemode="tozero")
    words = {
        "pretrain": say("source training step"),
        "adapt": say("adaptation step"),
    }
    return theme.dress(figure, words[phase], UNIT)


def mmd_curves(history: History) -> go.Figure:
    """Unbiased MMD^2 between the domains' features, stage by stage; dotted,
    what 95 % of random relabellings of the domains stay below."""
    figure = go.Figure()
    for index, stage in enumerate(history.stages):
        steps, values = history.mmd(stage)
        colour, dash = theme.series(index)
        _add_chance(figure, history, stage, colour)
        figure.add_scatter(
            x=steps,
            y=values,
            name=stage,
            mode="lines+markers",
            line={"color": colour, "dash": dash},
            marker={"symbol": theme.MARKERS[index % 6], "size": 6},
            hovertemplate=say(
                "In {stage} the domains lie an MMD² of %{{y:.4f}} "
                "apart<extra></extra>",
                stage=stage,
            ),
        )
    figure.update_xaxes(range=[0, history.spec.steps * 1.02])
    return theme.dress(
        figure, say("adaptation step"), say("MMD² of features (no unit)")
    )


def _add_chance(
    figure: go.Figure, history: History, stage: str, colour: str
) -> None:
    """What random relabellings of the domains stay below in a stage."""
    steps, null = history.mmd_null(stage)
    figure.add_scatter(
        x=steps,
        y=null,
        name=say("{stage}, by chance", stage=stage),
        showlegend=False,
        mode="lines",
        line={"color": colour, "dash": "dot", "width": 1},
        hovertemplate=say(
            "{stage}: chance stays below %{{y:.4f}}<extra></extra>",
            stage=stage,
        ),
    )


def thin(
    steps: list[int], values: list[float]
) -> tuple[list[int], list[float]]:
    """At most POINTS points: means of equal blocks of steps."""
    block = -(-len(steps) // POINTS)
    if block <= 1:
        return steps, values
    starts = range(0, len(steps), block)
    means = [
        sum(values[i : i + block]) / len(values[i : i + block]) for i in starts
    ]
    return [steps[min(i + block, len(steps)) - 1] for i in starts], means
