"""Pieces that show what a run measured."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import plotly.graph_objects as go
import streamlit as st

from pages.ui import cells
from pages.ui.charts import chart
from tl_core import catalog, recording, sentences, takeaways
from tl_core.card_words import DOMAINS
from tl_core.figures import curves, maps
from tl_core.figures import samples as grids
from tl_core.history import History
from tl_core.texts import say

Draw = Callable[[go.Figure, str, str], None]
"""`charts.chart`, or `charts.moving` while a run goes on."""
MOMENTS = {
    "before": say("Before adaptation"),
    "after": say("After adaptation"),
}


def samples(history: History, draw: Draw = chart) -> None:
    """What source and target look like, as the network was given them."""
    arrays = history.arrays("samples")
    if not arrays:
        return
    card = catalog.entry("datasets", history.spec.dataset).card
    if arrays["target_x"].ndim == 2:
        draw(maps.point_map(arrays), takeaways.centres(arrays), "samples")
        return
    shown = [d for d in ("source", "target") if f"{d}_x" in arrays]
    columns = st.columns(2, gap="large")
    for column, domain in zip(columns, shown, strict=False):
        about = getattr(card, domain)
        with column:
            st.markdown(f"**{DOMAINS[domain]}** · {about}")
            st.image(
                grids.image_grid(arrays[f"{domain}_x"][:24], columns=12),
                width="stretch",
                alt=say(
                    "24 samples of the {domain}: {about}",
                    domain=say(domain),
                    about=about,
                ),
            )


def curves_of(
    history: History,
    key: str,
    draw: Draw = chart,
    guess: float | None = None,
) -> None:
    """Accuracy, the terms of the objective and MMD, as far as they go; and
    what accuracy was expected."""
    accuracy_of(history, key, draw, guess)
    parts_of(history, key, draw)


def accuracy_of(
    history: History, key: str, draw: Draw, guess: float | None
) -> None:
    """Accuracy, what was expected, and a recorded run beside one's own."""
    kept = recording.read(history.spec.id)
    recorded = None if kept is history else kept
    draw(
        curves.accuracy_curves(history, guess, recorded),
        say(
            "Accuracy over adaptation steps. {latest}", latest=_latest(history)
        ),
        f"{key}.accuracy",
    )
    if recorded is not None and recorded.finished is not None:
        reached = recorded.finished.accuracy["target"]
        st.caption(
            say(
                "As recorded: {reached} of the target in the end, on "
                "{device}, {recorded}.",
                reached=sentences.percent(reached),
                device=recorded.device,
                recorded=recorded.recorded,
            )
        )


def parts_of(history: History, key: str, draw: Draw) -> None:
    """The terms of the objective, and MMD where it is measured."""
    left, right = st.columns(2)
    with left:
        _terms(history, key, draw)
    if not history.stages:
        return
    with right:
        st.markdown(say("**Distance between the domains**, stage by stage"))
        distances = {stage: history.mmd(stage)[1] for stage in history.stages}
        draw(
            curves.mmd_curves(history),
            takeaways.ends(
                distances, say("MMD² of source and target features")
            ),
            f"{key}.mmd",
        )


def _terms(history: History, key: str, draw: Draw) -> None:
    """The terms of the objective in the phase that a run is in."""
    card = catalog.entry("strategies", history.spec.strategy).card
    phase = history.phase or "adapt"
    st.markdown(
        say("**Terms of the objective** · source training")
        if phase == "pretrain"
        else say("**Terms of the objective** · adaptation")
    )
    losses = history.losses(phase).items()
    ends = {term: curves.thin(*curve)[1] for term, curve in losses}
    draw(
        curves.loss_curves(
            history, phase, {term: term for term in card.terms}
        ),
        takeaways.ends(ends, say("Terms of the loss")),
        f"{key}.loss",
    )


def inside(history: History, key: str) -> None:
    """Features before and after, the boundary in 2-D, and confusion."""
    if history.arrays("boundary_after"):
        _boundary(history, key)
    if history.arrays("features_after"):
        st.markdown(
            say(
                "**Features of the last stage** · two principal axes; hollow "
                "marks are read wrongly"
            )
        )
        features = {w: history.arrays(f"features_{w}") for w in MOMENTS}
        _before_and_after(
            lambda when: maps.feature_map(features[when], history.classes),
            lambda when: takeaways.read(features[when]),
            f"{key}.features",
        )
    if history.arrays("confusion"):
        st.markdown(
            say("**Confusion on the target** · which class is read as")
        )
        cells.show(history, key)


def _boundary(history: History, key: str) -> None:
    """Where a classifier of points in the plane decides."""
    st.markdown(
        say(
            "**Decision boundary** · hollow marks: upper moon; green: where "
            "the lower one is likelier"
        )
    )
    points = history.arrays("samples")
    boundary = {w: history.arrays(f"boundary_{w}") for w in MOMENTS}
    _before_and_after(
        lambda when: maps.boundary_map(boundary[when], points),
        lambda when: takeaways.sides(boundary[when], points),
        f"{key}.boundary",
    )


def _before_and_after(
    draw: Callable[[str], go.Figure], told: Callable[[str], str], key: str
) -> None:
    """Two charts side by side: before and after adaptation."""
    moments = zip(st.columns(2), MOMENTS.items(), strict=True)
    for column, (when, title) in moments:
        with column:
            st.caption(title)
            words = f"{title} {told(when)}"
            chart(draw(when), words, f"{key}.{when}")


def provenance(histories: Sequence[History]) -> None:
    """Where the numbers come from."""
    seeds = sorted({h.spec.seed for h in histories})
    rates = sorted({h.spec.lr for h in histories})
    days = sorted({h.recorded for h in histories if h.recorded})
    spec = histories[0].spec
    st.caption(
        say(
            "{runs} · {backbone} on {dataset} · {pretrain_steps} + {steps} "
            "steps · learning rate {rates} · seed {seeds} · {devices} · "
            "{seconds:.0f} s in all{recorded} · spec version {version}",
            runs=_runs(len(histories)),
            backbone=spec.backbone,
            dataset=spec.dataset,
            pretrain_steps=spec.pretrain_steps,
            steps=spec.steps,
            rates=", ".join(f"{rate:g}" for rate in rates),
            seeds=", ".join(map(str, seeds)),
            devices=", ".join(sorted({h.device for h in histories})),
            seconds=sum(h.seconds for h in histories),
            recorded=say(" · recorded {day}", day=days[-1]) if days else "",
            version=spec.version,
        )
        + (say(" · id {id}", id=spec.id) if len(histories) == 1 else "")
    )


def _runs(count: int) -> str:
    return say("1 run") if count == 1 else say("{count} runs", count=count)


def _latest(history: History) -> str:
    if not history.evaluations:
        return say("Nothing is measured yet.")
    said = [
        f"{domain} {sentences.percent(share)}"
        for domain, share in history.evaluations[-1].accuracy.items()
    ]
    return say("Latest: {accuracies}.", accuracies=", ".join(said))
