"""`ssc train …`: the trainings, one verb each."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sscore.cli.arguments import SeedOption
from sscore.cli.console import Console, Events, Json, Quiet

if TYPE_CHECKING:
    from sscore.train.record import Request

train_app = typer.Typer(help="Teach models: on your own pieces, or the embedded ones anew.", rich_markup_mode=None)

Out = Annotated[Path, typer.Option("--out", "-o", help="Folder of the run.", show_default=False)]
Minutes = Annotated[float, typer.Option("--minutes", min=0.01, help="Training time, without preparing the data.")]
Scenes = Annotated[int, typer.Option("--scenes", min=1, help="How many rendered scenes to learn from.")]
Workers = Annotated[int, typer.Option("--workers", min=0, help="Processes that prepare samples.")]
Resume = Annotated[bool, typer.Option("--resume", help="Go on with the run in --out.")]
Device = Annotated[str, typer.Option("--device", help="auto, cpu or cuda.")]


@train_app.command("nano", epilog="Example: ssc train nano --out RUN --minutes 60", short_help="Train nano anew.")
def train_nano(
    out: Out,
    minutes: Minutes = 60.0,
    real: Annotated[
        Path | None, typer.Option("--real", help="Folder with images/ and masks/ (0/255 PNG of the same names).")
    ] = None,
    scenes: Scenes = 1500,
    seed: SeedOption = 1,
    workers: Workers = 1,
    device: Device = "auto",
    resume: Resume = False,
    as_json: Json = False,
    events: Events = False,
    quiet: Quiet = False,
) -> int:
    """Train the segmenter `nano` on rendered scenes and, if given, photos with real masks.

    Writes OUT/nano.safetensors and OUT/nano.json, the record of the training with its scores on unseen scenes.
    """
    from sscore.train import nano
    from sscore.train.record import Request

    request = Request(out, minutes, scenes, seed, workers, device, resume, real=real)
    return _run(request, nano.train_and_score, Console(json=as_json, events=events, quiet=quiet))


@train_app.command(
    "nano-cls", epilog="Example: ssc train nano-cls --out RUN --minutes 20", short_help="Train nano-cls anew."
)
def train_nano_cls(
    out: Out,
    minutes: Minutes = 20.0,
    start: Annotated[
        Path | None, typer.Option("--start", help="Weights of nano or nano-cls whose layers to begin with.")
    ] = None,
    scenes: Scenes = 1500,
    seed: SeedOption = 1,
    workers: Workers = 1,
    device: Device = "auto",
    resume: Resume = False,
    as_json: Json = False,
    events: Events = False,
    quiet: Quiet = False,
) -> int:
    """Train the classifier `nano-cls` on the pieces of rendered scenes.

    Writes OUT/nano-cls.safetensors and OUT/nano-cls.json, the record of the training with its scores on unseen scenes.
    """
    from sscore.train import nano_cls
    from sscore.train.record import Request

    request = Request(out, minutes, scenes, seed, workers, device, resume, start=start)
    return _run(request, nano_cls.train_and_score, Console(json=as_json, events=events, quiet=quiet))


def _run(request: Request, train: Callable[..., dict[str, Any]], console: Console) -> int:
    def emit(event: dict[str, Any]) -> None:
        console.event(event["event"], **{k: v for k, v in event.items() if k != "event"})

    with console.progress("Rendering scenes", of="scenes") as progress:
        record = train(request, emit=emit, progress=progress)
    console.result(record, json.dumps(record["scores"], indent=2))
    return 0
