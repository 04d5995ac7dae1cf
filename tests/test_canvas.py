"""What the canvas sends is a picture, or nothing."""

import base64

import numpy as np
import pytest

from pages.ui.canvas import SIDE, drawing


def test_ink_is_read_as_it_was_drawn():
    ink = np.random.default_rng(0).integers(0, 256, (1, SIDE, SIDE), np.uint8)
    told = base64.b64encode(ink.tobytes()).decode()
    assert np.array_equal(drawing(told), ink)


@pytest.mark.parametrize(
    "told",
    [
        "",
        "not base64 at all!",
        base64.b64encode(b"\xff" * (SIDE**2 - 1)).decode(),
        base64.b64encode(b"\xff" * 10**6).decode(),
        base64.b64encode(bytes(SIDE**2)).decode(),
    ],
)
def test_anything_else_is_no_picture(told):
    assert drawing(told) is None
