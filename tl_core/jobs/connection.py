"""The executor's connection to the Dask workers of `cluster.py`: it comes up,
is watched, and is made anew when nothing will come of it any more."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from tl_core.jobs import versions, worker
from tl_core.jobs.cluster import connect
from tl_core.jobs.members import Members
from tl_core.texts import say

if TYPE_CHECKING:
    from distributed import Client

EMPTY = 120
"""Looks without any worker of our own before a new cluster is begun."""


class Connection:
    """A client, and a cluster if it is our own; None while there is none."""

    def __init__(self) -> None:
        self.client: Client | None = None
        self._cluster: Any = None
        self._members: Members | None = None
        self._state, self._device = "starting", ""
        self._trouble = ""
        self._empty = 0
        self._asked: set[object] = set()  # questions that workers have
        self._turn = threading.Condition()

    def bring_up(self, patience: float) -> None:
        """Start or find the workers, and have one warm up.

        Raises:
            OSError: there are none.
        """
        try:
            client, cluster = connect(patience)
        except BaseException as error:
            self._state, self._trouble = "lost", str(error)
            raise
        self._trouble = ""
        self._members, self._empty = Members(client), 0
        self._asked = set()
        self.client, self._cluster = client, cluster

    def warm(self) -> None:
        """Have a worker load what every run needs; it is ready then."""
        assert self.client is not None
        warmed = self.client.submit(
            worker.warm,
            key=f"warm-{uuid4().hex}",
            resources=fit(),
            priority=100,
            pure=False,
        )
        warmed.add_done_callback(self._on_warm)

    def _on_warm(self, future: Any) -> None:
        if future.status == "finished":
            self._device = future.result()
            self._state = "ready"
        elif future.status == "error":
            logging.getLogger(__name__).error(
                "The worker cannot train: %r", future.exception()
            )
            self._state = "ready"  # each run will say what is wrong

    def drop(self) -> None:
        """Leave the cluster, and end it if it is our own."""
        client, cluster = self.client, self._cluster
        self.client = self._cluster = self._members = None
        self._state = "lost"
        for part, seconds in ((client, 2), (cluster, 5)):
            if part is not None:
                # One that is broken cannot say goodbye.
                with contextlib.suppress(Exception):
                    part.close(timeout=seconds)

    @property
    def up(self) -> bool:
        """Whether the scheduler is there."""
        return self.client is not None and self.client.status == "running"

    @property
    def own(self) -> bool:
        """Whether the cluster is ours alone."""
        return self._cluster is not None

    def gone(self) -> bool:
        """Whether nothing will come of waiting: Dask's client gives up after
        a while, as does its nanny of a worker that cannot be started. To be
        asked once for each look."""
        client, members = self.client, self._members
        if client is None or client.status == "closed":
            return True
        idle = self.own and members is not None and not members.count
        self._empty = self._empty + 1 if idle else 0
        return self._empty > EMPTY

    def notices(self) -> tuple[str, ...]:
        """What whoever looks after the lab has to know: why there is no
        cluster, or which of its workers take no runs."""
        if self._trouble:
            return (self._trouble,)
        members = self._members
        return () if members is None else members.notices

    def state(self) -> tuple[str, str, int]:
        """starting until a worker is warm; lost without a scheduler; the
        device in words; workers."""
        members = self._members
        if members is None:
            return self._state, self._device, 0
        if not self.up:
            return "lost", self._device, 0
        return self._state, self._device, members.count

    def ask(self, name: str, arguments: dict[str, Any], timeout: float) -> Any:
        """Have a probe answered; it needs no training slot, so it runs
        beside one.

        Raises:
            TimeoutError: no answer within `timeout` seconds, or the workers
                have other questions for as long.
        """
        deadline = time.monotonic() + timeout
        while self.client is None and time.monotonic() < deadline:
            time.sleep(0.05)
        if self.client is None:
            raise TimeoutError(say("The training engine is still starting."))
        question = self._enter(deadline)
        future = self.client.submit(
            worker.probe,
            name,
            arguments,
            key=f"probe-{uuid4().hex}",
            resources=fit(),
            priority=100,
            pure=False,
        )
        # One that nobody waits for any more keeps its thread till its end.
        future.add_done_callback(lambda done: self._leave(question))
        return future.result(timeout=deadline - time.monotonic())

    def _enter(self, deadline: float) -> object:
        """Wait until a worker has no other question: with two it would have
        no thread left, and no run could begin."""
        with self._turn:
            if not self._turn.wait_for(
                self._free, max(0.0, deadline - time.monotonic())
            ):
                raise TimeoutError(say("The worker has other questions."))
            question = object()
            self._asked.add(question)
            return question

    def _free(self) -> bool:
        members = self._members
        return len(self._asked) < max(1, members.count if members else 0)

    def _leave(self, question: object) -> None:
        with self._turn:
            self._asked.discard(question)
            self._turn.notify_all()


def fit() -> dict[str, float]:
    """What every task asks for: a worker of this version of the lab."""
    return {versions.mark(): 1}
