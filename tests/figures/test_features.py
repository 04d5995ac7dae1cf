"""Pictures of features hold what was measured."""

import numpy as np

from tl_core.figures import features


def test_a_cka_map_names_both_networks():
    figure = features.cka_map(np.eye(2), ["conv1", "conv2"], ["conv1", "fc"])
    assert np.array(figure.data[0].z).tolist() == [[1, 0], [0, 1]]
    assert figure.layout.xaxis.title.text == "stage, after adaptation"
    assert figure.layout.yaxis.title.text == "stage, before adaptation"
    assert figure.layout.yaxis.autorange == "reversed"
    assert "%{y} before adaptation and %{x}" in figure.data[0].hovertemplate


def luminance(colour: str) -> float:
    """Relative luminance of "#rrggbb" (WCAG 2)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_ten_classes_stand_out_on_light_and_dark_and_differ():
    colours = {features.class_colour(i) for i in range(10)}
    assert len(colours) == 10
    near_black = luminance("#0f1720") + 0.05
    for colour in colours:
        assert 1.05 / (luminance(colour) + 0.05) >= 3
        assert (luminance(colour) + 0.05) / near_black >= 3


def test_what_was_looked_at_lies_over_the_image():
    image = np.zeros((1, 4, 6), np.uint8)
    heat = np.linspace(0, 1, 24).reshape(4, 6)
    below, above = features.looked_at(image, heat, "a <stop> sign").data
    assert np.array(below.z).shape == (4, 6, 3)
    np.testing.assert_allclose(above.z, heat)
    assert "a &lt;stop&gt; sign" in above.hovertemplate
