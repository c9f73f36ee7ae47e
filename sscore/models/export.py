"""Networks for edge devices: a model's parts as ONNX or OpenVINO files, whose inputs and outputs have names."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sscore import catalogue, paths
from sscore.errors import BadOption
from sscore.models.engines import Input
from sscore.types import Progress

if TYPE_CHECKING:
    from torch import nn

FORMATS = ("onnx", "openvino")


@dataclass(frozen=True, slots=True)
class Part:
    """One network of a model. build: makes it, in eval mode; inputs, outputs: their names in order."""

    name: str
    build: Callable[[], nn.Module]
    inputs: dict[str, Input]
    outputs: tuple[str, ...]


def export(model_id: str, folder: Path, *, form: str = "onnx", progress: Progress | None = None) -> list[Path]:
    """Write every part of a model into `folder`; the files written.

    A SAM variant has three: encoder (photo, normalised and padded as `sscore.models.sam.network_input` does), decoder
    (prompts) and refiner (prompts and a mask). Of CN-CLIP it is the image tower.
    Raises BadOption, ModelMissing, WrongWeights.
    """
    if form not in FORMATS:
        raise BadOption(f"there is no format {form!r}", remedy=f"choose one of {', '.join(FORMATS)}")
    parts = parts_of(model_id)
    folder.mkdir(parents=True, exist_ok=True)
    write = _onnx if form == "onnx" else _openvino
    written = []
    if progress is not None:
        progress(0, len(parts))
    for number, part in enumerate(parts, start=1):
        # Beside where it goes, so that whoever looks there finds whole files only.
        with tempfile.TemporaryDirectory(prefix=".export-", dir=folder) as place:
            file = write(part, Path(place), model_id)
            for made in sorted(Path(place).iterdir()):
                paths.put_in_place(made, folder / made.name)
        written.append(folder / file.name)
        if progress is not None:
            progress(number, len(parts))
    return written


def parts_of(model_id: str) -> list[Part]:
    """The networks of a catalogue model. Raises BadOption for one that has none (grabcut)."""
    card = catalogue.card(model_id)
    if card.family == "nano":
        from sscore.models import nano

        return [nano.part(catalogue.weight_file(card))]
    if card.family == "nano_cls":
        from sscore.models import nano_cls

        return [nano_cls.part(catalogue.weight_file(card))]
    if card.family == "cn_clip":
        from sscore.models import cn_clip

        return [cn_clip.part(card, catalogue.weight_file(card))]
    if card.family == "timm":
        from sscore.models import timm_cls

        return [timm_cls.part(catalogue.weight_file(card))]
    if card.family in ("sam", "sam_hq", "mobile_sam", "edge_sam"):
        from sscore.models import sam

        return sam.parts(card, catalogue.weight_file(card))
    raise BadOption(f"{model_id!r} is no network and cannot be exported")


def _onnx(part: Part, folder: Path, model_id: str) -> Path:
    import torch

    path = folder / f"{model_id}-{part.name}.onnx"
    example = tuple(torch.zeros(x.shape) for x in part.inputs.values())
    free = {name: {axis: f"{name}_{axis}" for axis in x.free} for name, x in part.inputs.items() if x.free}
    with warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter("ignore")  # torch calls tracing old-fashioned; the new way cannot vary all sizes yet
        torch.onnx.export(
            part.build(),
            example,
            str(path),
            input_names=list(part.inputs),
            output_names=list(part.outputs),
            dynamic_axes=free,
            opset_version=17,
            dynamo=False,
        )
    return path


def _openvino(part: Part, folder: Path, model_id: str) -> Path:
    import openvino as ov
    import torch

    path = folder / f"{model_id}-{part.name}.xml"
    with warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter("ignore")
        example = tuple(torch.zeros(x.shape) for x in part.inputs.values())
        model = ov.convert_model(part.build(), example_input=example)
    model.reshape({number: x.pattern for number, x in enumerate(part.inputs.values())})
    for port, name in zip(model.inputs, part.inputs, strict=True):
        port.get_tensor().set_names({name})
    for port, name in zip(model.outputs, part.outputs, strict=True):
        port.get_tensor().set_names({name})
    ov.save_model(model, path, compress_to_fp16=False)
    return path
