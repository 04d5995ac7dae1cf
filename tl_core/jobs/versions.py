"""Which version of the lab a worker has, and whether it may take runs.

A worker tells the scheduler its resources when it joins. With
`--preload tl_core.jobs.joining` one of them is named after the worker's own
versions; every task asks for the server's. So a worker with another version
can join, but is never given anything.
"""

from __future__ import annotations

import platform
from collections.abc import Iterable, Mapping
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from tl_core.spec import VERSION

SIGN = "tl "
"""How the name of such a resource begins."""
ELSEWHERE = ("figures/", "export/", "jobs/")
"""Folders whose code the server runs, not a worker."""
SHARED = ("jobs/worker.py", "jobs/patience.py")
"""But for these."""
MANY = 1000.0
"""How much of it a worker has: it limits nothing."""
ADVICE = "install the server's version there and start it again"
LAUNCH = "start it with `python -m tl_core worker`"
WORDS = {
    "python": "Python",
    "torch": "torch",
    "dask": "distributed",
    "spec": "run settings",
    "code": "the code of tl_core",
}


@cache
def mine() -> dict[str, str]:
    """This process's versions; `code` is a hash of the sources that a worker
    runs.

    The build after a plus sign is left out: torch for a GPU and torch for a
    processor are one version.
    """
    return {
        "python": ".".join(platform.python_version_tuple()[:2]),
        "torch": version("torch").partition("+")[0],
        "dask": version("distributed"),
        "spec": str(VERSION),
        "code": _code(Path(__file__).parent.parent),
    }


def _code(folder: Path) -> str:
    """A hash of the sources, the same whatever the line ends are."""
    found = sha256()
    for path in sorted(folder.rglob("*.py")):
        name = path.relative_to(folder).as_posix()
        if name.startswith(ELSEWHERE) and name not in SHARED:
            continue
        found.update(name.encode())
        found.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return found.hexdigest()[:10]


def mark() -> str:
    """The name of the resource that workers of this version have."""
    return SIGN + " ".join(f"{k}={v}" for k, v in mine().items())


def refusal(resources: Iterable[str]) -> str:
    """Why a worker with these resources takes no runs; empty when it
    does."""
    names = set(resources)
    if mark() in names:
        return "" if "train" in names else f"has no resource `train`; {LAUNCH}"
    for name in names:
        if name.startswith(SIGN):
            return f"{difference(_read(name))}; {ADVICE}"
    return f"does not say which version of the lab it has; {LAUNCH}"


def _read(name: str) -> dict[str, str]:
    """The versions in a resource's name."""
    pairs = (part.partition("=") for part in name.split()[1:])
    return {key: value for key, _, value in pairs}


def difference(theirs: Mapping[str, str]) -> str:
    """What a worker has otherwise than this process, in words."""
    ours = mine()
    keys = [key for key in ours if theirs.get(key) != ours[key]]
    parts = [
        f"{WORDS[key]} ({theirs.get(key, 'unknown')}, here {ours[key]})"
        for key in keys
    ]
    return f"has another version of {', of '.join(parts)}"
