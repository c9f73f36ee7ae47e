"""`ssc models export`: a model's networks as files for other devices."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sscore.cli import outputs
from sscore.cli.console import Console, Events, Json, Quiet


def export_model(
    model_id: Annotated[str, typer.Argument(metavar="ID", help="See: ssc models list.", show_default=False)],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder to write to.", show_default=False)],
    form: Annotated[str, typer.Option("--format", help="onnx or openvino.")] = "onnx",
    replace: outputs.Replace = False,
    as_json: Json = False,
    events: Events = False,
    quiet: Quiet = False,
) -> int:
    """Write a model's networks as ONNX or OpenVINO files, for edge devices.

    A SAM variant has three: encoder (a photo), decoder (prompts), refiner (prompts and a mask to refine).
    """
    from sscore.models.export import export

    written = out.glob(f"{model_id}-*{'.xml' if form == 'openvino' else '.onnx'}")
    outputs.check_folder(out, sorted(file.name for file in written), replace=replace)
    console = Console(json=as_json, events=events, quiet=quiet)
    with console.progress("Exporting", of="networks") as progress:
        files = export(model_id, out, form=form, progress=progress)
    console.result({"model": model_id, "format": form, "files": [str(f) for f in files]}, "\n".join(map(str, files)))
    return 0
