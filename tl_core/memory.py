r"""What training holds in memory, by formula and measured.

For P numbers of which T are trained, in 32 bits: 4 P bytes of weights, 4 T of
gradients, 8 T of Adam's moments; and for each of b samples the activations
that the backward pass needs. A nonlinearity's derivative needs its values
whatever is trained above or below it; only a layer whose weight is trained
needs its input, $\partial L / \partial W = \delta x^\top$. `memory_lesson.py`
measures; adapters: E. Hu et al. (2022), arXiv:2106.09685.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

from tl_core.home import ASSETS
from tl_core.lesson_studies import MATRIX, MATRIX_TOKENS
from tl_core.spec import RunSpec
from tl_core.texts import say

FILE = ASSETS / "recorded" / "memory.json"
STRATEGIES = ("full", "lora", "bitfit", "linear_probe")
NETWORKS = {"convnet": MATRIX["all"], "vit_tiny": MATRIX_TOKENS["all"]}
BATCHES = (8, 64, 256)
PARTS = {
    "weights": say("weights"),
    "gradients": say("gradients"),
    "optimiser": say("optimiser"),
    "activations": say("activations"),
}
"""What a step keeps in memory, and how that is called."""
NUMBER, PLACE = 4, 8
"""Bytes of a number, and of a place such as a label."""
CLASSES, PIXELS = 10, 28


def spec(network: str, strategy: str, batch: int = 64) -> RunSpec:
    """The run of which one step is measured."""
    race = NETWORKS[network]
    return replace(race.spec(strategy, race.seeds[0]), batch_size=batch)


def predicted(
    network: str,
    strategy: str,
    batch: int,
    counts: dict[str, int],
    rank: int = 4,
) -> dict[str, int]:
    """Bytes of each of PARTS by formula, of a network with `counts` of
    numbers in all (`total`) and `trained`."""
    kept = {"convnet": convnet, "vit_tiny": vit_tiny}[network]
    return {
        "weights": NUMBER * counts["total"],
        "gradients": NUMBER * counts["trained"],
        "optimiser": 2 * NUMBER * counts["trained"],
        "activations": kept(strategy, batch, rank),
    }


def convnet(strategy: str, batch: int, rank: int = 4) -> int:
    """Activations of the convnet: each convolution (c channels of n by n
    pixels) keeps its input; what BatchNorm is given and what ReLU gives, c n
    n each; of pooling the places. LoRA adds r n n that A gives."""
    if strategy == "linear_probe":
        return head(batch, 100)
    stages = ((32, PIXELS - 4), (48, (PIXELS - 4) // 2 - 4))
    numbers, places = PIXELS**2 + 100, 0
    for c, n in stages:
        numbers += 2 * c * n**2 + c * (n // 2) ** 2
        places += c * (n // 2) ** 2
    if strategy == "bitfit":
        numbers -= 48 * 4**2  # of a frozen linear layer no input is kept
    once = 2 * (32 + 48 + 100) if strategy == "full" else 0
    if strategy == "lora":
        numbers += rank * (sum(n**2 for _, n in stages) + 1)
        once = rank * (25 + 32 * 25)  # A as a convolution
    each = NUMBER * numbers + PLACE * places
    return batch * each + NUMBER * once + head(batch, 100)


def vit_tiny(
    strategy: str,
    batch: int,
    rank: int = 4,
    width: int = 96,
    depth: int = 4,
    heads: int = 3,
) -> int:
    """Activations of the transformer with t tokens of w numbers: a block
    keeps q, k, v, what attention gives, what both norms and GELU are given:
    10 t w; where weights are trained, also both norms' outputs and GELU's,
    6 t w more; and 4 t + h t means, variances and sums of the softmax."""
    if strategy == "linear_probe":
        return head(batch, width)
    t = 1 + 4**2
    block = (10 if strategy == "bitfit" else 16) * t * width
    numbers = depth * (block + 4 * t + heads * t)
    numbers += PIXELS**2 + t * width + 2  # patches; the last norm
    once = 0
    if strategy == "lora":
        numbers += depth * 6 * t * rank + (t - 1) * rank
        once = rank * (PIXELS // 4) ** 2  # A as a convolution
    return NUMBER * (batch * numbers + once) + head(batch, width)


def head(batch: int, width: int) -> int:
    """Of the head and the loss: features, log-probabilities, labels and the
    count of them."""
    return batch * (NUMBER * (width + CLASSES) + PLACE) + NUMBER


def record_memory(tell: Callable[[str], None]) -> None:
    """Measure one step of each again."""
    from tl_core import memory_lesson
    from tl_core.device import describe, device

    rows = [
        {
            "network": network,
            "strategy": strategy,
            "batch": batch,
            **memory_lesson.held(spec(network, strategy, batch)),
        }
        for network in NETWORKS
        for strategy in STRATEGIES
        for batch in BATCHES
    ]
    document = {
        "rows": rows,
        "device": describe(device()),
        "recorded": datetime.now(UTC).date().isoformat(),
    }
    FILE.write_text(json.dumps(document, indent=0))
    tell("memory of one step")


@cache
def recorded() -> dict[str, Any]:
    """What `record_memory` wrote; {} when it was never made."""
    if not FILE.is_file():
        return {}
    document: dict[str, Any] = json.loads(FILE.read_text())
    return document
