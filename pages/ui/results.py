"""Pieces that show what a run measured."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import plotly.graph_objects as go
import streamlit as st

from pages.ui import cells
from pages.ui.charts import chart
from tl_core import catalog, criteria, recording, sentences, takeaways
from tl_core.figures import curves, maps
from tl_core.figures import samples as grids
from tl_core.history import History

Draw = Callable[[go.Figure, str, str], None]
"""`charts.chart`, or `charts.moving` while a run goes on."""
MOMENTS = ("before", "after")


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
            st.markdown(f"**{domain.capitalize()}** · {about}")
            st.image(
                grids.image_grid(arrays[f"{domain}_x"][:24], columns=12),
                width="stretch",
                alt=f"24 samples of the {domain}: {about}",
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
        f"Accuracy over adaptation steps. {_latest(history)}",
        f"{key}.accuracy",
    )
    if recorded is not None and recorded.finished is not None:
        reached = recorded.finished.accuracy["target"]
        st.caption(
            f"As recorded: {sentences.percent(reached)} of the target in the "
            f"end, on {recorded.device}, {recorded.recorded}."
        )


def parts_of(history: History, key: str, draw: Draw) -> None:
    """The terms of the objective, and MMD where it is measured."""
    left, right = st.columns(2)
    with left:
        _terms(history, key, draw)
    if not history.stages:
        return
    with right:
        st.markdown("**Distance between the domains**, stage by stage")
        distances = {stage: history.mmd(stage)[1] for stage in history.stages}
        draw(
            curves.mmd_curves(history),
            takeaways.ends(distances, "MMD² of source and target features"),
            f"{key}.mmd",
        )


def _terms(history: History, key: str, draw: Draw) -> None:
    """The terms of the objective in the phase that a run is in."""
    card = catalog.entry("strategies", history.spec.strategy).card
    phase = history.phase or "adapt"
    st.markdown(
        "**Terms of the objective** · "
        + ("source training" if phase == "pretrain" else "adaptation")
    )
    losses = history.losses(phase).items()
    ends = {term: curves.thin(*curve)[1] for term, curve in losses}
    draw(
        curves.loss_curves(
            history, phase, {term: term for term in card.terms}
        ),
        takeaways.ends(ends, "Terms of the loss"),
        f"{key}.loss",
    )


def inside(history: History, key: str) -> None:
    """Features before and after, the boundary in 2-D, and confusion."""
    if history.arrays("boundary_after"):
        st.markdown(
            "**Decision boundary** · hollow marks: upper moon; green: where "
            "the lower one is likelier"
        )
        points = history.arrays("samples")
        boundary = {w: history.arrays(f"boundary_{w}") for w in MOMENTS}
        _before_and_after(
            lambda when: maps.boundary_map(boundary[when], points),
            lambda when: takeaways.sides(boundary[when], points),
            f"{key}.boundary",
        )
    if history.arrays("features_after"):
        st.markdown(
            "**Features of the last stage** · two principal axes; hollow "
            "marks are read wrongly"
        )
        features = {w: history.arrays(f"features_{w}") for w in MOMENTS}
        _before_and_after(
            lambda when: maps.feature_map(features[when], history.classes),
            lambda when: takeaways.read(features[when]),
            f"{key}.features",
        )
    if history.arrays("confusion"):
        st.markdown("**Confusion on the target** · which class is read as")
        cells.show(history, key)


def selection(history: History) -> None:
    """Which moment each criterion would have kept, and what that costs."""
    seen = [e for e in history.evaluations if e.phase == "adapt" and e.step]
    rows = criteria.regrets(seen)
    if not rows:
        return
    with st.expander("Which moment to keep?", icon=":material/ads_click:"):
        st.markdown(
            "Without target labels nobody knows which step was best. What "
            f"each criterion takes, on {seen[-1].samples} test samples; this "
            f"run keeps **{criteria.CRITERIA[history.spec.selection]}**."
        )
        st.dataframe(
            [
                {
                    "criterion": criteria.CRITERIA[str(row["criterion"])],
                    "step": row["step"],
                    "target accuracy": sentences.percent(
                        float(row["accuracy"])
                    ),
                    "regret (points)": round(100 * float(row["regret"]), 1),
                }
                for row in rows
            ],
            hide_index=True,
        )


def _before_and_after(
    draw: Callable[[str], go.Figure], say: Callable[[str], str], key: str
) -> None:
    """Two charts side by side: before and after adaptation."""
    for column, when in zip(st.columns(2), MOMENTS, strict=True):
        with column:
            st.caption(f"{when.capitalize()} adaptation")
            words = f"{when.capitalize()} adaptation {say(when)}"
            chart(draw(when), words, f"{key}.{when}")


def numbers(history: History) -> None:
    """Final accuracies as metrics, each against its value before."""
    if history.finished is None:
        return
    share = history.finished.accuracy
    counts = history.parameters
    cells = st.columns(4)
    for cell, domain in zip(cells, ("target", "source"), strict=False):
        if domain not in share:
            continue
        before = share.get(f"{domain}_before")
        cell.metric(
            f"{domain.capitalize()} accuracy",
            sentences.percent(share[domain]),
            None
            if before is None
            else f"{100 * (share[domain] - before):+.1f} points",
            help="On all test samples; the change is against the network "
            "at the end of source training.",
        )
    cells[2].metric(
        "Parameters trained",
        f"{counts['trained']:,}",
        help=f"Of {counts['total']:,}; {counts['auxiliary']:,} more belong "
        "to modules that only help to train.",
    )
    cells[3].metric("Time", f"{history.seconds:.1f} s")


def provenance(histories: Sequence[History]) -> None:
    """Where the numbers come from."""
    spec = histories[0].spec
    seeds = sorted({h.spec.seed for h in histories})
    devices = ", ".join(sorted({h.device for h in histories}))
    rates = ", ".join(f"{r:g}" for r in sorted({h.spec.lr for h in histories}))
    seconds = sum(h.seconds for h in histories)
    days = sorted({h.recorded for h in histories if h.recorded})
    recorded = f" · recorded {days[-1]}" if days else ""
    runs = "1 run" if len(histories) == 1 else f"{len(histories)} runs"
    st.caption(
        f"{runs} · {spec.backbone} on {spec.dataset} · "
        f"{spec.pretrain_steps} + {spec.steps} steps · learning rate {rates} "
        f"· seed {', '.join(map(str, seeds))} · {devices} · "
        f"{seconds:.0f} s in all"
        f"{recorded} · spec version {spec.version}"
        + (f" · id {spec.id}" if len(histories) == 1 else "")
    )


def _latest(history: History) -> str:
    if not history.evaluations:
        return "Nothing is measured yet."
    said = [
        f"{domain} {sentences.percent(share)}"
        for domain, share in history.evaluations[-1].accuracy.items()
    ]
    return "Latest: " + ", ".join(said) + "."
