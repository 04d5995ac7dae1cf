"""Filters beside the Gabor functions nearest to them, with all numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st

from pages.ui.charts import chart
from tl_core.analysis.gabor import Gabor
from tl_core.figures import tiles
from tl_core.texts import say

SHOWN = 16
"""Best fits that are drawn; the table has them all."""


def show(patterns: np.ndarray, fits: Sequence[Gabor]) -> None:
    """patterns (n, k, k) and their fits, best first."""
    order = sorted(range(len(fits)), key=lambda i: -fits[i].r2)
    with st.expander(say("Every fit"), icon=":material/table_rows:"):
        best = order[:SHOWN]
        pairs = [m for i in best for m in both(patterns[i], fits[i])]
        texts = [t for i in best for t in said(i, fits[i])]
        top = fits[best[0]]
        words = say(
            "The best fit is that of filter {best}: it explains {r2:.0f} % "
            "of it.",
            best=best[0],
            r2=100 * top.r2,
        )
        st.markdown(
            say("Each filter, and right of it its fit. {words}", words=words)
        )
        chart(tiles.signed_maps(np.stack(pairs), texts), words, "gabor.pairs")
        st.dataframe(table(order, fits), hide_index=True)


def both(pattern: np.ndarray, fit: Gabor) -> tuple[np.ndarray, np.ndarray]:
    """A filter (k, k), and the function fitted to it on the same pixels."""
    return pattern, fit.pattern(len(pattern))


def said(number: int, fit: Gabor) -> tuple[str, str]:
    """What a filter and its fit are called."""
    return say("filter {number}", number=number), say(
        "fit of filter {number}, R² {r2:.2f}", number=number, r2=fit.r2
    )


def table(order: Sequence[int], fits: Sequence[Gabor]) -> pd.DataFrame:
    """A row a fit: angles in degrees, lengths in pixels."""
    return pd.DataFrame(
        {
            "filter": number,
            "R²": round(fits[number].r2, 3),
            say("orientation (°)"): round(fits[number].orientation),
            say("cycles per pixel"): round(fits[number].frequency, 3),
            say("phase (°)"): round(fits[number].phase),
            "width along (px)": round(fits[number].width_x, 2),
            "width across (px)": round(fits[number].width_y, 2),
            "centre x (px)": round(fits[number].centre_x, 2),
            "centre y (px)": round(fits[number].centre_y, 2),
            "amplitude": round(fits[number].amplitude, 3),
        }
        for number in order
    )
