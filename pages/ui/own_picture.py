"""A reader's own picture, for the network to look at."""

from __future__ import annotations

import numpy as np
import streamlit as st

from tl_core.decoding import UnusableError, pixels, size
from tl_core.texts import say

SIDE = 96
LARGEST = 20
"""Megabytes of a file."""


def ask(key: str) -> np.ndarray | None:
    """The picture as uint8 (3, SIDE, SIDE); None until there is one that can
    be read."""
    given = st.file_uploader(
        say("Your picture"),
        type=["png", "jpg", "jpeg", "webp", "bmp", "gif"],
        key=key,
        help=say("It is looked at and not kept."),
        max_upload_size=LARGEST,
    )
    if given is None:
        st.caption(say("Choose a file: its middle is cut square."))
        return None
    data = given.getvalue()
    try:
        size(data)  # a small file may unpack to billions of pixels
        return np.moveaxis(pixels(data, SIDE), 2, 0).copy()
    except UnusableError as reason:
        st.warning(say("This file cannot be used: {reason}.", reason=reason))
        return None
