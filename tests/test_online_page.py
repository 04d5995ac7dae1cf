"""An online pair on the run page: offered, and honest without a network."""

import urllib.error

import numpy as np
import pytest

from pages.ui import pairs
from tests.datasets import fake_files
from tests.test_pages import button, lab, opened, text  # noqa: F401
from tl_core import catalog, downloads
from tl_core.fit import default_choice
from tl_core.spec import spec_from_settings

pytestmark = pytest.mark.filterwarnings("default")
ONLINE = [
    key
    for key in catalog.keys("datasets")
    if catalog.entry("datasets", key).card.online
]


@pytest.mark.parametrize("key", ONLINE)
def test_an_online_pair_can_be_chosen(key):
    app = opened("run", **default_choice(key))
    assert not app.exception
    assert not app.warning
    assert app.selectbox("set.dataset").value == key
    assert not button(app, "Run").disabled


def test_without_a_network_the_page_says_what_to_use(lab, monkeypatch):  # noqa: F811
    def gone(request, timeout):
        raise urllib.error.URLError("no such host")

    monkeypatch.setattr(downloads.urllib.request, "urlopen", gone)
    app = opened("run", dataset="mnist_to_usps")
    button(app, "Run").click()
    app.run()
    assert not app.exception
    (record,) = lab.store.recent(9)
    assert record.state == "failed"
    assert "choose the dataset mnist_to_optdigits" in app.error[0].value


def test_a_card_shows_what_its_first_run_saw(lab, tmp_path, monkeypatch):  # noqa: F811
    fake_files.usps(tmp_path)
    monkeypatch.setenv("TL_DATA", str(tmp_path))
    monkeypatch.setenv("TL_HOME", str(tmp_path / "home"))
    assert pairs.pictures("mnist_to_usps") == {}
    settings = {"backbone": "mlp", "pretrain_steps": 2, "steps": 2}
    spec = spec_from_settings({**default_choice("mnist_to_usps"), **settings})
    lab.submit(spec)
    assert lab.store.get(spec.id).state == "done"
    found = pairs.pictures("mnist_to_usps")
    assert set(found) == {"source", "target"}
    assert not np.array_equal(found["source"], found["target"])
    assert not opened("domains", view="Every pair").exception
