"""Low-rank adapters against plain layers with W0 + dW, and against PEFT."""

import itertools
import json

import pytest
import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import nn

from tl_core import adapter_files, adapters
from tl_core.backbones.base import Network, build
from tl_core.backbones.convnet import ConvNet
from tl_core.backbones.vit_tiny import VitTiny

CONVOLUTIONS = [
    {"kernel_size": kernel, "padding": 2, "padding_mode": mode, **more}
    for kernel, mode, more in itertools.product(
        (1, 3, 5),
        ("zeros", "reflect", "circular", "replicate"),
        (
            {},
            {"stride": 2},
            {"dilation": 2},
            {"groups": 2},
            {"groups": 4, "stride": 2, "dilation": 2},
        ),
    )
]


def adapted(base: nn.Module, rank: int = 2, alpha: float = 3.0) -> nn.Module:
    """One layer with a trained-looking adapter."""
    model = nn.Sequential(base)
    adapters.wrap(model, ["0"])
    adapters.add(model, "one", rank, alpha)
    nn.init.normal_(model[0].adapters["one"].b)
    return model


def vit() -> Network:
    recipe = VitTiny(patches=2, width=8, depth=2, heads=2)
    return build(recipe, (1, 8, 8), 3, seed=0).eval()


def every_linear(model: Network) -> list[str]:
    paths = adapters.adaptable(model)
    return [p for p in paths if "attention" in p or "mlp" in p]


def trained_vit(name: str = "one") -> Network:
    model = vit()
    adapters.wrap(model, every_linear(model))
    adapters.add(model, name, 2, 5.0)
    for _, layer in adapters.layers(model):
        nn.init.normal_(layer.adapters[name].b, std=0.1)
    return model


@pytest.mark.parametrize("settings", CONVOLUTIONS)
def test_an_adapted_convolution_is_one_with_w_plus_delta(settings):
    torch.manual_seed(0)
    base = nn.Conv2d(4, 8, **settings)
    model, x = adapted(base), torch.randn(2, 4, 11, 9)
    whole = nn.Conv2d(4, 8, **settings)
    delta = model[0].adapters["one"].delta().view(base.weight.shape)
    whole.weight.data = base.weight.data + delta.detach()
    whole.bias.data = base.bias.data
    torch.testing.assert_close(model(x), whole(x), rtol=1e-4, atol=2e-5)
    assert not torch.equal(model(x), base(x))


def test_an_adapted_linear_layer_is_one_with_w_plus_delta():
    torch.manual_seed(0)
    base, x = nn.Linear(5, 7), torch.randn(2, 3, 5)
    model = adapted(base)
    low = model[0].adapters["one"]
    whole = base.weight + 3.0 / 2 * low.b @ low.a
    y = F.linear(x, whole, base.bias)
    torch.testing.assert_close(model(x), y, rtol=1e-5, atol=1e-6)


BASES = [nn.Linear(9, 6), nn.Conv2d(9, 6, 3, groups=3)]


@pytest.mark.parametrize("base", BASES, ids=["linear", "conv"])
def test_at_the_start_nothing_changes_and_only_b_has_a_gradient(base):
    x = torch.randn(4, 9) if isinstance(base, nn.Linear) else None
    x = torch.randn(2, 9, 5, 5) if x is None else x
    before = base(x)
    model = nn.Sequential(base)
    adapters.wrap(model, ["0"])
    adapters.add(model, "one", 4, 8.0)
    assert torch.equal(model(x), before)
    model(x).square().sum().backward()
    low = model[0].adapters["one"]
    assert low.a.grad.abs().max() == 0
    assert low.b.grad.abs().max() > 0


def test_a_starts_gaussian_with_variance_one_over_inputs():
    torch.manual_seed(0)
    a = adapters.LowRank(torch.zeros(6, 400), 64, 1.0).a.detach()
    assert a.std().item() == pytest.approx(400**-0.5, rel=0.02)
    assert a.mean().abs() < 2e-3
    kurtosis = (a / a.std()).pow(4).mean().item()
    assert kurtosis == pytest.approx(3, abs=0.1)


