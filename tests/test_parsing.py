"""Sources are parsed one at a time, whoever asks, and no garbage meanwhile."""

import ast
import gc
import threading

import pytest

from tl_core import parsing

SOURCE = "x = 1"


def test_who_parses_waits_for_the_one_before():
    found: list[ast.Module] = []
    other = threading.Thread(
        target=lambda: found.append(parsing.parse(SOURCE)), daemon=True
    )
    with parsing.undisturbed():
        other.start()
        other.join(0.3)
        assert other.is_alive()
        assert found == []
        parsing.parse(SOURCE)  # the one who is inside may
    other.join(30)
    assert ast.dump(found[0]) == ast.dump(ast.parse(SOURCE))


def test_garbage_waits_and_is_collected_afterwards():
    assert gc.isenabled()
    with parsing.undisturbed():
        assert not gc.isenabled()
        with parsing.undisturbed():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_a_bad_source_leaves_all_as_it_was():
    with pytest.raises(SyntaxError):
        parsing.parse("x =")
    assert gc.isenabled()
    test_who_parses_waits_for_the_one_before()


def test_who_wants_no_garbage_collected_keeps_it_so():
    gc.disable()
    try:
        with parsing.undisturbed():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
