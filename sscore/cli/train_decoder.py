"""`ssc train decoder`: a segmenter fine-tuned on one's own instances."""

from __future__ import annotations

import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sscore.cli.arguments import SeedOption
from sscore.cli.console import PAUSED, Console, Events, Json, Quiet
from sscore.cli.train import Resume
from sscore.errors import BadOption

if TYPE_CHECKING:
    from sscore.types import Progress


def decoder(
    sources: Annotated[
        list[Path] | None,
        typer.Argument(metavar="DATA", help="Projects, and COCO files beside their photos.", show_default=False),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Folder of the run: checkpoints, curves, report.")
    ] = None,
    model: Annotated[str, typer.Option("--model", metavar="ID", help="See: ssc models list.")] = "nano",
    recipe: Annotated[
        str, typer.Option("--recipe", metavar="NAME|FILE", help="paper, robust, quick, or a .toml file of your own.")
    ] = "robust",
    name: Annotated[str, typer.Option("--as", metavar="ID", help="Id of the new model; default MODEL-tuned.")] = "",
    photos: Annotated[
        Path | None, typer.Option("--photos", help="Folder of the COCO files' photos, if not their own.")
    ] = None,
    group_by: Annotated[
        str,
        typer.Option("--group-by", metavar="photo|folder|REGEX", help="What photos belong together, in their names."),
    ] = "photo",
    validation: Annotated[
        float, typer.Option("--validation", min=0.05, max=0.9, help="Share of the instances to judge by.")
    ] = 0.2,
    epochs: Annotated[int | None, typer.Option("--epochs", min=1, help="Instead of the recipe's.")] = None,
    batch: Annotated[int | None, typer.Option("--batch", min=1, help="Instead of the recipe's.")] = None,
    lr: Annotated[float | None, typer.Option("--lr", min=0, help="Learning rate instead of the recipe's.")] = None,
    precision: Annotated[str | None, typer.Option("--precision", help="auto, float32, bf16 or fp16.")] = None,
    everything: Annotated[
        int, typer.Option("--everything", min=0, help="Photos on which everything mode (S1) is compared.")
    ] = 4,
    seed: SeedOption = 1,
    device: Annotated[str, typer.Option("--device", help="auto, cpu or cuda.")] = "auto",
    tensorboard: Annotated[bool, typer.Option("--tensorboard", help="Write OUT/tensorboard too.")] = False,
    resume: Resume = False,
    as_json: Json = False,
    events: Events = False,
    quiet: Quiet = False,
) -> int:
    """Fine-tune a segmenter on your own accepted instances.

    Of SAM's kind only the mask decoder learns: each photo is encoded once, an epoch costs decoder time only. The best
    epoch becomes a model of its own, compared with the one before on photos it did not learn from (OUT/report.txt).
    Ctrl-C pauses (exit code 130); --resume --out OUT goes on, bit for bit.

    Exit code 1: something was left out, each named, or nothing was gained, so that there is no new model.
    """
    from sscore.train.decoder import Request, train

    if resume == bool(sources):
        raise BadOption("name a project or COCO file" if not resume else "--resume takes the run in --out alone")
    if out is None:
        if resume:
            raise BadOption("--resume needs --out, the folder of the run")
        out = Path("runs") / time.strftime(f"{model}-%Y%m%d-%H%M%S")
    console = Console(json=as_json, events=events, quiet=quiet)
    request = Request(
        out=out,
        sources=tuple(sources or ()),
        model=model,
        recipe=recipe,
        name=name,
        photos=photos,
        group_by=group_by,
        validation=validation,
        seed=seed,
        epochs=epochs,
        batch=batch,
        lr=lr,
        precision=precision,
        device=device,
        tensorboard=tensorboard,
        everything=everything,
        resume=resume,
    )

    def emit(event: dict[str, Any]) -> None:
        console.event(event["event"], **{k: v for k, v in event.items() if k != "event"})
        if not (events or as_json or quiet) and event["event"] == "epoch":
            typer.echo(_line(event), err=True)

    with ExitStack() as bars:

        def progress(title: str) -> Progress:
            bars.close()
            console.event("stage", title=title)
            return bars.enter_context(console.progress(title, of="photos"))

        result = train(request, emit=emit, warn=console.warn, progress=progress)
    console.result(result, _text(result))
    if result["state"] == "paused":
        return PAUSED
    return 0 if result["model"] and not result["left_out"] else 1


def _line(event: dict[str, Any]) -> str:
    judged = event["validation"]
    figures = ", ".join(f"{name} {value:.4f}" for name, value in {**event["train"], **judged}.items())
    return f"epoch {event['epoch']}/{event['of']}: {figures}" + (" *" if event["best_epoch"] == event["epoch"] else "")


def _text(result: dict[str, Any]) -> str:
    from sscore.train import decoder_report

    if result["state"] == "paused":
        return f"paused after {result['epochs']} epochs; go on with: ssc train decoder --resume --out {result['out']}"
    if not result["model"]:
        return "no epoch was better than the model as it was: there is no new model"
    said = f"{result['model']}: best of {result['epochs']} epochs was number {result['best_epoch']}"
    return f"{decoder_report.as_text(result['report'])}\n{said}. Use it with --segmenter {result['model']}"
