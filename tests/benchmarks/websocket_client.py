"""A browser tab without a browser: Streamlit's own websocket protocol.

A tab sends a `BackMsg` that asks for a run of the script (the whole page, or
one fragment of it) and gets `ForwardMsg`s until the script has finished. It
also keeps the timers of fragments that ask to be run again.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

import httpx
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import connect

EARLY = ForwardMsg.FINISHED_EARLY_FOR_RERUN
WHOLE = ForwardMsg.FINISHED_SUCCESSFULLY
XSRF = "_streamlit_xsrf"
"""The cookie whose value an upload repeats."""
UPLOAD = 120
"""Seconds for a file to be taken, however busy the server is."""
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
        parts = [getattr(e, e.WhichOneof("type")) for e in self.elements]
        widgets = [p for p in parts if getattr(p, "id", "")]
        known = {p.label: p.id for p in widgets if hasattr(p, "label")}
        if not known.get(label):
            raise LookupError(
                f"No widget is labelled '{label}', but {list(known)}."
            )
        return str(known[label])


class Viewer:
    """One tab; `async with Viewer(port) as viewer`. With cookies it is one of
    a browser that has been here."""

    def __init__(
        self, port: int, cookies: Mapping[str, str] | None = None
    ) -> None:
        self.server = f"http://127.0.0.1:{port}"
        self.address = f"ws://127.0.0.1:{port}/_stcore/stream"
        self.cookies = dict(cookies or {})
        self._session = ""
        self._urls: list[Any] = []
        self.timers: dict[str, float] = {}  # fragment: seconds
        self._page = ClientState()

    async def __aenter__(self) -> Viewer:
        self._socket = await connect(
            self.address,
            subprotocols=["streamlit"],
            max_size=LARGEST,
            compression=None,  # Streamlit's default, too
            ping_interval=None,
            additional_headers={"Cookie": self._cookie()},
        )
        return self

    def _cookie(self) -> str:
        return "; ".join(f"{k}={v}" for k, v in self.cookies.items())

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._socket.close()

    @property
    def query(self) -> str:
        """The page's query string, as the page has left it."""
        return self._page.query_string

    async def open(self, page: str = "", query: str = "") -> Answer:
        """Go to a page."""
        self._page = ClientState(page_name=page, query_string=query)
        return await self.ask()

    async def press(self, button: str) -> Answer:
        """Click the button with this widget id."""
        state = ClientState()
        state.widget_states.widgets.add(id=button, trigger_value=True)
        return await self.ask(state)

    async def pick(self, widget: str, values: list[str]) -> Answer:
        """Choose from a widget of options, such as a segmented control."""
        state = ClientState()
        chosen = state.widget_states.widgets.add(id=widget)
        chosen.string_array_value.data.extend(values)
        return await self.ask(state)

    async def turn(self, widget: str, field: str, value: Any) -> Answer:
        """Set a widget: `field` is that of `WidgetState`, `value` a list
        where it is an array."""
        state = ClientState()
        changed = state.widget_states.widgets.add(id=widget)
        if isinstance(value, list):
            getattr(changed, field).data.extend(value)
        else:
            setattr(changed, field, value)
        return await self.ask(state)

    async def upload(self, widget: str, name: str, data: bytes) -> Answer:
        """Give a file to an uploader, as a browser does: ask where to, put
        it there, tell the widget.

        Raises:
            httpx.HTTPStatusError: the server does not take it.
        """
        asked = BackMsg()
        asked.file_urls_request.request_id = name
        asked.file_urls_request.session_id = self._session
        asked.file_urls_request.file_names.append(name)
        await self._socket.send(asked.SerializeToString())
        while not self._urls:
            self._heard(
                ForwardMsg.FromString(await self._socket.recv()), Answer()
            )
        where = self._urls.pop()
        async with httpx.AsyncClient(
            base_url=self.server, timeout=UPLOAD
        ) as client:
            answer = await client.put(
                where.upload_url,
                files={"file": (name, data)},
                headers={
                    "Cookie": self._cookie(),
                    "X-Xsrftoken": self.cookies.get(XSRF, ""),
                },
            )
        answer.raise_for_status()
        state = ClientState()
        given = state.widget_states.widgets.add(id=widget)
        given.file_uploader_state_value.uploaded_file_info.add(
            name=name,
            size=len(data),
            file_id=where.file_id,
            file_urls=where,
        )
        return await self.ask(state)

    async def follow(self, seconds: float) -> list[float]:
        """Keep the page's timers for so long; how many seconds each answer
        took from when its timer rang."""
        start = time.monotonic()
        due = {f: start + every for f, every in self.timers.items()}
        taken = []
        while due:
            fragment = min(due, key=due.__getitem__)
            rang = due.pop(fragment)
            if rang > start + seconds:
                break
            await asyncio.sleep(rang - time.monotonic())
            state = ClientState(fragment_id=fragment, is_auto_rerun=True)
            taken.append((await self.ask(state, rang)).seconds)
            now = time.monotonic()
            for name, every in self.timers.items():
                # What rang while nobody heard is not made up for.
                due.setdefault(name, max(now, rang + every))
            due = {f: due[f] for f in self.timers}
        return taken

    async def ask(
        self, state: ClientState | None = None, due: float | None = None
    ) -> Answer:
        """Have the script run; `state` names a fragment, or what a widget
        was set to."""
        sent = ClientState()
        sent.CopyFrom(self._page)
        sent.MergeFrom(state or ClientState())
        if not sent.fragment_id:
            self.timers.clear()
        began = due or time.monotonic()
        await self._socket.send(BackMsg(rerun_script=sent).SerializeToString())
        answer = Answer()
        async for raw in self._socket:
            message = ForwardMsg.FromString(raw)
            answer.messages, answer.size = (
                answer.messages + 1,
                answer.size + len(raw),
            )
            if self._heard(message, answer):
                break
        answer.seconds = time.monotonic() - began
        return answer

    def _heard(self, message: ForwardMsg, answer: Answer) -> bool:
        """Do as a browser does with a message; whether it was the last."""
        match message.WhichOneof("type"):
            case "delta":
                if message.delta.HasField("new_element"):
                    answer.elements.append(message.delta.new_element)
            case "new_session":
                begun = message.new_session.initialize
                self._session = begun.session_id or self._session
            case "file_urls_response":
                self._urls += message.file_urls_response.file_urls
            case "auto_rerun":
                timer = message.auto_rerun
                self.timers[timer.fragment_id] = timer.interval
            case "stop_auto_rerun":
                for fragment in message.stop_auto_rerun.fragment_ids:
                    self.timers.pop(fragment, None)
            case "navigation":
                self._page.page_script_hash = (
                    message.navigation.page_script_hash
                )
            case "page_info_changed":
                changed = message.page_info_changed
                self._page.query_string = changed.query_string
            case "script_finished" if message.script_finished == EARLY:
                self.timers.clear()
                answer.elements.clear()
            case "script_finished":
                answer.status = message.script_finished
                return True
        return False
