"""Each strategy's own learning rate in words, with the runs it comes from."""

from __future__ import annotations

from tl_core import catalog
from tl_core.analysis.intervals import interval
from tl_core.criteria import held_out_of
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

WHERE = (
    "Tuned on digits turned by 45°, and where another rate than "
    f"{USUAL:g} was better, again on noisy digits; three seeds each, no test "
    "sample looked at."
)
RULE = (
    f"Another rate than {USUAL:g} is taken if it is clearly better on both "
    f"pairs: by {100 * MARGIN['validation']:g} point of accuracy on held-out "
    "training samples at least, and with a 95 % interval over paired seeds "
    "above zero. Held out is a fifth of the target labels that a strategy "
    "learns from, or, where it sees none, of the source. Where the source "
    "cannot tell, the information about unlabelled target samples does, by "
    f"{MARGIN['information']:g} nats at least."
)


def said(strategy: str) -> str:
    """What a strategy's rate is and by what it was chosen."""
    found = choose(strategy, recorded().get("runs", []))
    title = catalog.entry("strategies", strategy).card.title
    if not found.by:
        return f"{title} has the usual rate of {USUAL:g}. {WHERE}"
    where = f"held-out {held_out_of(strategy)} training samples"
    by = {
        "validation": f"accuracy on {where}",
        "information": "information about unlabelled target samples",
    }[found.by]
    return (
        f"{title}'s own is {found.lr:g}, by {by}. Tuned on {FIRST.name} and "
        f"again on {AGAIN.name}, three seeds each, no test sample looked at."
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
                    "held out (%)": f"{share.mean:.1f} ± {share.half:.1f}",
                    "information": f"{nats.mean:.2f} ± {nats.half:.2f}",
                }
            )
    return rows


def origin() -> str:
    """Where the numbers come from."""
    made = recorded()
    runs = made["runs"]
    seconds = sum(run.seconds for run in runs)
    return (
        f"{len(runs)} runs with a ConvNet, or a small transformer for who "
        f"reads tokens; {len(SEEDS)} seeds, {FIRST.settings['steps']} and "
        f"{AGAIN.settings['steps']} steps, {seconds / 60:.0f} minutes on "
        f"{made['device']}, recorded {made['recorded']}. ± is the 95 % "
        "interval over seeds."
    )
