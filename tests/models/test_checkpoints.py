"""Checkpoints of every kind a user may offer: the right one, another variant's, damaged ones, programs."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
import sam_weights
import torch
from safetensors.torch import save_file

from sscore import models
from sscore.errors import ModelMissing, WrongWeights
from sscore.models import checkpoints
from sscore.models.nets import sam as nets

# Keys and numbers of the published state dicts.
COUNTS = {
    ("sam", "vit_b"): (314, 93_735_472),
    ("sam", "vit_l"): (482, 312_342_832),
    ("sam", "vit_h"): (594, 641_090_608),
    ("sam_hq", "vit_b"): (339, 94_806_576),
    ("sam_hq", "vit_l"): (507, 313_676_080),
    ("sam_hq", "vit_h"): (619, 642_686_000),
    ("sam_hq", "vit_tiny"): (464, 10_578_604),
    ("mobile_sam", ""): (439, 10_130_092),
    ("edge_sam", ""): (821, 9_582_112),
}


@pytest.mark.parametrize(("which", "counts"), COUNTS.items(), ids=lambda value: "-".join(map(str, value)))
def test_networks_have_the_published_tensors(which, counts):
    with torch.device("cpu" if which[1] in ("", "vit_tiny") else "meta"):
        net = nets.build(*which)
    assert (len(net.state_dict()), sum(value.numel() for value in net.parameters())) == counts


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("权重 文件")


@pytest.fixture(scope="module")
def edge(folder):
    path = folder / "edge_sam_3x.pth"
    torch.save(sam_weights.state_dict("edge_sam", ""), path)
    return path


def test_a_file_is_known_by_its_keys_and_twins_by_its_name(edge):
    assert checkpoints.identify(edge) == ("edge-sam-3x", "edge-sam")


def test_another_variants_file_says_which_it_looks_like(edge):
    with pytest.raises(WrongWeights, match=r"not the weights of mobile-sam: .*missing.*looks like edge-sam"):
        models.load_segmenter("mobile-sam", checkpoint=edge)


def test_keys_are_exact(folder, edge):
    stored = torch.load(edge, weights_only=True)
    del stored["image_encoder.neck.0.weight"]
    stored["image_encoder.neck.9.weight"] = torch.zeros(2)
    stored["mask_decoder.iou_token.weight"] = torch.zeros(2, 256)
    path = folder / "bent.pth"
    torch.save(stored, path)
    with pytest.raises(WrongWeights) as error:
        models.load_segmenter("edge-sam", checkpoint=path)
    for words in ("neck.0.weight is missing", "neck.9.weight is one too many", "is (2, 256) but should be (1, 256)"):
        assert words in error.value.problem
    assert str(path) in str(error.value)


@pytest.mark.parametrize("kind", [torch.int64, torch.bool, torch.complex64])
def test_numbers_of_another_kind_are_refused(folder, edge, kind):
    stored = torch.load(edge, weights_only=True)
    stored["mask_decoder.iou_token.weight"] = stored["mask_decoder.iou_token.weight"].to(kind)
    path = folder / "kind.safetensors"
    save_file(stored, path)
    with pytest.raises(WrongWeights, match=r"iou_token.weight holds \w+ but should hold fractions"):
        checkpoints.identify(path)


@pytest.mark.parametrize("wrap", [lambda s: {"model": s}, lambda s: {"state_dict": {f"module.{k}": s[k] for k in s}}])
def test_trainers_wrappings_are_taken_off(folder, wrap):
    path = folder / "wrapped.pt"
    torch.save(wrap({"a": torch.ones(2)}), path)
    assert list(checkpoints.read(path)) == ["a"]


class _Payload:
    def __reduce__(self):
        return print, ("this must never run",)


def _write(path, kind):
    if kind == "payload":
        torch.save({"a": _Payload()}, path)
    elif kind == "old payload":
        path.write_bytes(pickle.dumps(_Payload(), protocol=2))
    elif kind == "program":
        torch.jit.save(torch.jit.script(torch.nn.Linear(2, 2)), path)
    elif kind == "random":
        path.write_bytes(np.random.default_rng(0).bytes(5000))
    elif kind == "cut off":
        torch.save({"a": torch.zeros(4000)}, path)
        path.write_bytes(path.read_bytes()[:9000])
    elif kind == "empty":
        path.write_bytes(b"")
    elif kind == "no tensors":
        torch.save({"epoch": 3}, path)
    elif kind == "not numbers":
        save_file({"a": torch.tensor([1.0, float("nan")])}, path)
    elif kind == "cut safetensors":
        save_file({"a": torch.zeros(4000)}, path)
        path.write_bytes(path.read_bytes()[:9000])


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("payload", "could run as a program; it was not opened"),
        ("old payload", "could run as a program; it was not opened"),
        ("program", "TorchScript program"),
        ("random", "not a checkpoint"),
        ("cut off", "cut off"),
        ("empty", "not a checkpoint"),
        ("no tensors", "'epoch' in the file is not a tensor"),
        ("not numbers", "values that are not numbers"),
        ("cut safetensors", "not a whole safetensors file"),
    ],
)
def test_files_that_are_no_weights(folder, capsys, kind, words):
    path = folder / f"{kind}.pth"
    _write(path, kind)
    with pytest.raises(WrongWeights, match=words) as error:
        models.load_segmenter("mobile-sam", checkpoint=path)
    assert error.value.path == str(path) and error.value.remedy
    assert "never run" not in capsys.readouterr().out


def test_weights_of_no_known_model(folder):
    path = folder / "resnet.pth"
    torch.save({"conv1.weight": torch.zeros(3)}, path)
    with pytest.raises(WrongWeights, match="of no model this program knows"):
        checkpoints.identify(path)
    with pytest.raises(ModelMissing):
        checkpoints.identify(folder / "nowhere.pth")


def test_the_hq_package_leaves_timm_as_it_was():
    import timm

    before = timm.models._registry._model_entrypoints["tiny_vit_5m_224"]
    nets.hq_package()
    assert timm.models._registry._model_entrypoints["tiny_vit_5m_224"] is before
    assert "segment_anything" not in timm.create_model("tiny_vit_5m_224").__class__.__module__
