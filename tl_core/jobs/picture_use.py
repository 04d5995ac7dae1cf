"""Which imported pictures the runs of a lab are of."""

from __future__ import annotations

from tl_core import picture_room
from tl_core.jobs.store import RunStore


def tidy(store: RunStore) -> list[str]:
    """Remove pictures that are too old or too much, never those of a run
    that waits or runs; says which sets went."""
    with store.transaction() as db:
        rows = db.execute(
            "SELECT json_extract(spec, '$.dataset_params.data'), "
            "state IN ('queued', 'running') FROM runs WHERE json_valid(spec) "
            "AND json_extract(spec, '$.dataset')='folder'"
        ).fetchall()
    needed = {data for data, active in rows if active}
    return picture_room.tidy(needed, {data for data, _ in rows})
