"""New label spaces: which old class is which new one, and whether a new
head on an old backbone beats a new network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from pages.ui import registry, results
from pages.ui.charts import chart
from tl_core import pair_parts, recording
from tl_core.analysis.intervals import Interval
from tl_core.figures import domains as figures
from tl_core.figures import tasks
from tl_core.figures.domains import Row
from tl_core.figures.race import target_accuracy
from tl_core.fit import default_choice
from tl_core.history import History
from tl_core.lesson_studies import CURES
from tl_core.races import Race
from tl_core.studies import CURVES
from tl_core.texts import say

SIGNS = (
    *(say("stop"), say("yield"), say("speed limit 30"), say("speed limit 70")),
    *(say("no entry"), say("warning")),
    *(say("priority road"), say("turn right")),
)
PARITY = (say("even"), say("odd"))
DIGITS = tuple("0123456789")


@dataclass(frozen=True)
class Map:
    """Old and new classes, where an old one says which new one it is, what
    that means, and the settings of a run."""

    old: Sequence[str]
    new: Sequence[str]
    links: Sequence[tuple[str, str]]
    said: str
    settings: Mapping[str, str]


MAPS = {
    "0-4 → 5-9": Map(
        DIGITS[:5],
        DIGITS[5:],
        (),
        say(
            "No old class is a new one: the old head says nothing about 5 to "
            "9, and a head of five new rows begins at zero."
        ),
        {"dataset": "digits_split", "target_labels": "20"},
    ),
    "0-9 → even or odd": Map(
        DIGITS,
        PARITY,
        tuple((d, PARITY[int(d) % 2]) for d in DIGITS),
        say(
            "Ten classes fall into two: every old class says which new one "
            "it is. A perfect old head would need no target label at all, "
            "only the map; the lab's new head has to find the map from "
            "labels."
        ),
        {"dataset": "digits_split", "dataset.labels": "parity"},
    ),
    "ImageNet → signs": Map(
        (say("street sign"), say("traffic light"), say("998 other kinds")),
        SIGNS,
        (),
        say(
            "ImageNet has one class “street sign”, which is all eight: it "
            "cannot say which. Features that tell them apart may be there, "
            "names are not."
        ),
        {"dataset": "imagenet_to_signs"},
    ),
}
WAYS = {
    "full": say("Old backbone tuned, new head"),
    "linear_probe": say("Old backbone frozen, new head"),
    "scratch": say("From scratch"),
}


def show() -> None:
    """The maps, then what an old backbone is worth under a new head."""
    first = next(iter(MAPS))
    name = st.segmented_control(
        say("Label map"),
        list(MAPS),
        format_func=say,
        default=first,
        key="labels.map",
        required=True,
    )
    _map(name or first)
    st.divider()
    st.subheader(say("A new head, or a new network?"), anchor=False)
    st.markdown(
        say(
            "The textbook says that a new label space needs a new head, not a "
            "new backbone."
        )
    )
    few = {key: recording.recorded_race(_race(key)) for key in WAYS}
    more = _more()
    if not all((*few.values(), *more.values())):
        st.info(say("`make record` makes the runs behind these charts."))
        return
    left, right = st.columns(2, gap="large")
    with left:
        _measured(say("20 labels of 5 to 9, after 0 to 4"), few, "few")
    with right:
        _measured(say("100 labels of 0 to 4, after 5 to 9"), more, "more")
    _links()


def _map(name: str) -> None:
    chosen = MAPS[name]
    alt = say(
        "{old} old and {new} new classes with {links} lines between them. "
        "{said}",
        old=len(chosen.old),
        new=len(chosen.new),
        links=len(chosen.links),
        said=chosen.said,
    )
    figure = tasks.label_map(chosen.old, chosen.new, chosen.links)
    given = {**default_choice(chosen.settings["dataset"]), **chosen.settings}
    left, right = st.columns([3, 2], gap="large", vertical_alignment="center")
    with left:
        chart(figure, alt, "labels.drawn")
    with right:
        st.markdown(chosen.said)
        st.page_link(
            registry.path_of("run"),
            label=say("Run {name} yourself", name=say(name)),
            icon=":material/play_arrow:",
            query_params=given,
        )


def _race(strategy: str) -> Race:
    """The default runs of a strategy with twenty labels of other digits."""
    titles = {
        "full": "Full fine-tuning",
        "linear_probe": "Linear probe",
        "scratch": "From scratch",
    }
    wanted = titles[strategy]
    return next(r for r in CURES["Five other digits"] if r.title == wanted)


def _more() -> dict[str, list[History]]:
    """The recorded runs of each way with a hundred labels."""
    return {
        "linear_probe": recording.recorded_race(CURVES["AnB"][3]),
        "full": recording.recorded_race(CURVES["AnB+"][3]),
        "scratch": recording.recorded_race(CURVES["AnB"][0]),
    }


def _measured(title: str, runs: Mapping[str, list[History]], key: str) -> None:
    """What each way reads, and by how much the old backbone helps."""
    rows = [
        Row(WAYS[way], way, [target_accuracy(h) for h in runs[way]])
        for way in WAYS
    ]
    words = verdict(
        pair_parts.paired(runs["full"], runs["scratch"]),
        pair_parts.paired(runs["linear_probe"], runs["scratch"]),
    )
    st.markdown(f"##### {title}")
    st.markdown(f"**{words}**")
    chart(figures.accuracies(rows), words, f"labels.{key}")
    results.provenance([run for found in runs.values() for run in found])


def verdict(tuned: Interval, frozen: Interval) -> str:
    """Whether an old backbone beats a new one, tuned and frozen."""
    return say(
        "Against scratch the old backbone, tuned, {tuned}; frozen, it "
        "{frozen}",
        tuned=_against(tuned),
        frozen=_against(frozen),
    )


def _against(span: Interval) -> str:
    told = say(
        "{mean:+.1f} ± {half:.1f} points",
        mean=100 * span.mean,
        half=100 * span.half,
    )
    if span.low > 0:
        return say("wins: {told}", told=told)
    if span.high < 0:
        return say("loses: {told}", told=told)
    return say("differs by {told}, which may be chance", told=told)


def _links() -> None:
    with st.container(horizontal=True):
        for way, name in WAYS.items():
            given = {**_race(way).settings, "strategy": way}
            st.page_link(
                registry.path_of("run"),
                label=say("Run: {name}", name=name.lower()),
                icon=":material/play_arrow:",
                query_params={k: str(v) for k, v in given.items()},
            )
