"""A user's own pictures as a domain pair."""

from pathlib import Path

import numpy as np
import pytest
import torch

from tests.picture_zips import layout, picture, written, zipped
from tl_core import picture_sets, uploads
from tl_core.__main__ import main
from tl_core.analysis.intervals import interval
from tl_core.card import SpecError
from tl_core.datasets.folder import Folder, held_out, resized
from tl_core.fit import fitting_backbones
from tl_core.history import History
from tl_core.spec import RunSpec, spec_from_settings
from tl_core.training import train

BOTH = layout({"source": 6, "target": 9})
ALONE = layout({"target": 6})
TESTS = layout({"target": 5, "target_test": 3})
REAL = Path(__file__).parents[2].parent / "shared" / "data"
TINY = {"pretrain_steps": 2, "steps": 2}


def taken(files: dict[str, bytes]) -> str:
    return uploads.take(zipped(files)).id


def spec(data: str, **changed: object) -> RunSpec:
    given = {"dataset": "folder", "dataset.data": data, "backbone": "mlp"}
    return spec_from_settings({**given, "strategy": "full", **TINY, **changed})


def test_both_domains_have_a_quarter_held_out():
    pair = Folder(taken(BOTH)).load()
    assert pair.classes == ("ants", "bees")
    assert pair.shape == (3, 32, 32)
    sizes = [len(d.train) for d in (pair.source, pair.target)]
    assert sizes == [2 * 4, 2 * 6]
    assert len(pair.source.test) == 2 * 2
    assert torch.bincount(pair.target.test.y).tolist() == [3, 3]


def test_a_target_alone_is_a_pair_without_source_samples():
    pair = Folder(taken(ALONE)).load()
    assert not pair.has_source
    assert pair.source.train.x.shape == (0, 3, 32, 32)


def test_pictures_to_measure_on_may_be_given():
    pair = Folder(taken(TESTS)).load()
    assert torch.bincount(pair.target.train.y).tolist() == [5, 5]
    assert torch.bincount(pair.target.test.y).tolist() == [3, 3]


@pytest.mark.parametrize("files", [BOTH, ALONE, TESTS])
def test_samples_are_the_pictures_under_their_labels(files):
    pair = Folder(taken(files)).load()
    wanted = {}
    for name, data in files.items():
        part, label, _ = name.split("/")
        seen = uploads.decoding.pixels(data, 32).tobytes()
        wanted[seen] = (part.removesuffix("_test"), label)
    found = {}
    for part in ("source", "target"):
        domain = getattr(pair, part)
        for samples in (domain.train, domain.test):
            for x, y in zip(samples.x, samples.y.tolist(), strict=True):
                bytes_ = (x * 255).round().to(torch.uint8).permute(1, 2, 0)
                key = bytes_.contiguous().numpy().tobytes()
                assert key not in found
                found[key] = (part, pair.classes[y])
    assert found == wanted


