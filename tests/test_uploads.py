"""A stranger's zip file: a clean import or one sentence, nothing else."""

import io
import os
import stat
import struct
import sys
import warnings
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.picture_zips import layout, picture, written, zipped
from tl_core import intake, picture_sets, uploads
from tl_core.card import SpecError
from tl_core.home import home
from tl_core.picture_sets import Imported

BOTH = layout({"source": 4, "target": 4})
ALONE = layout({"target": 4})
TOUCHED: list[str] = []
WATCHING = [False]
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def watch(event: str, arguments: tuple) -> None:
    """Note every file that is opened for writing, made or moved."""
    if not WATCHING[0]:
        return
    if event == "open" and (arguments[2] or 0) & WRITES:
        TOUCHED.append(str(arguments[0]))
    if event in ("os.mkdir", "os.link", "os.symlink"):
        TOUCHED.append(str(arguments[0]))
    if event == "os.rename":
        TOUCHED.extend(map(str, arguments[:2]))


sys.addaudithook(watch)


def sound(said: str) -> bool:
    """One sentence on one line, without control characters."""
    return said.isprintable() and said.endswith(".") and len(said) < 1000


def take(given) -> Imported | str:
    """What comes of it; fails where that is neither an import nor a
    sentence, or where anything outside TL_HOME was written."""
    TOUCHED.clear()
    WATCHING[0] = True
    try:
        done: Imported | str = uploads.take(given)
    except SpecError as error:
        done = str(error)
    finally:
        WATCHING[0] = False
    inside = home().resolve()
    assert all(Path(p).resolve().is_relative_to(inside) for p in TOUCHED)
    if isinstance(done, str):
        assert sound(done), done
        assert not TOUCHED
        return done
    assert f"{done.id}.npz" in TOUCHED[-1]  # the watch does watch
    assert picture_sets.about(done.id) == done
    assert all((name + why).isprintable() for name, why in done.left)
    assert all(min(part.values()) > 0 for part in done.counts.values())
    return done


def reasons(done: Imported | str) -> dict[str, str]:
    """Why each file was left out; fails where nothing was taken."""
    assert isinstance(done, Imported), done
    return dict(done.left)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_broken_zip_file_is_told_or_read(data):
    whole = zipped(ALONE).getvalue()
    end = data.draw(st.integers(0, len(whole)))
    cut = bytearray(whole[:end] if data.draw(st.booleans()) else whole)
    for _ in range(data.draw(st.integers(0, 8))):
        if cut:
            # The directory, at the end, is what zip readers trust.
            last = data.draw(st.integers(1, min(len(cut), 900)))
            cut[-last] = data.draw(st.integers(0, 255))
    take(io.BytesIO(bytes(cut)))


PIECES = st.one_of(
    st.sampled_from(
        ["source", "target", "target_test", "..", ".", "", "C:", "a\\b", "~"]
        + ["__MACOSX", "con", "ants", "bees", "x\x00y", "\u202egnp", "é"]
    ),
    st.text(max_size=12),
)
CONTENTS = st.one_of(
    st.sampled_from([picture(0), picture(1, kind="JPEG"), b"", b"GIF89a"]),
    st.binary(max_size=80),
)


