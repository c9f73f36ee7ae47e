"""`ssc report classification`: classifiers on pieces whose class is known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sscore.cli import outputs
from sscore.cli.arguments import LabelsOption, SeedOption
from sscore.cli.console import Console, Events, Json, Quiet
from sscore.cli.train_head import GroupBy, Photos, Sources

if TYPE_CHECKING:
    from sscore.train.class_data import Piece
    from sscore.types import ByteArray


def classification(
    data: Sources,
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder of the report.", show_default=False)],
    classifiers: Annotated[
        str, typer.Option("--classifiers", metavar="ID,ID", help="See: ssc models list.")
    ] = "nano-cls",
    labels: LabelsOption = "scrap_shapes",
    photos: Photos = None,
    least_area: Annotated[int, typer.Option("--least-area", min=1, help="Px below which a piece is left out.")] = 200,
    group_by: GroupBy = "photo",
    seed: SeedOption = 1,
    replace_it: outputs.Replace = False,
    as_json: Json = False,
    events: Events = False,
    quiet: Quiet = False,
) -> int:
    """Compare classifiers on pieces whose class is known: a page, tables in CSV and LaTeX, figures in PNG and SVG.

    Accuracy, macro precision, recall and F1, classes, confusions, reliability, t-SNE of the features, the surest
    mistakes, size and speed. Pieces that a model learned from flatter it: give data that no model has seen.

    Exit code 1: something was left out; the rest is done.
    """
    from sscore import catalogue, models
    from sscore import labels as label_sets
    from sscore.errors import BadLabels, BadOption
    from sscore.report import classification as reports
    from sscore.report.judged import judge
    from sscore.train import class_data

    console = Console(json=as_json, events=events, quiet=quiet)
    outputs.check_folder(out, ("report.html",), replace=replace_it)
    names = list(dict.fromkeys(part.strip() for part in classifiers.split(",") if part.strip()))
    if not names:
        raise BadOption("name at least one classifier", remedy="see: ssc models list")
    for name in names:
        catalogue.card(name, "classifier")  # a mistyped one is told before the photos are read
    label_set = label_sets.load(labels)
    found = class_data.gather(data, label_set, photos=photos, group_by=group_by, least_area=least_area)
    there = found.labels
    label_set = replace(label_set, labels=tuple(one for one in label_set.labels if there[one.key]))
    pieces, problems = class_data.pieces_of(found), list(found.left_out)
    judged = []
    for name in names:
        classifier = models.load_classifier(name)
        with console.progress(f"Asking {name}", of="pieces") as progress:
            try:
                judged.append(
                    judge(
                        classifier,
                        label_set,
                        lambda view: crops(pieces, view, problems),
                        progress=lambda done, _, show=progress: show(done, len(pieces)),  # type: ignore[misc]
                    )
                )
            except BadLabels as error:
                problems.append(f"{name}: {error}")
    if not judged:
        raise BadLabels("none of the classifiers knows these classes", remedy="choose others, or another label set")
    for problem in dict.fromkeys(problems):
        console.warn(problem)
    sources = ", ".join(path.name for path in data)
    written = reports.write(judged, label_set, out, data=f"{len(found.shots)} photos of {sources}", seed=seed)
    rows = [one.summary() for one in judged]
    lines = [f"{row['model']}: accuracy {row['accuracy']:.3f}, macro F1 {row['macro_f1']:.3f}" for row in rows]
    answer = {"models": rows, "report": str(written.page), "problems": list(dict.fromkeys(problems))}
    console.result(answer, "\n".join([*lines, f"written: {written.page}"]))
    return 1 if problems else 0


def crops(pieces: list[Piece], view: str, problems: list[str]) -> Iterable[tuple[str, str, ByteArray]]:
    """(name, label, crop) of each piece, as `sscore.report.judged.judge` wants them."""
    from sscore.train import class_data

    for piece, crop in class_data.crops(pieces, view, problems):
        yield f"{piece.shot.name}:{piece.shot.ids[piece.number]}", piece.label, crop
