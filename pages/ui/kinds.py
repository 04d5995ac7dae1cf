"""Three kinds of shift, each on a pair of the lab: what moves, what that
costs the source model, and what was measured to help."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from pages.ui import registry, results
from pages.ui.charts import chart
from tl_core import catalog, pair_parts, recording, sentences, takeaways
from tl_core.analysis.intervals import Interval, interval
from tl_core.figures import shift as shifts
from tl_core.figures import tasks
from tl_core.figures.race import by_strategy
from tl_core.figures.samples import image_grid
from tl_core.history import History

ALIGNING = ("adabn", "mmd", "coral", "dann")
TEXT, LABELS = "Text to pictures", "New labels"
"""Views of the page on which a space itself differs."""
COLUMNS = 8
"""Samples of a sheet in one line."""


@dataclass(frozen=True)
class Kind:
    """A kind of shift: its name, what moves and what stays, the pair that
    shows it, and how its drawing and its remedy are made."""

    title: str
    moves: str
    stays: str
    pair: str
    draw: Callable[[History, str], None]
    remedy: Callable[[Sequence[History]], str]


def show() -> None:
    """The three kinds beside each other, then what differs in X or Y."""
    st.markdown(
        "With one input space and one set of classes, three laws can move. "
        "They look alike on an accuracy chart and need different remedies."
    )
    for column, kind in zip(st.columns(3, gap="medium"), KINDS, strict=True):
        with column.container(border=True):
            _card(kind)
    st.subheader("When a space itself differs", anchor=False)
    left, right = st.columns(2, gap="medium")
    with left.container(border=True):
        st.markdown(
            "**𝒳 differs**: words become pixels. Nothing can be aligned "
            "before a new embedding brings both into one space."
        )
        _to(TEXT, "From text to images: with a control")
    with right.container(border=True):
        st.markdown(
            "**𝒴 differs**: other digits, even or odd, eight signs. The old "
            "head has no names for them; a new one is learned from labels."
        )
        _to(LABELS, "New labels: new head, old backbone?")


def _to(view: str, label: str) -> None:
    st.button(
        label,
        key=f"kinds.to.{view}",
        icon=":material/arrow_forward:",
        on_click=st.session_state.__setitem__,
        args=("domains.view", view),
    )


def _card(kind: Kind) -> None:
    about = catalog.entry("datasets", kind.pair).card
    st.markdown(
        f"#### {kind.title}\n**{kind.moves}** moves, {kind.stays} stays  \n"
        f"{about.title}"
    )
    runs = pair_parts.runs(kind.pair)
    if not runs:
        st.info("`make record` makes the runs behind this card.")
        return
    _sheets(runs[0])
    kind.draw(runs[0], f"kinds.{kind.pair}")
    _scores(runs)
    race = recording.recorded_race(pair_parts.race_of(kind.pair))
    st.markdown(kind.remedy(race))
    results.provenance(race)
    settings = pair_parts.race_of(kind.pair).settings
    st.page_link(
        registry.path_of("run"),
        label="Run it yourself",
        icon=":material/play_arrow:",
        query_params={k: str(v) for k, v in settings.items()}
        | {"strategy": pair_parts.EXAMPLES[kind.pair][1]},
    )


def _sheets(run: History) -> None:
    for domain in pair_parts.DOMAINS:
        st.image(
            image_grid(
                run.arrays("samples")[f"{domain}_x"][: 2 * COLUMNS],
                columns=COLUMNS,
            ),
            caption=f"{domain.capitalize()}, as drawn",
            width="stretch",
            alt=f"{2 * COLUMNS} samples of the {domain}.",
        )


def _inputs(run: History, key: str) -> None:
    bins = pair_parts.on_first_axis(run)
    figure = shifts.histogram(bins, "features' first axis (no unit)")
    words = takeaways.overlap(bins, "Inputs on the features' first axis")
    st.markdown(words)
    chart(figure, words, f"{key}.inputs")


def _proportions(run: History, key: str) -> None:
    shares = {d: pair_parts.proportions(run, d) for d in pair_parts.DOMAINS}
    target = shares["target"]
    most, least = int(target.argmax()), int(target.argmin())
    words = (
        f"In the target {run.classes[most]} is the most frequent class "
        f"({target[most]:.0%}), {run.classes[least]} the rarest "
        f"({target[least]:.0%})."
    )
    st.markdown(words)
    listed = {domain: share.tolist() for domain, share in shares.items()}
    chart(tasks.proportions(listed, run.classes), words, f"{key}.classes")


def _names(run: History, key: str) -> None:
    """A sample of each domain under the same labels."""
    found = {d: pair_parts.one_of_each(run, d) for d in pair_parts.DOMAINS}
    named = [n for n in run.classes if all(n in f for f in found.values())]
    st.markdown(f"What is called {', '.join(named)}, in this order:")
    for domain, pictures in found.items():
        row = np.stack([pictures[name] for name in named])
        st.image(
            image_grid(row, columns=len(row)),
            caption=f"under these names in the {domain}",
            width="stretch",
            alt=f"One sample of the {domain} for each of {named}.",
        )


def _scores(runs: Sequence[History]) -> None:
    """What the source model reads of each domain, over seeds."""
    st.markdown("The source model reads")
    cells = st.columns(2)
    for cell, domain in zip(cells, pair_parts.DOMAINS, strict=True):
        shares = [pair_parts.before(run, domain) for run in runs]
        span = interval([share for share in shares if share is not None])
        cell.metric(
            domain.capitalize(),
            sentences.percent(span.mean),
            f"± {100 * span.half:.1f}",
            delta_color="off",
            delta_arrow="off",
            help=f"Mean over {span.n} seeds with its 95 % interval.",
        )


def gains(race: Sequence[History]) -> dict[str, Interval]:
    """What each way to align changes against no adaptation, seed by
    seed."""
    groups = by_strategy(race)
    return {
        way: pair_parts.paired(groups[way], groups["source_only"])
        for way in ALIGNING
        if way in groups
    }


def aligned(race: Sequence[History]) -> str:
    """What aligning brings at best where only P(X) moved."""
    found = gains(race)
    best = max(found, key=lambda way: found[way].mean)
    return (
        f"**Remedy: align.** {sentences.title(best)} changes the target's "
        f"accuracy by {points(found[best])}; no target label is needed."
    )


def harmed(race: Sequence[History]) -> str:
    """What aligning costs where only the proportions moved."""
    found = gains(race)
    worse = [way for way, span in found.items() if span.high < 0]
    worst = min(found, key=lambda way: found[way].mean)
    return (
        "**Remedy: none, or reweight the classes.** Aligning hurts in "
        f"{len(worse)} of {len(found)} ways; {sentences.title(worst)} by "
        f"{points(found[worst])}. Reweighting, the textbook's remedy, was "
        "not measured here."
    )


def unlearned(race: Sequence[History]) -> str:
    """What target labels bring where the names moved."""
    groups = by_strategy(race)
    spans = {
        way: interval(
            [h.finished.accuracy["target"] for h in runs if h.finished]
        )
        for way, runs in groups.items()
    }
    full, scratch = spans["full"], spans["scratch"]
    labels = race[0].spec.target_labels
    return (
        "**Remedy: target labels, and a fresh start.** Inputs cannot tell. "
        f"With {labels} labels the kept head reads {100 * full.mean:.1f} ± "
        f"{100 * full.half:.1f} % of the target, a network from scratch "
        f"{100 * scratch.mean:.1f} ± {100 * scratch.half:.1f} %."
    )


def points(span: Interval) -> str:
    """A difference of shares in points, with its interval."""
    return f"{100 * span.mean:+.1f} ± {100 * span.half:.1f} points"


COVARIATE = ("Covariate shift", "P(X)", "P(Y|X)", "mnist_to_optdigits")
PRIOR = ("Label shift, or prior shift", "P(Y)", "P(X|Y)", "label_shift")
CONCEPT = ("Concept shift", "P(Y|X)", "P(X)", "mnist_renamed")
KINDS = (
    Kind(*COVARIATE, _inputs, aligned),
    Kind(*PRIOR, _proportions, harmed),
    Kind(*CONCEPT, _names, unlearned),
)
