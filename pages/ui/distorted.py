"""Views of distorted sources: the map of gains, and one cell of it."""

from __future__ import annotations

import streamlit as st

from pages.ui import registry, results
from pages.ui.charts import chart
from tl_core import distortion
from tl_core.analysis.intervals import Interval
from tl_core.distortion import KINDS, Cell, Kind
from tl_core.figures import negative_transfer as figures
from tl_core.figures.matrix_row import over_steps
from tl_core.figures.race import mean_curve
from tl_core.lesson_studies import BUDGETS, SHARES
from tl_core.texts import say

GAP = (
    r"\begin{aligned} \mathrm{gain} ={} &"
    r"\mathrm{acc}_t\big(A(S, T)\big) \\ &- "
    r"\mathrm{acc}_t\big(A(\varnothing, T)\big) \end{aligned}"
)
"""Wang et al. 2019, Eq. 1, in accuracy in the place of risk."""
BROUGHT = {
    "helps": say("helps"),
    "hurts": say("hurts"),
    "not clear": say("not clear"),
}
"""What a source did, in words."""


def show() -> None:
    """The gain by distortion and labels, and one cell's runs."""
    kind = _chosen()
    try:
        table = distortion.table(kind)
    except LookupError:
        st.info(say("`make record` makes the runs behind this map."))
        return
    words = said(table)
    st.markdown(f"**{words}**")
    left, right = st.columns([6, 5], gap="medium")
    signs = {cell: distortion.sign(span) for cell, span in table.items()}
    with left:
        chart(figures.gain_map(table, signs), words, "negative.map")
    with right:
        chart(figures.gain_lines(table), words, "negative.lines")
    st.caption(
        say(
            "Full fine-tuning against training from scratch: same seed, same "
            "labels, same steps. Blue and + help, orange and − hurt; ○: the "
            "95 % interval holds zero."
        )
    )
    _cell(kind, table)


def _chosen() -> Kind:
    title = st.segmented_control(
        say("What is distorted"),
        list(KINDS),
        format_func=say,
        default=next(iter(KINDS)),
        key="negative.kind",
        required=True,
    )
    return KINDS[title or next(iter(KINDS))]


def said(table: dict[Cell, Interval]) -> str:
    """Where the source helps and where it hurts, in words."""
    signs = [distortion.sign(span) for span in table.values()]
    worst = min(table, key=lambda cell: table[cell].mean)
    best = max(table, key=lambda cell: table[cell].mean)
    return say(
        "Of {cells} cells the source helps in {helped} and hurts in {hurt}: "
        "from {worst} ({loss:+.1f} points) to {best} ({gain:+.1f} points).",
        cells=len(table),
        helped=signs.count("helps"),
        hurt=signs.count("hurts"),
        worst=place(worst),
        loss=100 * table[worst].mean,
        best=place(best),
        gain=100 * table[best].mean,
    )


def place(cell: Cell) -> str:
    """A cell, in words."""
    share, labels = cell
    return say(
        "{share:.0f} % distorted with {labels} labels",
        share=100 * share,
        labels=labels,
    )


def _cell(kind: Kind, table: dict[Cell, Interval]) -> None:
    st.markdown(say("**One cell, run by run**"))
    left, right = st.columns([1, 2], gap="medium")
    with left:
        share = st.select_slider(
            say("Share of the source that is distorted"),
            SHARES,
            1.0,
            format_func=lambda share: f"{100 * share:.0f} %",
            key="negative.share",
        )
        labels = st.segmented_control(
            say("Target labels"),
            BUDGETS,
            default=BUDGETS[0],
            key="negative.labels",
            required=True,
        )
        cell = (float(share), int(labels or BUDGETS[0]))
        _gap(table[cell])
    with right:
        _runs(kind, cell)


def _gap(span: Interval) -> None:
    st.latex(GAP)
    st.markdown(
        say(
            "Here **{mean:+.1f} ± {half:.1f} points** over {n} seeds: the "
            "source {brought}. Below zero it is **negative transfer** (Wang "
            "et al. 2019).",
            mean=100 * span.mean,
            half=100 * span.half,
            n=span.n,
            brought=BROUGHT[distortion.sign(span)],
        )
    )


def _runs(kind: Kind, cell: Cell) -> None:
    ours = distortion.runs(kind.races[cell], "full")
    scratch = distortion.runs(kind.baseline(cell), "scratch")
    pairs = ", ".join(f"{100 * g:+.1f}" for g in distortion.gains(kind, cell))
    words = say("Seed by seed, in points: {pairs}.", pairs=pairs)
    curves = {
        say("with the source"): mean_curve(ours, "target"),
        say("from scratch"): mean_curve(scratch, "target"),
    }
    chart(over_steps(curves), words, "negative.curves")
    st.caption(words)
    results.provenance([*ours, *scratch])
    with st.container(horizontal=True):
        for run, label in (
            (ours[0], say("Run it with the source")),
            (scratch[0], say("Run it without the source")),
        ):
            st.page_link(
                registry.path_of("run"),
                label=label,
                icon=":material/play_arrow:",
                query_params={
                    k: str(v) for k, v in run.spec.changes().items()
                },
            )
