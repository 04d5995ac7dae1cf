"""The folder is the registry, and a card is read without torch."""

import inspect
import subprocess
import sys
import textwrap

import pytest

from tl_core import catalog

ENTRIES = [(kind, key) for kind in catalog.KINDS for key in catalog.keys(kind)]


def test_reading_every_card_loads_no_torch():
    code = (
        "import sys; from tl_core import catalog\n"
        "for kind in catalog.KINDS:\n"
        "    for key in catalog.keys(kind): catalog.entry(kind, key)\n"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


@pytest.mark.parametrize(("kind", "key"), ENTRIES)
def test_what_is_read_is_what_is_imported(kind, key):
    entry = catalog.entry(kind, key)
    built = catalog.create(kind, key, entry.settings({}))
    assert built.card == entry.card
    for name, knob in entry.knobs.items():
        assert getattr(built, name) == knob.default


@pytest.mark.parametrize(("kind", "key"), ENTRIES)
def test_every_knob_explains_itself(kind, key):
    for knob in catalog.entry(kind, key).knobs.values():
        assert knob.help.endswith(".")
        switch = isinstance(knob.default, bool)
        assert switch or knob.choices or knob.pattern or knob.low is not None


@pytest.mark.parametrize(("kind", "key"), ENTRIES)
def test_every_file_is_a_lesson_that_fits(kind, key):
    entry = catalog.entry(kind, key)
    lines = entry.source.splitlines()
    assert entry.lesson.startswith("# ")
    assert max(len(line) for line in lines) <= 79
    assert entry.card.reference
    if kind == "strategies":
        assert len(lines) <= 150


@pytest.mark.parametrize("key", catalog.keys("strategies"))
def test_the_shown_code_is_the_code_that_runs(key):
    entry = catalog.entry("strategies", key)
    strategy = catalog.create("strategies", key, entry.settings({}))
    for name in ("loss", "setup"):
        runs = textwrap.dedent(inspect.getsource(getattr(strategy, name)))
        assert entry.code(name) == runs.rstrip()


@pytest.mark.parametrize("key", catalog.keys("strategies"))
def test_every_symbol_on_a_card_is_in_the_file(key):
    entry = catalog.entry("strategies", key)
    code = entry.source.split("def setup")[1]
    for name in entry.card.symbols.values():
        assert name.split("[")[0] in code or name == "statistics"
