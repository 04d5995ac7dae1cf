"""Files from the network, piece by piece, so that a download shows how far it
is and ends when its run is stopped."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from pathlib import Path

from tl_core.events import Downloading

CHUNK = 2**20
"""Bytes between two events of a download."""
PATIENCE = 20.0
"""Seconds without an answer after which a server counts as gone."""
AGENT = {"User-Agent": "transfer-learning-lab"}
"""Some servers refuse requests that do not say who asks."""


def download(what: str, url: str, path: Path) -> Iterator[Downloading]:
    """Write what lies at `url` into `path`, telling the share that is there.

    Raises:
        OSError: the server does not answer, or the disk is full.
    """
    yield Downloading(what, 0.0)
    request = urllib.request.Request(url, headers=AGENT)
    with (
        # The addresses are those of our own catalog files.
        urllib.request.urlopen(  # nosec B310
            request, timeout=PATIENCE
        ) as answer,
        path.open("wb") as file,
    ):
        total = int(answer.headers["Content-Length"] or 0)
        while part := answer.read(CHUNK):
            file.write(part)
            if total:
                yield Downloading(what, min(1.0, file.tell() / total))
