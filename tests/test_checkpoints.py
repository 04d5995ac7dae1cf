"""Source checkpoints: found by what made them, shipped, made again."""

import pytest
import torch

from tests.conftest import toy
from tl_core import checkpoints, gallery, training
from tl_core.events import Evaluated
from tl_core.spec import spec_from_dict
from tl_core.training import load_pair, new_network

CPU = torch.device("cpu")
FILES = sorted(checkpoints.SHIPPED.glob("*.safetensors"))


def last_accuracy(told) -> float:
    points = [e for e in told if isinstance(e, Evaluated)]
    return points[-1].accuracy["source"]


def test_every_default_pair_ships_its_source_network():
    keys = {
        checkpoints.key(spec, load_pair(spec, CPU).source)
        for spec in gallery.shipped()
        if spec.dataset not in DRAWN
    }
    assert keys <= {path.stem for path in FILES}
    assert len(FILES) == len(
        {
            checkpoints.key(spec, load_pair(spec, CPU).source)
            for spec in gallery.shipped()
        }
    )


DRAWN = ("signs_day_to_night", "fonts_to_mnist")
"""Drawn with a font library whose version may differ from the recorder's;
their networks are then trained again, as a visible phase."""


def test_all_of_them_are_small():
    assert sum(path.stat().st_size for path in FILES) < 12 * 2**20


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_says_where_it_comes_from_and_how_good_it_is(path):
    spec, told = checkpoints.about(path)
    assert spec_from_dict(spec).pretrain_steps == 300
    assert last_accuracy(told) > 0.8


def test_training_one_again_gives_the_same_accuracy():
    spec = next(s for s in gallery.shipped() if s.dataset == "mnist_shifted")
    pair = load_pair(spec, CPU)
    key = checkpoints.key(spec, pair.source)
    _, told = checkpoints.about(checkpoints.SHIPPED / f"{key}.safetensors")
    training.use_threads()
    again = list(training.train_on_source(spec, new_network(spec, pair), pair))
    assert last_accuracy(again) == pytest.approx(last_accuracy(told), abs=0.03)


def test_a_shipped_checkpoint_is_used(monkeypatch, tmp_path):
    spec = toy("mmd", seed=4)
    pair = load_pair(spec, CPU)
    first = list(training.pretrain(spec, new_network(spec, pair), pair))
    key = checkpoints.key(spec, pair.source)
    monkeypatch.setattr(checkpoints, "SHIPPED", tmp_path)
    checkpoints.ship(key)
    checkpoints._path(key).unlink()
    model = new_network(spec, pair)
    assert checkpoints.load(key, model) == first
