"""Where runs happen without workers: in place, for tests and scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tl_core.jobs import worker
from tl_core.jobs.records import RunRecord

if TYPE_CHECKING:
    from tl_core.jobs.engine import Engine


class InlineExecutor:
    """Runs in the calling thread: `submit` returns when the run has ended."""

    def start(self, engine: Engine) -> None:
        """Remember who to report to."""
        self._engine = engine

    def close(self) -> None:
        """Nothing was started."""

    def submit(self, record: RunRecord) -> None:
        """Train here and now."""
        worker.follow(
            record.spec.to_dict(), self._engine.receive, lambda: False
        )
        self._engine.ended()

    def cancel(self, run: str) -> None:
        """A run is over before anyone can ask."""

    def probe(
        self, name: str, arguments: dict[str, Any], timeout: float
    ) -> Any:
        """Answer here and now."""
        return worker.probe(name, arguments)

    def state(self) -> tuple[str, str, int]:
        """Always ready."""
        return "ready", "cpu (in place)", 1
