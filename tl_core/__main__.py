"""The lab without a browser: list, train, race, claims, record, export;
and, for many machines, cluster and worker.

With `--json`, standard output is one JSON object a line. A bad key or value
ends with exit code 2 and one sentence on standard error.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from typing import Any, NoReturn

from tl_core import (
    catalog,
    commands,
    events,
    gallery,
    plain_text,
    recording,
    sentences,
    tables,
    tuned_rates,
)
from tl_core.card import SpecError, shown
from tl_core.claims import CLAIMS
from tl_core.commands import say
from tl_core.history import History
from tl_core.jobs import cluster_command
from tl_core.spec import RunSpec, spec_from_settings


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, without the usage text."""

    def error(self, message: str) -> NoReturn:
        said = plain_text.line(message)
        raise SpecError(f"{said[:1].upper()}{said[1:]}.")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code."""
    try:
        options = parser().parse_args(arguments)
        os.environ["TL_DEVICE"] = getattr(options, "device", "auto")
        result: int = options.run(options)
        return result
    except SpecError as error:
        say(str(error))
        return 2
    except (RuntimeError, OSError) as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        say("Stopped.")
        return 130


def parser() -> Parser:
    """The commands and their options."""
    top = Parser(prog="python -m tl_core", description=__doc__)
    names = top.add_subparsers(required=True, metavar="COMMAND")
    show = names.add_parser("list", help="what can be run")
    show.add_argument("kind", nargs="?", choices=list(catalog.KINDS))
    show.add_argument("--json", action="store_true")
    show.set_defaults(run=list_catalog)

    one = names.add_parser("train", help="one run a seed")
    one.add_argument("--strategy", metavar="KEY")
    one.add_argument("--seed", nargs="+", metavar="N")
    one.add_argument("--spec", metavar="FILE", help="an exported spec")
    one.set_defaults(run=train_runs)
    add_run_options(one)

    many = names.add_parser("race", help="several strategies and seeds")
    many.add_argument("--strategies", required=True, metavar="A,B,C")
    many.add_argument("--seeds", default="0,1,2", metavar="0,1,2")
    many.set_defaults(run=run_race)
    add_run_options(many)

    said = names.add_parser("claims", help="textbook claims, judged")
    said.add_argument("--json", action="store_true")
    said.set_defaults(run=judge_claims)

    again = names.add_parser("record", help="make assets/recorded again")
    again.add_argument("--missing", action="store_true")
    again.set_defaults(run=record_assets)
    commands.add_export(names)
    cluster_command.add(names)
    return top


def add_run_options(command: argparse.ArgumentParser) -> None:
    """What `train` and `race` have in common."""
    command.add_argument("--dataset", metavar="KEY")
    command.add_argument("--backbone", metavar="KEY")
    command.add_argument(
        "--data",
        metavar="PATH",
        help="folder or zip file of pictures, for --dataset folder",
    )
    command.add_argument(
        "--set",
        nargs="+",
        default=[],
        metavar="NAME=VALUE",
        action="extend",
        dest="settings",
    )
    command.add_argument(
        "--device", choices=["auto", "cpu", "cuda"], default="auto"
    )
    command.add_argument("--json", action="store_true")


def list_catalog(options: argparse.Namespace) -> int:
    """Every key with its title, or as JSON with card and knobs."""
    kinds = [options.kind] if options.kind else list(catalog.KINDS)
    for kind in kinds:
        for key in catalog.keys(kind):
            entry = catalog.entry(kind, key)
            if options.json:
                write({"kind": kind, **tables.describe(entry)})
            else:
                out(f"{kind:<11}{key:<20}{entry.card.title}")
    return 0


def train_runs(options: argparse.Namespace) -> int:
    """Run one strategy with each seed."""
    if options.spec:
        specs = commands.specs_in(options)
    else:
        seeds = options.seed or ["0"]
        specs = [spec_of(options, options.strategy, s) for s in seeds]
    for spec in commands.with_data(specs, options.data):
        history = run(spec, as_json=options.json)
        tell(history, options.json)
    return 0


def run_race(options: argparse.Namespace) -> int:
    """Run every strategy with every seed; the last line compares them."""
    strategies = options.strategies.split(",")
    seeds = options.seeds.split(",")
    specs = [
        spec_of(options, strategy, seed)
        for seed in seeds
        for strategy in strategies
    ]
    histories = []
    for spec in commands.with_data(specs, options.data):
        histories.append(run(spec, as_json=False))
        scratch = tables.scratch_of(histories, spec.seed)
        tell(histories[-1], options.json, scratch)
    table = tables.standings(histories)
    if options.json:
        write({"race": table})
        return 0
    for strategy, row in table.items():
        out(f"{strategy:<18}target {tables.span(row)}")
    return 0


def spec_of(options: argparse.Namespace, strategy: str, seed: str) -> RunSpec:
    """The spec that the options describe, with the strategy's own learning
    rate unless they name one.

    Raises:
        SpecError: a setting is not NAME=VALUE, unknown or out of range.
    """
    settings: dict[str, object] = {}
    for text in options.settings:
        name, equals, value = text.partition("=")
        if not equals:
            raise SpecError(f"--set takes NAME=VALUE, not {shown(text)}.")
        settings[name] = value
    given = {"dataset": options.dataset, "backbone": options.backbone}
    given["strategy"] = strategy
    missing = [f"--{name}" for name, key in given.items() if key is None]
    if missing:
        raise SpecError(
            "The following arguments are required: " + ", ".join(missing)
        )
    own = {"lr": tuned_rates.own_rate(strategy)}
    return spec_from_settings({**own, **settings, **given, "seed": seed})


def run(spec: RunSpec, as_json: bool) -> History:
    """Train and fold; with `as_json`, print each event as it comes."""
    from tl_core.training import train

    history = History(spec)
    start = time.monotonic()
    for event in train(spec):
        history.add(event, time.monotonic() - start)
        if as_json:
            out(events.to_json(event))
    history.peak_memory = recording.peak_memory()
    return history


def tell(
    history: History, as_json: bool, scratch: float | None = None
) -> None:
    """The summary of one run, as JSON or as a sentence."""
    if as_json:
        write({"summary": history.summary(scratch)})
    else:
        out(
            f"[seed {history.spec.seed}] {sentences.verdict(history)} "
            f"({history.seconds:.1f} s on {history.device}, learning rate "
            f"{history.spec.lr:g})"
        )


def record_assets(options: argparse.Namespace) -> int:
    """Make every recorded run again, or those that are missing."""
    recording.record(say, options.missing)
    if not options.missing:
        gallery.record_all(say)
    return 0


def judge_claims(options: argparse.Namespace) -> int:
    """Every claim with the verdict of its recorded runs."""
    for row in tables.verdicts(CLAIMS):
        write(row) if options.json else out(tables.verdict_line(row))
    return 0


def write(data: dict[str, Any]) -> None:
    """One JSON object on a line of its own."""
    out(json.dumps(data))


def out(line: str) -> None:
    """A line of results on standard output."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
