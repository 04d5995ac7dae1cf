"""Could negative transfer have been known before training?"""

from __future__ import annotations

import streamlit as st

from pages.ui import registry, results
from pages.ui.charts import chart
from pages.ui.promises import MEANING
from tl_core import distortion, promises
from tl_core.analysis.intervals import Interval
from tl_core.distortion import KINDS, SCORED, SEEDS
from tl_core.figures import negative_transfer as figures
from tl_core.lesson_studies import SHARES
from tl_core.texts import say

SEES = {
    "logme": say(
        "It looks at features and the new labels: a head that says "
        "other names is out of its sight."
    ),
    "leep": say(
        "It looks through the old head, but learns anew what each of its "
        "names goes with: names that changed places are out of its sight too."
    ),
    "h_score": say(
        "It looks at features and the new labels: a head that says "
        "other names is out of its sight."
    ),
    "closeness": say(
        "It looks at inputs alone: labels, right or wrong, are out "
        "of its sight."
    ),
}
"""What a score can know, in words."""


def show() -> None:
    """A score of every distorted source model beside the gain that came."""
    score = _chosen()
    try:
        words = agreed(score)
    except LookupError:
        st.info(
            say("`make record` makes the scores and runs behind this chart.")
        )
        return
    st.markdown(f"**{words}**")
    points = {
        title: {
            share: (scores, distortion.came(kind)[share])
            for share, scores in distortion.foretold(kind, score).items()
        }
        for title, kind in KINDS.items()
    }
    name = promises.SCORES[score]
    chart(figures.foretold(points, name), words, "negative.foretold")
    st.markdown(f"**{name}**: {MEANING[score]}. {SEES[score]}")
    _origin()


def _chosen() -> str:
    score = st.segmented_control(
        say("Score"),
        list(promises.SCORES),
        format_func=promises.SCORES.__getitem__,
        default="logme",
        key="negative.score",
        required=True,
        help=say(
            "Taken of the source model and the labelled target samples, "
            "before any training on the target."
        ),
    )
    return score or "logme"


def _origin() -> None:
    """Where scores and gains come from, and the way to a run."""
    document = distortion.recorded()
    st.caption(
        say(
            "Marks name the share of the source that is distorted. Scores: "
            "{scored} labelled target samples · seeds {seeds} · {device} · "
            "recorded {recorded}. Gains: those of the runs below over "
            "training from scratch with the same seed.",
            scored=SCORED,
            seeds=", ".join(map(str, SEEDS)),
            device=document["device"],
            recorded=document["recorded"],
        )
    )
    for title, kind in KINDS.items():
        cells = [(share, SCORED) for share in SHARES]
        runs = [
            run
            for cell in cells
            for run in distortion.runs(kind.races[cell], "full")[: len(SEEDS)]
        ]
        results.provenance(runs)
        spec = kind.races[cells[-1]].spec("full", 0)
        st.page_link(
            registry.path_of("run"),
            label=say("Run it yourself: {title}", title=title),
            icon=":material/play_arrow:",
            query_params={k: str(v) for k, v in spec.changes().items()},
        )


def agreed(score: str) -> str:
    """How well a score orders the gains, for each distortion."""
    parts = [
        _one_agrees(title, distortion.agreement(kind, score))
        for title, kind in KINDS.items()
    ]
    name = promises.SCORES[score]
    return say(
        "Rank correlation of {name} and gain: {kinds}.",
        name=name,
        kinds="; ".join(parts),
    )


def _one_agrees(title: str, span: Interval | None) -> str:
    """The rank correlation for one distortion, where scores differ."""
    if span is None:
        return say("none, it says the same of all, for “{title}”", title=title)
    return say(
        "{mean:+.2f} ± {half:.2f} for “{title}”",
        mean=span.mean,
        half=span.half,
        title=title,
    )
