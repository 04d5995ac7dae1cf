"""A domain and a task, symbol by symbol, on a pair of the lab."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
import streamlit as st

from pages.ui import registry, results, symbols, two_samples
from tl_core import catalog, pair_parts
from tl_core.card import DatasetCard
from tl_core.figures.samples import image_grid
from tl_core.history import History
from tl_core.sentences import percent

KEY = "formalism.pair"
SHEET = 24


def show() -> None:
    """The definitions with symbols that answer, and how surely two domains
    are told apart."""
    found = {key: pair_parts.runs(key) for key in pair_parts.EXAMPLES}
    ready = [key for key, runs in found.items() if runs]
    if not ready:
        st.info("`make record` makes the runs behind these pictures.")
        return
    cards = {k: catalog.entry("datasets", k).card for k in ready}
    key = st.selectbox(
        "Pair", ready, format_func=lambda k: cards[k].title, key=KEY
    )
    card, runs = cards[key], found[key]
    st.caption("Point at a symbol, tap it, or reach it with Tab.")
    symbols.show(_parts(key), card.moves, f"symbols.{key}")
    st.markdown(two_samples.sentence(runs))
    results.provenance(runs)
    race = pair_parts.race_of(key)
    given = {**race.settings, "strategy": pair_parts.EXAMPLES[key][1]}
    st.page_link(
        registry.path_of("run"),
        label="Run it yourself",
        icon=":material/play_arrow:",
        query_params={k: str(v) for k, v in given.items()},
    )
    two_samples.every_pair()


@st.cache_data(max_entries=16, show_spinner=False)
def _parts(key: str) -> dict[str, Any]:
    return parts(pair_parts.runs(key)[0], catalog.entry("datasets", key).card)


def parts(run: History, card: DatasetCard) -> dict[str, Any]:
    """What each symbol stands for in a pair: title, text and drawing."""
    return {
        "X": inputs(run, card),
        "P(X)": law(run),
        "Y": labels(run),
        "P(Y|X)": meaning(run, card),
        "P(Y)": classes(run),
        "η": predictor(run),
    }


def inputs(run: History, card: DatasetCard) -> dict[str, Any]:
    """The input space: samples as they are."""
    arrays = run.arrays("samples")
    items = []
    for domain in pair_parts.DOMAINS:
        x = arrays.get(f"{domain}_x")
        sheet = None if x is None else image_grid(x[:SHEET], columns=12)
        name = f"{domain.capitalize()}: {getattr(card, domain)}"
        items.append({"name": name, "url": sheet is not None and png(sheet)})
    shape = " × ".join(map(str, arrays["target_x"].shape[1:]))
    said = f"A target input has {shape} numbers, as drawn here. "
    said += (
        "The source's inputs have as many: 𝒳 is one space."
        if "source_x" in arrays
        else "The source's inputs were of another kind, and are not at hand."
    )
    return _part("the input space", said, {"kind": "sheets", "items": items})


def png(picture: np.ndarray) -> str:
    """A picture (h, w, 3) as a data URL."""
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG", optimize=True)
    return (
        f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"
    )


def law(run: History) -> dict[str, Any]:
    """P(X), on one axis of the source model's features."""
    bins, pixels = pair_parts.on_first_axis(run), pair_parts.pixels(run)
    if "source" in bins:
        said = (
            "How inputs are distributed, as the source model sees them: on "
            "the first axis of its features both histograms share "
            f"{percent(pair_parts.shared(bins))} of their mass; those of "
            f"single pixels share {percent(pair_parts.shared(pixels))}. One "
            "axis shows little of a law: the test below asks all of them."
        )
    else:
        said = (
            "How inputs are distributed. Of the source there are no samples, "
            "so its law cannot be drawn."
        )
    edges = bins["edges"]
    names = [
        f"{a:.1f} to {b:.1f}"
        for a, b in zip(edges[:-1], edges[1:], strict=True)
    ]
    ends = [edges[0], (edges[0] + edges[-1]) / 2, edges[-1]]
    ticks = [(k / 2, f"{end:.1f}") for k, end in enumerate(ends)]
    title = "first principal axis of the features (no unit)"
    return _part("the inputs' law", said, _bars(bins, names, ticks, title))


