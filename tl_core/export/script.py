"""A run as one Python file that repeats it without the app.

It carries the true text of the modules that ran, and the source network
where one was loaded; its header names the packages, as PEP 723 says, so that
`uv run FILE` needs nothing else.
"""

from __future__ import annotations

import base64
import json
import textwrap
from collections.abc import Mapping
from pathlib import Path
from pprint import pformat
from typing import Any

from tl_core import catalog, plain_text, sentences
from tl_core.export import recipe, sources
from tl_core.export.recipe import Start
from tl_core.history import History
from tl_core.spec import KIND, RunSpec
from tl_core.texts import say

PYTHON = ">=3.11"
WIDTH = 79


def script(history: History, start: Start | None = None) -> str:
    """The whole file.

    Raises:
        SpecError: the run has no end, or another version of the lab made it.
    """
    about = recipe.about(history, start)
    texts = sources.of_run(history.spec)
    parts = [
        header(sources.requirements(texts)),
        f'"""{quoted(says(history, start))}"""\n{again()}',
        f"ABOUT = {literal(about)}\n",
        "TEXTS = {}\nBINARIES = {}\n",
        *(module(path, text) for path, text in texts.items()),
        carried(start),
        'if __name__ == "__main__":\n'
        "    sys.exit(main(ABOUT, TEXTS, BINARIES))\n",
    ]
    return "\n\n".join(part for part in parts if part)


def header(requirements: list[str]) -> str:
    """The packages, as PEP 723 writes them."""
    lines = [f"#   {json.dumps(name)}," for name in requirements]
    return "\n".join(
        [
            "# /// script",
            f'# requires-python = "{PYTHON}"',
            "# dependencies = [",
            *lines,
            "# ]",
            "# ///",
        ]
    )


def says(history: History, start: Start | None) -> str:
    """What the file is, in plain words."""
    paragraphs = [filled(part) for part in notes(history, start)]
    first = filled(say("{title}: one run, again.", title=title(history.spec)))
    return "\n\n".join([first, *paragraphs]) + "\n"


def quoted(text: str) -> str:
    """Text that does not end the docstring in which it stands."""
    return text.replace("\\", "\\\\").replace('"', "”")


def title(spec: RunSpec) -> str:
    """The three choices of a run, by their names."""
    strategy, dataset, backbone = (
        catalog.entry(KIND[owner], getattr(spec, owner)).card.title
        for owner in ("strategy", "dataset", "backbone")
    )
    return say(
        "{strategy} on {dataset} with {backbone}",
        strategy=strategy,
        dataset=dataset,
        backbone=backbone,
    )


def notes(history: History, start: Start | None) -> list[str]:
    """What happened, and what has to be known to repeat it."""
    day = f" on {history.recorded}" if history.recorded else ""
    device = plain_text.line(history.device)
    said = [
        say(
            "{verdict} That was the run {id}, made{day} on {device} in "
            "{seconds:.0f} s.",
            verdict=sentences.verdict(history),
            id=history.spec.id,
            day=day,
            device=device,
            seconds=history.seconds,
        ),
        say(
            "The file trains the same network on the same samples with the "
            "same code, which stands below, and prints the accuracies beside "
            "those that were recorded. It needs the packages that it names, "
            "in these versions, and no app."
        ),
    ]
    return [*said, *caveats(history, start)]


def caveats(history: History, start: Start | None) -> list[str]:
    """What the file cannot carry, and what its numbers depend on."""
    spec, said = history.spec, []
    if start and start.data:
        said.append(say("The source network of the run is carried as it was."))
    elif recipe.starts_trained(spec):
        said.append(say("The source network is trained anew, as in the run."))
    if spec.dataset == "folder":
        said.append(
            say(
                "The run was made on pictures of its owner, which the file "
                "does not carry: give their zip file or folder with --data "
                "PATH."
            )
        )
    if catalog.entry("datasets", spec.dataset).card.online:
        said.append(
            say(
                "The collection is downloaded for each run, unless the "
                "variable TL_DATA names a folder that has it in "
                "torchvision's layout."
            )
        )
    if not history.device.startswith("cpu"):
        said.append(
            say(
                "The run was made on a GPU: on another processor the numbers "
                "differ a little."
            )
        )
    return said


def filled(text: str) -> str:
    """A paragraph in lines of WIDTH."""
    return textwrap.fill(text, WIDTH)


def again() -> str:
    """The text of `again.py`, without what it says of itself."""
    text = Path(__file__).with_name("again.py").read_text("utf-8")
    return text.split('"""', 2)[2].rstrip() + "\n"


def module(path: str, text: str) -> str:
    """A module of the lab as a block that can be read."""
    return f"TEXTS[{json.dumps(path)}] = {raw(text)}\n"


def raw(text: str) -> str:
    """A literal that shows `text` as it stands, where Python allows it."""
    if "'''" in text or text.endswith(("\\", "'")) or "\r" in text:
        return repr(text)
    return f"r'''{text}'''"


def carried(start: Start | None) -> str:
    """The source network as base64, "" where there is none to carry."""
    if start is None or not start.data:
        return ""
    lines = textwrap.wrap(base64.b64encode(start.data).decode(), WIDTH)
    block = "\n".join(lines)
    return f'BINARIES[{json.dumps(start.path)}] = """\n{block}\n"""\n'


def literal(data: Mapping[str, Any]) -> str:
    """Plain data as Python writes it, every digit kept."""
    return pformat(data, width=WIDTH, sort_dicts=False)
