"""The view that shows samples in the plane, with what adaptation moved."""

import json

import pytest

from pages.ui import cloud, plane
from tests.test_pages import lab, opened, text  # noqa: F401

pytestmark = pytest.mark.filterwarnings("default")


def given(app) -> dict:
    """What the browser is given to draw."""
    (drawn,) = app.get("bidi_component")
    return json.loads(drawn.proto.json)


def test_the_plane_shows_pictures_and_moves_after_adaptation(monkeypatch):
    monkeypatch.setattr(plane, "STEPS", 5)
    app = opened("features", dataset="mnist_to_optdigits")
    app.session_state["features.view"] = "In the plane"
    app.run()
    first = given(app)
    assert len(first["states"]) == 1
    assert first["said"] in text(app)
    app.toggle(key="features.after").set_value(True).run()
    app.selectbox(key="features.colour").set_value("correctness").run()
    assert not app.exception
    assert not app.warning
    both = given(app)
    assert len(both["states"]) == 2
    assert both["sheet"]["url"].startswith("data:image/png")
    assert [g["name"] for g in both["groups"]] == [
        "read rightly",
        "read wrongly",
    ]
    assert "after adaptation" in both["said"]
    assert "How much adaptation changed each stage" in text(app)


def test_names_reach_the_page_as_text():
    assert "textContent" in cloud.JS
    assert "key.append(group.name)" in cloud.JS
    assert "innerHTML" not in cloud.JS
