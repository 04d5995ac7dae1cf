"""What in the lab backs an answer, opened in place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import streamlit as st

from pages.ui import claims, classroom, registry, results
from pages.ui.charts import chart
from tl_core import interview, races, recording, sentences, verdicts
from tl_core.claim import EXPERIMENTS, Claim, Verdict
from tl_core.claims import CLAIMS
from tl_core.figures import race as race_figures
from tl_core.figures.claims import forest
from tl_core.question import Exhibit, Question
from tl_core.spec import spec_from_settings
from tl_core.texts import say

BY_KEY: dict[str, Claim] = {claim.key: claim for claim in CLAIMS}
INVISIBLE = 1e-4
"""A hundredth of a point."""
MISSING = say("`make record` makes the runs behind this exhibit.")


@cache
def verdict(key: str) -> Verdict | None:
    """What the recorded runs say of a claim; None where they are missing."""
    try:
        return verdicts.verdict(BY_KEY[key])
    except LookupError:
        return None


def filled(text: str) -> str:
    """A text of a question with the numbers of the lab."""
    return interview.filled(text, recording.read)


def measured(keys: tuple[str, ...], key: str) -> None:
    """What the lab measured of some claims, as one chart; nothing when there
    is none."""
    judged = [(BY_KEY[k], v) for k in keys if (v := verdict(k)) is not None]
    if not judged:
        return
    if not any(visible(found) for _, found in judged):
        for claim, _ in judged:
            told = interview.said(claim.key, recording.read)
            st.markdown(
                say(
                    "- {statement} Measured: {told}.",
                    statement=claim.statement,
                    told=told,
                )
            )
        st.caption(behind([claim for claim, _ in judged]))
        return
    said = "; ".join(
        f"{claim.statement} {interview.said(claim.key, recording.read)}"
        for claim, _ in judged
    )
    chart(forest(judged), f"{said}.", f"{key}.claims")
    st.caption(
        say(
            "Mean difference with its 95 % interval; grey ticks are the "
            "claim's bounds. {origin}",
            origin=behind([claim for claim, _ in judged]),
        )
    )


def behind(judged: Sequence[Claim]) -> str:
    """The runs that claims rest on: how many, where and when."""
    ids = {spec.id for claim in judged for spec in _specs(claim)}
    runs = [run for run in map(recording.read, sorted(ids)) if run]
    if not runs:
        return ""
    devices = ", ".join(sorted({run.device for run in runs}))
    count = (
        say("1 run") if len(runs) == 1 else say("{runs} runs", runs=len(runs))
    )
    return say(
        "{runs} · {devices} · recorded {date}",
        runs=count,
        devices=devices,
        date=max(r.recorded for r in runs),
    )


def visible(found: Verdict) -> bool:
    """Whether a difference can be seen in a chart; one that is nothing by
    construction is told in words."""
    return abs(found.effect.mean) + found.effect.half > INVISIBLE


def _specs(claim: Claim) -> list[Any]:
    return [*claim.arm.specs(), *claim.against.specs()]


def show(asked: Question, key: str) -> None:
    """The exhibit of a question: its chart or card here, and the way to the
    page that has it."""
    found = asked.exhibit
    st.markdown(say("**Exhibit** · {caption}", caption=filled(found.caption)))
    if found.kind == "claim":
        _claim(found.key, key)
    elif found.kind == "race":
        _race(found.key, key)
    elif found.kind == "run":
        _run(found.link, key)
    elif asked.claims:
        measured(asked.claims, key)
    _way(found, key)


def _claim(name: str, key: str) -> None:
    told = verdict(name)
    if told is None:
        st.info(MISSING, icon=":material/info:")
        return
    claim = BY_KEY[name]
    st.markdown(f"*{claim.statement}*")
    measured((name,), key)
    claims.evidence(claim, told)


def _race(name: str, key: str) -> None:
    histories = recording.recorded_race(EXPERIMENTS[name])
    if not histories:
        st.info(MISSING, icon=":material/info:")
        return
    said = sentences.race(histories)
    st.markdown(said)
    bars = race_figures.race_bars(histories)
    chart(bars, say("In the end. {said}", said=said), f"{key}.race")
    results.provenance(histories)


def _run(settings: Mapping[str, str], key: str) -> None:
    history = recording.read(spec_from_settings(settings).id)
    if history is None:
        st.info(
            say("This run is not recorded: open it and press Run."),
            icon=":material/info:",
        )
        return
    st.markdown(sentences.verdict(history))
    results.curves_of(history, f"{key}.run")
    results.provenance([history])


def _way(found: Exhibit, key: str) -> None:
    """The button that opens the exhibit's page as it should stand."""
    page = registry.about().get(found.page, {})
    where = " · ".join(filter(None, (page.get("title"), found.view)))
    st.button(
        say("Open in the lab: {where}", where=where),
        icon=":material/open_in_new:",
        key=f"{key}.open",
        on_click=_prepare,
        args=(found,),
    )
    if st.session_state.pop("exhibit.opened", None) == found:
        query = {**found.query, **classroom.visit()}
        st.switch_page(registry.path_of(found.page), query_params=query)


def _prepare(found: Exhibit) -> None:
    """Put the page's widgets into the exhibit's state."""
    state = st.session_state
    if found.view:
        state[f"{found.page}.view"] = found.view
    if found.kind == "race" and found.key in {r.key for r in races.RACES}:
        state["start.race"] = found.key
    for name, value in found.state.items():
        state[name] = value
    state["exhibit.opened"] = found
