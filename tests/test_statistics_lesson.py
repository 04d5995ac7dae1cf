"""The BatchNorm panel."""

import numpy as np
import pytest

from tests.conftest import toy
from tests.test_pages import lab, opened, text  # noqa: F401
from tl_core import statistics_lesson
from tl_core.card import SpecError
from tl_core.fit import default_choice
from tl_core.spec import spec_from_settings

pytestmark = pytest.mark.filterwarnings("default")


def test_own_statistics_close_the_gap_and_read_more():
    spec = spec_from_settings(default_choice("mnist_to_optdigits"))
    found = statistics_lesson.statistics(spec)
    size = {
        whose: max(np.abs(gap).max() for gap in layers.values())
        for whose, layers in found["outputs"].items()
    }
    assert size["separate"] < 1e-3 < size["joint"]
    assert size["running"] > 0.2
    share = found["accuracy"]
    assert share["separate"] > share["running"] + 0.2
    assert list(found["inputs"]) == list(found["outputs"]["running"])


def test_a_network_without_batch_norm_is_refused():
    with pytest.raises(SpecError, match="no BatchNorm"):
        statistics_lesson.statistics(toy("full", **{"backbone.norm": "none"}))


def test_the_view_answers():
    app = opened("alignment")
    app.session_state["alignment.view"] = "Whose statistics?"
    app.run()
    assert not app.exception
    assert "mean outputs differ by" in text(app)
    assert len(app.get("plotly_chart")) == 1
