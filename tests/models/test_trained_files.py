"""Files of `ssc train` from another computer: known by what their header says, kept as models of one's own, refused
where the model that they stand on is missing."""

from __future__ import annotations

import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import sam_weights
import torch
from torch import nn

from sscore import catalogue, models, paths, weight_store
from sscore.cli import run
from sscore.errors import BadOption, ModelMissing, WrongWeights
from sscore.models import prototype, weights
from sscore.models.nets import architectures, sam
from sscore.models.nets.nano import NanoNet
from sscore.models.timm_cls import Facts
from sscore.train import classifier
from sscore.types import ModelCard

CLASSES = ("Angle", "Bar", "U")
BASE = ModelCard("small-sam", "segmenter", "mobile_sam", file="small.pth", licence="Apache-2.0", input_px=1024)


@pytest.fixture
def stick(tmp_path, monkeypatch):
    """A folder to bring files in; the computer has a home of its own."""
    monkeypatch.setenv("SSC_HOME", str(tmp_path / "家 目录"))
    (tmp_path / "U 盘").mkdir()
    return tmp_path / "U 盘"


def head_file(path, base, **changes):
    width = base.features([]).shape[1]
    matrix = np.random.default_rng(0).normal(size=(len(CLASSES), width)).astype(np.float32)
    below = SimpleNamespace(card=replace(base.card, **changes))
    facts = {"learned": CLASSES, "classes": CLASSES, "base": below, "view": "tight", "temperature": 1.5}
    prototype.save(path, matrix, np.zeros(len(CLASSES), np.float32), **facts)
    return path


def classifier_file(path, seed=0):
    torch.manual_seed(seed)
    classifier.save(architectures.build("resnet-20", 3, 32), Facts("resnet-20", CLASSES, 32), path)
    return path


@pytest.fixture
def small(stick, monkeypatch):
    """MobileSAM's decoder behind an encoder of a handful of weights, and a decoder fine-tuned from it."""
    monkeypatch.setitem(sam._BUILDERS, ("mobile_sam", ""), lambda: sam._sam(nn.Conv2d(3, 256, 16, 16)))
    whole = sam.build("mobile_sam", "").state_dict()
    state = {key: sam_weights.values(key, tuple(v.shape), v.dtype) for key, v in whole.items()}
    torch.save(state, stick / "small.pth")
    tuned = {key: value + 0.01 for key, value in state.items() if key.startswith("mask_decoder.iou_prediction_head.")}
    facts = {"family": "mobile_sam", "variant": "", "base": "small-sam", "tensors": str(len(tuned))}
    weights.store(tuned, stick / "decoder.safetensors", facts | {"base_sha256": weights.digest(stick / "small.pth")})
    return stick


def bring(file, card=BASE):
    """The base model, now on this computer."""
    paths.user_weights().mkdir(parents=True, exist_ok=True)
    (paths.user_weights() / card.file).write_bytes(file.read_bytes())
    catalogue.append(card)


def test_a_head_is_known_and_names_pieces(stick, nano_cls, capsys):
    file = head_file(stick / "yard head (1).safetensors", nano_cls)
    assert run(["models", "add", str(file), "--json"]) == 0
    (one,) = json.loads(capsys.readouterr().out)["models"]
    assert one["id"] == "yard-head-1" and one["note"] == "A head on nano-cls."
    made = models.load_classifier("yard-head-1")
    assert made.classes == CLASSES and made.base.card.id == "nano-cls"
    assert weight_store.verify(catalogue.card("yard-head-1")).against == "catalogue"
    assert weight_store.add(file).card.id == "yard-head-1", "brought twice it is still one"
    assert [card.id for card in catalogue.cards()].count("yard-head-1") == 1


