"""What a race measured: curves, a table, who beats whom, and at what price."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from pages.ui import charts, classroom, race_options, race_price, results
from pages.ui.race_form import key
from tl_core import catalog, contest, sentences, tune_first
from tl_core.analysis.intervals import Interval
from tl_core.contest import Row
from tl_core.figures import race as figures
from tl_core.history import History
from tl_core.race_link import as_text
from tl_core.race_spec import RaceSpec
from tl_core.race_starts import Contender, Heat, Start, heats

MEMORY = (
    "Peak memory is that of the process that trains, which keeps what an "
    "earlier run or the pictures of a page needed: it bounds a run's need "
    "from above. Seconds include measuring, and source training where a run "
    "was the first to need a source model."
)


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
            "Shown",
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
) -> None:
    """Everything a race has measured."""
    histories = _of(starts, seen, heat)
    if not any(history.finished for history in histories):
        return
    _curves(histories, "contest", charts.chart)
    table(contest.rows(histories))
    st.caption(MEMORY)
    duels(histories)
    race_price.sweep(race, starts, seen, heats(starts)[heat])
    race_price.front(contest.rows(histories))
    race_price.parallel(race, starts, seen)
    origin([run for run in histories if run.finished])


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
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown("**While they adapt** · mean and 95 % band over seeds")
        curves = figures.race_curves(contest.drawn(histories))
        draw(curves, f"Over steps. {said}", f"{key}.curves")
    with right:
        st.markdown("**In the end** · all test samples, small dots are seeds")
        bars = figures.race_bars(histories)
        draw(bars, f"In the end. {said}", f"{key}.bars")


def table(rows: Sequence[Row]) -> None:
    """A row for each strategy with a finished run, the best first."""
    if not rows:
        return
    seeds = max(row.target.n for row in rows)
    st.dataframe(
        [_cells(row) for row in rows],
        hide_index=True,
        alt=f"{len(rows)} strategies over {seeds} seeds, the best first.",
    )


def _cells(row: Row) -> dict[str, str | int]:
    cells: dict[str, str | int] = {
        "strategy": sentences.title(row.strategy),
        "target accuracy (%)": points(row.target),
        "forgetting (points)": points(row.forgetting),
        "transfer gain (points)": points(row.gain),
        "trained parameters": row.trained,
        "peak memory (MB)": round(row.memory / 1e6),
        "seconds": f"{row.seconds.mean:.1f}",
        "seeds": row.target.n,
    }
    if row.gain is None:
        cells["transfer gain (points)"] = "–"
    return cells


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
    st.subheader("Which differences are more than luck?", anchor=False)
    place, state = key("against"), st.session_state
    if state.get(place) not in ("", *strategies):
        usual = "source_only" if "source_only" in strategies else ""
        state[place] = usual
    against = st.selectbox(
        "Compare",
        ["", *strategies],
        format_func=lambda name: (
            f"each with {sentences.title(name)}" if name else "every pair"
        ),
        key=place,
    )
    found = contest.duels(histories, against or "")
    st.markdown("\n".join(f"- {contest.told(duel)}" for duel in found))
    st.caption(contest.counted(found))
    with st.expander("p values", icon=":material/function:"):
        st.dataframe([_tested(duel) for duel in found], hide_index=True)


def _tested(duel: contest.Duel) -> dict[str, str | int]:
    return {
        "better": sentences.title(duel.better),
        "other": sentences.title(duel.other),
        "difference (points)": points(duel.span),
        "p, alone": f"{duel.p:.4f}",
        "p, corrected": f"{duel.corrected:.4f}",
        "seeds": duel.span.n,
    }


def tuned(
    race: RaceSpec,
    rates: Mapping[Contender, float],
    seen: Mapping[str, History],
) -> None:
    """What the search tried, and what it chose by."""
    if not race.tune:
        return
    told = []
    for who in race.contenders:
        scored = tune_first.scores(race, who, seen)
        rate = rates.get(who)
        tried = ", ".join(f"{lr:g}" for lr in scored)
        chosen = f"lr {rate:g} of {{{tried}}}" if rate else "the usual lr"
        if rate in (min(scored, default=0), max(scored, default=0)):
            chosen += ", at the edge"
        told.append(
            {
                "strategy": _contender(who, race),
                "tuned": chosen,
                "by": tune_first.WORDS[tune_first.criterion(race, who)],
                "what it said": ", ".join(
                    f"{value:.4g}" for value in scored.values()
                ),
            }
        )
    st.markdown(
        f"**Tuned first**, with seed {max(race.seeds) + 1}, which the race "
        "does not use: the same search for every contender. Target labels of "
        "the test set were not looked at. A rate at the edge of the search "
        "might be better still beyond it."
    )
    st.dataframe(told, hide_index=True)


def _contender(who: Contender, race: RaceSpec) -> str:
    parts = [sentences.title(who.strategy)]
    if len(race.datasets) > 1:
        parts.append(catalog.entry("datasets", who.dataset).card.title)
    if len(race.backbones) > 1:
        parts.append(catalog.entry("backbones", who.backbone).card.title)
    return " · ".join(parts)


def origin(histories: Sequence[History]) -> None:
    """Where the numbers come from."""
    if histories:
        results.provenance(histories)
