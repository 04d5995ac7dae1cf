"""Projections against other libraries; turns that are undone."""

import numpy as np
import pytest
from scipy.spatial import procrustes
from sklearn.decomposition import PCA
from sklearn.manifold import trustworthiness

from tl_core.analysis.projections import (
    aligned,
    laid_on,
    neighbours_kept,
    pca,
    together,
    tsne,
)


def clusters(n: int = 90, d: int = 8, seed: int = 0):
    """Three groups far apart, and their labels."""
    chance = np.random.default_rng(seed)
    y = np.arange(n) % 3
    centres = chance.normal(size=(3, d)) * 8
    return centres[y] + chance.normal(size=(n, d)), y


def test_pca_is_what_scikit_learn_computes():
    z, _ = clusters()
    found, theirs = pca(z), PCA(2).fit(z)
    np.testing.assert_allclose(found.share, theirs.explained_variance_ratio_)
    signs = np.sign((found.axes * theirs.components_.T).sum(0))
    np.testing.assert_allclose(found.axes, theirs.components_.T * signs)
    np.testing.assert_allclose(
        found.points, theirs.transform(z) * signs, atol=1e-9
    )


def test_axes_do_not_flip():
    z, _ = clusters()
    axes = pca(z).axes
    assert (axes[np.abs(axes).argmax(0), [0, 1]] > 0).all()
    np.testing.assert_allclose(pca(z[::-1]).axes, axes)


def planted(points: np.ndarray) -> np.ndarray:
    """Turned by 70 degrees, mirrored, three times as large, and moved."""
    c, s = np.cos(np.radians(70)), np.sin(np.radians(70))
    return 3 * points @ np.array([[c, s], [s, -c]]) + [5.0, -2.0]


def test_a_planted_turn_is_undone():
    points = np.random.default_rng(1).normal(size=(40, 2))
    np.testing.assert_allclose(laid_on(planted(points), points), points)


def test_what_is_left_is_what_scipy_leaves():
    chance = np.random.default_rng(2)
    reference, points = chance.normal(size=(2, 30, 2))
    left = ((laid_on(points, reference) - reference) ** 2).sum()
    total = ((reference - reference.mean(0)) ** 2).sum()
    assert left / total == pytest.approx(procrustes(reference, points)[2])


def test_steps_are_laid_on_the_first():
    first = np.random.default_rng(3).normal(size=(20, 2))
    moved = first.copy()
    moved[0] += [0.5, 0.0]
    found = aligned([first, planted(first), planted(moved)])
    np.testing.assert_allclose(found[0], first)
    np.testing.assert_allclose(found[1], first)
    went = np.linalg.norm(found[2] - first, axis=1)
    assert went[0] > 3 * went[1:].max()
    assert aligned([]) == []


def test_t_sne_keeps_neighbours():
    z, y = clusters()
    points = tsne(z)
    assert points.shape == (90, 2)
    assert neighbours_kept(z, points) > 0.4
    assert trustworthiness(z, points, n_neighbors=10) > 0.9
    np.testing.assert_array_equal(points, tsne(z))
    centres = np.stack([points[y == label].mean(0) for label in range(3)])
    apart = np.linalg.norm(points[:, None] - centres, axis=2)
    assert (apart.argmin(1) == y).all()


def test_neighbours_kept_by_a_loop():
    z, points = np.random.default_rng(4).normal(size=(2, 15, 2))
    kept = 0
    for i in range(15):
        near, shown = (
            set(sorted(range(15), key=lambda j: sum((v[i] - v[j]) ** 2))[1:5])
            for v in (z, points)
        )
        kept += len(near & shown)
    assert neighbours_kept(z, points, k=4) == pytest.approx(kept / 60)
    assert neighbours_kept(z, planted(z), k=4) == 1


def test_chance_keeps_few_neighbours():
    z, points = np.random.default_rng(5).normal(size=(2, 300, 5))
    found = neighbours_kept(z, points, k=10)
    assert found == pytest.approx(10 / 299, abs=0.02)


@pytest.mark.parametrize("how", ["pca", "tsne"])
def test_both_domains_share_one_plane(how):
    source, target = clusters(30)[0], clusters(24, seed=1)[0]
    found = together({"source": source, "target": target}, how)
    assert [p.shape for p in found.values()] == [(30, 2), (24, 2)]
    if how == "pca":
        whole = pca(np.concatenate([source, target])).points
        np.testing.assert_allclose(found["target"], whole[30:])


def test_what_cannot_be_drawn_is_refused():
    z = np.zeros((3, 1))
    with pytest.raises(ValueError, match=r"shape \(3, 1\) span no plane"):
        pca(z)
    with pytest.raises(ValueError, match="at least 4 samples, not 3"):
        tsne(z)
    with pytest.raises(ValueError, match="'umap'; known: pca, tsne"):
        together({"source": z}, "umap")
    with pytest.raises(ValueError, match=r"\(2, 2\) cannot be laid on"):
        laid_on(np.zeros((2, 2)), np.zeros((3, 2)))