@pytest.mark.parametrize("rank", [1, 2, 5])
def test_the_rank_of_the_change_is_at_most_r(rank):
    for base in (nn.Linear(9, 6), nn.Conv2d(8, 16, 3, groups=4)):
        delta = adapted(base, rank)[0].adapters["one"].delta()
        assert torch.linalg.matrix_rank(delta) == rank


def test_parameters_are_r_times_inputs_plus_outputs():
    for base, count in (
        (nn.Linear(9, 6), 4 * (9 + 6)),
        (nn.Conv2d(3, 16, 3), 4 * (3 * 9 + 16)),
        (nn.Conv2d(8, 16, 3, groups=4), 4 * (2 * 9 + 16)),
    ):
        low = adapted(base, 4)[0].adapters["one"]
        assert sum(p.numel() for p in low.parameters()) == count


def test_merged_layers_give_the_same_answers():
    for model, x in (
        (trained_vit(), torch.rand(5, 1, 8, 8)),
        (adapted(nn.Conv2d(4, 8, 3)).eval(), torch.rand(5, 4, 8, 8)),
    ):
        apart = model(x)
        adapters.merge(model)
        merged = model(x)
        assert not torch.equal(apart, merged)
        torch.testing.assert_close(merged, apart, rtol=1e-6, atol=2e-6)


def test_a_thousand_merges_leave_no_trace():
    model = adapted(nn.Conv2d(4, 8, 3))
    before = model[0].base.weight.clone()
    for _ in range(1000):
        adapters.merge(model)
        adapters.unmerge(model)
    assert torch.equal(model[0].base.weight, before)
    adapters.merge(model)
    adapters.merge(model)
    delta = model[0].adapters["one"].delta().view(before.shape)
    assert torch.equal(model[0].base.weight, before + delta)


def test_off_is_the_base_network_bit_for_bit_and_on_again_the_other():
    x, model = torch.rand(5, 1, 8, 8), trained_vit()
    on = model(x)
    adapters.use(model, "")
    assert torch.equal(model(x), vit()(x))
    adapters.use(model, "one")
    assert torch.equal(model(x), on)
    adapters.merge(model)
    adapters.use(model, "")
    assert torch.equal(model(x), vit()(x))


def test_two_named_adapters_swap():
    x, model = torch.rand(5, 1, 8, 8), trained_vit("one")
    one = model(x)
    adapters.add(model, "two", 3, 1.0)
    assert torch.equal(model(x), vit()(x))
    for _, layer in adapters.layers(model):
        nn.init.normal_(layer.adapters["two"].b)
    two = model(x)
    adapters.merge(model)
    adapters.use(model, "one")
    assert torch.equal(model(x), one)
    adapters.use(model, "two")
    assert torch.equal(model(x), two)
    assert not torch.equal(one, two)


def test_an_unknown_adapter_is_refused_by_name():
    with pytest.raises(KeyError, match=r"no adapter 'three'.*adapters: one"):
        adapters.use(trained_vit(), "three")


def test_an_adapter_that_is_not_finite_is_not_merged():
    model = adapted(nn.Linear(3, 3))
    before = model[0].base.weight.clone()
    model[0].adapters["one"].a.data[0, 0] = float("nan")
    with pytest.raises(ValueError, match=r"'one' of 0 holds numbers"):
        adapters.merge(model)
    assert torch.equal(model[0].base.weight, before)


def test_a_layer_whose_forward_is_never_called_is_left_alone():
    block = nn.TransformerEncoderLayer(8, 2, batch_first=True)
    assert adapters.adaptable(block) == ["linear1", "linear2"]


