"""Every test has a lab of its own in a temporary folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tl_core import catalog
from tl_core.spec import RunSpec, spec_from_settings

LONG = (
    "tests/e2e/test_views",
    "tests/e2e/test_race",
    "tests/e2e/test_tour",
    "tests/faults",
    "tests/cluster",
    "tests/jobs",
    "tests/strategies",
    "tests/export",
)
"""Files that take minutes."""
OFFLINE = [
    key
    for key in catalog.keys("datasets")
    if key != "folder" and not catalog.entry("datasets", key).card.online
]
"""Datasets that are there without a download or a user's own files."""
TOY = {
    "dataset": "moons",
    "backbone": "mlp",
    "pretrain_steps": 40,
    "steps": 40,
    "lr": 0.01,
}


@pytest.fixture(autouse=True, scope="session")
def lab_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A `TL_HOME` of the session's own, so that no test reads a user's."""
    with pytest.MonkeyPatch.context() as patch:
        path = tmp_path_factory.mktemp("home")
        patch.setenv("TL_HOME", str(path))
        patch.setenv("TL_DEVICE", "cpu")
        yield path


def toy(strategy: str, **settings: object) -> RunSpec:
    """A spec on two moons that trains in a fraction of a second."""
    return spec_from_settings({**TOY, "strategy": strategy, **settings})


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first, so that nothing waits for it alone."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))
