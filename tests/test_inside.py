"""What a source model answers about its inside."""

import numpy as np
import pytest

from tl_core import inside, training
from tl_core.analysis.activations import strengths
from tl_core.card import SpecError
from tl_core.device import device
from tl_core.probes import QUESTIONS
from tl_core.spec import spec_from_settings

SETTINGS = {
    "dataset": "mnist_to_optdigits",
    "backbone": "convnet",
    "backbone.width": 4,
    "pretrain_steps": 60,
}
SPEC = spec_from_settings(SETTINGS)


@pytest.fixture(scope="module")
def trained():
    """The pair and the source model, trained once."""
    return inside.asked(SPEC)


@pytest.mark.usefixtures("trained")
def test_stages_say_what_they_give():
    found = inside.stages(SPEC)
    assert list(found) == ["conv1", "conv2", "dense"]
    assert found["conv2"] == {"gives": "map", "channels": 6}
    assert found["dense"] == {"gives": "flat", "channels": 100}


def test_the_first_layer_is_the_trained_one(trained):
    _, model = trained
    found = inside.first_layer(SPEC)
    conv = model.backbone.stages["conv1"][0].weight.detach().numpy()
    np.testing.assert_allclose(found["weights"], conv, atol=1e-6)
    assert found["layer"] == "backbone.stages.conv1.0"
    assert found["spectra"].shape == (4, 32, 32)
    assert len(found["fits"]) == 4
    assert (found["turned"] < 1).all()  # training did turn them
    assert (found["turned"] > 0.3).all()
    assert 0 < found["null"][0] < found["null"][-1] < 1


def test_maps_of_a_sample_are_its_stage_s(trained):
    pair, model = trained
    found = inside.maps(SPEC, "conv1", "source", 3)
    z = model.backbone.stage_features(pair.source.test.x[3:4])["conv1"]
    np.testing.assert_allclose(found["maps"], z[0].detach(), atol=1e-6)
    assert found["image"].dtype == np.uint8
    assert inside.maps(SPEC, "dense")["maps"].shape == (100, 1, 1)


def test_a_reader_s_own_picture_is_brought_to_size(trained):
    pair, _ = trained
    sample = inside.as_bytes(pair.target.test.x[:1])[0]
    grey = inside.maps(SPEC, "conv1", own=sample)
    np.testing.assert_array_equal(grey["image"], sample)
    colour = np.repeat(np.repeat(sample.repeat(3, 0), 2, 1), 2, 2)
    large = inside.maps(SPEC, "conv1", own=colour)
    assert large["image"].shape == sample.shape
    gap = large["image"].astype(int) - sample
    assert np.abs(gap).mean() < 20


def test_the_best_images_are_beaten_by_the_one_that_was_made(trained):
    pair, model = trained
    test = pair.source.test.x[: inside.SEEN]
    channel = int(strengths(model, test, "conv2").amax(0).argmax())
    found = inside.best_images(SPEC, "conv2", channel)
    assert found["images"].shape[0] == len(found["strengths"]) == 9
    assert found["reached"] > found["strengths"][0]
    with pytest.raises(SpecError, match="no channel 6"):
        inside.best_images(SPEC, "conv2", 6)


def test_grad_cam_speaks_for_what_the_network_says(trained):
    pair, model = trained
    found = inside.looked_at(SPEC, "conv2", "source", 1)
    logits = model(pair.source.test.x[1:2]).detach()
    assert found["said"] == pair.classes[int(logits.argmax())]
    assert found["sure"] == pytest.approx(logits.softmax(1).max().item())
    assert found["heat"].shape == found["image"].shape[1:]
    assert found["heat"].max() == pytest.approx(1)


def test_a_domain_that_is_not_there_is_named():
    with pytest.raises(SpecError, match="'moon'; known: source, target"):
        inside.maps(SPEC, "conv1", "moon")


def test_tokens_are_shown_on_their_grid():
    spec = spec_from_settings(
        {**SETTINGS, "backbone": "vit_tiny", "pretrain_steps": 0}
        | {"backbone.width": 24}
    )
    assert inside.stages(spec)["block1"]["gives"] == "tokens"
    assert inside.maps(spec, "block1")["maps"].shape == (1, 4, 4)
    assert inside.looked_at(spec, "block1")["heat"].shape == (28, 28)
    assert training.load_pair(spec, device()).shape[1:] == (28, 28)


@pytest.mark.parametrize("question", ["stages", "projected"])
def test_a_worker_is_asked_by_name_and_settings(question):
    options = {} if question == "stages" else {"stage": "dense"}
    answer = QUESTIONS[question](options=options, **SETTINGS)
    assert set(answer)


TOKENS = spec_from_settings(
    {
        "dataset": "mnist_to_optdigits",
        "backbone": "vit_tiny",
        "backbone.patches": 4,
        "backbone.width": 8,
        "backbone.depth": 2,
        "backbone.heads": 2,
        "pretrain_steps": 4,
    }
)


def test_what_a_block_reads_is_the_attention_written_out():
    found = inside.attended(TOKENS, "block2", "source", 5)
    assert found["reader"] == "class token"
    pair, model = inside.asked(TOKENS)
    tokens = model.backbone.stage_features(pair.source.test.x[5:6])["block1"]
    block = model.backbone.stages["block2"]
    z = block.norm1(tokens)
    q, k = block.attention.q(z)[0], block.attention.k(z)[0]
    for head in range(2):
        part = slice(4 * head, 4 * head + 4)
        scores = q[0, part] @ k[:, part].T / 4**0.5
        expected = scores.softmax(0)[1:].reshape(4, 4).detach()
        np.testing.assert_allclose(found["heads"][head], expected, atol=1e-5)


def test_a_stage_without_attention_is_refused():
    with pytest.raises(SpecError, match="blocks that have: block1, block2"):
        inside.attended(TOKENS, "patches")
    with pytest.raises(SpecError, match="none in this backbone"):
        inside.attended(SPEC, "conv1")
