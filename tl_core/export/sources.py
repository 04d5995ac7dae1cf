"""The code a run needs: its modules of the lab, and packages with versions.

Found by following imports from `training.train` and the three catalog files
of the run. Everything is read, nothing is imported: no torch.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import metadata
from pathlib import Path

from tl_core.parsing import parse
from tl_core.spec import KIND, RunSpec

ROOT = Path(__file__).parent.parent.parent
LAB = "tl_core"
READERS = ("files", "find_spec")
"""Functions that name a package of data in a text."""


def of_run(spec: RunSpec) -> dict[str, str]:
    """The lab's modules that run `spec`, path -> source text; the strategy
    first, then the dataset, the backbone and what these stand on."""
    keys = {owner: getattr(spec, owner) for owner in KIND}
    chosen = [
        f"{LAB}.{KIND[owner]}.{keys[owner]}"
        for owner in ("strategy", "dataset", "backbone")
    ]
    starts = [*chosen, LAB, f"{LAB}.training"]
    if spec.dataset == "folder":
        starts.append(f"{LAB}.uploads")
    found = closure(starts)
    first = {name: found[name] for name in chosen}
    rest = dict(sorted(found.items()))
    return {path_of(name): text for name, text in (first | rest).items()}


def closure(starts: Iterable[str]) -> dict[str, str]:
    """The named modules and every module of the lab that they import, also
    inside functions, name -> source text."""
    found: dict[str, str] = {}
    waiting = list(starts)
    while waiting:
        name = waiting.pop()
        if name not in found:
            text = (ROOT / path_of(name)).read_text("utf-8")
            found[name] = text
            waiting += [m for m in imported(text) if m.startswith(f"{LAB}.")]
    return found


def path_of(name: str) -> str:
    """Where a module of the lab lies, below the checkout."""
    path = name.replace(".", "/")
    folder = (ROOT / path).is_dir()
    return f"{path}/__init__.py" if folder else f"{path}.py"


def imported(text: str) -> set[str]:
    """The modules that a source text imports, but for its types alone."""
    found: set[str] = set()
    for node in _nodes(parse(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            modules = {n for n in names if (ROOT / path_of(n)).is_file()}
            found |= modules or {node.module}
    return found


def _nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node, but for what stands under `if TYPE_CHECKING`."""
    for node in ast.iter_child_nodes(tree):
        test = node.test if isinstance(node, ast.If) else None
        if not (isinstance(test, ast.Name) and test.id == "TYPE_CHECKING"):
            yield node
            yield from _nodes(node)


def requirements(sources: Mapping[str, str]) -> list[str]:
    """What the texts import from elsewhere, `name==version` as installed
    here, sorted.

    Raises:
        PackageNotFoundError: one of them is not installed here.
    """
    names: set[str] = set()
    for text in sources.values():
        found = imported(text) | data_packages(text)
        names |= {name.partition(".")[0] for name in found}
    outer = names - {LAB} - set(sys.stdlib_module_names)
    return sorted(pinned(name) for name in outer)


def data_packages(text: str) -> set[str]:
    """Packages whose files a source text reads without importing them."""
    return {
        str(node.args[0].value)
        for node in ast.walk(parse(text))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in READERS
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }


def pinned(module: str) -> str:
    """The distribution that holds a module, with its version; a build's
    own mark, as in 2.9.0+cpu, no registry knows."""
    held = distributions().get(module)
    if not held:
        raise metadata.PackageNotFoundError(module)
    name = sorted(held)[0]
    return f"{name}=={metadata.version(name).partition('+')[0]}"


@cache
def distributions() -> Mapping[str, list[str]]:
    """Which distributions hold a top-level module."""
    return metadata.packages_distributions()
