"""Zip files and pictures of people who mean no good, beside those of
tests/test_uploads.py and tests/test_decoding.py."""

import io
import json
import os
import struct
import time
import tracemalloc
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.conftest import toy
from tests.hostile.values import EVERY
from tests.picture_zips import encoded, layout, picture, zipped
from tests.test_decoding import chunk
from tests.test_uploads import reasons, take
from tl_core import intake, picture_room, picture_sets
from tl_core.card import SpecError
from tl_core.home import folder
from tl_core.jobs import picture_use
from tl_core.jobs.store import RunStore
from tl_core.picture_sets import Imported
from tl_core.spec import spec_from_settings

ALONE = layout({"target": 4})
PNG = b"\x89PNG\r\n\x1a\n"


def beside(name: str, data: bytes) -> Imported:
    """Sound pictures and one file more; they must be taken."""
    done = take(zipped({**ALONE, name: data}))
    assert isinstance(done, Imported), done
    return done


def overlapping(entries: int, size: int) -> io.BytesIO:
    """A bomb after Fifield (2019): `entries` entries share one packed file
    of `size` zeros, so a few kilobytes unpack to gigabytes."""
    one = zipped({"target/ants/0.png": b"\0" * size}).getvalue()
    start = one.rindex(intake.HEADER)
    head, entry = one[:start], one[start:-22]
    more = [
        entry.replace(b"ants/0", b"ants/%d" % (number % 10), 1)
        if number < 10
        else entry.replace(b"target/ants/0.png", b"target/a%05d.png" % number)
        for number in range(entries)
    ]
    whole = b"".join(more)
    end = struct.pack(
        "<4s4H2IH",
        b"PK\5\6",
        0,
        0,
        entries,
        entries,
        len(whole),
        len(head),
        0,
    )
    return io.BytesIO(head + whole + end)


def test_entries_that_share_their_bytes_are_counted_as_unpacked():
    bomb = overlapping(10, intake.MOST_IN_ONE)
    assert len(bomb.getvalue()) < 25_000
    before = time.monotonic()
    said = take(bomb)
    assert isinstance(said, str)
    assert time.monotonic() - before < 10


def test_a_hundred_thousand_entries_are_refused_unlisted():
    entry = zipped({"target/ants/0.png": b"x"}).getvalue()
    start = entry.rindex(intake.HEADER)
    head, one = entry[:start], entry[start:-22]
    n = 100_000
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0, 0, 0)
    made = io.BytesIO(head + one * n + end)
    before = time.monotonic()
    tracemalloc.start()
    said = take(made)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "more than 20000 files" in str(said)
    assert time.monotonic() - before < 5
    assert peak < 64 * 2**20


def test_a_zip_file_in_a_zip_file_is_not_opened():
    inner = zipped({"target/ants/x.png": picture(9)}).getvalue()
    for name in ("target/ants/more.zip", "target/ants/x.png", "inner.zip"):
        done = beside(name, inner)
        assert done.counts == {"target": {"ants": 4, "bees": 4}}
        assert len(done.left) == 1


@pytest.mark.parametrize("tail", [b"<script>alert(1)</script>", b"", b"MZ"])
def test_of_a_polyglot_only_the_pixels_are_kept(tail):
    """A picture that is a zip file, a page or a program as well."""
    also = zipped({"x.html": b"<script>alert(1)</script>"}).getvalue()
    hidden = Image.new("RGB", (8, 8), "red")
    data = encoded(hidden, "PNG") + tail + also
    done = beside("target/ants/x.png", data)
    stored = picture_sets.path_of(done.id).read_bytes()
    assert done.counts["target"]["ants"] == 5
    assert b"script" not in stored
    assert b"x.html" not in stored
    x = picture_sets.arrays_of(done.id)["target_x"]
    assert (x == (255, 0, 0)).all(axis=(1, 2, 3)).sum() == 1


def test_what_a_camera_wrote_beside_the_pixels_is_not_kept():
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    data = encoded(Image.new("RGB", (8, 8)), "JPEG", exif=exif)
    assert b"taken at home" in data
    done = beside("target/ants/x.jpg", data)
    assert b"at home" not in picture_sets.path_of(done.id).read_bytes()