@settings(max_examples=120, deadline=None)
@given(
    st.lists(
        st.tuples(st.lists(PIECES, min_size=1, max_size=5), CONTENTS),
        max_size=12,
    ),
    st.booleans(),
)
def test_strange_names_and_contents_beside_sound_ones(strange, with_sound):
    made = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(made, "w") as archive:
        warnings.simplefilter("ignore")  # of names that are there twice
        for name, content in ALONE.items() if with_sound else ():
            archive.writestr(name, content)
        for pieces, content in strange:
            name = "/".join(pieces).encode("utf-8", "replace").decode()
            archive.writestr(zipfile.ZipInfo(name), content)
    take(made)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../target/ants/x.png", "leads out"),
        ("target/../../ants/x.png", "leads out"),
        ("/target/ants/x.png", "leads out"),
        ("/etc/passwd", "leads out"),
        ("C:/target/ants/x.png", "leads out"),
        ("target\\ants\\x.png", "backslash"),
        ("target/..\\..\\x.png", "backslash"),
        ("target/x.png", "PART/CLASS/"),
        ("a/b/target/ants/x.png", "PART/CLASS/"),
        ("Target/ants/x.png", "PART/CLASS/"),
        ("target/\u202eants/x.png", "name of its class"),
        ("target/an\nts/x.png", "name of its class"),
        ("target/ /x.png", "name of its class"),
        (f"target/{'a' * 101}/x.png", "name of its class"),
        ("more/target/ants/x.png", "second folder"),
    ],
)
def test_a_name_that_cannot_be_used_is_left_out(name, reason):
    done = take(zipped({**ALONE, name: picture(99)}))
    assert reason in reasons(done)[intake.shown(name)]
    assert done.counts == {"target": {"ants": 4, "bees": 4}}


@pytest.mark.parametrize("name", ["__MACOSX/._x.png", "target/.DS_Store"])
def test_what_an_operating_system_left_is_not_mentioned(name):
    assert reasons(take(zipped({**ALONE, name: b"x"}))) == {}


def test_a_name_that_is_there_twice_is_taken_once():
    made = zipped(ALONE)
    twice = pytest.warns(UserWarning, match="Duplicate")
    with twice, zipfile.ZipFile(made, "a") as archive:
        archive.writestr("target/ants/0.png", picture(99))
    done = take(made)
    assert reasons(done) == {"target/ants/0.png": "it is there twice"}
    assert done.id == take(zipped(ALONE)).id


def test_two_spellings_of_one_letter_are_one_class():
    files = layout({"source": 4}, ("é", "ß")) | layout(
        {"target": 4}, ("e\u0301", "ß")
    )
    done = take(zipped(files))
    assert isinstance(done, Imported)
    assert done.classes == ("ß", "é")


def with_entry(change, name: str = "target/ants/x.png") -> io.BytesIO:
    """Sound pictures, and one more whose zip entry `change` has changed."""
    made = zipped(ALONE)
    with zipfile.ZipFile(made, "a") as archive:
        entry = zipfile.ZipInfo(name)
        change(entry)
        archive.writestr(entry, picture(99))
    return made


def test_a_link_in_a_zip_file_is_left_out():
    def link(entry):
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16

    (reason,) = reasons(take(with_entry(link))).values()
    assert reason == "it is a link"


