"""Drills by hand about how far two domains are apart, and what matters."""

from __future__ import annotations

from math import exp
from random import Random

from tl_core.drills import NEAR, Drill, Task
from tl_core.texts import say

POINTS = (-2, -1, 0, 1, 2, 3)


def _draw_points(draw: Random) -> tuple[list[int], list[int]]:
    xs, ys = draw.sample(POINTS, 2), draw.sample(POINTS, 2)
    return xs, ys


def _means(xs: list[int], ys: list[int]) -> tuple[float, float, float]:
    """k(x1, x2), k(y1, y2) and the mean of k(x, y), for k of width 1."""
    cross = [_kernel(x, y) for x in xs for y in ys]
    return _kernel(*xs), _kernel(*ys), sum(cross) / 4


def _kernel(a: float, b: float) -> float:
    return exp(-((a - b) ** 2) / 2)


def _asked(xs: list[int], ys: list[int], which: str) -> str:
    return say(
        "Two source samples are at {x0} and {x1}, two target samples at "
        "{y0} and {y1}, on a line. With the kernel $k(a, b) = "
        "e^{{-(a-b)^2/2}}$, how large is the **{which}** estimate of MMD²?",
        which=which,
        **_numbers(xs, ys),
    )


def _numbers(xs: list[int], ys: list[int]) -> dict[str, float]:
    return {"x0": xs[0], "x1": xs[1], "y0": ys[0], "y1": ys[1]}


def _biased(draw: Random) -> Task:
    xs, ys = _draw_points(draw)
    kxx, kyy, kxy = _means(xs, ys)
    answer = (1 + kxx) / 2 + (1 + kyy) / 2 - 2 * kxy
    return Task(
        _asked(xs, ys, say("biased")),
        answer,
        (
            r"\frac{1}{n^2}\sum_{i,j} k(x_i, x_j) + \frac{1}{m^2}"
            r"\sum_{i,j} k(y_i, y_j) - \frac{2}{nm} \sum_{i,j} k(x_i, y_j)",
            say(
                r"\text{{with the diagonal, }} k(x_i, x_i) = 1:\quad "
                r"\frac{{1 + {kxx:.4f}}}{{2}} + \frac{{1 + {kyy:.4f}}}{{2}} "
                r"- 2 \cdot {kxy:.4f} = {answer:.4f}",
                kxx=kxx,
                kyy=kyy,
                kxy=kxy,
                answer=answer,
            ),
        ),
        _numbers(xs, ys),
        unit="",
        tolerance=NEAR,
    )


def _unbiased(draw: Random) -> Task:
    xs, ys = _draw_points(draw)
    kxx, kyy, kxy = _means(xs, ys)
    answer = kxx + kyy - 2 * kxy
    return Task(
        _asked(xs, ys, say("unbiased")),
        answer,
        (
            r"\frac{1}{n(n-1)}\sum_{i \ne j} k(x_i, x_j) + "
            r"\frac{1}{m(m-1)}\sum_{i \ne j} k(y_i, y_j) "
            r"- \frac{2}{nm} \sum_{i,j} k(x_i, y_j)",
            say(
                r"\text{{without the diagonal (may be negative): }}\quad "
                r"{kxx:.4f} + {kyy:.4f} - 2 \cdot {kxy:.4f} = {answer:.4f}",
                kxx=kxx,
                kyy=kyy,
                kxy=kxy,
                answer=answer,
            ),
        ),
        _numbers(xs, ys),
        unit="",
        tolerance=NEAR,
    )


