"""The lesson that plays DANN on two moons, and its film."""

import numpy as np
import pytest
import torch

from tl_core import dann_lesson, films
from tl_core.card import SpecError
from tl_core.figures import adversary, reversal
from tl_core.spec import spec_from_settings
from tl_core.strategies.dann import ramp


def spec(**more):
    return spec_from_settings({**films.SHIPPED, **more})


@pytest.fixture(scope="module")
def played():
    return {d: dann_lesson.played(spec(), d) for d in dann_lesson.DIRECTIONS}


def test_what_is_received_is_what_was_sent_times_minus_lambda(played):
    for direction, factor in dann_lesson.DIRECTIONS.items():
        film = played[direction]
        for row, step in enumerate(film["steps"]):
            now = factor * 1.0 * ramp(step / dann_lesson.STEPS)
            np.testing.assert_allclose(
                film["received"][row], -now * film["sent"][row], atol=1e-6
            )


def test_label_arrows_are_the_gradient_in_closed_form():
    """-(d/dz) cross-entropy of a linear classifier: W' (onehot - p)."""
    pair = dann_lesson.training.load_pair(spec(), torch.device("cpu"))
    parts = dann_lesson.Parts(seed=3)
    source, target = dann_lesson.trained_on(pair).values()
    domain = torch.arange(2).repeat_interleave(dann_lesson.BATCH)
    x = torch.cat([source.x, target.x])
    found = dann_lesson.gradients(parts, x, source.y, domain, 0.5)
    shown = dann_lesson.ARROWS
    z = torch.from_numpy(found["z"][:shown])
    p = parts.label(z).softmax(1)
    hot = torch.eye(2)[source.y[:shown]]
    expected = ((hot - p) @ parts.label.weight).detach().numpy()
    np.testing.assert_allclose(found["label"][:shown], expected, atol=1e-5)
    assert not found["label"][shown:].any()  # no target label is seen


def test_target_labels_do_not_reach_the_training(played):
    """Shuffled, they change the target's score and nothing else."""
    pair = dann_lesson.training.load_pair(spec(), torch.device("cpu"))
    train = pair.target.train
    order = torch.randperm(len(train), generator=torch.Generator())
    shuffled = type(train)(train.x, train.y[order])
    other = type(pair.target)(shuffled, pair.target.test)
    moved = type(pair)(pair.source, other, pair.classes)
    rows = list(dann_lesson.train(dann_lesson.Parts(0), moved, 1.0))
    for name in ("z", "received", "p_label", "target"):
        np.testing.assert_array_equal(
            np.stack([row[name] for row in rows]), played["reversed"][name]
        )


def test_reversal_helps_and_its_absence_does_not(played):
    ends = {d: float(film["target"][-1]) for d, film in played.items()}
    assert ends["reversed"] > ends["watching"] + 0.08
    assert ends["reversed"] > ends["not reversed"] + 0.05


def test_fresh_neighbours_guess_on_one_law_and_tell_two_apart():
    chance = torch.Generator().manual_seed(0)
    z = torch.randn(400, 2, generator=chance)
    domain = torch.arange(2).repeat_interleave(200)
    assert dann_lesson.by_neighbours(z, domain) == pytest.approx(0.5, abs=0.1)
    z[200:] += 10
    assert dann_lesson.by_neighbours(z, domain) == 1


def test_the_angle_and_the_strength_change_the_film(played):
    for more in ({"dataset.rotation": 60.0}, {"strategy.reversal": 0.2}):
        other = dann_lesson.played(spec(**more))
        assert not np.array_equal(other["z"][-1], played["reversed"]["z"][-1])


@pytest.mark.parametrize(
    ("settings", "direction"),
    [({}, "sideways"), ({"strategy": "mmd"}, "reversed")],
)
def test_what_cannot_be_played_is_refused(settings, direction):
    given = {**films.SETTINGS, **settings}
    with pytest.raises(SpecError):
        dann_lesson.played(spec_from_settings(given), direction)


def test_the_shipped_film_is_what_the_lesson_plays(played):
    shipped = films.recorded(films.SHIPPED, "reversed")
    for name in ("steps", "source_x", "source_y"):
        np.testing.assert_array_equal(shipped[name], played["reversed"][name])
    for name in ("source", "target"):
        again = played["reversed"][name][-1]
        assert float(shipped[name][-1]) == pytest.approx(again, abs=0.1)
    assert films.recorded({**films.SHIPPED, "seed": 1}, "reversed") is None
    assert films.recorded(films.SHIPPED, "watching") is None


def test_the_film_has_a_frame_a_step_with_the_arrows_of_that_step(played):
    film = played["reversed"]
    figure = adversary.film(film)
    steps = [str(step) for step in film["steps"]]
    assert [frame.name for frame in figure.frames] == steps
    assert [s.label for s in figure.layout.sliders[0].steps] == steps
    names = [trace.name for trace in figure.data]
    place = names.index("label loss")
    row = 7
    line = figure.frames[row].data[place]
    start, end = (np.array([line.x[k], line.y[k]]) for k in (0, 1))
    np.testing.assert_allclose(start, film["z"][row, 0], atol=0.006)
    way = adversary.LENGTH * film["label"][row, 0]
    way *= min(1, adversary.LONGEST / np.linalg.norm(way))
    np.testing.assert_allclose(end - start, way, atol=0.02)
    assert np.linalg.norm(way) > 0.03
    shares = reversal.who_tells(film)
    assert len(shares.data) == 4
