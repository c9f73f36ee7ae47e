"""What a classifier's training can begin with: files of this program, of timm, and of others."""

import re

import pytest
import torch

from sscore import catalogue
from sscore.errors import BadOption, WrongWeights
from sscore.models import timm_cls
from sscore.models.nets import architectures
from sscore.models.timm_cls import Facts
from sscore.train import classifier, start_weights

NAME = "废钢 权重"


@pytest.fixture(scope="module")
def small():
    return architectures.build("resnet-20", 2, 16)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / NAME).mkdir()
    return tmp_path / NAME


def begun(path, classes=5):
    net = architectures.build("resnet-20", classes, 16)
    head = net.body.fc.weight.detach().clone()
    return start_weights.begin_with(net, path).body, head


@pytest.mark.parametrize(
    "stored",
    [
        lambda plain: plain,
        lambda plain: {"state_dict": {f"module.{name}": value for name, value in plain.items()}},
        lambda plain: {"model": {f"module.model.{name}": value for name, value in plain.items()}, "epoch": 3},
        lambda plain: {"model_state_dict": {f"net.{name}": value for name, value in plain.items()}},
        lambda plain: (
            {f"backbone.{name}": v for name, v in plain.items() if name[:2] != "fc"} | {"top.bias": plain["fc.bias"]}
        ),
    ],
    ids=["plain", "module", "module.model", "net", "backbone with a head of its own"],
)
def test_plain_wrappings_are_taken_off(folder, small, stored):
    torch.save(stored(small.body.state_dict()), folder / "theirs.pth")
    body, head = begun(folder / "theirs.pth")
    assert torch.equal(body.stem[0].weight, small.body.stem[0].weight)
    assert torch.equal(body.blocks[8].bn2.running_var, small.body.blocks[8].bn2.running_var)
    assert torch.equal(body.fc.weight, head), "a head for other classes stays"


def test_names_of_the_authors_are_known_where_timm_knows_them(folder):
    net = architectures.build("convnext_atto", 3, 32)
    theirs = {}
    for name, value in net.body.state_dict().items():
        name = re.sub(r"stages\.(\d)\.downsample", r"downsample_layers.\1", name)
        name = re.sub(r"stages\.(\d)\.blocks", r"stages.\1", name).replace("stem.", "downsample_layers.0.")
        name = name.replace("conv_dw", "dwconv").replace("mlp.fc", "pwconv").replace("head.norm", "norm")
        theirs[name.replace("head.fc", "head")] = value.squeeze() if "pwconv" in name else value
    torch.save({"model": theirs}, folder / "facebook.pth")
    body = start_weights.begin_with(architectures.build("convnext_atto", 2, 32), folder / "facebook.pth").body
    assert torch.equal(body.stages[2].blocks[1].conv_dw.weight, net.body.stages[2].blocks[1].conv_dw.weight)
    assert torch.equal(body.head.norm.weight, net.body.head.norm.weight)


def test_names_of_torchvision_are_known_where_timm_knows_them(folder):
    net = architectures.build("densenet121", 3, 32)
    theirs = {re.sub(r"\.(norm|conv)([12])\.", r".\1.\2.", name): v for name, v in net.body.state_dict().items()}
    assert "features.denseblock1.denselayer1.norm.1.weight" in theirs
    torch.save(theirs, folder / "torchvision.pth")
    body = start_weights.begin_with(architectures.build("densenet121", 2, 32), folder / "torchvision.pth").body
    ours, old = (one.features.denseblock3.denselayer7.conv2.weight for one in (body, net.body))
    assert torch.equal(ours, old)


def test_another_architecture_is_named_and_nothing_is_taken_from_it(folder, small):
    path = folder / "small.safetensors"
    classifier.save(small, Facts("resnet-20", ("Angle", "Bar"), 16), path, sources=[folder])
    assert start_weights.sources_of(path) == (folder,)
    assert start_weights.facts_of(path).architecture == "resnet-20"
    other = architectures.build("mobilenetv3_small_050", 2, 16)
    with pytest.raises(WrongWeights, match=r"architecture: conv_stem\.weight is missing.*\(add --arch resnet-20\)"):
        start_weights.begin_with(other, path)
    deeper = dict(small.body.state_dict())
    deeper |= {name.replace("blocks.8", "blocks.9"): v for name, v in deeper.items() if "blocks.8" in name}
    torch.save(deeper, folder / "deeper.pth")
    before = architectures.build("resnet-20", 2, 16)
    kept = before.body.stem[0].weight.detach().clone()
    with pytest.raises(WrongWeights, match=r"blocks\.9\.conv1\.weight is one too many"):
        start_weights.begin_with(before, folder / "deeper.pth")
    assert torch.equal(before.body.stem[0].weight, kept)


def test_what_a_file_cannot_say_is_said(folder, small):
    torch.save(small.body.state_dict(), folder / "theirs.pth")
    assert start_weights.facts_of(folder / "theirs.pth") is None
    with pytest.raises(BadOption, match="does not say what it was trained on"):
        start_weights.sources_of(folder / "theirs.pth")
    with pytest.raises(BadOption, match="--start nano-cls: is not a model that ssc train classifier made"):
        start_weights.start_file("nano-cls")
    path = folder / "small.safetensors"
    classifier.save(small, Facts("resnet-20", ("Angle", "Bar"), 16), path, sources=[folder / "old"])
    with pytest.raises(BadOption, match=r"learned from .*old, which is not there any more"):
        start_weights.sources_of(path)
    foreign = folder / "nano.safetensors"
    foreign.write_bytes(catalogue.weight_file(catalogue.card("nano-cls")).read_bytes())
    with pytest.raises(WrongWeights, match="no classifier that ssc train classifier made"):
        timm_cls.facts_of(foreign)
