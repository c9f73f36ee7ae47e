"""Matrix products in eight-bit integers, for transformers on processors that have instructions for them (VNNI) but none
for bf16: kept only where they prove quicker, and the answers prove to be the same.

What goes into a product is rounded to 256 steps, each row of its weights to 255. A few channels of a trained
transformer are far larger than the others, and would leave these few steps: so channels are brought closer to each
other first, and the weights take the difference (Xiao et al., 2023, "SmoothQuant", arXiv 2211.10438, with an exponent
of 1/4).
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

LEAST_COSINE = 0.999
"""Between an answer in eight bits and the same in float32, for the worst of the samples kept for this."""

_LEAST_GAIN = 1.2
"""Quicker by less is not worth any difference."""

_LEAST_SECONDS = 0.1
"""A batch of samples in float32 that takes less is quick enough."""

_EXPONENT = 0.25
_RUNS = 3
_BATCH = 4


@dataclass(frozen=True, slots=True)
class Verdict:
    """cosine: the least found; gain: time in float32 / in eight bits (both 0 where that was not tried); spans: by
    product, the least and largest value of each channel of what goes into it, float32 (2, channels)."""

    cosine: float
    gain: float
    spans: Mapping[str, FloatArray]

    @property
    def good(self) -> bool:
        return self.cosine >= LEAST_COSINE and self.gain >= _LEAST_GAIN


def judged(
    core: Any, model: Any, config: dict[str, Any], make_samples: Callable[[], FloatArray], kept: Path
) -> Verdict:
    """What eight bits would do to this model on this processor; read from the file `kept` where that is there.

    model: an OpenVINO model of one input and one output float32 (n, d); make_samples: makes inputs float32 (m, ...) as
    they will come, at least 12: from two thirds of them the ranges are taken, on every third the answers are compared.
    """
    known = _read(kept)
    if known is not None and (
        not known.spans or known.spans.keys() == {n.get_friendly_name() for n in _products(model)}
    ):
        return known
    samples = make_samples()
    plain = core.compile_model(model, "CPU", config).create_infer_request()
    verdict = Verdict(0.0, 0.0, {})
    if min(_seconds(plain, samples[:_BATCH]) for _ in range(2)) >= _LEAST_SECONDS:
        third = np.arange(len(samples)) % 3 == 2
        spans = _spans(core, model, config, samples[~third])
        quick = core.compile_model(rounded(model, spans), "CPU", config).create_infer_request()
        pairs = zip(_answers(plain, samples[third]), _answers(quick, samples[third]), strict=True)
        cosine = min(_cosine(a, b) for one, other in pairs for a, b in zip(one, other, strict=True))
        # In turns, so that what else the machine does meets both alike.
        seconds = np.array([[_seconds(r, samples[:_BATCH]) for r in (plain, quick)] for _ in range(_RUNS)]).min(0)
        verdict = Verdict(cosine, float(seconds[0] / seconds[1]), spans)
    _keep(verdict, kept)
    return verdict


def rounded(model: Any, spans: Mapping[str, FloatArray]) -> Any:
    """A copy of the model whose products of these names round what goes into them and their weights."""
    from openvino import opset13 as ops

    model = model.clone()
    for node in _products(model):
        span = spans.get(node.get_friendly_name())
        if span is None:
            continue
        upright = node.get_attributes()["transpose_b"]
        weight = np.array(node.input_value(1).get_node().data, np.float32)
        weight = weight if upright else weight.T
        largest, heaviest = np.abs(span).max(0), np.abs(weight).max(0)
        share = np.maximum(largest, 1e-6) ** _EXPONENT / np.maximum(heaviest, 1e-6) ** (1 - _EXPONENT)
        weight = weight * share
        most = np.maximum(np.abs(weight).max(1, keepdims=True), 1e-9)
        if not upright:
            weight, most = np.ascontiguousarray(weight.T), most.T
        low, high = float((span[0] / share).min()), float((span[1] / share).max())
        step = max(max(high, 0.0) - min(low, 0.0), 1e-9) / 255
        zero = round(-min(low, 0.0) / step)  # zero stays exactly zero
        ends = np.float32(-zero * step), np.float32((255 - zero) * step)
        source = node.input_value(0)
        aligned = (1,) * (len(source.get_partial_shape()) - 1) + (-1,)
        even = ops.multiply(source, ops.constant((1 / share).astype(np.float32).reshape(aligned)))
        node.input(0).replace_source_output(ops.fake_quantize(even, *ends, *ends, 256).output(0))
        sides = [ops.constant(x.astype(np.float32)) for x in (-most, most)]
        held = ops.constant(weight.astype(np.float32))
        node.input(1).replace_source_output(ops.fake_quantize(held, *sides, *sides, 255).output(0))
    model.validate_nodes_and_infer_types()
    return model


def _products(model: Any) -> list[Any]:
    """Its products with weights that are constants."""
    return [
        node
        for node in model.get_ordered_ops()
        if node.get_type_name() == "MatMul"
        and node.input_value(1).get_node().get_type_name() == "Constant"
        and len(node.input_value(1).get_shape()) == 2
        and not node.get_attributes()["transpose_a"]
    ]


def _spans(core: Any, model: Any, config: dict[str, Any], samples: FloatArray) -> dict[str, FloatArray]:
    from openvino import opset13 as ops

    watched = model.clone()
    products = _products(watched)
    outputs = len(watched.outputs)
    for node in products:
        source = node.input_value(0)
        axes = np.arange(len(source.get_partial_shape()) - 1)
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
    return {node.get_friendly_name(): span for node, span in zip(products, found, strict=True)}


def _answers(request: Any, samples: FloatArray) -> list[FloatArray]:
    batches = range(0, len(samples), _BATCH)
    return [np.array(next(iter(request.infer([samples[at : at + _BATCH]]).values()))) for at in batches]


def _cosine(a: FloatArray, b: FloatArray) -> float:
    """-1 for what is not a number."""
    found = float(a.ravel() @ b.ravel() / max(float(np.linalg.norm(a) * np.linalg.norm(b)), 1e-12))
    return found if np.isfinite(found) else -1.0


def _seconds(request: Any, batch: FloatArray) -> float:
    start = time.perf_counter()
    request.infer([batch])
    return time.perf_counter() - start


def place(folder: Path, name: str, facts: Sequence[str]) -> Path:
    """Where the verdict on a model is kept. facts: what else it holds for (the processor, say)."""
    return folder / f"{name}-{hashlib.sha256('|'.join(facts).encode()).hexdigest()[:12]}.int8.npz"


def _read(kept: Path) -> Verdict | None:
    try:
        with np.load(kept, allow_pickle=False) as stored:
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
