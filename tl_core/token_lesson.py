r"""What learnt keys, values and tokens do inside a transformer: who reads
them, how much of the attention they take, and why zeros are not nothing.

A key of zeros has the score $q \cdot 0 = 0$, hence $e^0 = 1$ of the softmax's
sum: $n$ of them take $n / (n + \sum_j e^{q k_j / \sqrt d})$ of a query's
attention, and their values of zeros give nothing back. So a prefix of zeros
without a gate shrinks what every attention reads. Prefix tuning: X. Li and
P. Liang (2021), arXiv:2101.00190; prompts: M. Jia et al. (2022),
arXiv:2203.12119.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from tl_core import catalog, training
from tl_core.analysis.attention import attention_maps, attentions
from tl_core.backbones.base import Network
from tl_core.datasets.base import DomainPair, Samples
from tl_core.device import device, use_one_thread
from tl_core.domain_gap import source_model
from tl_core.evaluation import accuracy, logits_of
from tl_core.feed import visible_pair
from tl_core.inside import as_bytes
from tl_core.learnt_tokens import LearntPrefix
from tl_core.neighbourhood import adapted
from tl_core.spec import RunSpec
from tl_core.texts import say

PICTURES = (0, 1, 2)
"""Test pictures of the target whose maps are kept."""
LENGTHS = (0, 1, 8, 32)
"""Keys and values of zeros that are put into every attention."""


def told(prefix: RunSpec, prompt: RunSpec) -> dict[str, np.ndarray]:
    """Adapt a network once with prefixes and once with prompts. Arrays for p
    pictures, L layers, H heads, t tokens and n learnt keys: `before` (p, L,
    H, t, t), `prefix`, `prompt` (p, L, H, t, n + t), learnt columns first;
    the mean `mass ...` (L, H) on learnt keys over all target test pictures
    and tokens; the prefixes' `gate` tanh g (L, H)."""
    pair = training.load_pair(prefix, device())
    use_one_thread()
    start = source_model(prefix, pair)
    shown = Samples(*(part[list(PICTURES)] for part in _test(pair)))
    found = {
        "images": as_bytes(shown.x)[:, 0],
        "labels": shown.y.cpu().numpy(),
        "said before": _said(start, shown.x),
        "before": learnt_first(attention_maps(start, shown.x), 0),
    }
    for spec in (prefix, prompt):
        name, n = spec.strategy, int(spec.strategy_params["length"])
        ends = {"start": begun(spec, pair), "end": adapted(spec, pair)}
        for when, model in ends.items():
            found[f"mass {name} {when}"] = mass(model, pair.target.test.x, n)
            found |= {f"{name} {when} {k}": v for k, v in _read(model, pair)}
        end = ends["end"]
        found[name] = learnt_first(attention_maps(end, shown.x), n)
        found[f"said {name}"] = _said(end, shown.x)
        found |= {"gate": gates(end)} if name == "prefix" else {}
    return found


def _test(pair: DomainPair) -> tuple[Tensor, Tensor]:
    return pair.target.test.x, pair.target.test.y


@torch.no_grad()
def _said(model: Network, x: Tensor) -> np.ndarray:
    """The classes (p,) that a network reads."""
    said: np.ndarray = model(x).argmax(1).cpu().numpy()
    return said


def _read(model: Network, pair: DomainPair) -> list[tuple[str, np.ndarray]]:
    """The share of all test samples of each domain that is read rightly."""
    tests = {"source": pair.source.test, "target": pair.target.test}
    return [
        (k, np.array(accuracy(logits_of(model, test.x), test.y)))
        for k, test in tests.items()
    ]


def begun(spec: RunSpec, pair: DomainPair) -> Network:
    """The network with its learnt tokens as adaptation begins."""
    model = copy.deepcopy(source_model(spec, pair))
    strategy: Any = catalog.create(
        "strategies", spec.strategy, spec.strategy_params
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(spec.seed + 1)
        strategy.setup(model, visible_pair(spec, pair))
    return model.eval()


def learnt_first(maps: dict[str, Tensor], n: int) -> np.ndarray:
    """Maps by layer as one array (p, L, H, t, n + t) of what the class token
    and the patches read, the n learnt columns first.

    Learnt prompts stand behind the class token, and read too; prefixes are
    columns only, and stand first.
    """
    ordered = []
    for m in maps.values():
        if n and m.shape[-1] == m.shape[-2]:
            own = [0, *range(n + 1, m.shape[-1])]
            m = m[..., own, :][..., [*range(1, n + 1), *own]]
        ordered.append(m)
    return np.asarray(torch.stack(ordered, 1).cpu().numpy())


def mass(model: Network, x: Tensor, n: int) -> np.ndarray:
    """The attention (L, H) on n learnt keys, the mean over the inputs x and
    over the class token and patches."""
    parts = [
        learnt_first(attention_maps(model, part), n)[..., :n].sum(-1)
        for part in x.split(model.backbone.at_once)
    ]
    return np.asarray(np.concatenate(parts).mean((0, 3)))


def gates(model: Network) -> np.ndarray:
    """tanh g of each prefix, (L, H)."""
    found = [a.prefix for _, a in attentions(model)]
    values = [p.gate.tanh() for p in found if isinstance(p, LearntPrefix)]
    return np.asarray(torch.stack(values).flatten(1).detach().cpu().numpy())


def with_zeros(model: Network, n: int) -> Network:
    """A copy of a network with n keys and values of zeros in front of those
    of every attention, without a gate."""
    other = copy.deepcopy(model)
    for _, attention in attentions(other) if n else ():
        d = attention.q.out_features // attention.heads
        prefix = LearntPrefix(attention.heads, n, d)
        for values in (prefix.keys, prefix.values):
            torch.nn.init.zeros_(values)
        torch.nn.init.constant_(prefix.gate, torch.inf)  # tanh g = 1
        attention.prefix = prefix.to(attention.q.weight.device)
    return other


def zeros(
    model: Network, pair: DomainPair, lengths: Sequence[int] = LENGTHS
) -> dict[str, np.ndarray]:
    """What zeros cost a network: by number (z,) the `mass` (z, L, H) that
    they take of source test samples, the shares that are read rightly,
    `source` and `target` (z,), and the share of source test samples that are
    read otherwise than without them, `changed` (z,)."""
    x, rows = pair.source.test.x, []
    before = logits_of(model, x).argmax(1)
    for n in lengths:
        other = with_zeros(model, n)
        said = logits_of(other, x).argmax(1)
        changed = (said != before).double().mean().cpu().numpy()
        found = {"mass": mass(other, x, n), "changed": changed}
        rows.append(found | dict(_read(other, pair)))
    return {name: np.stack([row[name] for row in rows]) for name in rows[0]}


def zeros_of(specs: Sequence[RunSpec]) -> dict[str, np.ndarray]:
    """`zeros` of several seeds' source models: `zero lengths` (z,), and
    under `zero ...` arrays with the seed first."""
    rows = []
    for spec in specs:
        pair = training.load_pair(spec, device())
        rows.append(zeros(source_model(spec, pair), pair))
    found = {
        say("zero {k}", k=k): np.stack([r[k] for r in rows]) for k in rows[0]
    }
    return {"zero lengths": np.array(LENGTHS), **found}
