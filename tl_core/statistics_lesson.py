"""What BatchNorm makes of two domains: the panel of the alignment page."""

from __future__ import annotations

from typing import Any

from tl_core.analysis import batch_norm as gaps
from tl_core.batch_norm import with_statistics_of
from tl_core.card import SpecError
from tl_core.evaluation import accuracy, logits_of
from tl_core.inside import asked
from tl_core.spec import RunSpec
from tl_core.texts import say

SEEN = 256
"""Samples of each domain."""


def statistics(spec: RunSpec) -> dict[str, Any]:
    """Of each BatchNorm layer of the source model: `inputs` {layer: gap of
    the domains' means by channel, in pooled standard deviations}, `outputs`
    {whose statistics: {layer: gap}}; and `accuracy` on target test samples
    with the `running` statistics and with the target's own (`separate`).

    Raises:
        SpecError: the network has no BatchNorm, or the pair no source.
    """
    pair, model = asked(spec)
    if not gaps.named_layers(model) or not pair.has_source:
        raise SpecError(
            say(
                "This network has no BatchNorm layer, so there are no "
                "statistics to choose; take ConvNet with batch normalisation."
            )
        )
    xs, xt = (d.train.x[:SEEN] for d in (pair.source, pair.target))
    moments = gaps.layer_moments(model, xs, xt)
    test = pair.target.test
    own = with_statistics_of(model, xt)
    return {
        "inputs": {n: m.mean_gap.cpu().numpy() for n, m in moments.items()},
        "outputs": {
            whose: {name: gap.cpu().numpy() for name, gap in layers.items()}
            for whose, layers in gaps.output_gaps(model, xs, xt).items()
        },
        "accuracy": {
            "running": accuracy(logits_of(model, test.x), test.y),
            "separate": accuracy(logits_of(own, test.x), test.y),
        },
    }
