"""Maps of features and of confusion, for classes that a stranger named."""

import numpy as np

from tl_core.figures import maps

NAMES = ("<b>ants</b>", "R&D")
PLAIN = ("&lt;b&gt;ants&lt;/b&gt;", "R&amp;D")
TARGET = {
    "target_points": np.zeros((3, 2)),
    "target_y": np.array([0, 1, 1]),
    "target_right": np.array([1, 0, 1]),
}


def test_plotly_is_given_names_of_classes_as_plain_text():
    confusion = maps.confusion_map(np.eye(2, dtype=int), NAMES).data[0]
    assert tuple(confusion.x) == tuple(confusion.y) == PLAIN
    hover = maps.feature_map(TARGET, NAMES).data[0].text
    assert PLAIN[0] in hover[0]
    assert "<" not in "".join(hover)


def test_features_without_a_source_are_those_of_the_target():
    (only,) = maps.feature_map(TARGET, NAMES).data
    assert only.name == "target"
    assert list(only.marker.symbol).count(only.marker.symbol[1]) == 1
