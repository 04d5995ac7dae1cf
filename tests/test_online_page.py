"""An online pair on the run page: offered, and honest without a network."""

import urllib.error

import pytest

from tests.test_pages import button, lab, opened, text  # noqa: F401
from tl_core import catalog, downloads
from tl_core.fit import default_choice

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
