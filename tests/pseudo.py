"""A language in which every translated text stands in ⟦brackets⟧."""

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from tl_core import texts, translation


def bracketed(folder: Path) -> Path:
    """The folder of that language, made from the list of all texts."""
    made = Catalog()
    for text in translation.messages():
        made.add(text, f"⟦{text}⟧")
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / texts.COMPILED).open("wb") as out:
        write_mo(out, made)
    return folder
