"""What a race measured: curves, a table, who beats whom, and at what price."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from pages.ui import charts, classroom, race_options, race_price, results
from pages.ui.race_form import key
from tl_core import catalog, contest, recording, sentences
from tl_core.analysis.intervals import Interval
from tl_core.contest import Row
from tl_core.figures import race as figures
from tl_core.history import History
from tl_core.race_link import as_text
from tl_core.race_spec import RaceSpec
from tl_core.race_starts import Heat, Start, heats
from tl_core.texts import say

ABOUT = {
    "strategy": say("The best mean first."),
    "target (%)": say(
        "Accuracy on all test samples of the target: mean over "
        "seeds ± half of its 95 % interval."
    ),
    "forgets": say("Points of source accuracy lost since source training."),
    "gain": say(
        "Transfer gain: points of target accuracy above a network from "
        "scratch of the same seed, where From scratch is in the race."
    ),
    "trained": say("Parameters that the strategy changes."),
    "MB": say(
        "Peak memory of the process that trains. It keeps what an earlier "
        "run or a page's pictures needed: a run alone needs no more."
    ),
    "seconds": say(
        "Mean time of a run, measuring included, and source training "
        "where a run was the first to need a source model."
    ),
    "seeds": say("Finished runs."),
}
"""The table's columns, and what they hold."""


def choose_heat(race: RaceSpec, starts: Sequence[Start]) -> int:
    """Which pair, backbone and value of the sweep is looked at, where there
    are several; its place among them."""
    found, state = heats(starts), st.session_state
    place = key("heat")
    if state.get(place, 0) not in range(len(found)):
        state[place] = 0
    if len(found) < 2:
        return 0
    return int(
        st.selectbox(
            say("Shown"),
            range(len(found)),
            format_func=lambda index: named(found[index], found, race),
            key=place,
            disabled=classroom.locked("heat"),
        )
    )


def named(heat: Heat, others: Sequence[Heat], race: RaceSpec) -> str:
    """What tells a heat from the others."""
    dataset, backbone, value = heat
    parts = []
    if len({other[0] for other in others}) > 1:
        parts.append(catalog.entry("datasets", dataset).card.title)
    if len({other[1] for other in others}) > 1:
        parts.append(catalog.entry("backbones", backbone).card.title)
    if value is not None:
        name = race_options.title(race.sweep)
        parts.append(f"{name} = {as_text(value)}")
    return " · ".join(parts)


def moving(
    starts: Sequence[Start], seen: Mapping[str, History], heat: int
) -> None:
    """A race that goes on, as far as it goes."""
    histories = _of(starts, seen, heat)
    if histories:
        so_far(histories, "contest.live")


def so_far(histories: Sequence[History], key: str) -> None:
    """Curves and the table, with charts that may move."""
    _curves(histories, key, charts.moving)
    table(contest.rows(histories))


def in_full(
    race: RaceSpec,
    starts: Sequence[Start],
    seen: Mapping[str, History],
    heat: int,
    draw: results.Draw = charts.chart,
) -> None:
    """Everything a race has measured; `draw` is for its first charts."""
    histories = _of(starts, seen, heat)
    if not any(history.finished for history in histories):
        return
    _curves(histories, "contest", draw)
    table(contest.rows(histories))
    _beside(histories)
    duels(histories)
    race_price.sweep(race, starts, seen, heats(starts)[heat])
    race_price.front(contest.rows(histories))


def _beside(histories: Sequence[History]) -> None:
    """What recorded runs of the same settings reached, beside one's own."""
    kept = [recording.read(history.spec.id) for history in histories]
    others = [
        run
        for run, own in zip(kept, histories, strict=True)
        if run is not None and run is not own
    ]
    if others and len(others) == len(histories):
        told = [
            f"{sentences.title(row.strategy)} {points(row.target)} %"
            for row in contest.rows(others)
        ]
        st.caption(
            say(
                "As recorded on {device}, {recorded}: {accuracies} of the "
                "target.",
                device=others[0].device,
                recorded=others[0].recorded,
                accuracies=", ".join(told),
            )
        )


def _of(
    starts: Sequence[Start], seen: Mapping[str, History], heat: int
) -> list[History]:
    found = heats(starts)
    if not found:
        return []
    return contest.of_heat(starts, found[min(heat, len(found) - 1)], seen)


def _curves(
    histories: Sequence[History], key: str, draw: results.Draw
) -> None:
    said = contest.headline(histories)
    if any(history.finished for history in histories):
        st.subheader(said, anchor=False)
    st.markdown(say("**While they adapt** · mean and 95 % band over seeds"))
    curves = figures.race_curves(contest.drawn(histories))
    draw(curves, say("Over steps. {said}", said=said), f"{key}.curves")
    st.markdown(say("**In the end** · all test samples, small dots are seeds"))
    bars = figures.race_bars(histories)
    draw(bars, say("In the end. {said}", said=said), f"{key}.bars")


def table(rows: Sequence[Row]) -> None:
    """A row for each strategy with a finished run, the best first."""
    if not rows:
        return
    seeds = max(row.target.n for row in rows)
    st.dataframe(
        [dict(zip(ABOUT, _cells(row), strict=True)) for row in rows],
        hide_index=True,
        column_config={
            name: st.column_config.Column(help=said)
            for name, said in ABOUT.items()
        },
        alt=say(
            "{strategies} strategies over {seeds} seeds, the best first.",
            strategies=len(rows),
            seeds=seeds,
        ),
    )


def _cells(row: Row) -> tuple[str | int, ...]:
    return (
        sentences.title(row.strategy),
        points(row.target),
        points(row.forgetting),
        points(row.gain),
        row.trained,
        round(row.memory / 1e6),
        f"{row.seconds.mean:.1f}",
        row.target.n,
    )


def points(span: Interval | None) -> str:
    """A share as percent or points, with half its interval."""
    if span is None:
        return "–"
    half = f" ± {100 * span.half:.1f}" if span.n > 1 else ""
    return f"{100 * span.mean:.1f}{half}"


def duels(histories: Sequence[History]) -> None:
    """Who beats whom, in sentences."""
    strategies = [row.strategy for row in contest.rows(histories)]
    if len(strategies) < 2:
        return
    st.subheader(say("Which differences are more than luck?"), anchor=False)
    place, state = key("against"), st.session_state
    if state.get(place) not in ("", *strategies):
        usual = "source_only" if "source_only" in strategies else ""
        state[place] = usual
    against = st.selectbox(
        say("Compare"),
        ["", *strategies],
        format_func=lambda name: (
            say("each with {strategy}", strategy=sentences.title(name))
            if name
            else say("every pair")
        ),
        key=place,
    )
    found = contest.duels(histories, against or "")
    st.markdown("\n".join(f"- {contest.told(duel)}" for duel in found))
    st.caption(contest.counted(found))
    with st.expander(say("p values"), icon=":material/function:"):
        st.dataframe([_tested(duel) for duel in found], hide_index=True)


def _tested(duel: contest.Duel) -> dict[str, str | int]:
    return {
        "better": sentences.title(duel.better),
        "other": sentences.title(duel.other),
        say("difference (points)"): points(duel.span),
        say("p, alone"): f"{duel.p:.4f}",
        say("p, corrected"): f"{duel.corrected:.4f}",
        "seeds": duel.span.n,
    }
