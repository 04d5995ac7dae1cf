"""What frozen stages give is kept between runs, and only for equal ones."""

import pytest
import torch

from tests.conftest import toy
from tl_core import passed, training
from tl_core.evaluation import Gaps
from tl_core.passed import Kept, Passed, fingerprint
from tl_core.prefix import Prefix
from tl_core.spec import spec_from_settings

CPU = torch.device("cpu")


def frozen(seed: int = 0):
    """A network whose stages are frozen, and samples for it."""
    spec = toy("linear_probe", seed=seed)
    pair = training.load_pair(spec, CPU)
    model = training.new_network(spec, pair)
    model.freeze(model.backbone)
    return model, pair.target.train.x


def passing(model, x):
    prefix = Prefix(model, x)
    prefix.follow()
    found = prefix(x)
    prefix.end()
    return found


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch):
    monkeypatch.setattr(passed, "KEPT", Kept())


def test_a_second_run_finds_what_the_first_computed():
    (one, x), (two, _) = frozen(), frozen()
    assert passing(one, x) is passing(two, x.clone())


def test_other_weights_settings_samples_or_threads_are_computed_anew():
    model, x = frozen()
    first = passing(model, x)
    assert passing(frozen(seed=1)[0], x) is not first
    assert passing(model, x + 1) is not first
    stage = list(model.backbone.stages.values())[0]
    stage.setting = 3
    assert passing(model, x) is not first
    del stage.setting
    assert passing(model, x) is first
    handle = stage.register_forward_hook(lambda *_: None)
    assert passing(model, x) is not first
    handle.remove()
    before = torch.get_num_threads()
    torch.set_num_threads(before + 1)
    other = passing(model, x)
    torch.set_num_threads(before)
    assert other is not first


def test_the_fingerprint_sees_every_weight_and_buffer():
    spec = spec_from_settings(
        {"dataset": "mnist_to_optdigits", "strategy": "full"}
    )
    model = training.new_network(spec, training.load_pair(spec, CPU))
    stages = list(model.backbone.stages.values())
    seen = {fingerprint(stages)}
    for tensor in (*stages[0].parameters(), *stages[0].buffers()):
        tensor.data.view(-1)[0] += 1
        seen.add(fingerprint(stages))
    count = len([*stages[0].parameters(), *stages[0].buffers()])
    assert len(seen) == 1 + count


def test_what_was_longest_not_asked_for_makes_room():
    kept = Kept(room=100)
    entries = {name: Passed(torch.zeros(10), {}) for name in "abc"}
    kept.put("a", entries["a"])
    kept.put("b", entries["b"])
    assert kept.get("a") is entries["a"]
    kept.put("c", entries["c"])
    assert kept.get("b") is None
    assert kept.get("a") is entries["a"]
    kept.put("d", Passed(torch.zeros(1000), {}))
    assert kept.get("d") is None
    assert kept.get("c") is entries["c"]


def test_a_run_after_another_tells_what_it_tells_alone():
    spec = toy("linear_probe", steps=10)
    alone = list(training.train(spec))
    assert list(training.train(spec)) == alone
    list(training.train(toy("lp_ft", steps=10)))
    assert list(training.train(spec)) == alone


def test_of_frozen_stages_the_gap_is_not_measured_again(monkeypatch):
    from tl_core import evaluation

    asked = []
    plain = evaluation.by_stage

    def counting(features, permutations):
        asked.append(sorted(features["source"]))
        return plain(features, permutations)

    monkeypatch.setattr(evaluation, "by_stage", counting)
    gaps, early = Gaps(), torch.randn(16, 3)
    for _ in range(2):
        late = torch.randn(16, 2)
        stages = {"early": early, "late": late}
        gaps({"source": stages, "target": {**stages, "late": late + 1}})
    assert asked == [["early", "late"], ["late"]]
