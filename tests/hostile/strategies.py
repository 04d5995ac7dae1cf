"""What hypothesis draws hostile input from."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.hostile.values import EVERY
from tl_core import catalog
from tl_core.spec import FIELDS, KIND

TEXTS = st.one_of(st.sampled_from(EVERY), st.text(max_size=40))
SCALARS = st.one_of(
    TEXTS,
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
)
HUGE = st.integers(min_value=10**4299, max_value=10**4301)
"""Whole numbers of so many digits that Python writes only some of them."""
JSON = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(TEXTS, inner, max_size=4),
    ),
    max_leaves=12,
)
"""Plain data of any shape."""
KNOBS = sorted(
    {
        f"{owner}.{name}"
        for owner, kind in KIND.items()
        for key in catalog.keys(kind)
        for name in catalog.entry(kind, key).knobs
    }
)
NAMES = st.one_of(
    st.sampled_from([*FIELDS, *KIND, "target_labels", "version", *KNOBS]),
    TEXTS,
)
KEYS = st.sampled_from(
    [key for kind in catalog.KINDS for key in catalog.keys(kind)]
)
VALUES = st.one_of(TEXTS, KEYS, st.integers(-3, 400).map(str))
LINKS = st.dictionaries(NAMES, VALUES, max_size=6)
"""Names and values of a URL, sound and unsound ones mixed."""