@pytest.mark.parametrize(
    ("name", "data", "taken"),
    [
        ("x.exe", picture(1), True),
        ("x.txt", picture(1, kind="JPEG"), True),
        ("x.png", picture(1, kind="BMP"), True),
        ("x.png", b"MZ" + b"\0" * 100, False),
        ("x.svg", b"<svg onload='alert(1)'/>", False),
        ("x.png", b"%!PS-Adobe-3.0 EPSF-3.0\n", False),
        ("x.jpg", b"#!/bin/sh\nrm -rf ~\n", False),
        ("x.gif", b"GIF89a/*<svg/onload=alert(1)>*/", False),
        ("x.tif", b"II*\0\xff\xff\xff\xff", False),
        ("x.webp", b"RIFF\xff\xff\xff\xffWEBPVP8L", False),
    ],
)
def test_what_a_file_is_called_does_not_matter(name, data, taken):
    done = beside(f"target/ants/{name}", data)
    assert done.counts["target"]["ants"] == 4 + taken
    assert len(done.left) == (not taken)


@pytest.mark.parametrize("side", [4_473, 65_535, 2**31 - 1])
def test_a_picture_of_billions_of_pixels_is_left_out_unread(side):
    size = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    data = PNG + chunk(b"IHDR", size) + chunk(b"IDAT", b"")
    before = time.monotonic()
    reason = reasons(beside("target/ants/x.png", data))["target/ants/x.png"]
    assert "20 million pixels" in reason
    assert time.monotonic() - before < 2


def test_an_animation_of_ten_thousand_pictures_is_one():
    frame = encoded(Image.new("P", (8, 8), 3), "GIF")
    body = frame[frame.index(b",") : -1]
    data = frame[:-1] + body * 10_000 + b";"
    done = beside("target/ants/x.gif", data)
    assert done.counts["target"]["ants"] == 5


@pytest.mark.parametrize("name", ["con", "NUL", "aux.", "COM1", "lpt1 "])
def test_names_that_a_system_keeps_for_itself_are_only_names(name):
    files = layout({"target": 4}, (name, "bees"))
    done = take(zipped(files))
    assert isinstance(done, Imported)
    assert name in done.classes


def test_names_in_two_spellings_or_cases_are_told_apart_as_they_are():
    done = take(zipped(layout({"target": 4}, ("Ants", "ants", "e\u0301"))))
    assert isinstance(done, Imported)
    assert done.classes == ("Ants", "ants", "é")


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(EVERY), st.sampled_from(EVERY))
def test_any_name_is_a_class_or_is_left_out(one, two):
    names = [f"target/{part}/{i}.png" for part in (one, two) for i in range(4)]
    # A zip file ends a name at its first zero byte.
    files = {name.partition("\0")[0]: picture(3) for name in names}
    done = take(zipped({**ALONE, **files}))
    assert isinstance(done, Imported)
    assert all(name.isprintable() for name in done.classes)
    assert {"ants", "bees"} <= set(done.classes)


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    monkeypatch.setenv("TL_HOME", str(tmp_path))
    return folder("uploads")


@pytest.fixture
def store(shelf, tmp_path):
    opened = RunStore(tmp_path / "runs")
    yield opened
    opened.close()


def kept(seed: int, days: float = 0) -> str:
    """A set that was looked at so many days ago."""
    files = {
        f"target/{name}/{i}.png": picture(100 * seed + 10 * n + i)
        for n, name in enumerate(("ants", "bees"))
        for i in range(4)
    }
    done = take(zipped(files))
    assert isinstance(done, Imported)
    then = time.time() - days * 24 * 3600
    os.utime(picture_sets.path_of(done.id), (then, then))
    return done.id


def of_folder(data: str):
    settings = {"dataset": "folder", "backbone": "convnet", "strategy": "full"}
    return spec_from_settings({**settings, "dataset.data": data})


def is_kept(data: str) -> bool:
    return picture_sets.path_of(data).is_file()


