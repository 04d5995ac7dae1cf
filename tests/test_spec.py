"""A spec is checked on the way in and says what is wrong."""

import contextlib
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import TOY, toy
from tl_core import catalog
from tl_core.card import SpecError
from tl_core.spec import (
    FIELDS,
    KIND,
    RunSpec,
    spec_from_dict,
    spec_from_settings,
)

ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.lists(st.integers()),
    st.dictionaries(st.text(), st.text()),
)


def test_defaults_spelled_out_are_the_same_experiment():
    spelled = spec_from_settings({"steps": "300", "strategy.weight": "10"})
    assert spelled == RunSpec()
    assert spelled.id == RunSpec().id


def test_a_spec_survives_its_json_and_its_url():
    spec = toy("mmd", **{"strategy.weight": 0.5, "dataset.rotation": 20})
    assert spec_from_dict(spec.to_dict()) == spec
    assert spec_from_settings(spec.changes()) == spec


OTHER = {
    "target_labels": 7,
    "lr": 0.5,
    "weight_decay": 0.1,
    "dropout": 0.1,
    "label_smoothing": 0.1,
    "augmentation": "noise",
    "selection": "source",
}


@pytest.mark.parametrize("name", [*FIELDS, "target_labels"])
def test_every_field_changes_the_id(name):
    other = OTHER.get(name, 11)
    assert toy("full", **{name: other}).id != toy("full").id


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"strategy": "mdm"}, "no strategy 'mdm'. Did you mean 'mmd'?"),
        ({"dataset": "../etc"}, "no dataset '../etc'"),
        ({"steps": -3}, "steps cannot be -3; use a whole number from 1"),
        ({"steps": 2.5}, "steps cannot be 2.5"),
        ({"lr": math.nan}, "lr cannot be nan"),
        ({"lr": "fast"}, "lr cannot be 'fast'"),
        ({"seed": 10**400}, "seed cannot be 1000"),
        ({"steps": "9" * 5000}, "steps cannot be"),
        ({"strategy.weight": "inf"}, "strategy.weight cannot be 'inf'"),
        ({"strategy.rank": 3}, "'mmd' has no setting 'rank'"),
        ({"backbone.norm": "layer"}, "choose one of: batch, group, none"),
        ({"colour": "red"}, "A run has no field 'colour'"),
        ({"planet.size": 1}, "There is no setting 'planet.size'"),
        ({"dataset": "moons"}, "cannot read the points of 'moons'"),
        (
            {"strategy": "adabn", "backbone.norm": "group"},
            "set backbone.norm=batch",
        ),
    ],
)
def test_a_bad_setting_gets_one_clear_sentence(settings, sentence):
    with pytest.raises(SpecError) as caught:
        spec_from_settings(settings)
    said = str(caught.value)
    assert sentence in said
    assert "\n" not in said
    assert len(said) < 400


@given(
    name=st.sampled_from([*FIELDS, *KIND, "target_labels", "strategy_params"]),
    value=ANYTHING,
)
def test_no_value_does_worse_than_a_spec_error(name, value):
    with contextlib.suppress(SpecError):
        spec = spec_from_dict({name: value})
        assert spec_from_dict(spec.to_dict()) == spec


@given(settings=st.dictionaries(st.text(), st.text(), max_size=4))
def test_no_url_does_worse_than_a_spec_error(settings):
    with contextlib.suppress(SpecError):
        spec = spec_from_settings(settings)
        assert spec_from_settings(spec.changes()) == spec


def test_each_knob_has_a_default_it_accepts():
    for kind in catalog.KINDS:
        for key in catalog.keys(kind):
            entry = catalog.entry(kind, key)
            values = entry.settings({})
            assert values == {n: k.default for n, k in entry.knobs.items()}


def test_the_toy_is_not_the_default():
    assert toy("mmd").changes() == {
        k: v for k, v in TOY.items() if k != "strategy"
    }