@pytest.mark.parametrize("kind", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_ways_to_pack_are_left_out(kind):
    def pack(entry):
        entry.compress_type = kind

    (reason,) = reasons(take(with_entry(pack))).values()
    assert reason == "it is packed unusually"


def patched(offset: int, value: bytes, **how) -> io.BytesIO:
    """Sound pictures, and one whose directory entry is written over."""
    name = "target/ants/x.png"
    files = {**ALONE, name: how.get("data", picture(99))}
    whole = bytearray(zipped(files).getvalue())
    start = whole.rindex(intake.HEADER)
    assert whole[start + 46 :].startswith(name.encode())
    whole[start + offset : start + offset + len(value)] = value
    return io.BytesIO(bytes(whole))


def test_an_encrypted_file_is_left_out():
    (reason,) = reasons(take(patched(8, b"\x01\x00"))).values()
    assert reason == "it is encrypted"


@pytest.mark.parametrize("said", [10, 2**32 - 2])
def test_a_header_that_lies_about_the_size_is_found_out(said):
    bomb = b"\0" * (intake.MOST_IN_ONE + 2**20)
    made = patched(24, struct.pack("<I", said), data=bomb)
    (reason,) = reasons(take(made)).values()
    assert reason in ("it cannot be read", "it is larger than 20 MB")


def test_a_file_that_unpacks_to_too_much_is_left_out():
    bomb = {"target/ants/x.png": b"\0" * (intake.MOST_IN_ONE + 1)}
    (reason,) = reasons(take(zipped({**ALONE, **bomb}))).values()
    assert reason == "it is larger than 20 MB"


@pytest.mark.parametrize("size", [2**20, 2**20 + 1])
def test_files_that_are_left_out_count_too(size, monkeypatch):
    monkeypatch.setattr(intake, "MOST_IN_ONE", 2**20)
    monkeypatch.setattr(intake, "MOST_BYTES", 8 * 2**20)
    bombs = {f"target/ants/{i}.png": b"\0" * size for i in range(9)}
    assert "unpack to more than 8 MB" in take(zipped({**bombs}))


def test_too_many_files_are_refused_before_they_are_listed(monkeypatch):
    monkeypatch.setattr(intake, "MOST_FILES", 7)
    assert "more than 7 files" in take(zipped(ALONE))
    many = zipped(ALONE).getvalue() + intake.HEADER * 16
    monkeypatch.setattr(zipfile, "ZipFile", None)
    assert "more than 7 files" in take(io.BytesIO(many))


def test_a_directory_that_hides_entries_is_still_counted(monkeypatch):
    monkeypatch.setattr(intake, "CHUNK", 1000)
    monkeypatch.setattr(intake, "MOST_FILES", 7)
    assert "more than 7 files" in take(zipped(ALONE))


def test_links_of_a_folder_are_left_out(tmp_path):
    path = written(ALONE, tmp_path / "mine")
    secret = tmp_path / "secret.png"
    secret.write_bytes(picture(99))
    (path / "target/ants/x.png").symlink_to(secret)
    (path / "target/wasps").symlink_to(tmp_path)
    os.mkfifo(path / "target/ants/y.png")
    done = take(path)
    assert set(reasons(done).values()) == {"it is a link"}
    assert done.id == take(zipped(ALONE)).id


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({}, "hold no pictures"),
        ({"readme.txt": b"x"}, "readme.txt: it is not in PART/CLASS/"),
        (layout({"source": 4}), "in target/: 0;"),
        (layout({"target": 4}, ("ants",)), "in target/: 1;"),
        (layout({"target": 3}), "at least 4 pictures in target/"),
        (layout({"target": 1, "target_test": 1}), "at least 2 pictures"),
        (layout({"target": 4, "source_test": 4}), "no source/"),
        (
            layout({"target": 4}) | layout({"source": 4}, ("ants", "wasps")),
            "only in target/: bees; only in source/: wasps",
        ),
    ],
)
def test_a_layout_that_cannot_be_used_says_what_to_change(files, sentence):
    done = take(zipped(files))
    assert sentence in str(done)
    assert isinstance(done, str)


def test_a_class_of_broken_pictures_alone_is_no_class():
    broken = {
        f"{part}/wasps/{i}.png": picture(7)[:60]
        for part in ("source", "target")
        for i in range(4)
    }
    done = take(zipped({**BOTH, **broken}))
    assert set(reasons(done).values()) == {"it is a broken picture"}
    assert done.classes == ("ants", "bees")


@pytest.mark.parametrize(("classes", "taken"), [(200, True), (201, False)])
def test_there_may_be_two_hundred_classes(classes, taken):
    files = {
        f"target/{name:03}/{i}.png": picture(0)
        for name in range(classes)
        for i in range(4)
    }
    done = take(zipped(files))
    assert isinstance(done, Imported) == taken
    assert taken or "in target/: 201;" in str(done)


def test_a_path_that_is_not_there_is_told(tmp_path):
    assert "no folder or file" in take(tmp_path / "none.zip")
    assert "no folder or file" in take(Path("/dev/zero"))
    assert "can be read" in take(Path(__file__))
