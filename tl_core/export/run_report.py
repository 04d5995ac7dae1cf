"""A run on one page: verdict, curves, numbers, every setting, and where it
all comes from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tl_core import catalog, sentences, spec_difference, takeaways
from tl_core.export import page
from tl_core.figures import curves
from tl_core.history import History
from tl_core.spec import KIND, RunSpec
from tl_core.texts import say


def of_run(history: History) -> str:
    """The page of one run."""
    spec = history.spec
    names = [named(owner, spec) for owner in ("strategy", "dataset")]
    return page.document(
        f"{names[0]} on {names[1]}",
        [
            page.lead(sentences.verdict(history)),
            page.heading(say("Accuracy, on all test samples")),
            page.table(["", "before", "after", "change"], outcome(history)),
            page.heading(say("While it adapted")),
            page.figures(pictures(history)),
            page.heading(say("Every setting")),
            page.table(["setting", "value", ""], settings(spec)),
            page.heading(say("Where the numbers come from")),
            *provenance([history]),
        ],
    )


def named(owner: str, spec: RunSpec) -> str:
    """The title of a run's dataset, backbone or strategy."""
    title: str = catalog.entry(KIND[owner], getattr(spec, owner)).card.title
    return title


def outcome(history: History) -> list[list[str]]:
    """A row a domain: accuracy before and after, and the change; then what
    was trained."""
    assert history.finished is not None
    share = history.finished.accuracy
    rows = []
    for domain in ("target", "source"):
        if domain not in share:
            continue
        before, after = share.get(f"{domain}_before"), share[domain]
        moved = "" if before is None else points(after - before)
        start = "" if before is None else sentences.percent(before)
        rows.append([domain, start, sentences.percent(after), moved])
    if "source_old_head" in share:
        old = sentences.percent(share["source_old_head"])
        rows.append([say("source, by its old head"), "", old, ""])
    if "source_adapter_off" in share:
        off = sentences.percent(share["source_adapter_off"])
        rows.append([say("source, adapter switched off"), "", off, ""])
    return rows


def points(share: float) -> str:
    """A difference of shares in percentage points."""
    return say("{share:+.1f} points", share=100 * share)


def pictures(history: History) -> list[str]:
    """Accuracy, the terms of the objective, and MMD by stage."""
    ends = {d: history.accuracy(d)[1] for d in ("source", "target")}
    ends = {domain: shares for domain, shares in ends.items() if shares}
    accuracy = curves.accuracy_curves(history)
    # Its name would stand across the other lines.
    accuracy.update_traces(name="", selector={"line.dash": "dot"})
    said = takeaways.ends(ends, say("Held-out accuracy"))
    drawn = [page.shares(accuracy, say("Accuracy"), said)]
    losses = history.losses("adapt")
    if losses:
        figure = curves.loss_curves(history, "adapt", {})
        ends = {term: curves.thin(*c)[1] for term, c in losses.items()}
        said = takeaways.ends(ends, say("Terms of the loss"))
        drawn.append(page.lines(figure, say("Objective"), said))
    if history.stages:
        ends = {stage: history.mmd(stage)[1] for stage in history.stages}
        said = takeaways.ends(ends, say("MMD² of source and target features"))
        figure = curves.mmd_curves(history)
        drawn.append(page.lines(figure, say("Distance of the domains"), said))
    return drawn


def settings(spec: RunSpec) -> list[list[str]]:
    """Every setting by name, and whether it was changed."""
    changed = spec.changes()
    return [
        [
            name,
            "all" if value is None else str(value),
            "changed" if name in changed else "",
        ]
        for name, value in spec_difference.flat(spec).items()
    ]


def provenance(histories: Sequence[History]) -> Iterable[str]:
    """A row a run: what it is called, and where and when it was made."""
    head = ["run", "strategy", "seed", "device", "seconds", "recorded"]
    yield page.table(
        head,
        (
            [
                history.spec.id,
                named("strategy", history.spec),
                str(history.spec.seed),
                history.device,
                f"{history.seconds:.1f}",
                history.recorded or say("run on this lab"),
            ]
            for history in histories
        ),
    )
    version = histories[0].spec.version
    yield page.quiet(
        say(
            "Every number was measured in a real run of the Transfer "
            "Learning Lab (spec version {version}). Accuracy after "
            "adaptation is on all test samples, the curves are on up to 256 "
            "of them. A run is repeated by its settings: equal settings give "
            "equal numbers on the same device and versions.",
            version=version,
        )
    )
