"""`ssc train classifier`: networks of timm on a lab's own pieces."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sscore.cli.arguments import LabelsOption
from sscore.cli.console import PAUSED, Console, Events, Json, Quiet
from sscore.cli.train import Device, Out, Resume
from sscore.cli.train_head import GroupBy, Photos, Replace, Sources

if TYPE_CHECKING:
    from sscore.labels import LabelSet
    from sscore.train.instances import Instances

MODES = ("scratch", "fine-tune", "old-and-new")
Name = Annotated[str, typer.Option("--name", help="Id of the new model.", show_default=False)]
TensorBoard = Annotated[bool, typer.Option("--tensorboard", help="Write a log for TensorBoard.")]
Epochs = Annotated[int | None, typer.Option("--epochs", min=1, help="Instead of the recipe's.")]
BatchSize = Annotated[int | None, typer.Option("--batch", min=1, help="Instead of the recipe's.")]
Rate = Annotated[float | None, typer.Option("--lr", min=0, help="Learning rate, instead of the recipe's.")]
RecipeSeed = Annotated[int | None, typer.Option("--seed", min=0, help="Of the split and all chance.")]


def classifier(
    data: Sources,
    out: Out,
    name: Name,
    recipe: Annotated[
        str,
        typer.Option(
            "--recipe",
            metavar="NAME|FILE",
            help="paper, trashnet-resnet50v2, trashnet-convnext, edge-metals, quick, or a .toml file.",
        ),
    ] = "quick",
    arch: Annotated[
        str | None,
        typer.Option("--arch", help="As convnext-b or resnet-20, or a name of timm. Default: --start's, the recipe's."),
    ] = None,
    mode: Annotated[
        str, typer.Option("--mode", help="scratch, fine-tune (--start on DATA) or old-and-new.")
    ] = "scratch",
    start: Annotated[
        str | None,
        typer.Option("--start", metavar="ID|FILE", help="Model or checkpoint to begin with, or to learn anew."),
    ] = None,
    pretrained: Annotated[
        bool | None, typer.Option("--pretrained/--not-pretrained", help="Begin with timm's ImageNet weights.")
    ] = None,
    labels: LabelsOption = "scrap_shapes",
    view: Annotated[
        str, typer.Option("--view", help="tight, masked or context. Default: masked, whole photos tight.")
    ] = "",
    photos: Photos = None,
    group_by: GroupBy = "photo",
    px: Annotated[
        int | None, typer.Option("--px", min=16, help="Side of the input. Default: --start's, the recipe's.")
    ] = None,
    epochs: Epochs = None,
    batch: BatchSize = None,
    lr: Rate = None,
    seed: RecipeSeed = None,
    grid: Annotated[bool, typer.Option("--grid", help="Try every combination of the recipe's grid.")] = False,
    device: Device = "auto",
    tensorboard: TensorBoard = False,
    resume: Resume = False,
    replace_it: Replace = False,
    as_json: Json = False,
    events: Events = False,
    quiet: Quiet = False,
) -> int:
    """Train an image classifier on accepted pieces, COCO files or a folder for each class.

    Photos (or --group-by groups) are split whole into parts to learn from, to choose the best epoch by, and to judge
    at the end. OUT gets checkpoints, the curve, the weights and a report; the result is a model of your own.
    --mode scratch learns DATA alone; fine-tune goes on from --start; old-and-new learns what --start had learned and
    DATA together, from scratch. The first Ctrl-C pauses (exit code 130); --resume goes on.

    Exit code 1: something was left out, each named; the model has learned from the rest.
    """
    from sscore import labels as label_sets
    from sscore import weight_store
    from sscore.errors import BadOption
    from sscore.naming import VIEWS
    from sscore.train import class_recipe, start_weights
    from sscore.train import classifier as training
    from sscore.train.control import Control

    console = Console(json=as_json, events=events, quiet=quiet)
    if mode not in MODES:
        raise BadOption(f"--mode {mode}: is not {', '.join(MODES)}")
    if (mode == "scratch") != (start is None):
        raise BadOption("--start goes with --mode fine-tune or old-and-new, which both need it")
    if view and view not in VIEWS:
        raise BadOption(f"--view {view}: is not tight, masked or context")
    weight_store.check_own_id(name, replace_it=replace_it)
    file = start_weights.start_file(start) if start else None
    if file and (made_here := start_weights.facts_of(file)):  # the same network, which sees pieces as it did
        arch, px, view = arch or made_here.architecture, px or made_here.px, view or made_here.view
    changes: dict[str, Any] = {
        "px": px,
        "epochs": epochs,
        "batch": batch,
        "lr": lr,
        "seed": seed,
        "pretrained": pretrained,
    }
    chosen, label_set = class_recipe.load(recipe, arch, **changes), label_sets.load(labels)
    request = training.Request(
        out,
        tuple(data),
        label_set,
        chosen,
        view,
        photos,
        group_by,
        start=file if mode == "fine-tune" else None,
        known_sources=start_weights.sources_of(file) if mode == "old-and-new" and file else (),
        grid=grid,
        device=device,
        resume=resume,
        tensorboard=tensorboard,
    )
    with console.progress("Reading", of="photos") as progress, Control(out, console.warn) as control:
        made = training.run(request, emit=console.emit, control=control, progress=progress)
    if made is None:
        console.result({"state": "paused", "out": str(out)}, f"paused; the same command with --resume goes on: {out}")
        return PAUSED
    weight_store.keep(training.card_for(name, made), made.model, replace_it=replace_it)
    known = replace(label_set, labels=tuple(one for one in label_set.labels if one.key in made.facts.classes))
    record = finished(name, made.model, made.judge, known, made.record, made.left_out)
    console.tell(made.left_out, made.warnings)
    console.result(record, text(name, record))
    return 1 if made.left_out else 0


def finished(
    name: str, model: Path, judge_by: Instances, labels: LabelSet, record: dict[str, Any], left_out: list[str]
) -> dict[str, Any]:
    """The record, and how the new model does on the part no training saw; written beside the weights, with a report.
    left_out: gets what of that part cannot be read."""
    from sscore import models
    from sscore.cli.report_classification import crops
    from sscore.paths import write_atomic
    from sscore.report import classification as reports
    from sscore.report.judged import judge
    from sscore.train import class_data

    pieces = [piece for piece in class_data.pieces_of(judge_by) if piece.label in labels]
    judged = judge(models.load_classifier(name), labels, lambda view: crops(pieces, view, left_out))
    data = f"{len(judge_by.shots)} photos that no training saw"
    written = reports.write([judged], labels, model.parent / "report", data=data)
    record = record | {"left_out": left_out, "name": name, "judged": judged.summary(), "report": str(written.page)}
    write_atomic(model.with_suffix(".json"), json.dumps(record, indent=1).encode())
    return record


def text(name: str, record: dict[str, Any]) -> str:
    """What became of the training of model `name`, for people."""
    judged = record["judged"]
    return (
        f"{record['epochs']} epochs, the best was {record['best_epoch']}; on {judged['n']} pieces no training saw: "
        f"accuracy {judged['accuracy']:.3f}, macro F1 {judged['macro_f1']:.3f}\n"
        f"report: {record['report']}\nnew model: {name}"
    )
