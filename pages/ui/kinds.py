"""Three kinds of shift, each on a pair of the lab: what moves, what that
costs the source model, and what was measured to help."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from pages.ui import registry, results
from pages.ui.charts import chart
from pages.ui.remedies import aligned, harmed, unlearned
from tl_core import catalog, pair_parts, recording, sentences, takeaways
from tl_core.analysis.intervals import interval
from tl_core.card_words import DOMAINS
from tl_core.figures import shift as shifts
from tl_core.figures import tasks
from tl_core.figures.samples import image_grid
from tl_core.history import History
from tl_core.texts import say

DIFFERS = {
    "Text to pictures": say(
        "**𝒳 differs**: words become pixels. Nothing can be aligned before a "
        "new embedding brings both into one space."
    ),
    "New labels": say(
        "**𝒴 differs**: other digits, even or odd, eight signs. The old head "
        "has no names for them; a new one is learned from labels."
    ),
}
"""Views of the page on which a space itself differs, and what differs."""
TEXT, LABELS = DIFFERS
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
        say(
            "With one input space and one set of classes, three laws can "
            "move. They look alike on an accuracy chart and need different "
            "remedies."
        )
    )
    for column, kind in zip(st.columns(3, gap="medium"), KINDS, strict=True):
        with column.container(border=True):
            _card(kind)
    st.subheader(say("When a space itself differs"), anchor=False)
    left, right = st.columns(2, gap="medium")
    with left.container(border=True):
        st.markdown(DIFFERS[TEXT])
        _to(TEXT, say("From text to images: with a control"))
    with right.container(border=True):
        st.markdown(DIFFERS[LABELS])
        _to(LABELS, say("New labels: new head, old backbone?"))


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
        say(
            "#### {kind}\n**{moves}** moves, {stays} stays  \n{pair}",
            kind=kind.title,
            moves=kind.moves,
            stays=kind.stays,
            pair=about.title,
        )
    )
    runs = pair_parts.runs(kind.pair)
    if not runs:
        st.info(say("`make record` makes the runs behind this card."))
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
        label=say("Run it yourself"),
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
            caption=say("{domain}, as drawn", domain=DOMAINS[domain]),
            width="stretch",
            alt=say(
                "{count} samples of the {domain}.",
                count=2 * COLUMNS,
                domain=say(domain),
            ),
        )


def _inputs(run: History, key: str) -> None:
    bins = pair_parts.on_first_axis(run)
    figure = shifts.histogram(bins, say("features' first axis (no unit)"))
    words = takeaways.overlap(bins, say("Inputs on the features' first axis"))
    st.markdown(words)
    chart(figure, words, f"{key}.inputs")


def _proportions(run: History, key: str) -> None:
    shares = {d: pair_parts.proportions(run, d) for d in pair_parts.DOMAINS}
    target = shares["target"]
    most, least = int(target.argmax()), int(target.argmin())
    words = say(
        "In the target {frequent} is the most frequent class ({most:.0%}), "
        "{rare} the rarest ({least:.0%}).",
        frequent=run.classes[most],
        most=target[most],
        rare=run.classes[least],
        least=target[least],
    )
    st.markdown(words)
    listed = {domain: share.tolist() for domain, share in shares.items()}
    chart(tasks.proportions(listed, run.classes), words, f"{key}.classes")


def _names(run: History, key: str) -> None:
    """A sample of each domain under the same labels."""
    found = {d: pair_parts.one_of_each(run, d) for d in pair_parts.DOMAINS}
    named = [n for n in run.classes if all(n in f for f in found.values())]
    st.markdown(
        say("What is called {names}, in this order:", names=", ".join(named))
    )
    for domain, pictures in found.items():
        row = np.stack([pictures[name] for name in named])
        st.image(
            image_grid(row, columns=len(row)),
            caption=say(
                "under these names in the {domain}", domain=say(domain)
            ),
            width="stretch",
            alt=say(
                "One sample of the {domain} for each of {names}.",
                domain=say(domain),
                names=named,
            ),
        )


def _scores(runs: Sequence[History]) -> None:
    """What the source model reads of each domain, over seeds."""
    st.markdown(say("The source model reads"))
    with st.grid(2, min_column_width=110):
        for domain in pair_parts.DOMAINS:
            _share(runs, domain)


def _share(runs: Sequence[History], domain: str) -> None:
    shares = [pair_parts.before(run, domain) for run in runs]
    span = interval([share for share in shares if share is not None])
    st.metric(
        DOMAINS[domain],
        sentences.percent(span.mean),
        f"± {100 * span.half:.1f}",
        delta_color="off",
        delta_arrow="off",
        help=say("Mean over {n} seeds with its 95 % interval.", n=span.n),
    )


COVARIATE = (say("Covariate shift"), "P(X)", "P(Y|X)", "mnist_to_optdigits")
PRIOR = (say("Label shift, or prior shift"), "P(Y)", "P(X|Y)", "label_shift")
CONCEPT = (say("Concept shift"), "P(Y|X)", "P(X)", "mnist_renamed")
KINDS = (
    Kind(*COVARIATE, _inputs, aligned),
    Kind(*PRIOR, _proportions, harmed),
    Kind(*CONCEPT, _names, unlearned),
)
