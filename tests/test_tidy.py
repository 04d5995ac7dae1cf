"""The server gives back what nobody needs any more."""

import asyncio
import gc
import weakref

import pytest

from tl_core import tidy


class Page:
    """Holds itself, as a page's elements and its session do."""

    def __init__(self):
        self.session = self


@pytest.fixture
def seldom():
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def test_what_holds_itself_alone_goes(seldom):
    page = weakref.ref(Page())
    assert page() is not None
    tidy.once()
    assert page() is None


def test_it_goes_on_as_long_as_the_loop_lives(seldom, monkeypatch):
    monkeypatch.setattr(tidy, "SECONDS", 0.01)
    pages = []

    async def live():
        tidying = asyncio.create_task(tidy.keep())
        for _ in range(2):
            pages.append(weakref.ref(Page()))
            await asyncio.sleep(0.3)
        tidying.cancel()
        with pytest.raises(asyncio.CancelledError):
            await tidying

    asyncio.run(live())
    assert [page() for page in pages] == [None, None]
