"""ResNet-18 and its weights: the original's features, fetched or refused."""

import hashlib
from pathlib import Path

import pytest
import torch
from torchvision.models import resnet18

from tl_core.backbones import imagenet
from tl_core.backbones import resnet18 as module
from tl_core.backbones.base import build
from tl_core.backbones.resnet18 import ResNet18
from tl_core.backbones.rgb import IMAGENET_MEAN, IMAGENET_SD
from tl_core.card import SpecError

CLOSED = "http://127.0.0.1:9/nothing-00000000.pth"


@pytest.fixture
def served(tmp_path, monkeypatch) -> str:
    """A file URL of real weights, named after their hash, and a lab that
    has none."""
    torch.manual_seed(3)
    torch.save(resnet18().state_dict(), tmp_path / "weights")
    data = (tmp_path / "weights").read_bytes()
    digest = hashlib.sha256(data).hexdigest()[:8]
    file = tmp_path / f"resnet18-{digest}.pth"
    file.write_bytes(data)
    monkeypatch.setenv("TL_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path / "hub"))
    return file.as_uri()


def test_fetched_weights_give_torchvisions_features(served, monkeypatch):
    monkeypatch.setattr(module, "URL", served)
    recipe = ResNet18(weights="imagenet", stem="imagenet")
    told = list(recipe.fetch())
    assert [e.share for e in told] == sorted(e.share for e in told)
    assert told[-1].share == 1.0
    assert list(recipe.fetch()) == []
    ours = build(recipe, (3, 64, 64), 10, seed=0).eval()
    theirs = resnet18().eval()
    theirs.load_state_dict(imagenet.load(served))
    theirs.fc = torch.nn.Identity()
    x = torch.rand(2, 3, 64, 64)
    mean, sd = (torch.tensor(v) for v in (IMAGENET_MEAN, IMAGENET_SD))
    standard = (x.movedim(1, 3) - mean) / sd
    expected = theirs(standard.movedim(3, 1))
    torch.testing.assert_close(ours.features(x), expected)
    assert ours.backbone.arrives_trained


def test_a_small_stem_is_new_where_the_rest_is_learned(served, monkeypatch):
    monkeypatch.setattr(module, "URL", served)
    recipe = ResNet18(weights="imagenet")
    list(recipe.fetch())
    network = build(recipe, (1, 28, 28), 10, seed=0)
    network.freeze(network.backbone)
    learning = {
        n.split(".")[2]
        for n, p in network.named_parameters()
        if p.requires_grad and "stages" in n
    }
    assert learning == {"stem"}


def test_weights_in_torchs_own_folder_are_used(served, tmp_path):
    theirs = tmp_path / "hub" / "checkpoints"
    theirs.mkdir(parents=True)
    name = imagenet.name(served)
    (theirs / name).write_bytes((tmp_path / name).read_bytes())
    assert imagenet.find(served) == theirs / name
    assert list(imagenet.fetch("weights", served)) == []


def test_offline_the_way_out_is_named(served):
    with pytest.raises(SpecError, match="efficientnet_lite0") as caught:
        list(imagenet.fetch("The ImageNet weights of resnet18", CLOSED))
    assert str(caught.value).endswith("backbone.weights=random.")
    assert list((Path(imagenet.folder("weights"))).iterdir()) == []


def test_without_fetching_the_weights_are_missed(served):
    with pytest.raises(SpecError, match="nothing-00000000.pth are not on"):
        imagenet.load(CLOSED)


def test_a_damaged_file_is_not_kept(served, tmp_path):
    wrong = tmp_path / "resnet18-00000000.pth"
    wrong.write_bytes(b"half of it")
    with pytest.raises(SpecError, match="arrived damaged"):
        list(imagenet.fetch("The weights", wrong.as_uri()))
    assert imagenet.find(wrong.as_uri()) is None


def test_random_weights_need_no_download():
    assert list(ResNet18().fetch()) == []


def test_a_small_stem_keeps_the_resolution_and_the_other_quarters_it():
    x = torch.rand(2, 1, 32, 32)
    for stem, side in (("small", 32), ("imagenet", 8)):
        network = build(ResNet18(stem=stem), (1, 32, 32), 10, seed=0)
        found = network.backbone.stage_features(x)
        assert found["stem"].shape == (2, 64, side, side)
        assert found["layer3"].shape == (2, 256, side // 4, side // 4)
