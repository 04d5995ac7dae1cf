"""Every figure says what its axes are, speaks when hovered over, and can be
had as a table."""

from collections.abc import Callable
from functools import cache

import numpy as np
import plotly.graph_objects as go
import pytest

from tl_core import films, gallery, races, recording
from tl_core.analysis.intervals import interval
from tl_core.claim import judge
from tl_core.claims import CLAIMS
from tl_core.figures import (
    adversary,
    alignment,
    claims,
    curves,
    depths,
    features,
    filters,
    forgetting,
    importance,
    landscapes,
    maps,
    price,
    promises,
    race,
    reversal,
    shift,
    tiles,
    transfer,
)
from tl_core.figures.data import as_table
from tl_core.history import History
from tl_core.surveys import surveys

SPAN = interval([0.4, 0.5, 0.6])
GRID = np.arange(16.0).reshape(4, 4) / 15
CURVE = ([0, 10], [0.4, 0.6])
BINS = {
    "edges": np.linspace(0, 1, 4),
    "source": np.array([0.5, 0.5, 0]),
    "target": np.array([0, 0.5, 0.5]),
}
MMD = {"conv1": {"value": 0.1, "null": 0.02, "p": 0.01}}
SCORES = {"widths": np.array([0.5, 2.0])} | {
    name: np.array([0.1, 0.2])
    for name in ("before", "before_null", "after", "after_null")
}


@cache
def run() -> History:
    """A recorded run on two moons."""
    found = recording.read(races.race("moons").spec("mmd", 0).id)
    assert found is not None
    return found


@cache
def film() -> films.Film:
    found = films.recorded(films.SHIPPED, "reversed")
    assert found is not None
    return found


def plane() -> go.Figure:
    found = surveys()["plane"]
    return landscapes.loss_plane(
        np.array(found["losses"]["source"], float),
        found["xs"],
        found["ys"],
        found["corners"],
        found["ways"],
    )


def line() -> go.Figure:
    found = surveys()["lines"]["ewc"]
    return landscapes.loss_line(found["shares"], found["losses"], ("a", "b"))


