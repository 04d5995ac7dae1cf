"""What there is to translate: `make texts` lists it for translators.

    python -m tl_core.translation        writes assets/texts/lab.pot
    python -m tl_core.translation de     compiles assets/texts/de/lab.po, and
                                         says what that folder lacks

The list has every text in `say("...")`, the words of the catalog's cards and
knobs, the names of pages and of their views. Lessons and interview are files
of their own: a translation has a copy of each, see `texts.py`.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Formatter

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from tl_core import catalog, texts
from tl_core.card import Hyper
from tl_core.card_words import label, word, words
from tl_core.parsing import parse
from tl_core.spec import FIELDS

ROOT = Path(__file__).parent.parent
SOURCE = "lab.po"
LIST = texts.ASSETS / "texts" / "lab.pot"
LABEL = re.compile(r"[A-Z0-9].*[a-z]|.* .*")
"""What a key of a constant looks like when it is shown as a label."""
PAGE = ("title", "help", "section")
FILES = ("lessons/*.toml", "interview/*.toml")


def messages() -> dict[str, set[str]]:
    """Every text, and the files that it stands in."""
    found: dict[str, set[str]] = {}
    for path in sources():
        name = path.relative_to(ROOT).as_posix()
        for text in [*spoken(path), *quoted(path), *labels(path)]:
            found.setdefault(text, set()).add(name)
    for text in told(FIELDS):
        found.setdefault(text, set()).add("tl_core/spec_fields.py")
    for kind in catalog.KINDS:
        for key in catalog.keys(kind):
            for text in described(kind, key):
                found.setdefault(text, set()).add(f"tl_core/{kind}/{key}.py")
    return found


def described(kind: str, key: str) -> list[str]:
    """What a catalog entry says of itself and of its knobs."""
    entry = catalog.entry(kind, key)
    return [entry.lesson, *words(entry.card).values(), *told(entry.knobs)]


def told(knobs: Mapping[str, Hyper]) -> list[str]:
    """What knobs say: names, helps, units and choices."""
    found = [called(name) for name in knobs for called in (label, word)]
    for knob in knobs.values():
        found += [knob.unit, *knob.choices, *words(knob).values()]
    return [text for text in found if text]


def sources() -> list[Path]:
    """The code that may say something."""
    folders = (ROOT / "pages", ROOT / "tl_core")
    files = [path for folder in folders for path in folder.rglob("*.py")]
    return sorted([ROOT / "app.py", *files])


def spoken(path: Path) -> Iterator[str]:
    """The texts in `say("...")`."""
    for node in ast.walk(parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "say":
            yield from filter(None, map(_text, node.args))


def quoted(path: Path) -> Iterator[str]:
    """What stands in «guillemets», inside markup and scripts of a page."""
    for text in re.findall("«([^«»]+)»", path.read_text("utf-8")):
        yield " ".join(text.split())


def labels(path: Path) -> Iterator[str]:
    """What constants hold that is shown through `say`: a page's own words
    and the names of views and choices, which are keys."""
    for node in parse(path.read_text("utf-8")).body:
        if not isinstance(node, (ast.Assign, ast.AnnAssign)):
            continue
        value = node.value
        if not isinstance(value, ast.Dict):
            continue
        page = "PAGE" in ast.unparse(node).split("=")[0]
        for key, item in zip(value.keys, value.values, strict=True):
            text = _text(item if page else key)
            wanted = _text(key) in PAGE if page else LABEL.fullmatch(text)
            if text and wanted:
                yield text


def _text(node: ast.expr | None) -> str:
    """What a literal says; empty where it is none."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return ""


def template() -> Catalog:
    """All texts as a catalog of gettext's."""
    made = Catalog(project="Transfer Learning Lab", charset="utf-8")
    for text, files in sorted(messages().items()):
        flags = ["python-brace-format"] if places(text) else []
        made.add(text, locations=[(f, 0) for f in sorted(files)], flags=flags)
    return made


def places(text: str) -> set[str]:
    """The `{names}` of a text; empty where braces mean something else."""
    try:
        return {name for _, name, _, _ in Formatter().parse(text) if name}
    except ValueError:
        return set()


def compiled(folder: Path) -> Catalog:
    """The catalog of a translation, compiled for use.

    Raises:
        OSError: there is none.
    """
    with (folder / SOURCE).open("rb") as source:
        found = read_po(source)
    with (folder / texts.COMPILED).open("wb") as out:
        write_mo(out, found)
    return found


def lacks(folder: Path, found: Catalog) -> list[str]:
    """What a translation still needs, in lines; empty when it is whole."""
    known = {
        str(message.id): str(message.string)
        for message in found
        if message.id and message.string and not message.fuzzy
    }
    there = messages()
    files = [
        path.relative_to(texts.ASSETS).as_posix()
        for pattern in FILES
        for path in sorted(texts.ASSETS.glob(pattern))
    ]
    return [
        *(f"not translated: {text}" for text in sorted(there.keys() - known)),
        *(f"no longer said: {text}" for text in sorted(known.keys() - there)),
        *(
            f"names what is not there: {text}"
            for text, said in known.items()
            if places(said) - places(text)
        ),
        *(f"no file {name}" for name in files if not (folder / name).exists()),
    ]


def main(languages: list[str]) -> int:
    """Write the list, or compile these languages and say what they lack."""
    if not languages:
        LIST.parent.mkdir(exist_ok=True)
        with LIST.open("wb") as out:
            write_po(out, template(), include_lineno=False, omit_header=True)
    lines: list[str] = []
    for name in languages:
        folder = texts.ASSETS / "texts" / name
        lines += lacks(folder, compiled(folder))
    sys.stdout.writelines(f"{line}\n" for line in lines)
    return int(bool(lines))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
