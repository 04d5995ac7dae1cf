"""The runs of a race, one by one: what its search found, every run as a line,
and the way to each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

import streamlit as st

from pages.ui import race_price, results, take_home
from pages.ui.race_results import points
from tl_core import catalog, sentences, tune_first
from tl_core.analysis.intervals import interval
from tl_core.figures.race import target_accuracy
from tl_core.history import History
from tl_core.race_spec import RaceSpec
from tl_core.race_starts import Contender, Start
from tl_core.texts import say


def tuned(
    race: RaceSpec,
    rates: Mapping[Contender, float],
    seen: Mapping[str, History],
) -> None:
    """What the search tried, and what it chose by."""
    if not race.tune:
        return
    st.subheader(say("Tuned first"), anchor=False)
    st.markdown(
        say(
            "The same search for every contender, with seed {seed}, which "
            "the race does not use. It chose by {criteria}. No test sample "
            "had a part in it. Where the best rate is at the edge of the "
            "search, a better one may lie beyond.",
            seed=max(race.seeds) + 1,
            criteria=say(", or by ").join(
                f"{said} ({by})" for by, said in _criteria(race)
            ),
        )
    )
    st.dataframe(
        [_tuning(race, who, rates.get(who), seen) for who in race.contenders],
        hide_index=True,
    )


def _criteria(race: RaceSpec) -> list[tuple[str, str]]:
    """What the race's contenders were chosen by, with words."""
    used = {tune_first.criterion(race, who) for who in race.contenders}
    return [(by, said) for by, said in tune_first.WORDS.items() if by in used]


def _tuning(
    race: RaceSpec,
    who: Contender,
    rate: float | None,
    seen: Mapping[str, History],
) -> dict[str, str]:
    """A contender's search in words."""
    tries = tune_first.tried(race, who, seen)
    tried = [one.rate for one in tries]
    said = ", ".join(f"{one.score:.3f}" for one in tries)
    chosen = say("the usual lr")
    if rate:
        chosen = say(
            "lr {rate:g} of {{{tried}}}",
            rate=rate,
            tried=", ".join(f"{lr:g}" for lr in tried),
        )
    if rate in (min(tried, default=0), max(tried, default=0)):
        chosen = say("{chosen}, at the edge", chosen=chosen)
    return {
        "strategy": _contender(who, race),
        "tuned": chosen,
        "by": f"{tune_first.criterion(race, who)}: {said}",
    }


def _contender(who: Contender, race: RaceSpec) -> str:
    parts = [sentences.title(who.strategy)]
    if len(race.datasets) > 1:
        parts.append(catalog.entry("datasets", who.dataset).card.title)
    if len(race.backbones) > 1:
        parts.append(catalog.entry("backbones", who.backbone).card.title)
    return " · ".join(parts)


def end(
    race: RaceSpec, starts: Sequence[Start], seen: Mapping[str, History]
) -> None:
    """All runs of the race, whatever their heat, and where they come from."""
    race_price.parallel(race, starts, seen)
    ids = dict.fromkeys(start.spec.id for start in starts)
    found = [seen[run] for run in ids if run in seen and seen[run].finished]
    if found:
        _links(found)
        take_home.group(found, "contest")
        origin(found)


def origin(histories: Sequence[History]) -> None:
    """Where the numbers come from, for each pair, backbone and length."""
    groups: dict[tuple[str | int, ...], list[History]] = {}
    for run in histories:
        spec = run.spec
        key = (spec.dataset, spec.backbone, spec.pretrain_steps, spec.steps)
        groups.setdefault(key, []).append(run)
    for runs in groups.values():
        results.provenance(runs)


def _links(histories: Sequence[History]) -> None:
    """Each run with the way to its own page."""
    with st.expander(say("Open a run"), icon=":material/open_in_new:"):
        st.dataframe(
            [
                {
                    "strategy": sentences.title(run.spec.strategy),
                    "seed": run.spec.seed,
                    say("target (%)"): points(
                        interval([target_accuracy(run)])
                    ),
                    "lr": f"{run.spec.lr:g}",
                    "run": _link(run),
                }
                for run in histories
            ],
            hide_index=True,
            column_config={
                "run": st.column_config.LinkColumn(display_text=say("Open"))
            },
        )


def _link(run: History) -> str:
    """The address of a run's page, from any page of the lab."""
    given = {} if not run.recorded else run.spec.changes()
    told = {name: str(value) for name, value in given.items()}
    return f"run?{urlencode(told or {'run': run.spec.id})}"
