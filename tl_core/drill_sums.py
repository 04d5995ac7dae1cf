"""Drills by hand about losses, rates and updates."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp
from random import Random

from tl_core.drills import NEAR, Drill, Task, tex
from tl_core.texts import say


def _ewc(draw: Random) -> Task:
    gamma = draw.choice((10, 50, 100, 300))
    fisher = [draw.choice((0.0, 0.1, 0.2, 0.5, 1.0, 2.0)) for _ in range(3)]
    moved = [draw.choice((-0.3, -0.2, -0.1, 0.1, 0.2, 0.4)) for _ in range(3)]
    energy = sum(f * d * d for f, d in zip(fisher, moved, strict=True))
    answer = gamma / 2 * energy
    parts = [
        rf"{f:g} \cdot ({d:g})^2" for f, d in zip(fisher, moved, strict=True)
    ]
    numbers = _named(gamma=[gamma], f=fisher, d=moved)
    return Task(
        say(
            r"Three weights moved by {d0:g}, {d1:g} and {d2:g} "
            r"from $\theta^*$. Their diagonal Fisher is {f0:g}, "
            r"{f1:g} and {f2:g}, and $\gamma = {gamma0:g}$. How large "
            r"is the penalty of EWC?",
            **numbers,
        ),
        answer,
        (
            r"\frac{\gamma}{2} \sum_i F_i\,(\theta_i - \theta^*_i)^2",
            rf"\frac{{{gamma}}}{{2}} \left[{' + '.join(parts)}\right] "
            rf"= {tex(gamma / 2)} \cdot {tex(energy)} = {tex(answer)}",
        ),
        numbers,
        unit="",
        tolerance=NEAR,
    )


def _merge(draw: Random) -> Task:
    w = [draw.choice((-2, -1, 1, 2, 3)) for _ in range(4)]
    b = [draw.choice((-2, -1, 1, 2)) for _ in range(2)]
    a = [draw.choice((-1, 1, 2, 3)) for _ in range(2)]
    alpha, row, column = draw.choice((2, 4)), draw.randint(1, 2), 2
    delta = alpha * b[row - 1] * a[1]
    answer = w[2 * (row - 1) + 1] + delta
    numbers = _named(w=w, b=b, a=a, alpha=[alpha], row=[row])
    return Task(
        say(
            r"$W_0 = \begin{{pmatrix}} {w0:g} & {w1:g} \\ {w2:g} & {w3:g} "
            r"\end{{pmatrix}}$, $B = \begin{{pmatrix}} {b0:g} \\ {b1:g} "
            r"\end{{pmatrix}}$, $A = \begin{{pmatrix}} {a0:g} & {a1:g} "
            r"\end{{pmatrix}}$, $\alpha = {alpha0:g}$. The adapter is merged. "
            r"What stands in row {row0:g}, column {column} of $W$?",
            column=column,
            **numbers,
        ),
        answer,
        (
            r"W = W_0 + \frac{\alpha}{r}\,B A, \quad r = 1",
            rf"{w[2 * (row - 1) + 1]} + {alpha} \cdot ({b[row - 1]}) \cdot "
            rf"({a[1]}) = {answer}",
        ),
        numbers,
        unit="",
    )


def _rates(draw: Random) -> Task:
    stages = draw.choice((3, 4, 5))
    low, high = draw.choice((1e-6, 1e-5, 1e-4)), draw.choice((1e-3, 1e-2))
    stage = draw.randint(1, stages - 1)
    answer = high * (low / high) ** (1 - stage / stages)
    return Task(
        say(
            "Discriminative learning rates: a network of {stages} stages and "
            "a head. The first stage ($l = 0$) learns at {low:g}, the head "
            "($l = {stages}$) at {high:g}, in between geometrically. At what "
            "rate does $l = {stage}$ learn?",
            stages=stages,
            low=low,
            high=high,
            stage=stage,
        ),
        answer,
        (
            r"\eta_l = \eta_L\, s^{\,1 - l/L}, \quad s = \eta_0 / \eta_L",
            rf"{high:g} \cdot ({low / high:g})^{{1 - {stage}/{stages}}} "
            rf"= {answer:.3g}",
        ),
        {"stages": stages, "low": low, "high": high, "stage": stage},
        unit=say("per step"),
        tolerance=NEAR,
    )


def _ramp(draw: Random) -> Task:
    progress = draw.choice((0.05, 0.1, 0.2, 0.3, 0.4))
    final = draw.choice((0.3, 0.5, 1.0))
    g = draw.choice((-0.8, -0.5, 0.4, 0.6, 1.2))
    ramp = 2 / (1 + exp(-10 * progress)) - 1
    answer = -final * ramp * g
    return Task(
        say(
            r"DANN is {progress:g} % through its training and ends at "
            r"$\lambda = {final:g}$. A feature's gradient from the domain "
            r"classifier is {g:g} behind the reversal. What arrives before "
            r"it?",
            progress=100 * progress,
            final=final,
            g=g,
        ),
        answer,
        (
            r"\lambda_p = \lambda \left(\frac{2}{1 + e^{-10p}} - 1\right)",
            rf"\lambda_p = {final:g} \cdot {ramp:.4f} = {final * ramp:.4f}",
            rf"-\lambda_p \cdot ({g:g}) = {answer:.4f}",
        ),
        {"progress": progress, "final": final, "g": g},
        unit="",
        tolerance=NEAR,
    )


def _prefix_share(draw: Random) -> Task:
    own = [draw.choice((0, 1, 2, 3)) for _ in range(3)]
    learnt = draw.choice((1, 2, 3, 4))
    total = sum(map(exp, own)) + exp(learnt)
    answer = exp(learnt) / total
    numbers = _named(own=own, learnt=[learnt])
    return Task(
        say(
            r"A query scores the keys of three tokens with {own0:g}, "
            r"{own1:g} and {own2:g} (already over $\sqrt{{d_k}}$), and one "
            r"learnt prefix key with {learnt0:g}. What share of its "
            r"attention goes to the prefix?",
            **numbers,
        ),
        answer,
        (
            r"\frac{e^{s_P}}{e^{s_P} + \sum_j e^{s_j}}",
            rf"\frac{{e^{{{learnt}}}}}{{e^{{{learnt}}} + "
            rf"{' + '.join(f'e^{{{s}}}' for s in own)}}} "
            rf"= \frac{{{exp(learnt):.2f}}}{{{total:.2f}}} = {answer:.3f}",
        ),
        numbers,
        unit=say("(a share from 0 to 1)"),
        tolerance=NEAR,
    )


def _named(**given: Sequence[float]) -> dict[str, float]:
    """Lists of drawn numbers by name and place."""
    return {
        f"{name}{place}": float(value)
        for name, values in given.items()
        for place, value in enumerate(values)
    }


DRILLS = (
    Drill("ewc", say("The penalty of EWC"), "5.2", _ewc),
    Drill("merge", say("Merging LoRA"), "4.1", _merge),
    Drill("rates", say("Discriminative learning rates"), "3.4", _rates),
    Drill("ramp", say("Gradient reversal"), "6.2", _ramp),
    Drill("prefix_share", say("Attention to a prefix"), "4.2", _prefix_share),
)
