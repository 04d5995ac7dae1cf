"""The view that plays how LoRA's product BA grows from zero."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.ui import asking, outer, registry
from pages.ui.charts import chart, numbers
from tl_core import lora_film, sentences
from tl_core.figures import lora_film as figures
from tl_core.lora_film import Film
from tl_core.texts import say

RANK = 4
WHOLE = 4
"""Where among the recorded strengths of a change the trained one stands."""


@st.fragment
def show() -> None:
    """Choose a layer, a rank and alpha; see W0, A, B and their product."""
    rank_cell, layer_cell, alpha_cell = st.columns(3, gap="large")
    rank: int = rank_cell.select_slider(
        say("Rank r"), lora_film.ASKED, RANK, key="film.rank"
    )
    film = _film(rank)
    if not film:
        return
    names = lora_film.layers(film)
    layer: str = layer_cell.segmented_control(
        say("Layer"), names, default=names[0], key="film.layer", required=True
    )
    times = [float(value) for value in film["times"]]
    alphas = [value * float(film["alpha"]) for value in times]
    alpha: float = alpha_cell.select_slider(
        say("Strength α"),
        alphas,
        alphas[times.index(1.0)],
        format_func=lambda value: f"{value:g}",
        key=f"film.alpha.{rank}",
    )
    row = alphas.index(alpha)
    st.latex(formula(film, layer, alpha))
    w0 = lora_film.frozen(str(film["key"]), layer)
    outer.show(figures.payload(film, layer, w0, times[row]), "film.matrices")
    words = grown(film, layer, times[row])
    numbers(figures.product(film, layer, times[row]), words, "film.matrices")
    _curves(film, row, words)
    _legend(film, rank)
    _try(rank)


def _legend(film: Film, rank: int) -> None:
    st.caption(
        say(
            "Blue is above zero, orange below, no colour is zero; a cell has "
            "its full colour at three standard deviations of its matrix, for "
            "s·B·A those of the last step with the α that was trained. "
            "Shares are of 600 test samples of each domain. {dataset}, "
            "turned by 45 degrees, seed 0, {steps} steps · {origin}",
            dataset=lora_film.spec(rank).dataset,
            steps=int(film["steps"][-1]),
            origin=_when(film, rank),
        )
    )


def _film(rank: int) -> Film | None:
    """The shipped film, or one that the worker plays now."""
    if rank in lora_film.RANKS:
        film = lora_film.recorded(rank)
        if not film:
            st.info(say("`make record` makes the film of this chart."))
        return film
    found: Film | None = asking.answer("grown", lora_film.settings(rank))
    return found


def formula(film: Film, layer: str, alpha: float) -> str:
    """W = W0 + s B A with the numbers of a layer, in LaTeX."""
    a, b = film[f"a {layer}"], film[f"b {layer}"]
    (r, k), d = a.shape[1:], b.shape[1]
    count, whole = r * (d + k), d * k
    return say(
        r"\begin{{gathered}} W = W_0 + s\,B A, \quad s = "
        r"\tfrac{{\alpha}}{{r}} = \tfrac{{{alpha:g}}}{{{r}}} = {scale:g} "
        r"\\r\,(d + k) = {r}\,({d} + {k}) = {trained} \\ = {share:.1f}\,\%\ "
        r"\text{{of}}\ d\,k \end{{gathered}}",
        alpha=alpha,
        r=r,
        scale=alpha / r,
        d=d,
        k=k,
        trained=count,
        share=100 * count / whole,
    )


def grown(film: Film, layer: str, times: float) -> str:
    """How large the change has become."""
    size = times * float(film[f"size {layer}"][-1])
    return say(
        "B A is exactly 0 at step 0; at the end the change of {layer} has "
        "{size} of the norm of W₀.",
        layer=layer,
        size=sentences.percent(size),
    )


def scaled(film: Film, row: int) -> str:
    """What the adapted network reads at a strength, beside the trained."""
    alpha = float(film["alpha"])
    now, trained = (
        {k: float(film[f"{k}_by"][at]) for k in ("source", "target")}
        for at in (row, WHOLE)
    )
    reads: dict[str, Any] = {
        "alpha": alpha * float(film["times"][row]),
        "target": sentences.percent(now["target"]),
        "source": sentences.percent(now["source"]),
    }
    if row == WHOLE:
        return say(
            "With α = {alpha:g} the adapted network reads {target} of the "
            "target and {source} of the source, as it was trained.",
            **reads,
        )
    return say(
        "With α = {alpha:g} the adapted network reads {target} of the target "
        "and {source} of the source; as trained, with α = "
        "{trained_alpha:g}, it is {trained_target} and {trained_source}.",
        trained_alpha=alpha,
        trained_target=sentences.percent(trained["target"]),
        trained_source=sentences.percent(trained["source"]),
        **reads,
    )


def _curves(film: Film, row: int, words: str) -> None:
    left, right = st.columns(2, gap="medium")
    times = float(film["times"][row])
    with left:
        st.markdown(say("**While it grows** · {words}", words=words))
        figure = figures.growth(film, lora_film.layers(film), times)
        chart(figure, words, "film.growth")
    with right:
        said = scaled(film, row)
        st.markdown(
            say(
                "**The learnt change, turned up and down** · {said}", said=said
            )
        )
        chart(figures.by_alpha(film, times), said, "film.alpha")
    st.markdown(
        say(
            "In training, **s = α / r** scales the gradients of A and B as "
            "well, so a run with another α learns another change; here the "
            "change is learnt with s = 2, and α only turns it up or down "
            "afterwards. At α = 0 the backbone is the source's, yet the head "
            "has learnt: {learnt} of the target, {before} before adaptation.",
            learnt=sentences.percent(float(film["target_by"][0])),
            before=sentences.percent(float(film["target"][0])),
        )
    )


def _when(film: Film, rank: int) -> str:
    if "recorded" not in film:
        return say("adapted just now, for this page")
    return say(
        "{device} · recorded {recorded} · spec id `{id}`",
        device=film["device"],
        recorded=film["recorded"],
        id=lora_film.spec(rank).id,
    )


def _try(rank: int) -> None:
    given = lora_film.settings(rank)
    st.page_link(
        registry.path_of("run"),
        label=say("Run it yourself"),
        icon=":material/play_arrow:",
        query_params={name: str(value) for name, value in given.items()},
    )
