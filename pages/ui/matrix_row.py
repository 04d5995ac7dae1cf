"""One strategy of the matrix: its runs, its curves, and the way to run it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from pages.ui import registry, results
from pages.ui.charts import chart
from pages.ui.matrix_table import REACHED
from tl_core import catalog, matrix, sentences
from tl_core.analysis.intervals import Interval
from tl_core.figures import matrix_row as figures
from tl_core.figures.race import mean_curve
from tl_core.history import History
from tl_core.matrix import ALL, NONE, Row
from tl_core.texts import say


def show(rows: Sequence[Row], place: int, column: str) -> None:
    """Curves and runs of a row; those of one number of labels if a column of
    accuracies is chosen."""
    row = rows[place]
    st.subheader(row.name, anchor=False)
    card = catalog.entry("strategies", row.strategy).card
    st.markdown(card.summary)
    left, right = st.columns(2, gap="medium")
    with left:
        _over_labels(row, rows)
    with right:
        _over_steps(row)
    labels = REACHED.get(column, ALL) if row.taught else NONE
    _runs(row, labels)


def counts(row: Row) -> dict[int, Interval]:
    """Target accuracy by the number of labelled samples."""
    found = {}
    for labels, runs in row.runs.items():
        first = runs[0].finished
        assert first is not None
        count = first.samples["target_labels"]
        found[count] = matrix.reached(row, labels)
    return found


def _over_labels(row: Row, rows: Sequence[Row]) -> None:
    """What more labels bring; a strategy without labels is compared."""
    near = [r for r in rows if r.network == row.network and r.taught]
    others = {r.short: counts(r) for r in near if r is not row}
    if row.taught:
        points = counts(row)
    else:
        reached = matrix.reached(row, NONE)
        points = dict.fromkeys(counts(near[0]), reached)
    words = grown(row, points)
    st.markdown(say("**Over labels** · {words}", words=words))
    figure = figures.over_labels(points, row.strategy, others)
    chart(figure, words, "matrix.labels.curve")
    st.caption(say("Faint: the other strategies that learn from labels."))


def grown(row: Row, points: Mapping[int, Interval]) -> str:
    """From where to where the labels take it."""
    (few, low), *_, (many, high) = points.items()
    if not row.taught:
        return say(
            "{strategy} reads {accuracy} of the target, whatever is labelled.",
            strategy=row.short,
            accuracy=sentences.percent(low.mean),
        )
    return say(
        "{strategy} reads {low} with {few} labels and {high} with {many:,}.",
        strategy=row.short,
        low=sentences.percent(low.mean),
        few=few,
        high=sentences.percent(high.mean),
        many=many,
    )


def _over_steps(row: Row) -> None:
    """The way there."""
    named = {
        say("no labels") if n == NONE else say("{n} labels", n=n): runs
        for n, runs in row.runs.items()
    }
    curves = {name: mean_curve(runs, "target") for name, runs in named.items()}
    ends = [
        f"{name} {sentences.percent(spans[-1].mean)}"
        for name, (_, spans) in curves.items()
    ]
    words = say(
        "After {steps} steps: {accuracies}.",
        steps=row.full[0].spec.steps,
        accuracies=", ".join(ends),
    )
    st.markdown(say("**Over steps** · {words}", words=words))
    chart(figures.over_steps(curves), words, "matrix.steps.curve")
    st.caption(say("On the test samples that are looked at on the way."))


def _runs(row: Row, labels: matrix.Labels) -> None:
    """Each seed's run, where it comes from, and the way to one's own."""
    runs = row.at(labels)
    told = (
        say("no target labels")
        if labels == NONE
        else say("{labels} target labels", labels=labels)
    )
    st.markdown(say("**The runs with {labels}**", labels=told))
    st.dataframe([_run(run) for run in runs], hide_index=True)
    results.provenance(runs)
    again(row, labels)


def again(row: Row, labels: matrix.Labels) -> None:
    """The way to the run page with a row's settings."""
    spec = row.at(labels)[0].spec
    st.page_link(
        registry.path_of("run"),
        label=say("Run it yourself: {strategy}", strategy=row.short),
        icon=":material/play_arrow:",
        query_params={k: str(v) for k, v in spec.changes().items()},
    )


def _run(run: History) -> dict[str, str | int]:
    """One run in words."""
    assert run.finished is not None
    share = run.finished.accuracy
    return {
        "seed": run.spec.seed,
        "target": sentences.percent(share["target"]),
        say("target before"): sentences.percent(share["target_before"]),
        "source": sentences.percent(share["source"]),
        say("source before"): sentences.percent(share["source_before"]),
        "trained": f"{run.parameters['trained']:,}",
        say("only to train"): f"{run.parameters['auxiliary']:,}",
        "seconds": f"{run.seconds - run.phase_began:.1f}",
        say("spec id"): run.spec.id,
    }
