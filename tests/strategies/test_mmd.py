"""What every run with two domains says about their distance."""

import numpy as np
import pytest

from tests.strategies.toys import CPU, spec_for
from tl_core import evaluation, training
from tl_core.analysis.a_distance import proxy_a_distance
from tl_core.analysis.mmd import null_distribution
from tl_core.events import Evaluated
from tl_core.feed import visible_pair
from tl_core.history import fold
from tl_core.prefix import Prefix
from tl_core.strategies.base import Batch
from tl_core.strategies.mmd import Mmd
from tl_core.training import load_pair, new_network, train


@pytest.mark.parametrize("key", ["mmd", "dann", "full", "scratch"])
def test_a_run_shows_its_null_and_its_a_distance(key):
    spec = spec_for(key)
    history = fold(spec, train(spec))
    distance = history.arrays("a_distance")
    assert set(distance) == {"before", "after"}
    assert distance["before"].shape == (len(history.stages),)
    for stage in history.stages:
        steps, null = history.mmd_null(stage)
        assert steps == history.mmd(stage)[0]
        assert min(null) > 0
    assert ((distance["after"] >= 0) & (distance["after"] <= 2)).all()


def test_the_pictures_are_of_the_features_that_were_measured():
    spec = spec_for("full")
    pair = load_pair(spec, CPU)
    model = new_network(spec, pair)
    list(training.pretrain(spec, model, pair))
    before = []
    for domain in (pair.source, pair.target):
        x = domain.test.first(evaluation.LOOK).x
        prefix = Prefix(model, x)
        before.append(evaluation.read(model.eval(), prefix, x)[1])
    told = list(training.adapt(spec, model, pair))
    shown = {e.name: e.arrays for e in told if hasattr(e, "arrays")}
    zs, zt = before
    _, nulls = null_distribution(zs["hidden2"], zt["hidden2"], 100)
    first = next(e for e in told if isinstance(e, Evaluated))
    expected = nulls.quantile(0.95).item()
    assert first.mmd_null["hidden2"] == pytest.approx(expected, rel=1e-5)
    distances = [proxy_a_distance(zs[l], zt[l]) for l in zs]
    found = shown["a_distance"]["before"].numpy()
    np.testing.assert_allclose(found, distances)
    assert not np.array_equal(found, shown["a_distance"]["after"].numpy())


def test_equal_domains_lie_below_the_null_and_far_ones_above():
    def share_of_null(rotation: float) -> float:
        spec = spec_for("mmd", steps=2, **{"dataset.rotation": rotation})
        history = fold(spec, train(spec))
        value = history.finished.mmd["hidden2"][1]
        return value / history.mmd_null("hidden2")[1][-1]

    assert share_of_null(0) < 1
    assert share_of_null(90) > 2


def test_the_term_is_the_sum_over_the_deepest_stages():
    spec = spec_for("mmd", **{"backbone.norm": "none"})
    pair = load_pair(spec, CPU)
    model = new_network(spec, pair)
    Mmd().setup(model, visible_pair(spec, pair))
    s, t = pair.source.train.first(16), pair.target.train.first(16)
    batch = Batch(s.x, s.y, t.x, None, 0.0)
    terms = [
        Mmd(weight=2.0, stages=n).loss(model, batch)["mmd"].item()
        for n in (1, 2)
    ]
    zs, zt = (model.stage_features(x) for x in (s.x, t.x))
    parts = [training_mmd(zs[l], zt[l]) for l in ("hidden2", "hidden1")]
    assert terms[0] == pytest.approx(2 * parts[0], rel=1e-4)
    assert terms[1] == pytest.approx(2 * sum(parts), rel=1e-4)


def training_mmd(zs, zt) -> float:
    """The V-statistic, from the U-statistic and the diagonal it leaves out:
    V = U (n - 1) / n + (1 - mean k(x, y)) 2 / n for n of each and k(x, x) =
    1; written with kernels here."""
    from tl_core.analysis.mmd import kernel, median_squared_distance

    h2 = median_squared_distance(zs, zt)
    kxx, kyy, kxy = (kernel(*p, h2) for p in ((zs, zs), (zt, zt), (zs, zt)))
    n = len(zs)
    return ((kxx.sum() + kyy.sum() - 2 * kxy.sum()) / n**2).item()
