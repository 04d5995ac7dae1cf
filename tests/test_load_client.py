"""The load client speaks to a real Streamlit server, with a page so small
that it starts at once."""

import asyncio
import socket
import subprocess
import sys
import time

import httpx
import pytest

from tests.benchmarks.websocket_client import Viewer

SCRIPT = """
import streamlit as st

@st.fragment(run_every=0.2)
def tick():
    st.session_state["ticks"] = st.session_state.get("ticks", 0) + 1
    st.caption(f"tick {st.session_state.ticks}")

st.markdown(f"asked for {st.query_params.get('who', 'nobody')}")
if st.button("Again"):
    st.markdown("pressed")
    st.session_state["presses"] = st.session_state.get("presses", 0) + 1
    if st.session_state.presses > 1:
        st.rerun()
st.segmented_control("Colour", ["red", "blue"], key="colour")
st.markdown(f"chosen {st.session_state.colour}")
tick()
"""


@pytest.fixture(scope="module")
def port(tmp_path_factory):
    script = tmp_path_factory.mktemp("tiny") / "tiny.py"
    script.write_text(SCRIPT)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number = free.getsockname()[1]
    line = [sys.executable, "-m", "streamlit", "run", str(script)]
    line += ["--server.port", str(number), "--server.headless", "true"]
    line += ["--server.address", "127.0.0.1"]
    with subprocess.Popen(line, stdout=subprocess.DEVNULL) as server:
        wait_for(f"http://127.0.0.1:{number}/_stcore/health")
        yield number
        server.terminate()


def wait_for(url: str) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            if httpx.get(url).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    pytest.fail(f"{url} does not answer")


def visit(port, scenario):
    """Run `scenario(viewer)` in a tab of its own."""

    async def run():
        async with Viewer(port) as viewer:
            return await scenario(viewer)

    return asyncio.run(asyncio.wait_for(run(), 20))


def words(answer) -> list[str]:
    """The texts of an answer."""
    return [e.markdown.body for e in answer.elements if e.HasField("markdown")]


def test_a_page_is_asked_for_with_its_query_string(port):
    async def scenario(viewer):
        return await viewer.open("", "who=me")

    answer = visit(port, scenario)
    assert "asked for me" in words(answer)
    assert 0 < answer.seconds < 20
    assert answer.size > 0
    assert answer.messages > len(answer.elements) > 3


def test_a_press_and_a_choice_reach_the_script(port):
    async def scenario(viewer):
        first = await viewer.open()
        pressed = await viewer.press(first.widget("Again"))
        picked = await viewer.pick(first.widget("Colour"), ["blue"])
        return first, pressed, picked

    first, pressed, picked = visit(port, scenario)
    assert "pressed" not in words(first)
    assert "pressed" in words(pressed)
    assert "pressed" not in words(picked)
    assert "chosen blue" in words(picked)
    with pytest.raises(LookupError, match="'Nothing'"):
        first.widget("Nothing")


def test_an_answer_is_what_the_last_of_several_reruns_drew(port):
    async def scenario(viewer):
        first = await viewer.open()
        await viewer.press(first.widget("Again"))
        return await viewer.press(first.widget("Again"))

    again = words(visit(port, scenario))
    assert "pressed" not in again
    assert again.count("asked for nobody") == 1


def test_timers_are_kept_for_as_long_as_asked(port):
    async def scenario(viewer):
        await viewer.open()
        start = time.monotonic()
        taken = await viewer.follow(1.1)
        return viewer.timers, taken, time.monotonic() - start

    timers, taken, spent = visit(port, scenario)
    assert list(timers.values()) == pytest.approx([0.2])
    assert 1 <= len(taken) <= 5
    assert min(taken) > 0
    assert spent < 10
