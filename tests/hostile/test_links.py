"""Every page opened by hostile links: nothing raises, what is wrong is told
in plain words or ignored, and no page writes it back as anything but text."""

from itertools import cycle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pages.ui import first_paint, form, race_form
from tests.hostile.strategies import KEYS, KNOBS, VALUES
from tests.hostile.values import EVERY, PATHS, SCRIPT
from tests.test_pages import PAGES, lab, opened, text  # noqa: F401
from tl_core import races
from tl_core.spec import FIELDS

pytestmark = pytest.mark.filterwarnings("default")
RUN = races.RACES[0].spec("mmd", 0).id
"""The id of a recorded run."""
OWN = ("run", "race", "view", "lesson", "tour", "pins", "hide", "lock")
OWN += ("present", "embed", "embed_options", "group", "heat", "drill")
OWN += ("seed", "words", "state", "tag", "order", "preset", "question")
OWN += ("strategies", "seeds", "sweep", "values", "tune", "print")
OWN += ("dataset2", "backbone2", "strategy2", "role", "card", "code", "q")
NAMES = (*OWN, *form.LABEL, *race_form.LABEL, "target_labels", *KNOBS)
LINKS = st.dictionaries(
    st.sampled_from(NAMES),
    st.one_of(VALUES, st.just(RUN), KEYS),
    min_size=1,
    max_size=9,
)


def check(page: str, link: dict[str, str]) -> None:
    """It opens, and says nothing that is HTML or endless."""
    app = opened(page, **link)
    assert not app.exception, (page, link)
    said = text(app)
    assert SCRIPT not in said
    told = [*app.warning, *app.error]
    assert all(len(element.value) < 2500 for element in told)


MIXED = dict(zip(NAMES, cycle(EVERY), strict=False))
SOUND = {"dataset": "moons", "backbone": "mlp", "strategy.weight": "\u0663"}
LINKED = (dict.fromkeys(NAMES, "9" * 5000), {**MIXED, **SOUND})


@pytest.mark.parametrize("link", LINKED, ids=["digits", "mixed"])
@pytest.mark.parametrize("page", PAGES)
def test_a_page_with_every_parameter_wrong(page, link):
    check(page, link)


@pytest.mark.parametrize("value", [SCRIPT, *PATHS, "9" * 300])
def test_ids_from_a_link(value):
    """Where a run, a race, a board or pins are named."""
    check("run", {"run": value})
    check("runs", {"preset": value, "pins": value})
    check("compare", {"group": value, "heat": value, "pins": value})


@pytest.mark.parametrize("name", FIELDS)
def test_bounds_of_a_field_are_in_the_form(name):
    """What a spec may have, a form can show: both ends of every range."""
    knob = FIELDS[name]
    values = knob.choices or (str(knob.low), str(knob.high))
    for value in values:
        app = opened("run", **{name: value})
        assert not app.exception
        assert not app.warning


@pytest.mark.nightly
@settings(max_examples=1000, deadline=None)
@given(st.sampled_from(PAGES), LINKS)
def test_pages_for_long(page, link):
    check(page, link)


def test_what_the_first_page_keeps_does_not_grow_with_what_is_asked():
    first_paint._page.cache_clear()
    for number in range(300):
        said = first_paint.html(f"race={number}&x={SCRIPT}&x{number}=1")
        assert SCRIPT not in said
    assert first_paint._page.cache_info().currsize == 1
