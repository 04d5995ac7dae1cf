"""Curves over stages hold what was measured."""

from tl_core.figures import depths, theme

FOUND = {
    "conv1": {"source": 0.6, "target": 0.5, "across": 0.1, "a_distance": 2.0},
    "dense": {"source": 0.9, "target": 0.7, "across": 0.4, "a_distance": 1.5},
}


def test_each_probe_is_a_line_in_its_domain_s_colour():
    figure = depths.probe_curves(FOUND, 0.1)
    assert [list(t.y) for t in figure.data] == [
        [0.6, 0.9],
        [0.5, 0.7],
        [0.1, 0.4],
    ]
    colours = [t.line.color for t in figure.data]
    assert colours == [theme.SOURCE, theme.TARGET, theme.TARGET]
    assert len({t.line.dash for t in figure.data}) == 3
    assert figure.layout.shapes[0].y0 == 0.1


def test_a_target_of_other_classes_has_no_probe_from_the_source():
    rows = {
        stage: {k: v for k, v in row.items() if k != "across"}
        for stage, row in FOUND.items()
    }
    names = [t.name for t in depths.probe_curves(rows, 0.1).data]
    assert names == [depths.READ["source"], depths.READ["target"]]


def test_distances_are_bars_up_to_two():
    figure = depths.domain_bars(FOUND)
    assert list(figure.data[0].y) == [2.0, 1.5]
    assert figure.layout.yaxis.range == (0, 2.05)