def test_a_head_whose_base_is_not_here_says_which(stick, nano_cls):
    file = head_file(stick / "head.safetensors", nano_cls, id="cn-clip-vit-b-16")
    with pytest.raises(ModelMissing, match="'cn-clip-vit-b-16'.*not on this computer.*ssc models get cn-clip-vit-b-16"):
        weight_store.add(file)
    file = head_file(stick / "head.safetensors", nano_cls, id="our-clip")
    with pytest.raises(ModelMissing, match="'our-clip'.*bring our-clip too.*then add this file again"):
        weight_store.add(file)
    assert not catalogue.user_ids()


def test_a_head_of_other_weights_is_refused(stick, nano_cls):
    with pytest.raises(WrongWeights, match="trained on other weights of nano-cls"):
        weight_store.add(head_file(stick / "head.safetensors", nano_cls, sha256="0" * 64))


def test_a_classifier_is_known(stick):
    stored = weight_store.add(classifier_file(stick / "ours.safetensors"))
    assert (stored.card.family, stored.card.variant, stored.card.input_px) == ("timm", "resnet-20", 32)
    assert models.load_classifier("ours").classes == CLASSES
    other = stick / "other" / "ours.safetensors"
    other.parent.mkdir()
    classifier_file(other, seed=1)
    with pytest.raises(BadOption, match="there is a model 'ours' already.*--as NEW-ID"):
        weight_store.add(other)


def test_a_classifier_that_is_not_whole_is_refused(stick):
    file = classifier_file(stick / "ours.safetensors")
    tensors = weights.tensors(file)
    gone = next(iter(tensors))
    weights.store({k: v for k, v in tensors.items() if k != gone}, file, weights.metadata(file))
    with pytest.raises(WrongWeights, match=f"{gone} is missing"):
        weight_store.add(file)


def test_a_decoder_goes_into_its_base(small, capsys):
    bring(small / "small.pth")
    assert run(["models", "add", str(small / "decoder.safetensors"), "--as", "我们的-sam"]) == 0
    assert "我们的-sam: Decoder for small-sam." in capsys.readouterr().out
    card = catalogue.card("我们的-sam")
    assert (card.base, card.family, card.file, card.licence) == (
        "small-sam",
        "mobile_sam",
        "我们的-sam.safetensors",
        "Apache-2.0",
    )
    assert catalogue.base_file(card) == paths.user_weights() / "small.pth"


def test_a_decoder_finds_its_base_under_another_name(small):
    bring(small / "small.pth", replace(BASE, id="their-sam"))
    assert weight_store.add(small / "decoder.safetensors").card.base == "their-sam"


def test_a_decoder_without_its_base_says_what_to_do(small):
    with pytest.raises(ModelMissing, match="decoder for 'small-sam', which is not on this.*then add this file"):
        weight_store.add(small / "decoder.safetensors")
    catalogue.append(replace(BASE, urls=("https://example.org/small.pth",)))
    with pytest.raises(ModelMissing, match="run: ssc models get small-sam; then add this file again"):
        weight_store.add(small / "decoder.safetensors")


def test_a_decoder_of_another_copy_is_refused(small):
    other = torch.load(small / "small.pth", weights_only=True)
    torch.save({key: value + 1 for key, value in other.items()}, small / "other.pth")
    bring(small / "other.pth")
    with pytest.raises(WrongWeights, match="another copy of 'small-sam'.*SHA-256"):
        weight_store.add(small / "decoder.safetensors")


def test_half_a_decoder_is_refused(small):
    bring(small / "small.pth")
    file = small / "decoder.safetensors"
    tensors = weights.tensors(file)
    weights.store(dict(list(tensors.items())[1:]), file, weights.metadata(file))
    with pytest.raises(WrongWeights, match="not a whole decoder"):
        weight_store.add(file)


def test_a_fine_tuned_nano_is_a_model_of_ones_own(stick):
    torch.manual_seed(0)
    file = stick / "our-nano.safetensors"
    weights.save(NanoNet(), file, {"family": "nano", "fine_tuned_from": "0" * 64})
    stored = weight_store.add(file)
    assert (stored.card.id, stored.card.family, stored.card.embedded) == ("our-nano", "nano", False)
