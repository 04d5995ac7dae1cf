"""A run as a TensorBoard log, written without TensorBoard.

An event file is a row of records: length, its checksum, data, its checksum.
The data are protocol buffers of `tensorflow/core/util/event.proto`; of these
a scalar needs five fields, so they are put together here by hand.
"""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterator, Sequence
from functools import cache

from tl_core.export.metrics import moments
from tl_core.history import History

VERSION = b"brain.Event:2"
POLYNOMIAL = 0x82F63B78
"""Of CRC-32C (Castagnoli), bits reversed."""
MASK = 0xA282EAD8
VARINT, DOUBLE, BYTES, FLOAT = 0, 1, 2, 5
"""Wire types of protocol buffers."""


def logs(histories: Sequence[History], when: float) -> dict[str, bytes]:
    """An event file a run, by its path; `when`, in unix seconds, is what
    TensorBoard takes for the time of every event, for runs hold no clock."""
    return {
        f"{name_of(history)}/events.out.tfevents.{int(when)}.lab": log(
            history, when
        )
        for history in histories
    }


def zipped(histories: Sequence[History], when: float) -> bytes:
    """The files of `logs` in a zip file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for path, data in logs(histories, when).items():
            packed.writestr(path, data)
    return file.getvalue()


def name_of(history: History) -> str:
    """What TensorBoard calls a run."""
    spec = history.spec
    return f"{spec.strategy}-seed{spec.seed}-{spec.id}"


def log(history: History, when: float) -> bytes:
    """One event file: a scalar for every number that was measured."""
    time = field(1, DOUBLE, struct.pack("<d", when))
    records = [record(time + text(3, VERSION))]
    for phase, step, measured in moments(history):
        # Both phases count from zero: each has scalars of its own.
        prefix = "pretrain/" if phase == "pretrain" else ""
        at = field(2, VARINT, varint(step))
        values = b"".join(scalars(prefix, measured))
        records.append(record(time + at + text(5, values)))
    return b"".join(records)


def scalars(prefix: str, measured: dict[str, float]) -> Iterator[bytes]:
    """Each number as `Summary.Value`: tag = 1, simple_value = 2."""
    for name, value in measured.items():
        tag = text(1, f"{prefix}{name}".encode())
        number = field(2, FLOAT, struct.pack("<f", value))
        yield text(1, tag + number)


def field(number: int, kind: int, data: bytes) -> bytes:
    """A field of a message: its number and wire type, then the data."""
    return varint(number << 3 | kind) + data


def text(number: int, data: bytes) -> bytes:
    """A field of text, or a message within a message."""
    return field(number, BYTES, varint(len(data)) + data)


def varint(value: int) -> bytes:
    """Seven bits a byte, the lowest first; the top bit says "more"."""
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    found.append(value)
    return bytes(found)


def record(data: bytes) -> bytes:
    """A record: length (8 bytes), checksum, data, checksum."""
    length = struct.pack("<Q", len(data))
    return length + checksum(length) + data + checksum(data)


def checksum(data: bytes) -> bytes:
    """CRC-32C, turned by 15 bits and moved, as the format masks it."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc = table()[(crc ^ byte) & 0xFF] ^ crc >> 8
    crc ^= 0xFFFFFFFF
    masked = ((crc >> 15 | crc << 17) + MASK) & 0xFFFFFFFF
    return struct.pack("<I", masked)


@cache
def table() -> tuple[int, ...]:
    """The checksum of each byte."""
    found = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (POLYNOMIAL if byte & 1 else 0)
        found.append(byte)
    return tuple(found)