@pytest.mark.parametrize("n", [4, 5, 17])
def test_what_is_held_out_is_a_quarter_of_each_class_and_no_more(n):
    y = torch.arange(3).repeat_interleave(n)
    train_on, measure_on = held_out(y, 4)
    assert sorted([*train_on.tolist(), *measure_on.tolist()]) == [
        *range(3 * n)
    ]
    assert torch.bincount(y[measure_on]).tolist() == [-(-n // 4)] * 3


def test_a_zip_file_a_folder_and_one_inside_another_are_one_set(tmp_path):
    wrapped = {f"my pictures/{name}": data for name, data in BOTH.items()}
    backwards = dict(reversed(BOTH.items()))
    path = written(BOTH, tmp_path / "mine")
    (tmp_path / "mine.zip").write_bytes(zipped(BOTH).getvalue())
    ids = {taken(files) for files in (BOTH, wrapped, backwards)}
    ids |= {uploads.take(p).id for p in (path, tmp_path / "mine.zip")}
    assert len(ids) == 1


def test_one_changed_pixel_label_or_split_is_another_set():
    name = "target/ants/0.png"
    other = {**ALONE, name: picture(1234)}
    renamed = {n.replace("bees", "wasps"): d for n, d in ALONE.items()}
    split = dict(TESTS)
    split["target/ants/x.png"] = split.pop("target_test/ants/0.png")
    ids = {taken(f) for f in (ALONE, other, renamed, TESTS, split)}
    assert len(ids) == 5


def test_a_pair_is_the_same_every_time():
    one, two = (Folder(taken(BOTH)).load() for _ in range(2))
    assert torch.equal(one.target.train.x, two.target.train.x)
    assert torch.equal(one.source.test.y, two.source.test.y)


def test_the_side_is_that_of_most_pictures_or_the_one_asked_for():
    files = {name: picture(i, 70) for i, name in enumerate(BOTH)}
    data = taken(files)
    assert Folder(data).load().shape == (3, 64, 64)
    assert Folder(data, side="96").load().shape == (3, 96, 96)


def test_a_smaller_side_is_the_mean_of_the_pixels_beneath():
    x = torch.randint(0, 256, (2, 3, 64, 64), dtype=torch.uint8)
    wide = torch.full((2, 3, 64, 64), 51, dtype=torch.uint8)
    assert torch.allclose(resized(wide, 32), torch.tensor(0.2))
    means = x.float().mean((2, 3)) / 255
    torch.testing.assert_close(
        resized(x, 32).mean((2, 3)), means, atol=0.01, rtol=0
    )
    torch.testing.assert_close(resized(x, 64), x.float() / 255)


@pytest.mark.parametrize("data", ["", "0123456789abcdef"])
def test_a_set_that_is_not_there_is_told(data):
    with pytest.raises(SpecError, match=r"--data|not kept here"):
        Folder(data).load()


def test_a_set_that_was_damaged_is_told():
    data = taken(layout({"target": 4}, ("ants", "damaged")))
    path = picture_sets.path_of(data)
    path.write_bytes(path.read_bytes()[:900])
    with pytest.raises(SpecError, match="cannot be read any more"):
        Folder(data).load()


LARGE = ("efficientnet_lite0", "resnet18")  # they take twenty seconds


@pytest.mark.parametrize(
    "backbone", [b for b in fitting_backbones("folder") if b not in LARGE]
)
def test_every_light_backbone_of_images_reads_them(backbone):
    history = History(spec(taken(BOTH), backbone=backbone))
    for event in train(history.spec):
        history.add(event, 0.0)
    assert history.finished is not None


def test_a_target_alone_needs_a_backbone_that_arrives_trained():
    data = taken(ALONE)
    with pytest.raises(SpecError, match="a backbone with ImageNet weights"):
        next(train(spec(data)))
    with pytest.raises(SpecError, match="DANN needs source samples"):
        next(train(spec(data, strategy="dann")))
    next(train(spec(data, strategy="scratch")))
    next(train(spec(data, backbone="efficientnet_lite0")))
    untrained = {
        "backbone": "efficientnet_lite0",
        "backbone.weights": "random",
    }
    with pytest.raises(SpecError, match="a backbone with ImageNet weights"):
        next(train(spec(data, **untrained)))


def on_folder(command: str, path: Path, *more: str) -> list[str]:
    given = ["--dataset", "folder", "--backbone", "mlp", "--data", str(path)]
    return [command, *given, *more, "--set", "pretrain_steps=2", "steps=2"]


def test_the_command_line_imports_and_runs(tmp_path, capsys):
    path = tmp_path / "mine.zip"
    path.write_bytes(zipped({**BOTH, "readme.txt": b"hi"}).getvalue())
    assert main(on_folder("train", path, "--strategy", "mmd")) == 0
    said = capsys.readouterr()
    assert "Took 12 in source/, 18 in target/: 2 classes" in said.err
    assert "Left out 1 file: 1 because it is not in PART/CLASS/" in said.err
    assert "MMD alignment: target accuracy" in said.out


def test_a_race_of_one_seed_has_no_interval(tmp_path, capsys):
    path = written(BOTH, tmp_path / "mine")
    asked = ["--strategies", "source_only,full", "--seeds", "0"]
    assert main(on_folder("race", path, *asked)) == 0
    said = capsys.readouterr()
    assert said.out.count("(one seed)") == 2
    assert "Left out" not in said.err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--dataset", "moons", "--data", "x.zip"], "for --dataset folder"),
        (["--dataset", "folder", "--data", "none"], "no folder or file none"),
        (["--dataset", "folder"], "give a zip file or folder with --data"),
    ],
)
def test_data_that_cannot_be_used_is_one_sentence(arguments, sentence, capsys):
    rest = ["--backbone", "mlp", "--strategy", "full"]
    assert main(["train", *arguments, *rest]) == 2
    said = capsys.readouterr().err
    assert sentence in said
    assert len(said.splitlines()) == 1


def real(name: str) -> str:
    """An imported set of real pictures, which are not part of the lab."""
    path = REAL / name
    if not path.is_file():
        pytest.skip(f"{name} is not beside this checkout")
    return uploads.take(path).id


def accuracy(run: RunSpec) -> float:
    history = History(run)
    for event in train(run):
        history.add(event, 0.0)
    return history.summary()["accuracy"]["target"]


@pytest.mark.slow
def test_dann_beats_the_source_network_on_mnist_m():
    data = real("mnist_to_mnist_m.zip")
    short = {"pretrain_steps": 60, "steps": 60, "batch_size": 32}
    short["backbone"] = "convnet"
    found = {
        strategy: [
            accuracy(spec(data, **short, strategy=strategy, seed=seed))
            for seed in range(3)
        ]
        for strategy in ("source_only", "dann")
    }
    gains = np.subtract(found["dann"], found["source_only"]).tolist()
    span = interval(gains)
    assert span.mean - span.half > 0


@pytest.mark.slow
def test_an_imagenet_network_tells_ants_from_bees():
    data = real("ants_bees.zip")
    probe = {"backbone": "efficientnet_lite0", "strategy": "linear_probe"}
    assert accuracy(spec(data, **probe, steps=300)) >= 0.85


def test_labels_are_stored_as_whole_numbers():
    arrays = picture_sets.arrays_of(taken(BOTH))
    assert set(arrays) == {"source_x", "source_y", "target_x", "target_y"}
    assert arrays["target_y"].dtype == np.int64
