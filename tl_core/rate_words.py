"""Each strategy's own learning rate in words, with the runs it comes from."""

from __future__ import annotations

from tl_core import catalog
from tl_core.analysis.intervals import interval
from tl_core.criteria import held_out_of
from tl_core.texts import say
from tl_core.tuned_rates import (
    AGAIN,
    FIRST,
    MARGIN,
    SEEDS,
    USUAL,
    choose,
    recorded,
    runs_of,
)

WHERE = say(
    "Tuned on digits turned by 45°, and where another rate than {usual:g} "
    "was better, again on noisy digits; three seeds each, no test sample "
    "looked at.",
    usual=USUAL,
)
RULE = say(
    "Another rate than {usual:g} is taken if it is clearly better on both "
    "pairs: by {validation:g} point of accuracy on held-out training samples "
    "at least, and with a 95 % interval over paired seeds above zero. Held "
    "out is a fifth of the target labels that a strategy learns from, or, "
    "where it sees none, of the source. Where the source cannot tell, the "
    "information about unlabelled target samples does, by {information:g} "
    "nats at least.",
    usual=USUAL,
    validation=100 * MARGIN["validation"],
    information=MARGIN["information"],
)


def said(strategy: str) -> str:
    """What a strategy's rate is and by what it was chosen."""
    found = choose(strategy, recorded().get("runs", []))
    title = catalog.entry("strategies", strategy).card.title
    if not found.by:
        return say(
            "{title} has the usual rate of {usual:g}. {where}",
            title=title,
            usual=USUAL,
            where=WHERE,
        )
    by = {
        "validation": say(
            "accuracy on held-out {domain} training samples",
            domain=held_out_of(strategy),
        ),
        "information": say("information about unlabelled target samples"),
    }[found.by]
    return say(
        "{title}'s own is {lr:g}, by {by}. Tuned on {first} and again on "
        "{second}, three seeds each, no test sample looked at.",
        title=title,
        lr=found.lr,
        by=by,
        first=FIRST.name,
        second=AGAIN.name,
    )


def table(strategy: str) -> list[dict[str, str]]:
    """Every rate that a strategy tried, as means over seeds."""
    title = catalog.entry("strategies", strategy).card.title
    rows = []
    for stage in (FIRST, AGAIN):
        runs = runs_of(stage, strategy, recorded().get("runs", []))
        for lr in sorted({run.lr for run in runs}):
            some = [run for run in runs if run.lr == lr]
            share = interval([100 * run.validation for run in some])
            nats = interval([run.information for run in some])
            rows.append(
                {
                    "strategy": title,
                    "on": stage.name,
                    "lr": f"{lr:g}",
                    say(
                        "held out (%)"
                    ): f"{share.mean:.1f} ± {share.half:.1f}",
                    "information": f"{nats.mean:.2f} ± {nats.half:.2f}",
                }
            )
    return rows


def origin() -> str:
    """Where the numbers come from."""
    made = recorded()
    runs = made["runs"]
    seconds = sum(run.seconds for run in runs)
    return say(
        "{runs} runs with a ConvNet, or a small transformer for who reads "
        "tokens; {seeds} seeds, {first_steps} and {second_steps} steps, "
        "{seconds:.0f} minutes on {device}, recorded {recorded}. ± is the 95 "
        "% interval over seeds.",
        runs=len(runs),
        seeds=len(SEEDS),
        first_steps=FIRST.settings["steps"],
        second_steps=AGAIN.settings["steps"],
        seconds=seconds / 60,
        device=made["device"],
        recorded=made["recorded"],
    )
