"""`ssc train clip`: CN-CLIP on a lab's own pieces."""

from __future__ import annotations

from typing import Annotated

import typer

from sscore.cli.arguments import LabelsOption
from sscore.cli.console import PAUSED, Console, Events, Json, Quiet
from sscore.cli.train import Device, Out, Resume
from sscore.cli.train_classifier import BatchSize, Epochs, Name, Rate, RecipeSeed, TensorBoard, finished, text
from sscore.cli.train_head import GroupBy, Photos, Replace, Sources


def clip(
    data: Sources,
    out: Out,
    name: Name,
    base: Annotated[str, typer.Option("--base", metavar="ID", help="The CN-CLIP to begin with.")] = "cn-clip-vit-b-16",
    recipe: Annotated[
        str, typer.Option("--recipe", metavar="NAME|FILE", help="paper, frozen-text, or a .toml file.")
    ] = "paper",
    frozen_text: Annotated[
        bool | None, typer.Option("--frozen-text/--full", help="Whether the words keep their features.")
    ] = None,
    labels: LabelsOption = "scrap_shapes",
    view: Annotated[
        str, typer.Option("--view", help="tight, masked or context. Default: masked, whole photos tight.")
    ] = "",
    photos: Photos = None,
    group_by: GroupBy = "photo",
    epochs: Epochs = None,
    batch: BatchSize = None,
    lr: Rate = None,
    seed: RecipeSeed = None,
    device: Device = "auto",
    tensorboard: TensorBoard = False,
    resume: Resume = False,
    replace_it: Replace = False,
    as_json: Json = False,
    events: Events = False,
    quiet: Quiet = False,
) -> int:
    """Fine-tune CN-CLIP: crops and their Chinese words are drawn together.

    Photos (or --group-by groups) are split whole into parts to learn from, to choose the best epoch by, and to judge at
    the end; where no epoch is better, the model stays as it was. OUT gets checkpoints, the curve, the weights in the
    authors' form and a report; the result is a model of your own, for any label set. Ctrl-C pauses (exit
    code 130); --resume goes on.

    Exit code 1: something was left out, each named; the model has learned from the rest.
    """
    from sscore import catalogue, models, weight_store
    from sscore import labels as label_sets
    from sscore.errors import BadOption
    from sscore.naming import VIEWS
    from sscore.train import clip as training
    from sscore.train.control import Control

    console = Console(json=as_json, events=events, quiet=quiet)
    if view and view not in VIEWS:
        raise BadOption(f"--view {view}: is not tight, masked or context")
    weight_store.check_own_id(name, replace_it=replace_it)
    changes = {"epochs": epochs, "batch": batch, "lr": lr, "seed": seed, "frozen_text": frozen_text}
    chosen, label_set = training.load_recipe(recipe, **changes), label_sets.load(labels)
    card = catalogue.card(base, "classifier")
    if card.family != "cn_clip":
        raise BadOption(f"--base {base}: is no CN-CLIP", remedy="choose one: ssc models list")
    request = training.Request(
        out,
        card,
        models.verified_file(card),
        tuple(data),
        label_set,
        chosen,
        view,
        photos,
        group_by,
        device=device,
        resume=resume,
        tensorboard=tensorboard,
    )
    with console.progress("Reading", of="photos") as progress, Control(out, console.warn) as control:
        made = training.run(request, emit=console.emit, control=control, progress=progress)
    if made is None:
        console.result({"state": "paused", "out": str(out)}, f"paused; the same command with --resume goes on: {out}")
        return PAUSED
    weight_store.keep(training.card_for(name, card, made), made.model, replace_it=replace_it)
    record = finished(name, made.model, made.judge, label_set, made.record, made.left_out)
    console.tell(made.left_out, made.warnings)
    console.result(record, text(name, record))
    return 1 if made.left_out else 0
