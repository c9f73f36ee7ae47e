"""Matrix products and convolutions in eight-bit integers, on processors that have instructions for them (VNNI) but none
for bf16: kept only where they prove quicker, and the answers prove to be the same.

What goes into a layer is rounded to 256 steps, each row of its weights to 255. A few channels of a trained network are
far larger than the others, and would leave these few steps: so channels are brought closer to each other first, and
the weights take the difference (Xiao et al., 2023, "SmoothQuant", arXiv 2211.10438).
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import time
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sscore import paths
from sscore.types import FloatArray

_RUNS = 3
_MEASURABLE = 0.2
"""Seconds: Windows counts processor time in steps of 0.016."""

_BATCH = 4
_FEW = 16
"""Channels below which a convolution stays in float32: a network's first layer, which sees the photo itself."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What eight bits have to stand, for one network.

    samples: makes inputs float32 (m, ...) as they will come, at least 12; convolutions: whether its 3 x 3 convolutions
    are rounded, else its matrix products; exponent: share of the differences between channels that the weights take;
    least_cosine: between an answer in eight bits and the same in float32, for the worst of the samples kept for this;
    least_gain: quicker by less is not worth any difference; least_seconds: a batch of samples in float32 that takes
    less is quick enough.
    """

    samples: Callable[[], FloatArray]
    convolutions: bool = False
    exponent: float = 0.25
    least_cosine: float = 0.999
    least_gain: float = 1.2
    least_seconds: float = 0.2


@dataclass(frozen=True, slots=True)
class Verdict:
    """cosine: the least found; gain: processor time in float32 / in eight bits (both 0 where that was not tried);
    spans: by layer, the least and largest value of each channel of what goes into it, float32 (2, channels)."""

    cosine: float
    gain: float
    spans: Mapping[str, FloatArray]

    def good(self, trial: Trial) -> bool:
        return self.cosine >= trial.least_cosine and self.gain >= trial.least_gain


def judged(core: Any, model: Any, config: dict[str, Any], trial: Trial, kept: Path) -> Verdict:
    """What eight bits would do to this model on this processor; read from the file `kept` where that is there.

    model: an OpenVINO model of one input; its first output is compared. From two thirds of the samples the ranges are
    taken, on every third the answers are compared.
    """
    known = _read(kept)
    if known is not None and (
        not known.spans or known.spans.keys() == {n.get_friendly_name() for n in _layers(model, trial)}
    ):
        return known
    samples = trial.samples()
    plain = core.compile_model(model, "CPU", config).create_infer_request()
    verdict = Verdict(0.0, 0.0, {})
    if min(_seconds(plain, samples[:_BATCH]) for _ in range(2)) >= trial.least_seconds:
        third = np.arange(len(samples)) % 3 == 2
        spans = _spans(core, model, config, trial, samples[~third])
        quick = core.compile_model(rounded(model, trial, spans), "CPU", config).create_infer_request()
        pairs = zip(_answers(plain, samples[third]), _answers(quick, samples[third]), strict=True)
        cosine = min(_cosine(a, b) for one, other in pairs for a, b in zip(one, other, strict=True))
        # In turns, so that what else the machine does meets both alike.
        seconds = np.array([[_seconds(r, samples[:_BATCH]) for r in (plain, quick)] for _ in range(_RUNS)]).min(0)
        verdict = Verdict(cosine, float(seconds[0] / seconds[1]), spans)
    _keep(verdict, kept)
    return verdict


def rounded(model: Any, trial: Trial, spans: Mapping[str, FloatArray]) -> Any:
    """A copy of the model whose layers of these names round what goes into them and their weights."""
    from openvino import opset13 as ops

    model = model.clone()
    for node in _layers(model, trial):
        span = spans.get(node.get_friendly_name())
        if span is None:
            continue
        upright = trial.convolutions or node.get_attributes()["transpose_b"]
        weight = np.array(node.input_value(1).get_node().data, np.float32)
        weight = weight if upright else weight.T  # (out, in, ...)
        kernel = tuple(range(2, weight.ndim))
        largest, heaviest = np.abs(span).max(0), np.abs(weight).max((0, *kernel))
        share = np.maximum(largest, 1e-6) ** trial.exponent / np.maximum(heaviest, 1e-6) ** (1 - trial.exponent)
        weight = weight * share.reshape(-1, *(1 for _ in kernel))
        most = np.maximum(np.abs(weight).max((1, *kernel), keepdims=True), 1e-9)
        if not upright:
            weight, most = np.ascontiguousarray(weight.T), most.T
        low, high = float((span[0] / share).min()), float((span[1] / share).max())
        step = max(max(high, 0.0) - min(low, 0.0), 1e-9) / 255
        zero = round(-min(low, 0.0) / step)  # zero stays exactly zero
        ends = np.float32(-zero * step), np.float32((255 - zero) * step)
        source = node.input_value(0)
        aligned = [1] * len(source.get_partial_shape())
        aligned[_channels(trial)] = -1
        even = ops.multiply(source, ops.constant((1 / share).astype(np.float32).reshape(aligned)))
        node.input(0).replace_source_output(ops.fake_quantize(even, *ends, *ends, 256).output(0))
        sides = [ops.constant(x.astype(np.float32)) for x in (-most, most)]
        held = ops.constant(weight.astype(np.float32))
        node.input(1).replace_source_output(ops.fake_quantize(held, *sides, *sides, 255).output(0))
    model.validate_nodes_and_infer_types()
    return model


def _channels(trial: Trial) -> int:
    """Which axis of what goes into a layer its channels are."""
    return 1 if trial.convolutions else -1


def _layers(model: Any, trial: Trial) -> list[Any]:
    """Its products or convolutions with weights that are constants."""
    kind, suits = ("Convolution", _wide) if trial.convolutions else ("MatMul", _plain)
    return [
        node
        for node in model.get_ordered_ops()
        if node.get_type_name() == kind
        and node.input_value(1).get_node().get_type_name() == "Constant"
        and suits(node, list(node.input_value(1).get_shape()))
    ]


def _wide(node: Any, shape: list[int]) -> bool:
    return shape[2:] == [3, 3] and shape[1] >= _FEW


def _plain(node: Any, shape: list[int]) -> bool:
    return len(shape) == 2 and not node.get_attributes()["transpose_a"]


def _spans(core: Any, model: Any, config: dict[str, Any], trial: Trial, samples: FloatArray) -> dict[str, FloatArray]:
    from openvino import opset13 as ops

    watched = model.clone()
    layers = _layers(watched, trial)
    outputs = len(watched.outputs)
    for node in layers:
        source = node.input_value(0)
        axes = np.delete(np.arange(len(source.get_partial_shape())), _channels(trial))
        watched.add_results([ops.result(f(source, axes)) for f in (ops.reduce_min, ops.reduce_max)])
    watched.validate_nodes_and_infer_types()
    request = core.compile_model(watched, "CPU", config).create_infer_request()
    found: list[FloatArray] = []
    for start in range(0, len(samples), _BATCH):
        seen = list(request.infer([samples[start : start + _BATCH]]).values())[outputs:]
        for n, (low, high) in enumerate(zip(seen[::2], seen[1::2], strict=True)):
            if start:
                found[n] = np.stack([np.minimum(low, found[n][0]), np.maximum(high, found[n][1])])
            else:
                found.append(np.stack([low, high]).astype(np.float32))
    return {node.get_friendly_name(): span for node, span in zip(layers, found, strict=True)}


def _answers(request: Any, samples: FloatArray) -> list[FloatArray]:
    batches = range(0, len(samples), _BATCH)
    return [np.array(next(iter(request.infer([samples[at : at + _BATCH]]).values()))) for at in batches]


def _cosine(a: FloatArray, b: FloatArray) -> float:
    """-1 for what is not a number."""
    found = float(a.ravel() @ b.ravel() / max(float(np.linalg.norm(a) * np.linalg.norm(b)), 1e-12))
    return found if np.isfinite(found) else -1.0


def _seconds(request: Any, batch: FloatArray) -> float:
    """Of the processor, not by the clock: what else the machine does at this moment must not decide for good."""
    start, spent, runs = time.process_time(), 0.0, 0
    while spent < _MEASURABLE:
        request.infer([batch])
        spent, runs = time.process_time() - start, runs + 1
    return spent / runs


def place(folder: Path, name: str, facts: Sequence[str]) -> Path:
    """Where the verdict on a model is kept. facts: what else it holds for (the processor, say)."""
    return folder / f"{name}-{hashlib.sha256('|'.join(facts).encode()).hexdigest()[:12]}.int8.npz"


def _read(kept: Path) -> Verdict | None:
    try:
        with np.load(io.BytesIO(kept.read_bytes()), allow_pickle=False) as stored:
            spans = {name[1:]: np.asarray(stored[name], np.float32) for name in stored.files if name.startswith("/")}
            return Verdict(float(stored["cosine"]), float(stored["gain"]), spans)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None  # not there, or damaged: judged anew


def _keep(verdict: Verdict, kept: Path) -> None:
    buffer = io.BytesIO()
    named: dict[str, Any] = {f"/{name}": span for name, span in verdict.spans.items()}
    np.savez(buffer, cosine=verdict.cosine, gain=verdict.gain, **named)
    with contextlib.suppress(OSError):  # a full or read-only disk costs only the time saved
        paths.write_atomic(kept, buffer.getvalue())
