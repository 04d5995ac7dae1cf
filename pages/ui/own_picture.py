"""A reader's own picture, for the network to look at."""

from __future__ import annotations

import numpy as np
import streamlit as st

from tl_core.decoding import pixels

SIDE = 96


def ask(key: str) -> np.ndarray | None:
    """The picture as uint8 (3, SIDE, SIDE); None until there is one that can
    be read."""
    given = st.file_uploader(
        "Your picture",
        type=["png", "jpg", "jpeg", "webp", "bmp", "gif"],
        key=key,
        help="It is looked at and not kept.",
    )
    if given is None:
        st.caption("Choose a file: its middle is cut square.")
        return None
    try:
        return np.moveaxis(pixels(given.getvalue(), SIDE), 2, 0).copy()
    except Exception:  # Pillow raises dozens of kinds for a broken file
        st.warning("This file is not a picture that can be read.")
        return None
