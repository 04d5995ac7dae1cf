"""Drills that count what is trained, kept or moved."""

from __future__ import annotations

from random import Random

from tl_core.drills import Drill, Task, tex
from tl_core.texts import say

WIDTHS = (64, 128, 192, 256, 384, 512, 768, 1024)
RANKS = (1, 2, 4, 8, 16)


def _lora(draw: Random) -> Task:
    d_in, d_out = draw.choice(WIDTHS), draw.choice(WIDTHS)
    r = draw.choice(RANKS)
    answer = r * (d_in + d_out)
    return Task(
        say(
            "A linear layer reads {d_in:,} numbers and gives {d_out:,}. It "
            "is adapted by LoRA of rank {r}. How many numbers are trained?",
            d_in=d_in,
            d_out=d_out,
            r=r,
        ),
        answer,
        (
            r"A \in \mathbb{R}^{r \times d_{in}}, \quad "
            r"B \in \mathbb{R}^{d_{out} \times r}",
            r"r\,d_{in} + d_{out}\,r = r\,(d_{in} + d_{out})",
            rf"{r} \cdot ({d_in} + {d_out}) = {tex(answer)}",
        ),
        {"d_in": d_in, "d_out": d_out, "r": r},
    )


def _conv_lora(draw: Random) -> Task:
    c_in, c_out = draw.choice((3, 16, 32, 64)), draw.choice((32, 64, 128))
    k, r = draw.choice((1, 3, 5)), draw.choice(RANKS)
    answer = r * (c_in * k * k + c_out)
    return Task(
        say(
            "A convolution has {c_in} input channels, {c_out} output "
            "channels and kernels of {k} × {k}. LoRA of rank {r} adapts it: "
            "A is a {k} × {k} convolution to {r} channels, B a 1 × 1 one "
            "back. How many numbers are trained?",
            c_in=c_in,
            c_out=c_out,
            k=k,
            r=r,
        ),
        answer,
        (
            r"W \in \mathbb{R}^{c_{out} \times (c_{in} k^2)}",
            r"r\,c_{in} k^2 + c_{out}\,r = r\,(c_{in} k^2 + c_{out})",
            rf"{r} \cdot ({c_in} \cdot {k}^2 + {c_out}) = {tex(answer)}",
        ),
        {"c_in": c_in, "c_out": c_out, "k": k, "r": r},
    )


def _prefix(draw: Random) -> Task:
    layers, heads = draw.choice((4, 6, 12, 24)), draw.choice((4, 8, 12))
    n, each = draw.choice((5, 8, 10, 20)), draw.choice((16, 32, 64))
    d = heads * each
    answer = 2 * layers * n * d
    return Task(
        say(
            "Prefix tuning puts {n} learnt keys and values before those of "
            "every block of a transformer with {layers} blocks of width {d} "
            "({heads} heads of {each}). How many numbers are these keys and "
            "values?",
            n=n,
            layers=layers,
            d=d,
            heads=heads,
            each=each,
        ),
        answer,
        (
            say(r"P_K, P_V \in \mathbb{R}^{n \times d} \text{ in each block}"),
            r"2 \cdot L \cdot n \cdot d",
            rf"2 \cdot {layers} \cdot {n} \cdot {d} = {tex(answer)}",
        ),
        {"layers": layers, "heads": heads, "n": n, "each": each},
    )


def _prompt(draw: Random) -> Task:
    n, d = draw.choice((4, 5, 8, 10, 50)), draw.choice(WIDTHS)
    classes = draw.choice((2, 8, 10, 43))
    answer = n * d + d * classes + classes
    return Task(
        say(
            "Shallow prompt tuning puts {n} learnt tokens of width {d} "
            "before the input of a frozen transformer; a new head with a "
            "bias tells {classes} classes apart. How many numbers are "
            "trained in all?",
            n=n,
            d=d,
            classes=classes,
        ),
        answer,
        (
            say(r"n\,d \text{ (tokens)} + (d\,c + c) \text{ (head)}"),
            rf"{n} \cdot {d} + {d} \cdot {classes} + {classes} "
            rf"= {tex(answer)}",
        ),
        {"n": n, "d": d, "classes": classes},
    )


