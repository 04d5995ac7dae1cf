"""Weights and adapters that a worker makes again are those of the run."""

import io
import json
import zipfile

import pytest
import torch
from safetensors.torch import load, load_file

from tests.export import runs
from tl_core import adapter_files, adapters, evaluation
from tl_core.backbones.base import build
from tl_core.backbones.convnet import ConvNet
from tl_core.card import SpecError
from tl_core.export import peft, remake, shelf
from tl_core.spec import spec_from_settings
from tl_core.training import load_pair, new_network

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def made() -> dict:
    return remake.adapter(runs.run("lora").spec, 1)


def network(classes: int):
    """A fresh network for the run with LoRA, and the target's test set."""
    spec = runs.run("lora").spec
    pair = load_pair(spec, CPU)
    base = new_network(spec, pair)
    base.head = torch.nn.Linear(base.backbone.width, classes)
    return base, pair.target.test


def test_weights_reach_the_accuracy_of_the_run():
    history = runs.run("moons")
    made = remake.weights(history.spec, 1)
    assert made["accuracy"] == history.finished.accuracy["target"]
    assert made["device"] == "cpu (1 thread)"
    pair = load_pair(history.spec, CPU)
    model = new_network(history.spec, pair)
    model.load_state_dict(load(made["files"]["weights.safetensors"]))
    test = pair.target.test
    logits = evaluation.logits_of(model.eval(), test.x)
    assert evaluation.accuracy(logits, test.y) == made["accuracy"]


def test_modules_that_only_help_to_train_stay_behind():
    made = remake.weights(runs.run("signs").spec, 1)
    names = set(load(made["files"]["weights.safetensors"]))
    assert not any("auxiliary" in name for name in names)
    reached = runs.run("signs").finished.accuracy["target"]
    assert made["accuracy"] == reached


@pytest.mark.filterwarnings("ignore")
def test_peft_gives_the_logits_of_the_adapted_network(made, tmp_path):
    from peft import PeftModel

    files = peft.folder(runs.run("lora"), made["files"])
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    base, test = network(10)
    base.load_state_dict(load_file(tmp_path / peft.BASE))
    loaded = PeftModel.from_pretrained(base, str(tmp_path)).eval()
    own = remake.remade(runs.run("lora").spec, 1).network
    with torch.no_grad():
        x = test.x[:64]
        # One fused convolution, or W0 x and B A x apart: rounding differs.
        torch.testing.assert_close(loaded(x), own(x), rtol=1e-5, atol=1e-5)
    logits = torch.cat([loaded(part).detach() for part in test.x.split(128)])
    assert evaluation.accuracy(logits, test.y) == made["accuracy"]
    reached = runs.run("lora").finished.accuracy["target"]
    assert made["accuracy"] == reached


@pytest.mark.filterwarnings("ignore")
def test_switched_off_in_peft_it_is_the_source_network(made, tmp_path):
    from peft import PeftModel

    for name, data in made["files"].items():
        (tmp_path / name).write_bytes(data)
    base, test = network(10)
    base.load_state_dict(load_file(tmp_path / peft.BASE))
    loaded = PeftModel.from_pretrained(base, str(tmp_path)).eval()
    with loaded.disable_adapter():
        logits = evaluation.logits_of(loaded.base_model.model, test.x)
    before = runs.run("lora").finished.accuracy["target_before"]
    assert evaluation.accuracy(logits, test.y) == before


def test_the_model_card_says_what_it_is(made):
    history = runs.run("lora")
    files = peft.folder(history, made["files"])
    assert set(files) == {
        "adapter_config.json", "adapter_model.safetensors", peft.BASE,
        peft.SPEC, peft.CARD,
    }  # fmt: skip
    said = files[peft.CARD].decode()
    share = history.finished.accuracy["target"]
    assert f"| target | {share:.4f} |" in said
    assert "arXiv:2106.09685" in said
    assert f"Linear(base.backbone.width, {len(history.classes)})" in said
    packed = zipfile.ZipFile(io.BytesIO(peft.zipped(files)))
    assert set(packed.namelist()) == set(files)
    assert json.loads(packed.read(peft.SPEC)) == history.spec.to_dict()


@pytest.mark.filterwarnings("ignore")
def test_new_stages_travel_with_the_adapter(tmp_path):
    from peft import PeftModel

    def plain():
        model = build(ConvNet(), (1, 28, 28), 3, seed=0).eval()
        model.backbone.new_stages = (next(iter(model.backbone.stages)),)
        return model

    model, x = plain(), torch.rand(3, 1, 28, 28)
    (first,) = model.backbone.new_stages
    paths = [p for p in adapters.adaptable(model) if p != "head"]
    adapters.wrap(model, [p for p in paths if f".{first}." not in p])
    adapters.add(model, "one", 2, 4.0)
    for _, layer in adapters.layers(model):
        torch.nn.init.normal_(layer.adapters["one"].b)
    for parameter in model.backbone.stages[first].parameters():
        parameter.data += 0.1
    adapter_files.save(model, tmp_path, "one")
    again = plain()
    adapter_files.load(again, tmp_path, "one")
    assert torch.equal(again(x), model(x))
    loaded = PeftModel.from_pretrained(plain(), str(tmp_path)).eval()
    torch.testing.assert_close(loaded(x), model(x), rtol=1e-5, atol=1e-5)
    assert not torch.allclose(plain()(x), model(x), atol=1e-2)


@pytest.mark.parametrize(
    ("strategy", "reason"),
    [
        ("prompt", "learnt tokens of language models alone"),
        ("prefix", "learnt tokens of language models alone"),
        ("full", "trains no adapter"),
    ],
)
def test_what_peft_cannot_hold_is_refused(strategy, reason):
    spec = spec_from_settings(
        {"dataset": "mnist_shifted", "backbone": "vit_tiny"}
        | {"strategy": strategy}
    )
    with pytest.raises(SpecError, match=reason):
        remake.adapter(spec)
    assert peft.refused(runs.run("lora").spec) == ""


def test_convolutions_in_groups_are_refused():
    model = build(ConvNet(), (1, 28, 28), 3, seed=0)
    model.backbone.stages["extra"] = torch.nn.Conv2d(4, 4, 3, groups=2)
    adapters.wrap(model, ["backbone.stages.extra"])
    with pytest.raises(SpecError, match=r"stages.extra is a convolution in"):
        remake.check_layers(model)


def test_the_shelf_keeps_what_was_made_and_makes_room(tmp_path, monkeypatch):
    history = runs.run("moons")
    reached = history.finished.accuracy["target"]
    monkeypatch.setattr(shelf, "MOST", 2)
    monkeypatch.setattr(shelf, "folder", lambda name: tmp_path)
    path = shelf.place(history, ".safetensors")
    assert shelf.find(path) is None
    said = {"accuracy": reached, "device": "cpu (1 thread)", "files": {}}
    assert shelf.keep(path, b"1", said).agrees(history)
    found = shelf.find(path)
    assert found.agrees(history)
    assert found.path.read_bytes() == b"1"
    worse = shelf.keep(path, b"2", {**said, "accuracy": 0.1})
    assert not worse.agrees(history)
    for name in ("a", "b", "c"):
        shelf.keep(tmp_path / f"{name}.zip", b"3", said)
    kept = [p for p in tmp_path.iterdir() if p.suffix == ".zip"]
    assert len(kept) == 2
    assert len(list(tmp_path.iterdir())) == 4
