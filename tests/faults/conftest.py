"""What is compared is computed as the app computes it."""

from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True, scope="session")
def one_thread() -> Iterator[None]:
    """Sums come out the same to the last bit on as many threads alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TL_THREADS", "1")
        yield
