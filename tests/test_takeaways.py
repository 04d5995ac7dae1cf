"""Sentences about charts hold the numbers of what is drawn."""

import numpy as np

from tl_core import feature_takeaways, takeaways

STAGES = {
    "conv1": {"source": 0.6, "target": 0.5, "a_distance": 1.5},
    "conv2": {"source": 0.8, "target": 0.6, "a_distance": 1.75},
    "dense": {"source": 0.97, "target": 0.7, "a_distance": 0.5},
}


def test_probes_say_where_they_start_and_end():
    said = feature_takeaways.probes(STAGES)
    assert "from conv1 to dense" in said
    assert "source classes go from 60.0 % to 97.0 %" in said
    assert "by the source's probe" not in said


def test_distances_name_the_farthest_stage():
    said = feature_takeaways.apart(STAGES)
    assert "1.50 of 2 apart at conv1 and 0.50 at dense" in said
    assert "farthest at conv2, with 1.75" in said


def test_agreement_is_read_from_the_diagonal():
    cka = np.array([[0.9, 0.0], [1.0, 0.2]])
    said = feature_takeaways.kept(cka, ["one", "two"])
    assert "changed two most, which agrees with its random start to 0.20" in (
        said
    )
    assert "one least, which agrees to 0.90" in said


def test_filters_name_the_most_turned():
    said = feature_takeaways.turned([0.5, -0.1, 0.9])
    assert "filter 1 most, to a cosine of -0.10" in said
    assert "filter 2 least, to 0.90" in said


def test_spectra_count_the_filters_that_average():
    power = np.zeros((2, 4, 4))
    power[0, 2, 2] = power[1, 2, 3] = 1
    assert "1 are strongest at frequency 0" in feature_takeaways.spectra(power)


def test_maps_name_the_strongest_and_count_the_dark():
    maps = np.zeros((3, 2, 2))
    maps[1, 0, 1] = 4.5
    said = feature_takeaways.maps(maps, "conv1")
    assert "map 1 answers most strongly, with 4.5, and 2 are nowhere" in said


def test_evidence_is_found_where_it_is_strongest():
    heat = np.array([[0.0, 0.2], [1.0, 0.1]])
    said = feature_takeaways.evidence(heat, "a seven")
    assert "strongest 1 pixels from the top and 0 from the left" in said
    assert "25.0 % of the picture" in said


def test_curves_say_their_ends_and_empty_ones_that_they_are():
    said = takeaways.ends({"source": [0.5, 0.3, 0.1], "mmd": []}, "Terms")
    assert said.endswith("source from 0.5 to 0.1.")
    assert takeaways.ends({}, "Terms") == "Terms: nothing is measured yet."


def test_confusion_names_the_most_frequent_mistake():
    counts = np.array([[8, 2], [0, 10]])
    said = takeaways.confusion(counts, ["one", "seven"])
    assert "90.0 % of 20 target samples" in said
    assert "one is read as seven, 2 times" in said
    assert "all there are" in takeaways.confusion(np.eye(2), "ab")


def test_histograms_share_what_lies_under_both():
    bins = {"edges": [0, 1, 2], "source": [0.75, 0.25], "target": [0.5, 0.5]}
    said = takeaways.overlap(bins, "Values")
    assert "0.75 on the source and 1.00 on the target" in said
    assert "75.0 % of their mass" in said


def test_stages_beyond_chance_are_counted():
    rows = {
        "a": {"value": 0.01, "null": 0.02},
        "b": {"value": 0.5, "null": 0.1},
    }
    said = takeaways.beyond_chance(rows)
    assert "1 of 2 stages" in said
    assert "0.500 in b, where chance stays below 0.100" in said


def test_a_sweep_says_its_nearest_and_farthest():
    points = [{"mmd": 0.3, "accuracy": 0.4}, {"mmd": 0.0, "accuracy": 0.9}]
    said = takeaways.fall(points)
    assert "(MMD² 0.000) leaves 90.0 %" in said
    assert "(MMD² 0.300) 40.0 %" in said


def test_points_are_counted_on_their_side():
    boundary = {"axis": np.array([-1.0, 1.0]), "p": np.array([[0, 1], [0, 1]])}
    points = np.array([[-0.9, 0.5], [0.8, -0.5]])
    samples = {
        "source_x": points,
        "source_y": np.array([0, 1]),
        "target_x": points,
        "target_y": np.array([1, 1]),
    }
    said = takeaways.sides(boundary, samples)
    assert "2 of 2 source points and 1 of 2 target points" in said


def test_samples_read_rightly_are_counted_where_there_are_any():
    said = takeaways.read({"target_right": np.array([True, False])})
    assert said.startswith("1 of 2 target samples are read rightly")


def test_centres_and_shares_of_importance():
    samples = {"source_x": np.zeros((2, 2)), "target_x": np.full((3, 2), 3)}
    assert "centres 4.24 apart" in takeaways.centres(samples)
    lorenz = np.linspace(0, 1, 101)
    assert "hold 5.0 %" in takeaways.unequal(lorenz, 0.0)
    said = takeaways.heaviest("ab", np.array([0.2, 0.8]), np.array([0.9, 0.1]))
    assert "in b: 80.0 % of it in 10.0 % of the weights" in said


def test_what_adaptation_changed_is_told_against_the_source_model():
    cka = np.array([[0.9, 0.1], [0.2, 0.4]])
    said = feature_takeaways.kept(
        cka, ["a", "b"], "adaptation", "the source model"
    )
    assert said.startswith("By CKA adaptation changed b most")
    assert "the source model to 0.40" in said
