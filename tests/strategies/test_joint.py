"""Both risks at once: one head or two, and how their gradients agree."""

from dataclasses import replace

import pytest
import torch
from torch.nn.functional import cross_entropy

from tests.strategies.toys import CPU, adapted, equal, spec_for
from tl_core import evaluation, training
from tl_core.datasets.base import Domain, Samples
from tl_core.feed import visible_pair
from tl_core.history import fold
from tl_core.prefix import Prefix
from tl_core.strategies.base import Batch
from tl_core.strategies.joint import Joint, source_head
from tl_core.training import load_pair, new_network, pretrain, train

EFFECTS = {"weight": 0.2, "heads": "two"}
PLAIN = {"backbone.norm": "none"}
NONE = {"strategy.weight": 0}


def prepared(change=lambda pair: pair, **knobs: object):
    spec = spec_for("joint")
    pair = change(load_pair(spec, CPU))
    model, strategy = new_network(spec, pair), Joint(**knobs)
    list(pretrain(spec, model, pair))
    strategy.setup(model, visible_pair(spec, pair))
    s, t = pair.source.train.first(16), pair.target.train.first(16)
    return model, strategy, Batch(s.x, s.y, t.x, t.y, 0.0), pair


def other_classes(pair):
    """The same target, its two classes called otherwise."""
    return replace(
        pair, classes=("left", "right"), source_classes=pair.classes
    )


def test_without_the_source_it_is_full_fine_tuning():
    one = adapted(spec_for("joint", **PLAIN, **NONE))
    assert equal(one, adapted(spec_for("full", **PLAIN)))
    two = adapted(
        spec_for("joint", **PLAIN, **NONE, **{"strategy.heads": "two"})
    )
    kept = {k: v for k, v in two.items() if "auxiliary" not in k}
    new = spec_for("full", **PLAIN, **{"strategy.head": "new"})
    assert equal(kept, adapted(new))


def test_the_terms_are_both_risks():
    model, strategy, batch, _ = prepared(weight=3.0)
    terms = strategy.loss(model, batch)
    target = cross_entropy(model(batch.xt), batch.yt)
    source = cross_entropy(model(batch.xs), batch.ys)
    torch.testing.assert_close(terms["target"], target)
    torch.testing.assert_close(terms["source"], 3 * source)


def test_each_of_two_heads_learns_from_its_own_domain():
    model, strategy, batch, _ = prepared(heads="two")
    terms = strategy.loss(model, batch)
    old = model.auxiliary["source_head"]
    terms["target"].backward(retain_graph=True)
    assert old.weight.grad is None
    assert model.head.weight.grad.abs().sum() > 0
    model.zero_grad(set_to_none=True)
    terms["source"].backward()
    assert old.weight.grad.abs().sum() > 0
    assert model.head.weight.grad is None


def test_other_classes_always_have_two_heads():
    model, _, _, _ = prepared(other_classes, heads="one")
    assert source_head(model) is not model.head
    one, _, _, _ = prepared(heads="one")
    assert source_head(one) is one.head


@pytest.mark.parametrize("change", [lambda pair: pair, other_classes])
def test_the_source_is_read_by_the_source_head(change):
    model, strategy, _, pair = prepared(change, heads="two")
    with torch.no_grad():
        model.auxiliary["source_head"].bias += 100 * torch.eye(2)[1]
    prefix = Prefix(model, pair.target.train.x)
    judge = evaluation.Judge(model, pair, strategy, prefix)
    read = judge.reader("source")(pair.source.test.x).argmax(1)
    assert (read == 1).all()
    assert judge.reader("target").head is model.head


def loop_gradient(model, x, y, head) -> torch.Tensor:
    model.zero_grad(set_to_none=True)
    cross_entropy(head(model.features(x)), y).backward()
    grads = [p.grad.flatten().clone() for p in model.backbone.parameters()]
    model.zero_grad(set_to_none=True)
    return torch.cat(grads).double()


@pytest.mark.parametrize("heads", ["one", "two"])
def test_the_gradients_are_those_of_each_risk_alone(heads):
    model, strategy, batch, _ = prepared(heads=heads)
    if heads == "two":  # a new head at zero would send nothing back
        model.head.weight.data.normal_()
    model.eval()
    t = loop_gradient(model, batch.xt, batch.yt, model.head)
    s = loop_gradient(model, batch.xs, batch.ys, source_head(model))
    found = strategy.diagnose(model, batch)
    assert found["gradient_target"] == pytest.approx(t.norm().item(), rel=1e-4)
    assert found["gradient_source"] == pytest.approx(s.norm().item(), rel=1e-4)
    cosine = (t @ s / t.norm() / s.norm()).item()
    assert found["gradient_cosine"] == pytest.approx(cosine, abs=1e-4)
    assert all(p.grad is None for p in model.parameters())


def test_equal_domains_agree_and_swapped_labels_do_not():
    model, strategy, batch, _ = prepared()
    same = Batch(batch.xs, batch.ys, batch.xs, batch.ys, 0.0)
    model.eval()
    found = strategy.diagnose(model, same)
    assert found["gradient_cosine"] == pytest.approx(1, abs=1e-5)
    against = Batch(batch.xs, batch.ys, batch.xs, 1 - batch.ys, 0.0)
    assert strategy.diagnose(model, against)["gradient_cosine"] < 0


def test_a_run_tells_the_cosine_at_every_look():
    spec = spec_for("joint")
    history = fold(spec, train(spec))
    looks = [e for e in history.evaluations if e.phase == "adapt"]
    for look in looks:
        assert -1 <= look.scores["gradient_cosine"] <= 1
        assert look.scores["gradient_target"] > 0
    assert "gradient_cosine" not in train_scores("full")


def train_scores(key: str) -> set[str]:
    spec = spec_for(key)
    looks = fold(spec, train(spec)).evaluations
    return {name for look in looks for name in look.scores}


def test_the_source_is_kept_that_full_fine_tuning_forgets():
    def swapped(pair):
        t = pair.target.train
        return replace(
            pair, target=Domain(Samples(t.x, 1 - t.y), pair.target.test)
        )

    def source_risk(key: str, **settings: object) -> float:
        spec = spec_for(key, steps=150, **settings)
        pair = swapped(load_pair(spec, CPU))
        model = new_network(spec, pair)
        list(pretrain(spec, model, pair))
        list(training.adapt(spec, model, pair))
        head = source_head(model.eval())
        logits = head(model.features(pair.source.test.x))
        return cross_entropy(logits, pair.source.test.y).item()

    joint = source_risk("joint", **{"strategy.heads": "two"})
    assert joint < 0.5 * source_risk("full")
