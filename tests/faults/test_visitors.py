"""Tabs that close, tabs that watch together, and training that explodes."""

import asyncio
from urllib.parse import urlencode

import pytest

from tests.benchmarks.websocket_client import Viewer
from tests.conftest import TOY, toy
from tests.faults.lab import Lab, tab, unharmed, visit, whole, words
from tl_core import events

pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    lab = Lab(tmp_path_factory.mktemp("lab"))
    lab.ready()
    yield lab
    lab.stop()


def test_a_run_goes_on_when_its_tab_is_closed(lab):
    again = {"seed": 70, "steps": 1200}
    run = lab.run("mmd", **again)  # in a tab that closes at once
    unharmed(lab, run, "mmd", **again)
    assert lab.record(run).attempt == 1


def test_a_stop_in_one_tab_is_seen_in_the_other(lab):
    run = lab.run("mmd", seed=71, steps=20_000)
    lab.moves(run)

    async def both(first: Viewer) -> str:
        async with tab(lab) as second:
            await second.open("run", f"run={run}")
            page = await first.open("run", f"run={run}")
            await first.press(page.widget("Stop"))
            for _ in range(50):
                seen = words(await second.ask())
                if "Stopped after" in seen:
                    break
                await asyncio.sleep(0.2)
            return seen

    assert "Stopped after" in visit(lab, both)
    assert lab.record(run).state == "stopped"
    assert isinstance(whole(lab, run)[-1], events.RunStopped)


def test_two_who_press_run_at_once_share_one_run(lab):
    settings = {"seed": 72, "steps": 600}
    asked = urlencode({**TOY, "strategy": "mmd", **settings})

    async def both(first: Viewer) -> list[str]:
        async with Viewer(lab.port) as second:
            pages = [await v.open("run", asked) for v in (first, second)]
            await asyncio.gather(
                *(
                    viewer.press(page.widget("Run"))
                    for viewer, page in zip(
                        (first, second), pages, strict=True
                    )
                )
            )
            return [first.query, second.query]

    run = toy("mmd", **settings).id
    assert all(f"run={run}" in query for query in visit(lab, both))
    unharmed(lab, run, "mmd", **settings)
    assert lab.record(run).attempt == 1


def test_an_exploding_loss_ends_the_run_with_its_term_and_advice(lab):
    """As large a learning rate as can be asked for, and no normalisation."""
    run = lab.run(
        "dann",
        dataset="mnist_to_optdigits",
        backbone="convnet",
        lr=1.0,
        pretrain_steps=0,
        batch_size=4,
        steps=100,
        **{
            "backbone.norm": "none",
            "strategy.reversal": 10,
            "strategy.lr_scale": 100,
        },
    )
    assert lab.ends(run).state == "failed"
    page = lab.page(run)
    assert "Training exploded: the term '" in page
    assert " at step " in page
    assert "try a smaller learning rate" in page
    *steps, last = whole(lab, run)
    assert isinstance(last, events.RunFailed)
    assert isinstance(steps[-1], events.StepDone)  # what came before stays
