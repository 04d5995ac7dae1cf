"""Plotly takes long names of properties ("title_font_size") apart at every
use, and makes a class of Python's each time: two hundred for a page, most of
what a page leaves for the collector. There are few such names; here each is
taken apart once.
"""

from __future__ import annotations

from functools import lru_cache

from plotly import basedatatypes

SPLITTER = "_str_to_dict_path_full"
"""Plotly's own: a name to its parts, and where in the name they begin."""
NAMES = 1024
"""Remembered; the whole lab uses some two hundred."""


def remember() -> None:
    """Have Plotly remember the parts of names; without `SPLITTER`, as some
    other version of Plotly may be, all stays as it is."""
    split = getattr(basedatatypes, SPLITTER, None)
    if split is not None and not hasattr(split, "cache_info"):
        setattr(basedatatypes, SPLITTER, lru_cache(NAMES)(split))