def _bars(
    shares: Any, names: list[str], ticks: list[tuple[float, str]], title: str
) -> dict[str, Any]:
    items = [
        {
            "domain": domain,
            "values": [round(float(v), 5) for v in shares[domain]],
        }
        for domain in pair_parts.DOMAINS
        if domain in shares and len(shares[domain])
    ]
    return {
        "kind": "bars",
        "items": items,
        "names": names,
        "ticks": ticks,
        "title": title,
        "alt": f"Shares by {title} in each domain.",
    }


def labels(run: History) -> dict[str, Any]:
    """The label space: names of classes."""
    both = {d: pair_parts.classes(run, d) for d in pair_parts.DOMAINS}
    items = [
        {
            "name": domain.capitalize(),
            "classes": list(names) or ["none of its classes is at hand"],
        }
        for domain, names in both.items()
    ]
    common = set(both["source"]) & set(both["target"])
    if both["source"] == both["target"]:
        said = f"Both domains have the same {len(both['target'])} classes."
    else:
        said = (
            f"{len(common) or 'None'} of the target's {len(both['target'])} "
            "classes are known from the source: it takes a new head."
        )
    return _part("the classes", said, {"kind": "chips", "items": items})


def classes(run: History) -> dict[str, Any]:
    """P(Y): how often each class occurs."""
    both = {d: pair_parts.proportions(run, d) for d in pair_parts.DOMAINS}
    target = both["target"]
    names = list(pair_parts.classes(run, "target"))
    most, least = int(target.argmax()), int(target.argmin())
    n = len(run.arrays("features_before")["target_y"])
    said = (
        f"Of {n} test samples of the target, {percent(target[most])} are of "
        f"the class {names[most]} and {percent(target[least])} of "
        f"{names[least]}."
    )
    source = pair_parts.classes(run, "source")
    if source and source != run.classes:
        names = [f"{s} / {t}" for s, t in zip(source, names, strict=True)]
    ticks = [((k + 0.5) / len(names), short(n)) for k, n in enumerate(names)]
    return _part(
        "the classes' proportions", said, _bars(both, names, ticks, "class")
    )


def short(name: str) -> str:
    """A name that fits under a bar."""
    return name if len(name) <= 9 else f"{name[:8]}…"


def meaning(run: History, card: DatasetCard) -> dict[str, Any]:
    """P(Y|X): what carries the same label in each domain."""
    items = []
    for domain in pair_parts.DOMAINS:
        found = pair_parts.one_of_each(run, domain)
        shown = [
            {"label": name, "url": png(image_grid(x[None], columns=1))}
            for name, x in found.items()
        ]
        if shown:
            name = f"{domain.capitalize()}: one sample under each label"
            items.append({"name": name, "pictures": shown})
    if "P(Y|X)" in card.moves:
        said = (
            "The same digit has another name in the target: compare the rows."
        )
    elif "Y" in card.moves:
        said = "The rule that names an input; the target has names of its own."
    else:
        said = "The rule that names an input: both rows follow the same one."
    return _part("what an input means", said, {"kind": "few", "items": items})


def predictor(run: History) -> dict[str, Any]:
    """η: what the source model makes of both domains."""
    arrays, items = run.arrays("features_before"), []
    every = [arrays[k] for k in arrays if k.endswith("_points")]
    whole = np.concatenate(every)
    low, high = whole.min(0), whole.max(0)
    for domain in pair_parts.DOMAINS:
        if f"{domain}_points" in arrays:
            at = (arrays[f"{domain}_points"] - low) / (high - low)
            right = arrays[f"{domain}_right"][:, None]
            rows = np.concatenate([at, right], 1).round(3).tolist()
            items.append({"domain": domain, "points": rows})
    shares = {d: pair_parts.before(run, d) for d in pair_parts.DOMAINS}
    told = [
        f"{percent(v)} of the {d}" for d, v in shares.items() if v is not None
    ]
    said = (
        f"Before it adapts, the network reads {' and '.join(told)} rightly. "
        "Each mark is a test sample, at its features' place on their two "
        "principal axes."
    )
    drawn = {"kind": "dots", "items": items, "alt": said}
    return _part("the source's predictor", said, drawn)


def _part(title: str, said: str, drawn: dict[str, Any]) -> dict[str, Any]:
    return {"title": title, "said": said, "drawn": drawn}
