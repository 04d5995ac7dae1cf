"""What an exported script or notebook does: unpack the code that ran, run
the same experiment, and compare. Its text is copied into every export, so it
stands on nothing but Python's own library."""

from __future__ import annotations

import base64
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any


def unpack(texts: Mapping[str, str], binaries: Mapping[str, str]) -> Path:
    """Write the code, and files given as base64, into a new folder, and let
    Python find the code there."""
    folder = Path(tempfile.mkdtemp(prefix="tl-run-"))
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    for name, text in binaries.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(text))
    sys.path.insert(0, str(folder))
    return folder


def run(about: Mapping[str, Any], data: str = "") -> list[Any]:
    """Every event of the run; `data` is the path of your own pictures.

    Sums are split over threads, so their number belongs to a result. A
    source network that is not carried is trained anew; if it then reads the
    data otherwise than the run's did, that one was trained with another
    number of threads, and the next number is tried.
    """
    told: list[Any] = []
    recorded = about["accuracy"]
    before = [name for name in recorded if name.endswith("_before")]
    for source_threads in about["source_threads"]:
        if told:
            say("Not the run's source network; once more, as a question of")
            say("the app would have trained it.")
        told = attempt(about, source_threads, data)
        end = told[-1].accuracy
        if all(end.get(name) == recorded[name] for name in before):
            break
    return told


def attempt(
    about: Mapping[str, Any], source_threads: int, data: str
) -> list[Any]:
    """Run once, in a lab folder of its own."""
    threads = about["threads"]
    os.environ["TL_DEVICE"] = about["device"]
    with tempfile.TemporaryDirectory(prefix="tl-home-") as home:
        os.environ["TL_HOME"] = home
        bring(about, data)
        import tl_core.spec
        import tl_core.training

        spec = tl_core.spec.spec_from_dict(about["spec"])
        if source_threads != threads:
            os.environ["TL_THREADS"] = str(source_threads or "")
            for event in tl_core.training.train(spec):
                if getattr(event, "phase", "") == "adapt":
                    break
        # Nothing stands for as many as the machine has, as on a GPU.
        os.environ["TL_THREADS"] = str(threads or "")
        told = []
        for event in tl_core.training.train(spec):
            told.append(event)
            progress(event)
        return told


def bring(about: Mapping[str, Any], data: str) -> None:
    """Import your own pictures, where the run was made on such."""
    if not about["pictures"]:
        return
    if not data:
        raise SystemExit(
            "This run was made on pictures of its owner, which no file "
            "carries; give their zip file or folder: --data PATH"
        )
    from tl_core import uploads  # carried for such runs alone

    found = uploads.take(Path(data)).id
    if found != about["pictures"]:
        raise SystemExit(
            f"{data} holds other pictures ({found}) than those of the run "
            f"({about['pictures']})."
        )


def progress(event: Any) -> None:
    """A line for each measurement on the way."""
    if type(event).__name__ == "Evaluated":
        shares = ", ".join(f"{k} {v:.3f}" for k, v in event.accuracy.items())
        say(f"{event.phase:<9}step {event.step:>5}: {shares}")


def compare(told: Sequence[Any], about: Mapping[str, Any]) -> bool:
    """Say what came out here beside what was recorded; whether all is
    equal to the digit."""
    here, recorded = dict(told[-1].accuracy), dict(about["accuracy"])
    device = next(e.device for e in told if type(e).__name__ == "RunStarted")
    say(f"\n{'accuracy':<20}{'here':<22}recorded")
    for name in recorded:
        say(f"{name:<20}{here.get(name, '-')!r:<22}{recorded[name]!r}")
    say(f"{'device':<20}{device:<22}{about['recorded_on']}")
    if here == recorded:
        say("\nThe numbers agree to the digit.")
        return True
    say(
        "\nThe numbers differ. Rounding depends on the processor, the number "
        "of threads and the versions of the packages: compare them with the "
        "list at the top."
    )
    return False


def say(line: str) -> None:
    """A line on standard output."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(
    about: Mapping[str, Any],
    texts: Mapping[str, str],
    binaries: Mapping[str, str],
) -> int:
    """The whole script: 0 when all numbers agree, else 1."""
    given = sys.argv[1:]
    if given and (given[0] != "--data" or len(given) != 2):
        raise SystemExit("The only option is --data PATH.")
    folder = unpack(texts, binaries)
    try:
        told = run(about, given[1] if given else "")
        return 0 if compare(told, about) else 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)