def _a_distance(draw: Random) -> Task:
    n = draw.choice((100, 200, 400))
    wrong_s = draw.randint(0, n // 3)
    wrong_t = draw.randint(0, n // 3)
    error = (wrong_s + wrong_t) / (2 * n)
    answer = 2 * (1 - 2 * error)
    return Task(
        say(
            "A small classifier tells source from target features. Of {n} "
            "held-out samples each, it takes {wrong_s} source samples for "
            "target and {wrong_t} target samples for source. What is the "
            "proxy A-distance?",
            n=n,
            wrong_s=wrong_s,
            wrong_t=wrong_t,
        ),
        answer,
        (
            r"\hat d_{\mathcal A} = 2\,(1 - 2\,\epsilon)",
            rf"\epsilon = \frac{{{wrong_s} + {wrong_t}}}{{{2 * n}}} "
            rf"= {error:.4f}, \quad \hat d_{{\mathcal A}} = {answer:.4f}",
        ),
        {"n": n, "wrong_s": wrong_s, "wrong_t": wrong_t},
        unit=say("(0 to 2)"),
        tolerance=NEAR,
    )


def _symmetric(a: int, b: int, c: int) -> str:
    """A covariance matrix of two features in LaTeX."""
    return rf"\begin{{pmatrix}} {a} & {b} \\ {b} & {c} \end{{pmatrix}}"


def _coral(draw: Random) -> Task:
    source = [draw.choice((1, 2, 3)), draw.choice((-1, 0, 1)), 2]
    target = [draw.choice((1, 4, 5)), draw.choice((-1, 0, 1)), 3]
    gaps = [s - t for s, t in zip(source, target, strict=True)]
    norm = gaps[0] ** 2 + 2 * gaps[1] ** 2 + gaps[2] ** 2
    answer = norm / 16
    return Task(
        say(
            "Two features have the covariances $C_s = {cs}$ and $C_t = "
            "{ct}$. How large is the CORAL distance?",
            cs=_symmetric(*source),
            ct=_symmetric(*target),
        ),
        answer,
        (
            r"\frac{1}{4 d^2} \lVert C_s - C_t \rVert_F^2, \quad d = 2",
            rf"\frac{{({gaps[0]})^2 + 2 \cdot ({gaps[1]})^2 + "
            rf"({gaps[2]})^2}}{{16}} = \frac{{{norm}}}{{16}} = {answer:.4f}",
        ),
        {
            **{f"s{n}": float(c) for n, c in enumerate(source)},
            **{f"t{n}": float(c) for n, c in enumerate(target)},
        },
        unit="",
        tolerance=NEAR,
    )


def _fisher(draw: Random) -> Task:
    x = draw.choice((0.5, 1.0, 2.0, 3.0))
    z = draw.choice((-2.0, -1.0, 0.0, 1.0, 2.0))
    p = 1 / (1 + exp(-z))
    answer = p * (1 - p) * x * x
    return Task(
        say(
            "Two classes, softmax, one sample $x = {x:g}$ with one feature: "
            "the logits are $z_1 = {z:g}$ and $z_0 = 0$, $z_1 = w x$. How "
            "large is the exact Fisher information of $w$ on this sample?",
            x=x,
            z=z,
        ),
        answer,
        (
            r"\frac{\partial \log p(y)}{\partial w} = (1[y{=}1] - p_1)\,x, "
            r"\quad p_1 = \frac{e^{z_1}}{e^{z_1} + e^{z_0}}",
            r"F = \mathbb{E}_{y \sim p} (1[y{=}1] - p_1)^2 x^2 "
            r"= p_1 (1 - p_1)\,x^2",
            rf"{p:.4f} \cdot {1 - p:.4f} \cdot {x:g}^2 = {answer:.4f}",
        ),
        {"x": x, "z": z},
        unit="",
        tolerance=NEAR,
    )


DRILLS = (
    Drill("mmd_biased", say("MMD by hand, biased"), "6.1", _biased),
    Drill("mmd_unbiased", say("MMD by hand, unbiased"), "6.1", _unbiased),
    Drill("a_distance", say("Proxy A-distance"), "1.1", _a_distance),
    Drill("coral", say("CORAL of two features"), "6.3", _coral),
    Drill("fisher", say("Fisher of one weight"), "5.3", _fisher),
)
