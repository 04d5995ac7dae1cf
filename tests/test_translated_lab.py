"""The lab in a made-up language, in which every translated text stands in
⟦brackets⟧: whatever a page says outside of them cannot be translated."""

import asyncio
import html
import json
import re
import tomllib
from urllib.parse import urlencode

import pytest

from pages.ui import registry
from tests.benchmarks.websocket_client import WHOLE, Viewer
from tests.faults.lab import Lab
from tests.pseudo import bracketed
from tl_core import translation
from tl_core.parsing import parse
from tl_core.texts import ASSETS

NO_TEXT = {
    *("id", "element_id", "query_string", "config", "page", "url", "type"),
    *("page_script_hash", "js_content", "css_content", "component_name"),
    *("deferred_file_id", "theme", "language", "shortcut", "styles"),
    *("selection_default", "raw_value", "raw_values", "columns", "code_text"),
    *("json", "arrow_data"),
}
"""Fields of Streamlit's messages that nobody reads."""
DRAWN = ("text", "name", "hovertemplate", "ticktext")
"""Where a chart has words."""
NAMES = {
    *("LEEP", "LogME", "MMD", "CSV", "t-SNE", "GPT", "GPT-", "ViT-B"),
    *("EWC", "LoRA", "DANN", "AdaBN", "CORAL", "CDAN", "BatchNorm", "MLP"),
    *("MNIST", "USPS", "AnB", "BnB", "Adam", "ImageNet", "MiniLM", "Gabor"),
    *("PNG", "SVG", "HTML", "mlp", "conv", "dense", "head", "patches"),
}
"""What is called so in every language."""


def texts(message):
    """Every text of a message, with those of its parts."""
    for field, value in message.ListFields():
        if field.name in NO_TEXT:
            continue
        for part in [value] if _one(value) else list(value[:]):
            if isinstance(part, str):
                yield from drawn(part) if field.name == "spec" else [part]
            elif hasattr(part, "ListFields"):
                yield from texts(part)


def _one(value):
    return isinstance(value, (str, bytes, int, float)) or hasattr(
        value, "ListFields"
    )


def drawn(spec):
    """The words of a chart."""
    waiting = [json.loads(spec)]
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting += item
            continue
        if not isinstance(item, dict):
            continue
        item.pop("template", None)
        waiting += item.values()
        for name in DRAWN:
            said = item.get(name, [])
            words = [said] if isinstance(said, str) else said
            yield from (word for word in words if isinstance(word, str))


def untranslated(text):
    """The words of a text that stand outside of brackets, formulas, code,
    addresses and markup."""
    text = re.sub(r"<(style|script)\b.*?</\1>|```.*?```", "", text, flags=re.S)
    text = html.unescape(re.sub(r"<[^>]*>", " ", text))
    text = re.sub(r"%\{[^}]*\}|\$[^$]*\$|`[^`]*`|https?:\S+", "", text)
    text = re.sub(r"^[^⟦⟧]*⟧|⟦[^⟦⟧]*$", "", text)  # a part of one
    while (shorter := re.sub(r"⟦[^⟦⟧]*⟧", "", text)) != text:
        text = shorter
    text = re.sub(r":material/\w+:|:[a-z]+(-[a-z]+)?\[|\]\([^)]*\)", "", text)
    if "\\" in text:  # a formula
        return ""
    words = re.findall(r"[A-Za-z][A-Za-z’'-]{2,}", text)
    return " ".join(text.split()) if set(words) - NAMES else ""


def data_files():
    """Every text that a translation has in files of its own."""
    found = set()
    for pattern in translation.FILES:
        for path in ASSETS.glob(pattern):
            waiting = [tomllib.loads(path.read_text("utf-8"))]
            while waiting:
                item = waiting.pop()
                if isinstance(item, dict):
                    waiting += item.values()
                elif isinstance(item, list):
                    waiting += item
                elif isinstance(item, str):
                    found.add(bare(untranslated(item)))
    return found


def bare(text):
    """Without what a page puts around a text: numbers and marks."""
    return text.strip(" .·#0123456789")


def parts(text):
    """A row of tags has several."""
    return [bare(untranslated(part)) for part in text.split(" · ")]


def views(page):
    """The views of a page, as the URL names them."""
    path = registry.path_of(page)
    for node in parse(path.read_text("utf-8")).body:
        name = getattr(getattr(node, "targets", [None])[0], "id", "")
        if name == "VIEWS":
            return [key.value for key in node.value.keys]
    return [""]


async def said(lab, page, view):
    """What a page says in one of its views."""
    link = urlencode({"view": view}) if view else ""
    async with Viewer(lab.port) as viewer:
        answer = await viewer.open("" if page == "start" else page, link)
    assert answer.status == WHOLE
    kinds = [element.WhichOneof("type") for element in answer.elements]
    assert "exception" not in kinds, f"{page}, {view}"
    return [
        text
        for element, kind in zip(answer.elements, kinds, strict=True)
        for text in texts(getattr(element, kind))
    ]


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    folder = bracketed(tmp_path_factory.mktemp("xx"))
    lab = Lab(tmp_path_factory.mktemp("lab"), TL_LANGUAGE=folder)
    lab.ready()
    yield lab
    lab.stop()


@pytest.mark.parametrize("page", list(registry.about()))
def test_everything_that_a_page_says_can_be_translated(lab, page):
    data, left = data_files(), set()
    for view in views(page):
        told = asyncio.run(said(lab, page, view))
        assert any("⟦" in text for text in told)
        found = {untranslated(text) for text in told} - {""}
        left |= {text for text in found if not set(parts(text)) <= data}
    assert sorted(left) == []
