"""Exported networks answer in other runtimes as they do in torch."""

from __future__ import annotations

import numpy as np
import onnxruntime
import openvino
import pytest
import sam_weights
import torch

from sscore import catalogue
from sscore.errors import BadOption
from sscore.models import export, sam


def torch_answers(part, given):
    with torch.inference_mode():
        return [x.numpy() for x in part.build()(*(torch.from_numpy(x) for x in given.values()))]


def drawn(part, **sizes):
    """Random inputs; `sizes` replaces free dimensions (name -> shape)."""
    rng = np.random.default_rng(3)
    shapes = {name: sizes.get(name, x.shape) for name, x in part.inputs.items()}
    return {name: rng.normal(0, 1, shape).astype(np.float32) for name, shape in shapes.items()}


@pytest.mark.parametrize("form", export.FORMATS)
@pytest.mark.parametrize("model_id", ["nano", "nano-cls"])
def test_embedded_models(tmp_path, model_id, form):
    (file,) = export.export(model_id, tmp_path / "导出 files", form=form)
    (part,) = export.parts_of(model_id)
    given = drawn(part, view=(3, *part.inputs["view"].shape[1:]))
    found = run(file, form, given, part.outputs)
    assert all(np.abs(a - b).max() < 1e-3 for a, b in zip(torch_answers(part, given), found, strict=True))


def test_a_sam_decoder_takes_any_number_of_prompts_and_points(tmp_path, monkeypatch):
    path = tmp_path / "mobile_sam.pt"
    torch.save(sam_weights.state_dict("mobile_sam", ""), path)
    decoder = sam.parts(sam_weights.card("mobile-sam"), path)[1]
    monkeypatch.setattr(export, "parts_of", lambda model_id: [decoder])
    (file,) = export.export("mobile-sam", tmp_path)
    given = drawn(decoder, points=(4, 5, 2), labels=(4, 5)) | {
        "points": np.random.default_rng(1).uniform(0, 1024, (4, 5, 2)).astype(np.float32),
        "labels": np.array([[1, 0, 1, 2, 3]] * 4, np.float32),
    }
    found = run(file, "onnx", given, decoder.outputs)
    wanted = torch_answers(decoder, given)
    assert [x.shape for x in found] == [(4, 4, 256, 256), (4, 4)]
    assert all(np.abs(a - b).max() < 1e-3 for a, b in zip(wanted, found, strict=True))


def run(file, form, given, outputs):
    if form == "onnx":
        session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
        return session.run(list(outputs), given)
    compiled = openvino.Core().compile_model(
        openvino.Core().read_model(file), "CPU", {"INFERENCE_PRECISION_HINT": "f32"}
    )
    results = compiled(given)
    return [np.array(results[name]) for name in outputs]


def test_what_is_no_network(tmp_path):
    assert catalogue.card("grabcut")
    with pytest.raises(BadOption, match="is no network"):
        export.export("grabcut", tmp_path)
    with pytest.raises(BadOption, match="no format 'tflite'"):
        export.export("nano", tmp_path, form="tflite")