def test_a_set_that_nobody_looks_at_goes_after_a_week(store):
    old, fresh = kept(1, days=8), kept(2, days=6)
    assert picture_use.tidy(store) == [old]
    assert is_kept(fresh)
    with pytest.raises(SpecError, match="import the zip file or folder again"):
        picture_sets.about(old)


def test_looking_at_a_set_keeps_it(store):
    old = kept(1, days=8)
    picture_sets.about(old)
    assert picture_use.tidy(store) == []


def test_a_set_stays_as_long_as_a_run_of_it_is_kept(store):
    old = kept(1, days=400)
    spec = of_folder(old)
    store.submit(spec)
    store.submit(toy("full"))
    store.end(spec.id, "failed", "x")
    assert picture_use.tidy(store) == []
    store.delete(spec.id)
    assert picture_use.tidy(store) == [old]


def test_too_much_goes_longest_unseen_first_but_never_what_a_run_uses(
    store, monkeypatch
):
    used, done = kept(1, days=6), kept(2, days=5)
    older, newer = kept(3, days=4), kept(4, days=3)
    waiting, ended = of_folder(used), of_folder(done)
    store.submit(waiting)
    store.submit(ended)
    store.end(ended.id, "stopped")
    size = picture_sets.path_of(used).stat().st_size
    monkeypatch.setattr(picture_room, "MOST_BYTES", 3 * size + 100)
    assert picture_use.tidy(store) == [older]
    monkeypatch.setattr(picture_room, "MOST_BYTES", 10)
    assert picture_use.tidy(store) == [newer, done]
    assert is_kept(used)


def test_what_was_replaced_goes_soon_unless_somebody_else_looks(store):
    mine, shared = kept(1), kept(2)
    picture_room.replaced(mine)
    picture_room.replaced(shared)
    assert picture_use.tidy(store) == []
    for data in (mine, shared):
        path = picture_sets.path_of(data)
        then = path.stat().st_mtime - picture_room.GRACE - 1
        os.utime(path, (then, then))
    picture_sets.about(shared)
    assert picture_use.tidy(store) == [mine]
    picture_room.replaced("0123456789abcdef")  # gone already: no matter


def test_what_a_killed_import_left_behind_goes(store, shelf):
    half = shelf / "0123456789abcdef.x.partial"
    half.write_bytes(b"x")
    assert picture_use.tidy(store) == []
    assert half.exists()
    os.utime(half, (1, 1))
    picture_use.tidy(store)
    assert not half.exists()


@pytest.mark.parametrize(
    "about",
    [
        "",
        "[]",
        "nonsense",
        json.dumps({"id": 1}),
        json.dumps({"id": "x", "counts": 5}),
        json.dumps(
            {"id": "x", "counts": {"target": 3}, "classes": 1, "left": []}
        ),
    ],
)
def test_a_set_that_was_tampered_with_is_told(shelf, about):
    path = picture_sets.path_of("0123456789abcdef")
    with path.open("wb") as file:
        np.savez(file, about=np.array(about))
    with pytest.raises(SpecError, match="cannot be read any more"):
        picture_sets.about("0123456789abcdef")


def test_a_set_with_a_pickle_in_it_is_not_unpickled(shelf):
    class Trap:
        def __reduce__(self):
            return os.mkdir, (str(shelf / "owned"),)

    path = picture_sets.path_of("0123456789abcdef")
    with path.open("wb") as file:
        np.savez(file, about=np.array([Trap()], dtype=object))
    with pytest.raises(SpecError, match="cannot be read any more"):
        picture_sets.about("0123456789abcdef")
    assert not (shelf / "owned").exists()


def test_a_name_with_a_file_beside_it_is_refused_whatever_it_is(shelf):
    for name in (*EVERY, "0123456789ABCDEF", "0123456789abcdef\n"):
        if name:
            with pytest.raises(SpecError, match="not kept here"):
                picture_sets.about(name)


def test_an_unusual_zip_file_with_a_comment_and_a_prefix_is_read():
    made = zipped(ALONE)
    with zipfile.ZipFile(made, "a") as archive:
        archive.comment = b"<script>" * 100
    done = take(io.BytesIO(b"#!/bin/sh\n" * 10 + made.getvalue()))
    assert isinstance(done, Imported)
