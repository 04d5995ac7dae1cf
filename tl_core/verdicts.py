"""The verdicts of all claims, judged once when the runs are recorded.

Judging them anew reads hundreds of runs, for which a page cannot wait; a test
holds what is kept to what the runs say.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from functools import cache
from typing import Any

from tl_core import recording
from tl_core.analysis.intervals import Interval
from tl_core.claim import Claim, Verdict, judge
from tl_core.claims import CLAIMS
from tl_core.texts import say

FILE = recording.RECORDED / "verdicts.json"


def verdict(claim: Claim) -> Verdict:
    """What the recorded runs say of a claim.

    Raises:
        LookupError: a run of the claim is missing.
    """
    kept = _kept()["claims"].get(claim.key)
    if kept is None or kept["claim"] != _said(claim):
        return judge(claim, recording.read)
    return Verdict(kept["badge"], Interval(**kept["effect"]))


def record_verdicts(tell: Callable[[str], None]) -> None:
    """Judge every claim again."""
    judged = {
        claim.key: {
            "claim": _said(claim),
            **asdict(judge(claim, recording.read)),
        }
        for claim in CLAIMS
    }
    sides = [side for c in CLAIMS for side in (c.arm, c.against)]
    ids = {spec.id for side in sides for spec in side.specs()}
    days = [run.recorded for i in ids if (run := recording.read(i))]
    document = {"claims": judged, "runs": len(ids), "recorded": max(days)}
    FILE.write_text(json.dumps(document, indent=0))
    _kept.cache_clear()
    tell(f"{len(judged)} claims judged")


def origin() -> str:
    """How many runs are behind the verdicts, and when the last was made."""
    kept = _kept()
    return say(
        "{runs} runs · recorded {recorded}",
        runs=kept["runs"],
        recorded=kept["recorded"],
    )


def _said(claim: Claim) -> str:
    """What is compared and by which bounds: a kept verdict is of no use for
    another comparison."""
    return repr((claim.arm, claim.against, claim.low, claim.high))


@cache
def _kept() -> dict[str, Any]:
    if not FILE.is_file():
        return {"claims": {}, "runs": 0, "recorded": ""}
    document: dict[str, Any] = json.loads(FILE.read_text())
    return document
