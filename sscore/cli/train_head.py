"""`ssc train head`: a head on frozen features."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from sscore.cli.arguments import SeedOption
from sscore.cli.console import Console, Events, Json, Quiet

Sources = Annotated[
    list[Path],
    typer.Argument(
        metavar="DATA", help="Projects, COCO files, or folders with a folder for each class.", show_default=False
    ),
]
Photos = Annotated[Path | None, typer.Option("--photos", help="Folder of the COCO files' photos, if not their own.")]
GroupBy = Annotated[
    str,
    typer.Option(
        "--group-by", help="What stays together: photo, folder, or an expression for the photo's name, as ^(\\d+)_."
    ),
]
Labels = Annotated[
    str | None,
    typer.Option("--labels", metavar="KEY|FILE", help="Default: the first project's own, else scrap_shapes."),
]
Replace = Annotated[bool, typer.Option("--replace", help="Take the place of the model of that name.")]


def head(
    data: Sources,
    name: Annotated[str, typer.Option("--name", help="Id of the new model.", show_default=False)],
    base: Annotated[
        str, typer.Option("--base", metavar="ID", help="Classifier on whose features it stands.")
    ] = "nano-cls",
    labels: Labels = None,
    kind: Annotated[str, typer.Option("--kind", help="prototypes, logistic, or auto: the better of both.")] = "auto",
    view: Annotated[str, typer.Option("--view", help="tight, masked or context. Default: the base model's.")] = "",
    photos: Photos = None,
    group_by: GroupBy = "photo",
    seed: SeedOption = 1,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Judge it, but keep nothing.")] = False,
    replace: Replace = False,
    as_json: Json = False,
    events: Events = False,
    quiet: Quiet = False,
) -> int:
    """Learn from accepted pieces in seconds: prototypes or a logistic regression on a classifier's frozen features.

    Judged by cross-validation over photos (or --group-by groups) it has not seen, beside the classifier as it is. The
    result is a model of your own, usable wherever a classifier is.

    Exit code 1: something was left out, each named; the head is made of the rest.
    """
    import tempfile

    from sscore import labels as label_sets
    from sscore import models, weight_store
    from sscore.errors import BadOption
    from sscore.naming import VIEWS
    from sscore.train import class_data, head_data
    from sscore.train import head as heads
    from sscore.types import ModelCard

    console = Console(json=as_json, events=events, quiet=quiet)
    if kind not in ("auto", *heads.KINDS):
        raise BadOption(f"--kind {kind}: is not auto, prototypes or logistic")
    if view and view not in VIEWS:
        raise BadOption(f"--view {view}: is not tight, masked or context")
    if not dry_run:
        weight_store.check_own_id(name, replace_it=replace)
    label_set = label_sets.load(labels) if labels else class_data.own_labels(data)
    below = models.load_classifier(base)
    if below.card.family == "prototype":
        raise BadOption(f"--base {base}: is a head itself", remedy="take the classifier it stands on")
    found = class_data.gather(data, label_set, photos=photos, group_by=group_by)
    if not view and class_data.whole_photos(found):
        view = "tight"
    with console.progress("Looking", of="photos") as progress:
        made = heads.train(found, label_set, below, kind=kind, view=view, seed=seed, progress=progress)  # type: ignore[arg-type]
    console.tell(made.left_out, made.warnings)
    record: dict[str, Any] = {"name": name, "base": base, "view": view or below.view} | made.record()
    if not dry_run:
        note = head_data.note(base, record["pieces"], made.judged.accuracy)
        card = ModelCard(
            name, "classifier", "prototype", base, f"{name}.safetensors", input_px=below.card.input_px, note=note
        )
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "head.safetensors"
            heads.save(made, file, label_set, below, view)
            weight_store.keep(card, file, replace_it=replace)
    lines = [f"{record['pieces']} pieces of {record['photos']} photos; accuracy on photos not learned from:"]
    lines += [f"  {made.kind:<12} {made.judged.accuracy:.3f}   macro F1 {made.judged.macro_f1:.3f}"]
    lines += [f"  {one.name:<12} {one.accuracy:.3f}   macro F1 {one.macro_f1:.3f}" for one in made.others]
    if made.gain is not None:
        low, high = made.gain.low, made.gain.high
        lines.append(f"  difference   {made.gain.accuracy:+.3f}   95 % interval {low:+.3f} to {high:+.3f}")
        if made.gain.accuracy < 0:
            more = "" if dry_run else f"; ssc models remove {name} takes the new one away"
            lines.append(f"on these pieces {base} as it is does better{more}")
    lines.append("nothing is kept (--dry-run)" if dry_run else f"new model: {name}")
    console.result(record, "\n".join(lines))
    return 1 if made.left_out else 0
