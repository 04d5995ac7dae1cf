"""The page's state lives in the URL, in the names of `--set`."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping

import streamlit as st

from pages.ui import classroom
from tl_core.card import Scalar, SpecError
from tl_core.plain_text import markdown
from tl_core.spec import RunSpec, spec_from_settings

NOT_SETTINGS = ("run", "race", "view", *classroom.STAY)
MOST = 3
"""Sentences shown about one link."""
FIRST = ("backbone", "dataset", "strategy")


def settings() -> dict[str, str]:
    """The settings that the URL names."""
    return {
        name: value
        for name, value in st.query_params.to_dict().items()
        if name not in NOT_SETTINGS
    }


def read(given: Mapping[str, str]) -> tuple[RunSpec, str]:
    """The spec that the settings describe, and what was wrong with them, in
    Markdown.

    A setting that cannot be run is left at its default and a sentence says
    why; the others are kept. Keys come first, for knobs belong to them.
    """
    with contextlib.suppress(SpecError):
        return spec_from_settings(given), ""
    kept: dict[str, str] = {}
    problems = []
    for name in sorted(given, key=_order):
        try:
            spec_from_settings({**kept, name: given[name]})
            kept[name] = given[name]
        except SpecError as error:
            problems.append(str(error))
    return spec_from_settings(kept), markdown(" ".join(problems[:MOST]))


def _order(name: str) -> int:
    return FIRST.index(name) if name in FIRST else len(FIRST)


def write(spec: RunSpec, run: str | None) -> None:
    """Put the spec's changes from the defaults, and the run, into the URL."""
    wanted = {name: as_text(value) for name, value in spec.changes().items()}
    if run:
        wanted["run"] = run
    keep(wanted)


def keep(wanted: Mapping[str, str]) -> None:
    """Put settings into the URL, in the place of those that were there;
    what belongs to the visit stays."""
    whole = {**wanted, **classroom.staying()}
    if st.query_params.to_dict() != whole:
        st.query_params.from_dict(whole)


def as_text(value: Scalar) -> str:
    """A setting as a URL writes it."""
    if isinstance(value, float):
        return f"{value:.10g}"
    return str(value)
