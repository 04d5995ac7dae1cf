"""What frozen stages give for a set of samples, kept between runs.

The runs of a race often start from one checkpoint and freeze the same
stages: a linear probe, the first phase of LP-FT, another rate. What such
stages give for the same samples is then computed by the first run of a
process only. Found by contents, not by name: whatever changes the numbers
(weights, settings, samples, threads) changes the key.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from threading import Lock

import torch
from torch import Tensor, nn

ROOM = 2**27
"""Bytes that a process keeps for later runs."""


@dataclass(frozen=True)
class Passed:
    """Samples behind the frozen stages: `out` (n, ...), and what each frozen
    stage gave, pooled to (n, features)."""

    out: Tensor
    stages: Mapping[str, Tensor]

    @property
    def size(self) -> int:
        """Bytes."""
        return sum(t.nbytes for t in (self.out, *self.stages.values()))


class Kept:
    """The latest of what was passed, at most `room` bytes of it; the threads
    of a process may share one."""

    def __init__(self, room: int = ROOM) -> None:
        self.room = room
        self._found: OrderedDict[str, Passed] = OrderedDict()
        self._lock = Lock()

    def get(self, key: str) -> Passed | None:
        """What was put under `key`, if it is still here."""
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
            return self._found.get(key)

    def put(self, key: str, passed: Passed) -> None:
        """Keep `passed`, if it fits, in the place of what was longest not
        asked for."""
        if passed.size > self.room:
            return
        with self._lock:
            self._found[key] = passed
            while sum(p.size for p in self._found.values()) > self.room:
                self._found.popitem(last=False)


KEPT = Kept()


def fingerprint(stages: Iterable[nn.Module]) -> str:
    """A hash of the modules: kinds, settings, weights and buffers."""
    digest = hashlib.sha256(str(torch.get_num_threads()).encode())
    for stage in stages:
        for path, part in stage.named_modules():
            settings = {k: v for k, v in vars(part).items() if k[0] != "_"}
            hooks = list(part._forward_hooks.values())
            told = (path, type(part), settings, hooks)
            digest.update(repr(told).encode())
        for tensor in (*stage.parameters(), *stage.buffers()):
            digest.update(_bytes(tensor))
    return digest.hexdigest()


def key(stages: str, x: Tensor) -> str:
    """Of the samples x (n, ...) behind stages with that fingerprint."""
    about = f"{stages} {x.device} {tuple(x.shape)} {x.stride()}"
    return hashlib.sha256(about.encode() + _bytes(x)).hexdigest()


def _bytes(tensor: Tensor) -> bytes:
    return tensor.detach().cpu().contiguous().numpy().tobytes()