@pytest.mark.filterwarnings("ignore")
def test_peft_gives_the_same_numbers_with_the_same_factors():
    from peft import LoraConfig, LoraModel

    def plain() -> nn.Module:
        torch.manual_seed(1)
        conv = nn.Conv2d(2, 6, 3, stride=2, padding=1)
        return nn.Sequential(conv, nn.ReLU(), nn.Flatten(), nn.Linear(96, 5))

    ours, x = plain(), torch.randn(4, 2, 8, 8)
    adapters.wrap(ours, ["0", "3"])
    adapters.add(ours, "one", 3, 7.0)
    config = LoraConfig(r=3, lora_alpha=7, target_modules=["0", "3"])
    theirs = LoraModel(plain(), config, "default")
    for path, layer in adapters.layers(ours):
        nn.init.normal_(layer.adapters["one"].b)
        twin, low = theirs.model.get_submodule(path), layer.adapters["one"]
        for name, values in (("lora_A", low.a), ("lora_B", low.b)):
            weight = getattr(twin, name)["default"].weight
            weight.data.copy_(values.detach().view(weight.shape))
    assert (ours(x) - theirs(x)).abs().max() == 0


def test_a_saved_adapter_holds_the_factors_and_the_head_alone(tmp_path):
    model = trained_vit()
    adapter_files.save(model, tmp_path, "one")
    stored = load_file(tmp_path / adapter_files.WEIGHTS)
    count = 2 * (4 * 2 * (8 + 8) + 2 * 2 * (8 + 32)) + 8 * 3 + 3
    assert sum(t.numel() for t in stored.values()) == count
    kinds = {k.split(".")[-2] for k in stored}
    assert kinds == {"lora_A", "lora_B", "head"}
    config = json.loads((tmp_path / adapter_files.CONFIG).read_text())
    assert (config["r"], config["lora_alpha"]) == (2, 5.0)


@pytest.mark.parametrize("recipe", ["vit", "convnet"])
def test_a_saved_adapter_comes_back(tmp_path, recipe):
    def plain() -> Network:
        if recipe == "vit":
            return vit()
        return build(ConvNet(width=4), (1, 28, 28), 3, seed=0).eval()

    side = 8 if recipe == "vit" else 28
    model, x = plain(), torch.rand(3, 1, side, side)
    found = adapters.adaptable(model)
    adapters.wrap(model, [path for path in found if path != "head"])
    adapters.add(model, "one", 2, 5.0)
    for _, layer in adapters.layers(model):
        nn.init.normal_(layer.adapters["one"].b)
    model.head.weight.data += 1
    adapter_files.save(model, tmp_path, "one")
    again = plain()
    adapter_files.load(again, tmp_path, "two")
    assert not torch.equal(model.features(x), plain().features(x))
    assert torch.equal(again(x), model(x))


def test_an_adapter_for_another_backbone_is_refused(tmp_path):
    adapter_files.save(trained_vit(), tmp_path, "one")
    other = build(ConvNet(width=4), (1, 28, 28), 3, seed=0)
    with pytest.raises(AttributeError, match="has no layer 'backbone.stages"):
        adapter_files.load(other, tmp_path, "one")


@pytest.mark.filterwarnings("ignore")
def test_peft_loads_what_was_saved(tmp_path):
    from peft import PeftModel

    model, x = trained_vit(), torch.rand(5, 1, 8, 8)
    model.head.weight.data += 1
    adapter_files.save(model, tmp_path, "one")
    loaded = PeftModel.from_pretrained(vit(), tmp_path).eval()
    assert torch.equal(loaded(x), model(x))
    merged = loaded.merge_and_unload()
    torch.testing.assert_close(merged(x), model(x), rtol=1e-6, atol=2e-6)


def test_the_picture_is_the_change_of_each_layer():
    model = adapted(nn.Linear(9, 6), rank=2, alpha=3.0)
    shown = adapters.picture(model, 4).arrays
    delta = model[0].adapters["one"].delta().detach()
    assert shown["layers"].data.decode() == "0"
    assert shown["scale"].numpy() == 1.5
    size = delta.norm() / model[0].base.weight.norm()
    assert shown["update"].numpy()[0] == pytest.approx(size.item())
    norm = shown["singular"].numpy()[0] ** 2
    assert norm.sum() == pytest.approx(delta.square().sum().item(), rel=1e-5)
