"""Pictures of every kind, and files that only look like one."""

import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.picture_zips import encoded, picture
from tl_core import decoding
from tl_core.decoding import UnusableError, pixels, size

KINDS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF", "PPM")
SAMPLES = {kind: picture(3, 12, kind) for kind in KINDS}
RED, WHITE = (255, 0, 0), (255, 255, 255)


def read(data: bytes) -> np.ndarray | str:
    """The picture, or why there is none; anything else fails."""
    try:
        size(data)
        found = pixels(data, 16)
    except UnusableError as reason:
        return str(reason)
    assert found.shape == (16, 16, 3)
    assert found.dtype == np.uint8
    return found


@settings(max_examples=250, deadline=None)
@given(
    st.sampled_from(KINDS),
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=9),
    st.integers(0, 1000),
)
def test_a_broken_picture_is_told_or_read(kind, changes, end):
    data = bytearray(SAMPLES[kind][:end])
    for place, value in changes:
        if place < len(data):
            data[place] = value
    read(bytes(data))


@settings(max_examples=100, deadline=None)
@given(
    st.binary(max_size=200),
    st.sampled_from([s[:16] for s in SAMPLES.values()]),
)
def test_noise_behind_a_sound_head_is_told_or_read(noise, head):
    read(head + noise)


def chunk(kind: bytes, body: bytes) -> bytes:
    tail = struct.pack(">I", zlib.crc32(kind + body))
    return struct.pack(">I", len(body)) + kind + body + tail


@pytest.mark.parametrize("side", [5000, 20_000, 2**31 - 1])
def test_a_head_of_billions_of_pixels_is_refused_unread(side, monkeypatch):
    monkeypatch.setattr(decoding, "_square", None)
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", b"")
    assert "20 million pixels" in read(png)


@pytest.mark.parametrize(("times", "taken"), [(1, True), (200, False)])
def test_a_jpeg_of_endless_scans_is_refused_unread(times, taken):
    data = picture(5, 16, "JPEG", progressive=True)
    start = data.rindex(decoding.SCAN)
    last = data[start:-2]
    endless = data[:start] + last * times + data[-2:]
    assert isinstance(read(endless), np.ndarray) == taken
    assert taken or "too many scans" in read(endless)


def test_other_kinds_of_files_are_refused():
    ico = encoded(Image.new("RGB", (16, 16), RED), "ICO")
    assert "PNG, JPEG" in read(ico)
    assert "PNG, JPEG" in read(b"%PDF-1.7")


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF", "PPM"])
def test_a_picture_of_the_right_size_keeps_every_pixel(kind):
    noise = np.random.default_rng(0).integers(0, 256, (16, 16, 3), np.uint8)
    np.testing.assert_array_equal(
        read(encoded(Image.fromarray(noise), kind)), noise
    )


@pytest.mark.parametrize(
    ("mode", "kind", "colour", "expected"),
    [
        ("1", "PNG", 1, WHITE),
        ("L", "PNG", 77, (77, 77, 77)),
        ("LA", "PNG", (77, 0), WHITE),
        ("P", "GIF", 0, None),
        ("RGBA", "PNG", (255, 0, 0, 255), RED),
        ("RGBA", "PNG", (255, 0, 0, 0), WHITE),
        ("RGBA", "TIFF", (255, 0, 0, 128), (255, 127, 127)),
        ("CMYK", "TIFF", (0, 255, 255, 0), RED),
        ("CMYK", "JPEG", (0, 255, 255, 0), RED),
    ],
)
def test_every_mode_becomes_colours_on_white(mode, kind, colour, expected):
    image = Image.new(mode, (20, 30), colour)
    wanted = expected or image.convert("RGB").getpixel((0, 0))
    found = read(encoded(image, kind))
    assert np.abs(found.astype(int) - wanted).max() <= 2


def test_transparent_palettes_lie_on_white():
    image = Image.new("P", (16, 16), 1)
    image.putpalette([0, 0, 0, 255, 0, 0])
    assert (read(encoded(image, "PNG", transparency=1)) == 255).all()
    assert (read(encoded(image, "PNG")) == RED).all()


@pytest.mark.parametrize("kind", [np.uint16, np.int32, np.float32])
def test_deep_grey_is_stretched_to_eight_bits(kind):
    ramp = np.linspace(1000, 3000, 256).reshape(16, 16).astype(kind)
    found = read(encoded(Image.fromarray(ramp), "TIFF"))
    wanted = np.rint((ramp.astype(float) - ramp.min()) * 255 / np.ptp(ramp))
    np.testing.assert_array_equal(found, np.stack([wanted] * 3, -1))


@pytest.mark.parametrize("odd", [np.nan, np.inf, -np.inf])
def test_values_that_are_no_numbers_do_not_hide_the_others(odd):
    ramp = np.linspace(0, 1, 256, dtype=np.float32).reshape(16, 16)
    ramp[0, 3] = odd
    found = read(encoded(Image.fromarray(ramp), "TIFF"))[..., 0]
    assert found[0, 3] == (255 if odd == np.inf else 0)
    assert found[8, 8] == round(float(ramp[8, 8]) * 255)
    ramp[:] = odd
    assert not isinstance(read(encoded(Image.fromarray(ramp), "TIFF")), str)


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP", "TIFF"])
def test_of_an_animation_the_first_picture_is_taken(kind):
    frames = [Image.new("RGB", (16, 16), c) for c in (RED, (0, 0, 255))]
    how = {"lossless": True} if kind == "WEBP" else {}
    moving = encoded(
        frames[0], kind, save_all=True, append_images=frames[1:], **how
    )
    assert (read(moving) == RED).all()


def test_a_telephone_s_picture_pair_is_read():
    red = Image.new("RGB", (16, 16), RED)
    file = io.BytesIO()
    red.save(file, "MPO", save_all=True, append_images=[red])
    assert np.abs(read(file.getvalue()).astype(int) - RED).max() <= 2


def test_a_picture_on_its_side_is_set_upright():
    noise = np.random.default_rng(1).integers(0, 256, (16, 16, 3), np.uint8)
    image = Image.fromarray(noise)
    exif = image.getexif()
    exif[0x0112] = 6  # to be turned a quarter clockwise
    found = read(encoded(image, "PNG", exif=exif))
    np.testing.assert_array_equal(found, np.rot90(noise, -1))


def test_the_middle_is_cut_square():
    wide = np.zeros((16, 48, 3), np.uint8)
    wide[:, 16:32] = RED
    assert (read(encoded(Image.fromarray(wide))) == RED).all()


def test_a_large_photograph_is_close_to_its_careful_reduction():
    ramp = np.linspace(0, 255, 512).astype(np.uint8)
    image = Image.fromarray(np.stack([np.tile(ramp, (512, 1))] * 3, -1))
    careful = np.asarray(image.resize((16, 16), Image.Resampling.BOX))
    found = read(encoded(image, "JPEG", quality=95))
    assert np.abs(found.astype(int) - careful).max() < 12
