"""Surveys: sums of diagonals, and numbers that JSON takes."""

import json

import numpy as np
import pytest
import torch

from tests.conftest import toy
from tl_core import surveys
from tl_core.analysis import fisher
from tl_core.domain_gap import source_model
from tl_core.training import load_pair

CPU = torch.device("cpu")


def test_traces_are_of_the_network_at_each_step(monkeypatch):
    monkeypatch.setattr(surveys, "LOOKS", (2, 40))
    spec = toy("full")
    rows = list(surveys.traces(spec))
    assert [row["step"] for row in rows] == [2, 40]
    pair = load_pair(spec, CPU)
    model = source_model(spec, pair).eval()  # after 40 steps of its own
    seen = pair.source.train.first(surveys.MEASURED)
    expected = sum(f.sum().item() for f in fisher.exact(model, seen).values())
    assert rows[1]["exact"] == pytest.approx(expected, rel=1e-4)


def test_everything_becomes_plain():
    value = {"a": np.array([[1.23456789]]), 2: [torch.tensor(1.0).item()]}
    found = surveys.plain(value)
    assert found == {"a": [[1.2346]], "2": [1.0]}
    assert json.loads(json.dumps(found)) == found