FIGURES: dict[str, Callable[[], go.Figure]] = {
    "film": lambda: adversary.film(film()),
    "who_tells": lambda: reversal.who_tells(film()),
    "over_pairs": lambda: alignment.over_pairs({"a": {"mmd": SPAN}}, {}),
    "laws": lambda: alignment.laws(GRID[0], {"source": GRID[1]}, GRID[2]),
    "estimates": lambda: alignment.estimates({"biased": GRID[0]}, 0.1, {}),
    "witness_map": lambda: alignment.witness_map(
        GRID[0], GRID, run().arrays("samples")
    ),
    "ramp": reversal.ramp,
    "confusion_loss": lambda: reversal.confusion_loss(*CURVE),
    "fresh": lambda: reversal.fresh(*CURVE),
    "by_kernel": lambda: alignment.by_kernel(SCORES),
    "forest": lambda: claims.forest(
        [(claim, judge(claim, recording.read)) for claim in CLAIMS[:3]]
    ),
    "accuracy_curves": lambda: curves.accuracy_curves(run()),
    "loss_curves": lambda: curves.loss_curves(run(), "adapt", {}),
    "mmd_curves": lambda: curves.mmd_curves(run()),
    "probe_curves": lambda: depths.probe_curves(stages(), 0.1),
    "domain_bars": lambda: depths.domain_bars(stages()),
    "cka_map": lambda: features.cka_map(GRID, "abcd", "abcd"),
    "looked_at": lambda: features.looked_at(
        np.zeros((1, 4, 4), np.uint8), GRID, "two"
    ),
    "spectrum_map": lambda: filters.spectrum_map(GRID),
    "gabor_shares": lambda: filters.gabor_shares(GRID[0], GRID[1]),
    "orientations": lambda: filters.orientations(GRID[0], GRID[1], GRID[2]),
    "turned_strip": lambda: filters.turned_strip(GRID[0]),
    "task_table": lambda: forgetting.task_table(GRID, "abcd"),
    "retention": lambda: forgetting.retention({"ewc": CURVE}, {}),
    "trade": lambda: forgetting.trade({"ewc": (0.1, 0.8)}, {}),
    "lorenz_curves": lambda: importance.lorenz_curves(GRID, "abcd", GRID[0]),
    "stage_bars": lambda: importance.stage_bars({"a": 0.7}, {"a": 0.2}),
    "overlap_bars": lambda: importance.overlap_bars({"a": 0.7}),
    "channel_map": lambda: importance.channel_map(GRID),
    "traces": lambda: importance.traces(surveys()["traces"]),
    "loss_plane": plane,
    "loss_line": line,
    "feature_map": lambda: maps.feature_map(
        run().arrays("features_after"), run().classes
    ),
    "point_map": lambda: maps.point_map(run().arrays("samples")),
    "boundary_map": lambda: maps.boundary_map(
        run().arrays("boundary_after"), run().arrays("samples")
    ),
    "confusion_map": lambda: maps.confusion_map(GRID, "abcd"),
    "both_domains": lambda: price.both_domains(
        {"ewc": {"source": CURVE, "target": CURVE}}, {}
    ),
    "sweep": lambda: price.sweep({1.0: (SPAN, SPAN)}, "γ"),
    "moved_by_importance": lambda: price.moved_by_importance(
        {"ewc": (GRID[1], GRID[2])}, {}
    ),
    "foretold": lambda: promises.foretold(
        {"mlp": {"10": ([0.1, 0.2], [0.4, 0.5])}}, "LEEP"
    ),
    "agreements": lambda: promises.agreements({"LEEP": {"full": SPAN}}, {}),
    "race_curves": lambda: race.race_curves([run()]),
    "race_bars": lambda: race.race_bars([run()]),
    "histogram": lambda: shift.histogram(BINS, "pixel value (0 to 1)"),
    "distances": lambda: shift.distances(MMD),
    "accuracy_against_mmd": lambda: shift.accuracy_against_mmd(
        gallery.sweep()["points"], (0.1, 0.5)
    ),
    "signed_maps": lambda: tiles.signed_maps(GRID[None] - 0.5, ["filter 0"]),
    "positive_maps": lambda: tiles.positive_maps(GRID[None], ["channel 0"]),
    "transfer_curves": lambda: transfer.transfer_curves(
        {"AnB": [SPAN, SPAN]}, ["conv1"]
    ),
}


def stages() -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]]
    found = next(iter(gallery.depths().values()))["stages"]
    return found


def axes(figure: go.Figure) -> dict[str, list[go.Scatter]]:
    """Every axis that is drawn, with the traces drawn along it."""
    found: dict[str, list[go.Scatter]] = {}
    for trace in figure.data:
        for side in "xy":
            number = (getattr(trace, f"{side}axis", None) or side)[1:]
            found.setdefault(f"{side}axis{number}", []).append(trace)
    return found


def names(trace: go.Scatter, side: str) -> bool:
    """Whether a trace lies along names, which need no title."""
    if trace.type == "box":
        return side == "y"
    values = trace[side]
    return values is not None and len(values) > 0 and type(values[0]) is str


def check(figure: go.Figure) -> None:
    """What holds for every figure of the lab."""
    if isinstance(figure.data[0], go.Parcoords):
        assert all(axis.label for axis in figure.data[0].dimensions)
        assert len(as_table(figure))
        return
    for name, traces in axes(figure).items():
        axis = figure.layout[name]
        assert (
            axis.title.text
            or axis.ticktext is not None
            or axis.visible is False
            or any(names(trace, name[0]) for trace in traces)
        ), name
    for trace in figure.data:
        # A box is hovered over by its parts, which take no template.
        if trace.hoverinfo != "skip" and trace.type != "box":
            assert trace.hovertemplate, trace.name
            assert trace.hovertemplate.endswith("<extra></extra>")
            assert len(trace.hovertemplate.split()) > 1 or trace.text
    assert len(as_table(figure))


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_names_its_axes_and_speaks_and_is_a_table(name):
    check(FIGURES[name]())
