"""requirements.lock holds what requirements.txt asks for, and says nothing of
the machine on which it was made."""

import re
from pathlib import Path

from packaging.markers import default_environment
from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent.parent
LOCK = (ROOT / "requirements.lock").read_text("utf-8")
ASKED = (ROOT / "requirements.txt").read_text("utf-8")
PYTHONS = ("3.11", "3.12", "3.13")


def requirements(text: str) -> list[Requirement]:
    """Its lines, without comments and hashes."""
    joined = text.replace("\\\n", " ")
    lines = [line.partition("#")[0] for line in joined.splitlines()]
    lines = [line.partition(" --hash")[0].strip() for line in lines]
    return [Requirement(line) for line in lines if line]


def name(requirement: Requirement) -> str:
    return re.sub(r"[-_.]+", "-", requirement.name).lower()


def test_every_requirement_is_locked_in_a_version_that_satisfies_it():
    locked = requirements(LOCK)
    for python in PYTHONS:
        here = {
            **default_environment(),
            "python_version": python,
            "python_full_version": f"{python}.0",
        }
        found = {
            name(one): str(one.specifier).removeprefix("==")
            for one in locked
            if one.marker is None or one.marker.evaluate(here)
        }
        for asked in requirements(ASKED):
            assert asked.specifier.contains(found[name(asked)], True), asked


def test_every_locked_package_is_one_version_with_hashes():
    for block in re.split(r"\n(?=\S)", LOCK.partition("\n#    ")[2])[1:]:
        assert re.match(r"[a-z0-9.-]+==\S+", block), block[:80]
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", block), block[:80]


def test_the_lock_names_no_index_and_no_path():
    assert not re.search(r"://|^--|file:|@ |/home|/work", LOCK, re.MULTILINE)


def test_torch_and_torchvision_stay_free_to_be_chosen_together():
    loose = {name(one): str(one.specifier) for one in requirements(ASKED)}
    assert loose["torch"].startswith(">=")
    assert loose["torchvision"].startswith(">=")
