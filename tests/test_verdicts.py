"""Kept verdicts are those that the runs give."""

import json
from dataclasses import replace

import pytest

from tl_core import recording, verdicts
from tl_core.claim import judge
from tl_core.claims import CLAIMS


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.key)
def test_a_kept_verdict_is_what_the_runs_say(claim):
    kept, anew = verdicts.verdict(claim), judge(claim, recording.read)
    assert kept.badge == anew.badge
    assert kept.effect.n == anew.effect.n
    for name in ("mean", "low", "high"):
        assert getattr(kept.effect, name) == pytest.approx(
            getattr(anew.effect, name), nan_ok=True
        )


def test_every_claim_is_kept():
    kept = json.loads(verdicts.FILE.read_text())
    assert set(kept["claims"]) == {claim.key for claim in CLAIMS}


def test_other_bounds_are_judged_anew():
    claim = next(c for c in CLAIMS if c.key == "full_forgets")
    assert verdicts.verdict(claim).badge == "holds"
    assert verdicts.verdict(replace(claim, low=0.9)).badge != "holds"


def test_reading_verdicts_reads_no_run(monkeypatch):
    def refuse(run_id: str) -> None:
        raise AssertionError(run_id)

    monkeypatch.setattr(recording, "read", refuse)
    assert all(verdicts.verdict(claim) for claim in CLAIMS)
