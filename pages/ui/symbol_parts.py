"""What each symbol of a domain and a task stands for in a pair: a title, a
text, and what is drawn."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from typing import Any

import numpy as np

from tl_core import pair_parts
from tl_core.card import DatasetCard
from tl_core.card_words import DOMAINS
from tl_core.figures.samples import image_grid
from tl_core.history import History
from tl_core.sentences import percent
from tl_core.texts import say

SHEET = 24
"""Samples of a domain that are drawn."""


def inputs(run: History, card: DatasetCard) -> dict[str, Any]:
    """The input space: samples as they are."""
    arrays = run.arrays("samples")
    items = []
    for domain in pair_parts.DOMAINS:
        x = arrays.get(f"{domain}_x")
        sheet = None if x is None else image_grid(x[:SHEET], columns=12)
        name = f"{DOMAINS[domain]}: {getattr(card, domain)}"
        items.append({"name": name, "url": sheet is not None and png(sheet)})
    shape = " × ".join(map(str, arrays["target_x"].shape[1:]))
    target = say(
        "A target input has {shape} numbers, as drawn here.", shape=shape
    )
    source = (
        say("The source's inputs have as many: 𝒳 is one space.")
        if "source_x" in arrays
        else say(
            "The source's inputs were of another kind, and are not at hand."
        )
    )
    return _part(
        say("the input space"),
        f"{target} {source}",
        {"kind": "sheets", "items": items},
    )


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
        said = say(
            "How inputs are distributed, as the source model sees them: on "
            "the first axis of its features both histograms share {features} "
            "of their mass; those of single pixels share {pixels}. One axis "
            "shows little of a law: the test below asks all of them.",
            features=percent(pair_parts.shared(bins)),
            pixels=percent(pair_parts.shared(pixels)),
        )
    else:
        said = say(
            "How inputs are distributed. Of the source there are no samples, "
            "so its law cannot be drawn."
        )
    edges = bins["edges"]
    names = [
        say("{low:.1f} to {high:.1f}", low=a, high=b)
        for a, b in zip(edges[:-1], edges[1:], strict=True)
    ]
    ends = [edges[0], (edges[0] + edges[-1]) / 2, edges[-1]]
    ticks = [(k / 2, f"{end:.1f}") for k, end in enumerate(ends)]
    title = say("first principal axis of the features (no unit)")
    return _part(
        say("the inputs' law"), said, _bars(bins, names, ticks, title)
    )


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
        "alt": say("Shares by {title} in each domain.", title=title),
    }


def labels(run: History) -> dict[str, Any]:
    """The label space: names of classes."""
    both = {d: pair_parts.classes(run, d) for d in pair_parts.DOMAINS}
    items = [
        {
            "name": DOMAINS[domain],
            "classes": list(names) or [say("none of its classes is at hand")],
        }
        for domain, names in both.items()
    ]
    said = _known(both["source"], both["target"])
    return _part(say("the classes"), said, {"kind": "chips", "items": items})


def _known(source: Sequence[str], target: Sequence[str]) -> str:
    """How many of the target's classes the source has, too."""
    if source == target:
        return say(
            "Both domains have the same {count} classes.", count=len(target)
        )
    common = set(source) & set(target)
    if not common:
        return say(
            "None of the target's {count} classes are known from the source: "
            "it takes a new head.",
            count=len(target),
        )
    return say(
        "{common} of the target's {count} classes are known from the source: "
        "it takes a new head.",
        common=len(common),
        count=len(target),
    )


def classes(run: History) -> dict[str, Any]:
    """P(Y): how often each class occurs."""
    both = {d: pair_parts.proportions(run, d) for d in pair_parts.DOMAINS}
    target = both["target"]
    names = list(pair_parts.classes(run, "target"))
    most, least = int(target.argmax()), int(target.argmin())
    n = len(run.arrays("features_before")["target_y"])
    said = say(
        "Of {n} test samples of the target, {most} are of the class "
        "{frequent} and {least} of {rare}.",
        n=n,
        most=percent(target[most]),
        frequent=names[most],
        least=percent(target[least]),
        rare=names[least],
    )
    source = pair_parts.classes(run, "source")
    if source and source != run.classes:
        names = [f"{s} / {t}" for s, t in zip(source, names, strict=True)]
    ticks = [((k + 0.5) / len(names), short(n)) for k, n in enumerate(names)]
    return _part(
        say("the classes' proportions"),
        said,
        _bars(both, names, ticks, say("class")),
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
            name = say(
                "{domain}: one sample under each label",
                domain=DOMAINS[domain],
            )
            items.append({"name": name, "pictures": shown})
    if "P(Y|X)" in card.moves:
        said = say(
            "The same digit has another name in the target: compare the rows."
        )
    elif "Y" in card.moves:
        said = say(
            "The rule that names an input; the target has names of its own."
        )
    else:
        said = say(
            "The rule that names an input: both rows follow the same one."
        )
    return _part(
        say("what an input means"), said, {"kind": "few", "items": items}
    )


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
        say(
            "{share} of the {domain}", share=percent(share), domain=say(domain)
        )
        for domain, share in shares.items()
        if share is not None
    ]
    said = say(
        "Before it adapts, the network reads {shares} rightly. Each mark is a "
        "test sample, at its features' place on their two principal axes.",
        shares=say(" and ").join(told),
    )
    drawn = {"kind": "dots", "items": items, "alt": said}
    return _part(say("the source's predictor"), said, drawn)


def _part(title: str, said: str, drawn: dict[str, Any]) -> dict[str, Any]:
    return {"title": title, "said": said, "drawn": drawn}
