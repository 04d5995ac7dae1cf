"""What a browser is given to draw projected samples."""

import base64
import io
import json

import numpy as np
import pytest
from PIL import Image

from tl_core.figures import cloud, theme
from tl_core.figures.features import class_colour

LABELS = {"source": np.array([0, 2]), "target": np.array([2])}
BEFORE = {
    "source": {
        "points": np.array([[0.0, 0], [4, 0]]),
        "said": LABELS["source"],
    },
    "target": {"points": np.array([[4.0, 2]]), "said": np.array([0])},
}
AFTER = {
    "source": {
        "points": np.array([[0.0, 0], [8, 0]]),
        "said": LABELS["source"],
    },
    "target": {"points": np.array([[-2.0, 3]]), "said": np.array([2])},
}
ONE = {
    "classes": ["<b>ants</b>", "bees", "cats"],
    "labels": LABELS,
    "images": {
        k: np.zeros((len(y), 1, 4, 6), np.uint8) for k, y in LABELS.items()
    },
    "before": BEFORE,
}
TWO = {**ONE, "after": AFTER}


def decoded(sheet: dict) -> np.ndarray:
    data = base64.b64decode(
        sheet["url"].removeprefix("data:image/png;base64,")
    )
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def test_one_box_holds_both_states():
    found = cloud.payload(TWO, "class")
    assert found["box"] == [1.0, 0.3]
    before, after = (np.array(s["points"]) for s in found["states"])
    assert before.tolist() == [[0.2, 0], [0.6, 0], [0.6, 0.2]]
    assert after.tolist() == [[0.2, 0], [1, 0], [0, 0.3]]


def test_samples_in_one_place_still_have_a_box():
    still = {k: {**v, "points": 0 * v["points"]} for k, v in BEFORE.items()}
    found = cloud.payload({**ONE, "before": still}, "class")
    assert min(found["box"]) > 0


@pytest.mark.parametrize(
    ("colour", "before", "after", "looks"),
    [
        ("class", [0, 1, 1], [0, 1, 1], [class_colour(0), class_colour(2)]),
        ("domain", [0, 0, 1], [0, 0, 1], list(theme.DOMAINS.values())),
        ("correctness", [0, 0, 1], [0, 0, 0], list(cloud.READ.values())),
    ],
)
def test_samples_are_coloured_as_asked(colour, before, after, looks):
    found = cloud.payload(TWO, colour)
    assert [s["groups"] for s in found["states"]] == [before, after]
    assert [g["colour"] for g in found["groups"]] == looks


def test_a_domain_has_its_shape_and_a_wrong_reading_is_marked():
    found = cloud.payload(TWO, "domain")
    assert found["targets"] == [False, False, True]
    assert [s["wrong"][2] for s in found["states"]] == [True, False]
    shapes = {g["name"]: g["shape"] for g in found["groups"]}
    assert shapes == theme.DOMAIN_MARKER


def test_captions_are_text_as_it_stands():
    assert cloud.captions(TWO, "before") == [
        "source <b>ants</b>, read rightly",
        "source cats, read rightly",
        "target cats, read as <b>ants</b>",
    ]
    assert cloud.captions(TWO, "after")[2] == "target cats, read rightly"


def test_what_is_given_is_plain_data():
    assert json.loads(json.dumps(cloud.payload(TWO, "class")))


@pytest.mark.parametrize("channels", [1, 3])
def test_every_picture_has_its_place_on_the_sheet(channels):
    levels = np.arange(45, dtype=np.uint8).reshape(45, 1, 1, 1)
    images = np.broadcast_to(5 * levels, (45, channels, 4, 6))
    sheet = cloud.sheet(images)
    drawn = decoded(sheet)
    assert drawn.shape == (sheet["rows"] * 4, sheet["columns"] * 6, 3)
    for k in (0, 19, 20, 44):
        row, column = divmod(k, sheet["columns"])
        cell = drawn[4 * row : 4 * row + 4, 6 * column : 6 * column + 6]
        assert (cell == 5 * k).all()


def test_four_hundred_coloured_pictures_stay_small():
    chance = np.random.default_rng(0)
    images = chance.integers(0, 256, (400, 3, 32, 32), np.uint8)
    assert len(cloud.sheet(images)["url"]) < 500_000  # noise: the worst


def test_the_takeaway_tells_shares_and_the_gap_in_spreads():
    said = cloud.takeaway(TWO, "pca")
    assert said.startswith("Before adaptation 100.0 % of the source samples")
    assert "0.0 % of the target samples are read rightly" in said
    assert "after adaptation" in said
    assert "spreads apart" not in cloud.takeaway(TWO, "tsne")


def test_centres_are_apart_in_units_of_the_spread():
    square = np.array([[1.0, 0], [-1, 0], [0, 1], [0, -1]])
    assert cloud.apart(square, square) == 0
    assert cloud.apart(square, square + [3, 4]) == pytest.approx(5)
    assert cloud.apart(9 * square, 9 * (square + [3, 4])) == pytest.approx(5)


def test_a_target_without_a_source_is_enough():
    alone = {
        k: {"target": v["target"]} if isinstance(v, dict) else v
        for k, v in TWO.items()
    }
    found = cloud.payload(alone, "domain")
    assert [g["name"] for g in found["groups"]] == ["target"]
    assert "source" not in cloud.takeaway(alone, "pca")


def test_the_points_can_be_had_as_a_table_and_a_file():
    from tl_core.figures import data, svg

    found = TWO
    figure = cloud.scatter(found)
    table = data.as_table(figure)
    states = [name for name in cloud.STATES if name in found]
    n = sum(len(labels) for labels in found["labels"].values())
    assert len(table) == n * len(states)
    assert list(table["text"][:n]) == cloud.captions(found, states[0])
    assert "<svg" in svg.document(figure, 400, 300, "said")
