"""Claims: what textbooks say, and what the recorded runs say."""

import streamlit as st

from pages.ui import claims, registry
from tl_core import verdicts
from tl_core.claims import CLAIMS
from tl_core.syllabus import CHAPTERS
from tl_core.texts import say

PAGE = {
    "title": "Claims",
    "icon": ":material/fact_check:",
    "section": "Learn",
    "order": 6,
    "help": "What textbooks claim about transfer, and whether it holds here.",
}

st.title(say("What textbooks claim, measured"), anchor=False)
st.markdown(
    say(
        "Each claim compares two arms with equal budgets, seed by seed. It "
        "**holds** when the 95 % interval of their difference lies within its "
        "bounds, **does not hold** when it lies outside, and is else **not "
        "clear**: more seeds might tell."
    )
)
judged = []
for claim in sorted(CLAIMS, key=lambda claim: claim.section):
    try:
        judged.append((claim, verdicts.verdict(claim)))
    except LookupError:
        st.caption(say("Not recorded: {statement}", statement=claim.statement))
claims.counts([verdict.badge for _, verdict in judged])
st.caption(
    say(
        "{origin}; each is named below the chart it is in.",
        origin=verdicts.origin(),
    )
)
for first, title in CHAPTERS.items():
    mine = [row for row in judged if row[0].section.startswith(first)]
    if mine:
        st.subheader(title, anchor=False)
        claims.topic(first, mine)
st.page_link(
    registry.path_of("run"),
    label=say("Try one of your own"),
    icon=":material/play_arrow:",
)
