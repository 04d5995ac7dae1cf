"""LoRA's product while it grows, and what a browser is given of it."""

import base64
import json
import re

import numpy as np
import pytest

from pages.ui import lora_film as view
from pages.ui import outer
from tests.conftest import toy
from tests.figures.test_every_figure import check
from tests.test_pages import lab, opened, text  # noqa: F401
from tl_core import adapters, checkpoints, lora_film, low_rank, training
from tl_core.card import SpecError
from tl_core.device import device
from tl_core.domain_gap import source_model
from tl_core.figures import lora_film as figures
from tl_core.neighbourhood import adapted

pytestmark = pytest.mark.filterwarnings("default")
SPEC = toy("lora", **{"strategy.rank": 2, "strategy.alpha": 6})


@pytest.fixture(scope="module")
def film():
    return low_rank.grown(SPEC)


def test_the_product_starts_at_exactly_zero_and_grows(film):
    assert film["steps"][0] == 0
    assert film["steps"][-1] == SPEC.steps
    for layer in lora_film.layers(film):
        a, b = film[f"a {layer}"], film[f"b {layer}"]
        assert len(a) == len(b) == len(film["steps"])
        assert not (b[0] @ a[0]).any()
        assert a[0].any()
        assert (b[-1] @ a[-1]).any()
        assert film[f"size {layer}"][0] == 0


def test_the_last_product_times_s_is_what_merging_adds(film):
    pair = training.load_pair(SPEC, device())
    start, end = source_model(SPEC, pair), adapted(SPEC, pair)
    before = {n: m.weight.clone() for n, m in wrapped(start)}
    adapters.merge(end)
    seen = 0
    for path, layer in adapters.layers(end):
        name = low_rank.called(path)
        added = (layer.base.weight - before[path]).detach().flatten(1)
        product = 6 / 2 * film[f"b {name}"][-1] @ film[f"a {name}"][-1]
        np.testing.assert_allclose(product, added, atol=1e-6)
        size = added.norm() / before[path].norm()
        assert film[f"size {name}"][-1] == pytest.approx(size.item(), rel=1e-4)
        seen += 1
    assert seen == len(lora_film.layers(film)) > 1


def wrapped(model):
    modules = dict(model.named_modules())
    return [(path, modules[path]) for path in adapters.adaptable(model)]


def test_the_change_is_scaled_from_nothing_to_more_than_was_learnt(film):
    whole = film["times"].tolist().index(1)
    for domain in ("source", "target"):
        assert film[f"{domain}_by"][whole] == film[domain][-1]
    assert film["times"][0] == 0


def test_only_lora_has_factors():
    with pytest.raises(SpecError, match="Only LoRA"):
        low_rank.grown(toy("full"))


@pytest.mark.parametrize("rank", lora_film.RANKS)
def test_what_ships_is_the_run_that_it_says(rank):
    film = lora_film.recorded(rank)
    assert lora_film.path_of(rank).stat().st_size < 200_000
    pair = training.load_pair(lora_film.spec(rank), device())
    key = checkpoints.key(lora_film.spec(rank), pair.source)
    assert str(film["key"]) == key
    for layer in lora_film.layers(film):
        a, b = figures.factors(film, layer)
        w0 = lora_film.frozen(key, layer)
        assert w0.shape == (b.shape[1], a.shape[2])
        assert a.shape[1] == b.shape[2] == rank
        assert not b[0].any()
        size = 2 * np.linalg.norm(b[-1] @ a[-1]) / np.linalg.norm(w0)
        # Factors are kept in half precision.
        assert film[f"size {layer}"][-1] == pytest.approx(size, rel=1e-2)


def test_frozen_weights_of_an_unknown_network_are_none():
    assert lora_film.frozen("unknown", "dense") is None


def test_a_browser_is_given_the_factors_and_the_scale(film):
    layer = lora_film.layers(film)[0]
    given = figures.payload(film, layer, None, 2.0)
    d, k, r = given["shape"]
    a = np.frombuffer(base64.b64decode(given["a"]["data"]), "<i2")
    a = a.reshape(len(given["steps"]), r, k) * given["a"]["unit"]
    np.testing.assert_allclose(a, film[f"a {layer}"], atol=1e-3)
    assert given["s"] == 2 * 6 / 2
    assert given["source"] is None  # nobody read at this scale on the way
    assert given["size"][-1] == 2 * film[f"size {layer}"][-1]
    json.dumps(given)


def test_a_matrix_of_zeros_can_be_packed():
    given = figures.packed(np.zeros((2, 3)), figures.COARSE)
    assert given["unit"] == given["full"] == 1


@pytest.mark.parametrize("times", [0.5, 1.0])
def test_figures_name_their_axes(film, times):
    names = lora_film.layers(film)
    check(figures.growth(film, names, times))
    check(figures.by_alpha(film, times))
    check(figures.product(film, names[0], times))
    lines = figures.growth(film, names, times).data
    assert len(lines) == len(names) + 2 * (times == 1)


def test_names_reach_the_page_as_text():
    assert "textContent" in outer.JS
    assert "innerHTML" not in outer.JS


def given(app):
    (drawn,) = app.get("bidi_component")
    return json.loads(drawn.proto.json)


def test_the_view_answers_to_rank_layer_and_alpha():
    app = opened("peft")
    app.session_state["peft.view"] = "BA grows"
    app.run()
    assert not app.exception
    assert len(app.get("plotly_chart")) == 2
    assert given(app)["shape"] == [32, 25, 4]
    assert given(app)["s"] == 2
    assert "B A is exactly 0 at step 0" in text(app)
    app.session_state["film.layer"] = "conv2"
    app.select_slider(key="film.rank").set_value(1).run()
    assert given(app)["shape"] == [48, 800, 1]
    app.select_slider(key="film.alpha.1").set_value(1.0).run()
    assert not app.exception
    assert given(app)["s"] == 1
    assert "With α = 1 the adapted network reads" in text(app)
    assert "as trained, with α = 2" in text(app)


def test_the_formula_counts_what_is_trained():
    told = view.formula(lora_film.recorded(4), "conv2", 8.0)
    assert re.search(r"4\\,\(48 \+ 800\) = 3392", told)
    assert r"\tfrac{8}{4} = 2" in told
