"""Collections that are fetched: found, brought, refused, never half there."""

import dataclasses
import gzip
import hashlib
import shutil
import urllib.error

import pytest
import torch
from torchvision import datasets as theirs

from tests.conftest import OFFLINE
from tests.datasets import fake_files
from tl_core import catalog, downloads
from tl_core.card import SpecError
from tl_core.datasets import (
    mnist_to_fashion,
    mnist_to_usps,
    online,
    signs,
    signs_to_gtsrb,
)
from tl_core.datasets.base import DomainPair, Samples
from tl_core.datasets.eurosat import CLASSES as LAND
from tl_core.events import Downloading, RunFinished
from tl_core.home import folder
from tl_core.spec import spec_from_settings
from tl_core.training import train

KEYS = [
    key
    for key in catalog.keys("datasets")
    if catalog.entry("datasets", key).card.online
]


@pytest.fixture(autouse=True)
def empty_lab(tmp_path, monkeypatch):
    """A lab without files, and a network that nobody answers on."""

    def gone(request, timeout):
        raise urllib.error.URLError("no such host")

    monkeypatch.setenv("TL_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("TL_DATA", raising=False)
    monkeypatch.setattr(downloads.urllib.request, "urlopen", gone)
    clothes = dataclasses.replace(mnist_to_fashion.CLOTHES, shelf="")
    monkeypatch.setattr(mnist_to_fashion, "CLOTHES", clothes)


@pytest.fixture
def on_disk(tmp_path, monkeypatch):
    """Puts a dataset's files, other bytes than the true ones, into TL_DATA."""

    def there(path, md5=None):
        return path.is_file() if hasattr(path, "is_file") else _is_file(path)

    def write(key: str) -> None:
        root = tmp_path / "data"
        root.mkdir()
        for writer in fake_files.WRITERS[key]:
            writer(root)
        monkeypatch.setenv("TL_DATA", str(root))
        for module in (theirs.svhn, theirs.cifar, theirs.stl10):
            monkeypatch.setattr(module, "check_integrity", there)

    return write


def _is_file(path: str) -> bool:
    return online.Path(path).is_file()


def made(key: str, **knobs: object):
    settings = catalog.entry("datasets", key).settings({})
    return catalog.create("datasets", key, {**settings, **knobs})


def parts(pair: DomainPair) -> list[tuple[Samples, tuple[str, ...]]]:
    found = [(pair.target.train, pair.classes)]
    found.append((pair.target.test, pair.classes))
    if pair.has_source:
        found.append((pair.source.train, pair.head_classes))
        found.append((pair.source.test, pair.head_classes))
    return found


@pytest.mark.parametrize("key", KEYS)
def test_files_on_disk_are_read_and_nothing_is_fetched(key, on_disk):
    on_disk(key)
    assert list(made(key).fetch()) == []
    pair = made(key).load()
    for samples, classes in parts(pair):
        assert samples.x.dtype == torch.float32
        assert samples.y.dtype == torch.int64
        assert tuple(samples.x.shape[1:]) == pair.shape
        assert 0 <= samples.x.min() < 0.5 < samples.x.max() <= 1
        assert set(samples.y.tolist()) == set(range(len(classes)))
    seen = {x.tobytes() for x in pair.target.train.x.numpy()}
    assert not seen & {x.tobytes() for x in pair.target.test.x.numpy()}


@pytest.mark.parametrize("key", KEYS)
def test_a_pair_is_the_same_every_time(key, on_disk):
    on_disk(key)
    first = parts(made(key).load())
    shutil.rmtree(folder("datasets"))  # not only because it was kept
    for (one, _), (two, _) in zip(first, parts(made(key).load()), strict=True):
        assert torch.equal(one.x, two.x)
        assert torch.equal(one.y, two.y)


@pytest.mark.parametrize("key", KEYS)
def test_fewer_samples_can_be_asked_for(key, on_disk):
    on_disk(key)
    if key == "svhn_to_mnist":
        assert len(made(key, samples=10).load().source.train) == 8
        return
    target = made(key, samples=10).load().target
    assert (len(target.train), len(target.test)) == (8, 2)


@pytest.mark.parametrize("key", KEYS)
def test_offline_one_sentence_says_what_to_use(key):
    with pytest.raises(SpecError) as caught:
        list(made(key).fetch())
    said = str(caught.value)
    assert "is not on this machine" in said
    assert "no such host" in said
    assert said.endswith("in TL_DATA.")
    assert said.count(". ") == 0
    assert any(f"dataset {other}," in said for other in OFFLINE)
    assert list(folder("datasets").iterdir()) == []


@pytest.mark.parametrize("key", KEYS)
def test_what_was_not_fetched_is_not_loaded(key):
    with pytest.raises(SpecError, match="to download it"):
        made(key).load()


def test_each_sign_is_the_right_one_of_the_benchmark():
    """By its list of 43: 1 and 4 are limits, 12 to 14 priority to stop."""
    assert set(signs_to_gtsrb.NUMBERS) == set(signs.CLASSES)
    assert sorted(signs_to_gtsrb.NUMBERS.values()) == [
        *(1, 4, 12, 13, 14, 17, 18, 33)
    ]


def test_land_use_is_in_the_order_of_its_folders(on_disk):
    on_disk("eurosat")
    opened = theirs.EuroSAT(online.roots()[0])
    names = [name.lower() for name in opened.classes]
    ours = [n.replace(" or ", "").replace(" ", "") for n in LAND]
    assert names == ours


def test_severity_is_the_share_of_the_post(on_disk):
    on_disk("mnist_to_usps")
    near = made("mnist_to_usps", severity=0.0).load().target.train.x
    half = made("mnist_to_usps", severity=0.5).load().target.train.x
    far = made("mnist_to_usps").load().target.train.x
    same = (half == near).flatten(1).all(1), (half == far).flatten(1).all(1)
    assert [int(s.sum()) for s in same] == [100, 100]


# Fetching, from files that a server might have


@pytest.fixture
def served(tmp_path, monkeypatch):
    """USPS behind URLs, with the sums of what lies there."""
    monkeypatch.undo()
    monkeypatch.setenv("TL_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(downloads, "CHUNK", 4096)
    shelf = tmp_path / "server"
    shelf.mkdir()
    fake_files.usps(shelf)
    archives = []
    for archive in mnist_to_usps.POST.archives:
        file = shelf / archive.name
        md5 = hashlib.md5(file.read_bytes()).hexdigest()
        archives.append(online.Archive(file.as_uri(), md5))
    post = dataclasses.replace(
        mnist_to_usps.POST, archives=tuple(archives), megabytes=1
    )
    monkeypatch.setattr(mnist_to_usps, "POST", post)
    return shelf


def left_over() -> list[str]:
    return [p.name for p in folder("datasets").iterdir()]


def test_fetching_tells_how_far_it_is(served):
    told = list(made("mnist_to_usps").fetch())
    first = [e.share for e in told if "file 1 of 2" in e.what]
    assert len(first) > 5
    assert first == sorted(first)
    assert first[-1] == 1.0
    assert told[-1] == Downloading("USPS, now unpacking", 1.0)
    assert left_over() == ["torchvision"]
    assert list(made("mnist_to_usps").fetch()) == []


def test_a_run_fetches_first(served):
    spec = spec_from_settings(
        {
            "dataset": "mnist_to_usps",
            "backbone": "mlp",
            "strategy": "source_only",
            "pretrain_steps": 5,
        }
    )
    told = list(train(spec))
    assert isinstance(told[0], Downloading)
    assert isinstance(told[-1], RunFinished)


def test_a_damaged_file_is_not_kept(served):
    (served / "usps.t.bz2").write_bytes(b"not what was asked for")
    with pytest.raises(SpecError, match=r"usps\.t\.bz2 arrived damaged"):
        list(made("mnist_to_usps").fetch())
    assert left_over() == []


def test_a_stopped_download_leaves_nothing(served):
    fetching = made("mnist_to_usps").fetch()
    for _ in range(4):
        next(fetching)
    assert left_over() != []
    fetching.close()
    assert left_over() == []


def test_a_full_disk_is_said_before(served, monkeypatch):
    full = shutil.disk_usage("/")._replace(free=2 * 2**20)
    monkeypatch.setattr(online.shutil, "disk_usage", lambda path: full)
    with pytest.raises(SpecError, match="takes 3 MB .* and 2 are free"):
        list(made("mnist_to_usps").fetch())


def test_archives_in_the_users_folder_are_unpacked(served, monkeypatch):
    monkeypatch.setenv("TL_DATA", str(served))
    (served / "usps.bz2").rename(served.parent / "elsewhere.bz2")
    with pytest.raises(SpecError):
        list(made("mnist_to_usps").fetch())
    (served.parent / "elsewhere.bz2").rename(served / "usps.bz2")
    assert list(made("mnist_to_usps").fetch()) == []


def test_a_systems_package_is_used(tmp_path, monkeypatch):
    raw, shelf = tmp_path / "raw", tmp_path / "shelf"
    raw.mkdir()
    shelf.mkdir()
    fake_files.idx(raw, "FashionMNIST")
    for file in (raw / "FashionMNIST" / "raw").iterdir():
        packed = gzip.compress(file.read_bytes())
        (shelf / f"{file.name}.gz").write_bytes(packed)
    clothes = dataclasses.replace(mnist_to_fashion.CLOTHES, shelf=str(shelf))
    monkeypatch.setattr(mnist_to_fashion, "CLOTHES", clothes)
    told = list(made("mnist_to_fashion").fetch())
    assert [e.what for e in told] == ["Fashion-MNIST, now unpacking"]
    assert len(made("mnist_to_fashion").load().target.train) == 200
    assert left_over().count("torchvision") == 1