def _head(draw: Random) -> Task:
    d, classes = draw.choice(WIDTHS), draw.choice((2, 8, 10, 43, 100, 1000))
    answer = d * classes + classes
    return Task(
        say(
            "A backbone gives {d} features; a linear probe with a bias tells "
            "{classes:,} classes apart. How many numbers does it train?",
            d=d,
            classes=classes,
        ),
        answer,
        (
            r"W \in \mathbb{R}^{c \times d},\; b \in \mathbb{R}^{c}: "
            r"\quad c\,(d + 1)",
            rf"{classes} \cdot ({d} + 1) = {tex(answer)}",
        ),
        {"d": d, "classes": classes},
    )


def _conv(draw: Random) -> Task:
    c_in, c_out = draw.choice((1, 3, 16, 32)), draw.choice((16, 32, 64, 96))
    k = draw.choice((3, 5, 7))
    answer = c_out * (c_in * k * k + 1)
    return Task(
        say(
            "Partial fine-tuning freezes the first convolution: {c_in} input "
            "channels, {c_out} filters of {k} × {k}, each with a bias. How "
            "many numbers are frozen?",
            c_in=c_in,
            c_out=c_out,
            k=k,
        ),
        answer,
        (
            r"c_{out}\,(c_{in}\,k^2 + 1)",
            rf"{c_out} \cdot ({c_in} \cdot {k}^2 + 1) = {tex(answer)}",
        ),
        {"c_in": c_in, "c_out": c_out, "k": k},
    )


def _bitfit(draw: Random) -> Task:
    d, blocks = draw.choice((128, 192, 384, 768)), draw.choice((4, 6, 12))
    answer = blocks * 11 * d
    return Task(
        say(
            "A transformer has {blocks} blocks of width {d}: in each, q, k, "
            "v and o ({d} → {d}), an inner layer {d} → {inner} → {d}, and two "
            "LayerNorms. All have biases. How many numbers of the blocks "
            "does BitFit train?",
            blocks=blocks,
            d=d,
            inner=4 * d,
        ),
        answer,
        (
            say(
                r"\underbrace{4d}_{q,k,v,o} + \underbrace{4d + "
                r"d}_{\text{inner}} + \underbrace{2d}_{\text{norms}} = 11\,d"
            ),
            rf"{blocks} \cdot 11 \cdot {d} = {tex(answer)}",
        ),
        {"d": d, "blocks": blocks},
    )


def _adam(draw: Random) -> Task:
    whole = draw.choice((60_000, 480_000, 11_000_000, 86_000_000))
    trained = whole // draw.choice((1, 10, 50, 200))
    answer = 8 * trained
    return Task(
        say(
            "Of {whole:,} numbers of a network, {trained:,} are trained by "
            "Adam, all in 32 bits. How many bytes do Adam's moments take?",
            whole=whole,
            trained=trained,
        ),
        answer,
        (
            say(
                r"\text{two moments for each \emph{trained} number, "
                r"4 bytes each}"
            ),
            rf"2 \cdot 4 \cdot {tex(trained)} = {tex(answer)}",
        ),
        {"whole": whole, "trained": trained},
        unit=say("bytes"),
    )


def _batch_norm(draw: Random) -> Task:
    layers = [draw.choice((16, 32, 64, 128, 256)) for _ in range(3)]
    answer = 2 * sum(layers)
    return Task(
        say(
            "A network has BatchNorm layers of {first} and {last} channels. "
            "AdaBN replaces their running means and variances by those of "
            "the target, without a gradient. How many numbers does it "
            "replace?",
            first=", ".join(map(str, layers[:-1])),
            last=layers[-1],
        ),
        answer,
        (
            say(r"\mu_c, \sigma_c^2 \text{ for each channel: } 2 \sum_l c_l"),
            rf"2 \cdot ({' + '.join(map(str, layers))}) = {tex(answer)}",
        ),
        {f"c{n}": c for n, c in enumerate(layers)},
    )


DRILLS = (
    Drill("lora", say("LoRA of a linear layer"), "4.1", _lora),
    Drill("conv_lora", say("LoRA of a convolution"), "4.1", _conv_lora),
    Drill("prefix", say("Prefix tuning"), "4.2", _prefix),
    Drill("prompt", say("Prompt tuning with a head"), "4.3", _prompt),
    Drill("head", say("The head of a linear probe"), "3.1", _head),
    Drill("conv", say("A frozen convolution"), "3.2", _conv),
    Drill("bitfit", say("BitFit of a transformer"), "4.1", _bitfit),
    Drill("adam", say("Bytes of Adam's state"), "4.1", _adam),
    Drill("batch_norm", say("What AdaBN replaces"), "6.3", _batch_norm),
)
