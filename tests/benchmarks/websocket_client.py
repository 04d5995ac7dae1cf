"""A browser tab without a browser: Streamlit's own websocket protocol.

A tab sends a `BackMsg` that asks for a run of the script (the whole page, or
one fragment of it) and gets `ForwardMsg`s until the script has finished. It
also keeps the timers of fragments that ask to be run again.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import connect

EARLY = ForwardMsg.FINISHED_EARLY_FOR_RERUN
WHOLE = ForwardMsg.FINISHED_SUCCESSFULLY
LARGEST = 2**28
"""Bytes of a message that are taken."""


@dataclass
class Answer:
    """What came back for one request: `seconds` from when it was due to the
    script's end, how many messages and bytes, and the elements among them."""

    seconds: float = 0.0
    messages: int = 0
    size: int = 0
    elements: list[Any] = field(default_factory=list)
    status: int = WHOLE

    def kinds(self) -> list[str]:
        """The kind of every element, such as "plotly_chart"."""
        return [element.WhichOneof("type") for element in self.elements]

    def widget(self, label: str) -> str:
        """The id of the widget with a label.

        Raises:
            LookupError: there is none.
        """
        for element in self.elements:
            inner = getattr(element, element.WhichOneof("type"))
            if getattr(inner, "label", None) == label and inner.id:
                return str(inner.id)
        raise LookupError(f"No widget is labelled '{label}'.")


class Viewer:
    """One tab; `async with Viewer(port) as viewer`."""

    def __init__(self, port: int) -> None:
        self.address = f"ws://127.0.0.1:{port}/_stcore/stream"
        self.timers: dict[str, float] = {}  # fragment: seconds
        self.ticks: list[float] = []  # seconds of each answer to a timer
        self._page = ClientState()

    async def __aenter__(self) -> Viewer:
        self._socket = await connect(
            self.address,
            subprotocols=["streamlit"],
            max_size=LARGEST,
            compression=None,  # as uvicorn answers a browser by default
            ping_interval=None,
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._socket.close()
