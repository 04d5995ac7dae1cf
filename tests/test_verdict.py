"""The verdict says what reading each test set by itself would say."""

import pytest
import torch
from torch import nn

from tests.conftest import toy
from tl_core import catalog, training
from tl_core.evaluation import Judge, accuracy, logits_of
from tl_core.prefix import Prefix
from tl_core.spec import spec_from_settings
from tl_core.verdict import Verdict

CPU = torch.device("cpu")
CONVNET = {
    "dataset": "mnist_to_optdigits",
    "pretrain_steps": 0,
    "backbone.width": 4,
}


def judged(spec) -> Judge:
    pair = training.load_pair(spec, CPU)
    model = training.new_network(spec, pair)
    strategy = catalog.create(
        "strategies", spec.strategy, spec.strategy_params
    )
    judge = Judge(model, pair, strategy, Prefix(model, pair.target.train.x))
    nn.init.normal_(judge.model.head.weight)
    judge.look(0)
    return judge


@pytest.mark.parametrize(
    "spec",
    [
        toy("full"),
        spec_from_settings({**CONVNET, "strategy": "mmd"}),
        spec_from_settings({**CONVNET, "strategy": "full"}),
    ],
    ids=["moons", "own statistics", "running statistics"],
)
def test_the_verdict_is_that_of_every_reading_by_itself(spec):
    judge = judged(spec)
    found = Verdict(judge).accuracy()
    for name, domain in judge.domains.items():
        x, y = domain.test.x, domain.test.y
        assert found[name] == accuracy(logits_of(judge.reader(name), x), y)
        before = accuracy(logits_of(judge.before, x), y)
        assert found[f"{name}_before"] == before
    test = judge.pair.source.test
    old = judge.reader("source").with_head(judge.before.head)
    logits = logits_of(old, test.x)
    assert found["source_old_head"] == accuracy(logits, test.y)


def test_the_confusion_counts_what_the_verdict_counts():
    verdict = Verdict(judged(toy("full")))
    (taken,) = (p for p in verdict.pictures(1) if p.name == "confusion")
    counts = taken.arrays["counts"].numpy()
    share = counts.trace() / counts.sum()
    assert verdict.accuracy()["target"] == pytest.approx(share)


def test_each_domain_is_read_once(monkeypatch):
    judge, asked = (
        judged(spec_from_settings({**CONVNET, "strategy": "mmd"})),
        [],
    )
    plain = judge.reader
    monkeypatch.setattr(
        judge, "reader", lambda name: asked.append(name) or plain(name)
    )
    verdict = Verdict(judge)
    list(verdict.pictures(1))
    verdict.accuracy()
    assert asked == ["source", "target"]
