"""A student at a browser, without a browser: looks around, turns knobs, runs
presets, cancels, follows links, uploads rubbish."""

from __future__ import annotations

import asyncio
import io
import random
import zipfile
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode

import httpx

from tests.benchmarks.websocket_client import WHOLE, Answer, Viewer

PAGES = (
    *("", "domains", "claims", "features", "strategies", "peft"),
    *("forgetting", "negative_transfer", "alignment", "matrix", "run"),
    *("compare", "runs", "interview", "mastery"),
)
MOONS = {
    "dataset": "moons",
    "backbone": "mlp",
    "pretrain_steps": "40",
    "steps": "120",
}
DIGITS = {"pretrain_steps": "0", "steps": "40"}
PRESETS = (
    *({**MOONS, "strategy": s} for s in ("mmd", "dann", "full", "lora")),
    {**DIGITS, "strategy": "adabn"},
)
SEEDS = 200
PATIENCE = 180
"""Seconds for an answer, however busy the machine is."""
THINKS = 1.0, 6.0
"""Seconds between two clicks."""


@dataclass
class Diary:
    """What happened to all users: clicks by kind, seconds of each answer,
    runs that were asked for, refusals in words, and what went wrong."""

    clicks: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    runs: set[str] = field(default_factory=set)
    refused: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


class User:
    """One browser; its cookies stay, its tabs come and go."""

    def __init__(self, port: int, number: int, diary: Diary) -> None:
        self._port, self._diary = port, diary
        self._chance = random.Random(number)
        self._last = Answer()
        self._does: list[tuple[int, Callable[[Viewer], Awaitable[None]]]] = [
            (4, self.look_around),
            (4, self.turn_a_knob),
            (4, self.run_a_preset),
            (2, self.cancel),
            (2, self.follow_a_link),
            (1, self.upload_rubbish),
        ]

    async def live(self, until: float) -> None:
        """Use the app until the loop's clock says so."""
        clock = asyncio.get_running_loop().time
        weights = [weight for weight, _ in self._does]
        cookies = await self._arrive()
        while clock() < until:
            async with Viewer(self._port, cookies) as tab:
                await self._do(tab, self.look_around)
                for _ in range(self._chance.randint(3, 12)):
                    if clock() > until:
                        return
                    ((_, act),) = self._chance.choices(self._does, weights)
                    await self._do(tab, act)
                    await tab.follow(self._chance.uniform(*THINKS))

    async def _arrive(self) -> dict[str, str]:
        """The cookies of a first visit."""
        url = f"http://127.0.0.1:{self._port}"
        async with httpx.AsyncClient(base_url=url, timeout=PATIENCE) as web:
            await web.get("/", headers={"Accept": "text/html"})
            await web.get("/_stcore/health")
            return dict(web.cookies)

    async def _do(
        self, tab: Viewer, act: Callable[[Viewer], Awaitable[None]]
    ) -> None:
        name = act.__name__
        self._diary.clicks[name] += 1
        try:
            await asyncio.wait_for(act(tab), PATIENCE)
        except (TimeoutError, LookupError, httpx.HTTPError) as error:
            self._diary.wrong.append(f"{name}: {error!r}")

    def _note(self, answer: Answer, what: str) -> Answer:
        """Keep an answer; an exception on the page is wrong."""
        self._diary.seconds.append(answer.seconds)
        for element in answer.elements:
            if element.HasField("exception"):
                self._diary.wrong.append(f"{what}: {element.exception}")
        if answer.status != WHOLE:
            self._diary.wrong.append(f"{what}: status {answer.status}")
        self._last = answer
        return answer

    async def look_around(self, tab: Viewer) -> None:
        """Open any page."""
        page = self._chance.choice(PAGES)
        self._note(await tab.open(page), page)

    async def turn_a_knob(self, tab: Viewer) -> None:
        """Change any widget of the page to any value it offers."""
        known = [
            (element, kind)
            for element in self._last.elements
            if (kind := element.WhichOneof("type")) in KNOBS
        ]
        if not known:
            return
        element, kind = self._chance.choice(known)
        widget = getattr(element, kind)
        name, value = KNOBS[kind](widget, self._chance)
        answer = await tab.turn(widget.id, name, value)
        self._note(answer, f"{kind} {widget.label} = {value}")

    async def run_a_preset(self, tab: Viewer) -> None:
        """Choose one and press Run."""
        seed = str(self._chance.randrange(SEEDS))
        preset = {**self._chance.choice(PRESETS), "seed": seed}
        page = self._note(await tab.open("run", urlencode(preset)), "run")
        answer = await tab.press(page.widget("Run"))
        self._note(answer, "Run pressed")
        run = parse_qs(tab.query).get("run")
        if run:
            self._diary.runs.add(run[0])
            return
        said = [e.alert.body for e in answer.elements if e.HasField("alert")]
        self._diary.refused[" ".join(said)[:60]] += 1

    async def cancel(self, tab: Viewer) -> None:
        """Press Stop where the page has it."""
        answer = self._note(await tab.ask(), "asked again")
        try:
            stop = answer.widget("Stop")
        except LookupError:
            return
        self._note(await tab.press(stop), "Stop pressed")

    async def follow_a_link(self, tab: Viewer) -> None:
        """Open a run that somebody has asked for."""
        if self._diary.runs:
            run = self._chance.choice(sorted(self._diary.runs))
            link = urlencode({"run": run})
            self._note(await tab.open("run", link), "a link")

    async def upload_rubbish(self, tab: Viewer) -> None:
        """Give the uploader of pictures what it cannot use."""
        page = await tab.open("run", "dataset=folder")
        self._note(page, "pictures")
        uploader = page.widget("Zip file of your pictures")
        name, data = rubbish(self._chance)
        self._note(await tab.upload(uploader, name, data), f"upload {name}")


def rubbish(chance: random.Random) -> tuple[str, bytes]:
    """Noise that is called a zip file, an empty one, or one of noise."""
    noise = chance.randbytes(chance.randrange(1, 50_000))
    if chance.random() < 0.5:
        return "noise.zip", noise
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        if chance.random() < 0.5:
            for name in ("../a.png", "target/a/x.png", "target/b/y.png"):
                file.writestr(name, noise)
    return "rubbish.zip", made.getvalue()


def _slider(widget: Any, chance: random.Random) -> tuple[str, Any]:
    if widget.options:
        return "string_array_value", [chance.choice(list(widget.options))]
    values = [chance.choice((widget.min, widget.max)) for _ in widget.default]
    return "double_array_value", sorted(values)


KNOBS: dict[str, Callable[[Any, random.Random], tuple[str, Any]]] = {
    "slider": _slider,
    "checkbox": lambda widget, chance: ("bool_value", not widget.default),
    "selectbox": lambda widget, chance: (
        "string_value",
        chance.choice(list(widget.options)),
    ),
}
"""How a value of each kind of widget is chosen and sent."""
