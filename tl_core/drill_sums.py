"""Drills by hand about losses, rates and updates."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp
from random import Random

from tl_core.drills import NEAR, Drill, Task, tex


def _ewc(draw: Random) -> Task:
    gamma = draw.choice((10, 50, 100, 300))
    fisher = [draw.choice((0.0, 0.1, 0.2, 0.5, 1.0, 2.0)) for _ in range(3)]
    moved = [draw.choice((-0.3, -0.2, -0.1, 0.1, 0.2, 0.4)) for _ in range(3)]
    energy = sum(f * d * d for f, d in zip(fisher, moved, strict=True))
    answer = gamma / 2 * energy
    parts = [
        rf"{f:g} \cdot ({d:g})^2" for f, d in zip(fisher, moved, strict=True)
    ]
    return Task(
        f"Three weights moved by {moved[0]:g}, {moved[1]:g} and {moved[2]:g} "
        "from $\\theta^*$. Their diagonal Fisher is "
        f"{fisher[0]:g}, {fisher[1]:g} and {fisher[2]:g}, and "
        f"$\\gamma = {gamma}$. How large is the penalty of EWC?",
        answer,
        (
            r"\frac{\gamma}{2} \sum_i F_i\,(\theta_i - \theta^*_i)^2",
            rf"\frac{{{gamma}}}{{2}} \left[{' + '.join(parts)}\right] "
            rf"= {tex(gamma / 2)} \cdot {tex(energy)} = {tex(answer)}",
        ),
        _named(gamma=[gamma], f=fisher, d=moved),
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
    return Task(
        f"$W_0 = \\begin{{pmatrix}} {w[0]} & {w[1]} \\\\ {w[2]} & {w[3]} "
        f"\\end{{pmatrix}}$, $B = \\begin{{pmatrix}} {b[0]} \\\\ {b[1]} "
        f"\\end{{pmatrix}}$, $A = \\begin{{pmatrix}} {a[0]} & {a[1]} "
        f"\\end{{pmatrix}}$, $\\alpha = {alpha}$. The adapter is merged. "
        f"What stands in row {row}, column {column} of $W$?",
        answer,
        (
            r"W = W_0 + \frac{\alpha}{r}\,B A, \quad r = 1",
            rf"{w[2 * (row - 1) + 1]} + {alpha} \cdot ({b[row - 1]}) \cdot "
            rf"({a[1]}) = {answer}",
        ),
        _named(w=w, b=b, a=a, alpha=[alpha], row=[row]),
        unit="",
    )


def _rates(draw: Random) -> Task:
    stages = draw.choice((3, 4, 5))
    low, high = draw.choice((1e-6, 1e-5, 1e-4)), draw.choice((1e-3, 1e-2))
    stage = draw.randint(1, stages - 1)
    answer = high * (low / high) ** (1 - stage / stages)
    return Task(
        f"Discriminative learning rates: a network of {stages} stages and a "
        f"head. The first stage ($l = 0$) learns at {low:g}, the head "
        f"($l = {stages}$) at {high:g}, in between geometrically. At what "
        f"rate does $l = {stage}$ learn?",
        answer,
        (
            r"\eta_l = \eta_L\, s^{\,1 - l/L}, \quad s = \eta_0 / \eta_L",
            rf"{high:g} \cdot ({low / high:g})^{{1 - {stage}/{stages}}} "
            rf"= {answer:.3g}",
        ),
        {"stages": stages, "low": low, "high": high, "stage": stage},
        unit="per step",
        tolerance=NEAR,
    )


def _ramp(draw: Random) -> Task:
    progress = draw.choice((0.05, 0.1, 0.2, 0.3, 0.4))
    final = draw.choice((0.3, 0.5, 1.0))
    g = draw.choice((-0.8, -0.5, 0.4, 0.6, 1.2))
    ramp = 2 / (1 + exp(-10 * progress)) - 1
    answer = -final * ramp * g
    return Task(
        f"DANN is {100 * progress:g} % through its training and ends at "
        f"$\\lambda = {final:g}$. A feature's gradient from the domain "
        f"classifier is {g:g} behind the reversal. What arrives before it?",
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
    said = ", ".join(map(str, own[:2]))
    return Task(
        "A query scores the keys of three tokens with "
        f"{said} and {own[2]} (already over $\\sqrt{{d_k}}$), and one learnt "
        f"prefix key with {learnt}. What share of its attention goes to the "
        "prefix?",
        answer,
        (
            r"\frac{e^{s_P}}{e^{s_P} + \sum_j e^{s_j}}",
            rf"\frac{{e^{{{learnt}}}}}{{e^{{{learnt}}} + "
            rf"{' + '.join(f'e^{{{s}}}' for s in own)}}} "
            rf"= \frac{{{exp(learnt):.2f}}}{{{total:.2f}}} = {answer:.3f}",
        ),
        _named(own=own, learnt=[learnt]),
        unit="(a share from 0 to 1)",
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
    Drill("ewc", "The penalty of EWC", "5.2", _ewc),
    Drill("merge", "Merging LoRA", "4.1", _merge),
    Drill("rates", "Discriminative learning rates", "3.4", _rates),
    Drill("ramp", "Gradient reversal", "6.2", _ramp),
    Drill("prefix_share", "Attention to a prefix", "4.2", _prefix_share),
)
