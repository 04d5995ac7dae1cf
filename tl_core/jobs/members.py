"""The workers of a cluster that come and go, and those that may not work."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tl_core.jobs import versions
from tl_core.texts import say

if TYPE_CHECKING:
    from distributed import Client

PAUSE = 2.0
"""Seconds between two looks."""


class Members:
    """Kept up to date for as long as the client is connected; `count` is of
    workers that take runs, `notices` says of each other one why not."""

    def __init__(self, client: Client) -> None:
        self.count = 0
        self.notices: tuple[str, ...] = ()
        self._client = client
        threading.Thread(
            target=self._watch, name="workers", daemon=True
        ).start()

    def _watch(self) -> None:
        while self._client.status != "closed":
            # Dask raises what its connection raised, of many kinds.
            with contextlib.suppress(Exception):
                self.look()
            time.sleep(PAUSE)

    def look(self) -> None:
        """Ask the scheduler who is there."""
        workers = self._client.scheduler_info(n_workers=-1)["workers"]
        self.notices = notices(workers)
        self.count = len(workers) - len(self.notices)


def notices(workers: Mapping[str, Mapping[str, Any]]) -> tuple[str, ...]:
    """A sentence for each worker that takes no runs."""
    reasons = {
        address: versions.refusal(info["resources"])
        for address, info in workers.items()
    }
    return tuple(
        say(
            "The worker {name} at {address} is given no runs: it {reason}.",
            name=workers[address]["name"],
            address=address,
            reason=reason,
        )
        for address, reason in reasons.items()
        if reason
    )
