"""Every pair with its default network and settings, at full size."""

import pytest

from tests.conftest import OFFLINE
from tl_core.fit import default_choice
from tl_core.history import fold
from tl_core.spec import spec_from_settings
from tl_core.training import train


@pytest.mark.slow
@pytest.mark.parametrize("dataset", OFFLINE)
def test_the_default_run_of_a_pair_learns_something(dataset):
    spec = spec_from_settings(default_choice(dataset))
    history = fold(spec, train(spec))
    chance = 1 / len(history.classes)
    assert history.finished.accuracy["target"] > 1.5 * chance
