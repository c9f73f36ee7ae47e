"""`ssc rescore` and `ssc calibrate`: the pieces of a project named again, and how sure the names are."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sscore.cli.arguments import ProjectFolder, ViewOption
from sscore.cli.console import Console, Events, Json, Quiet

if TYPE_CHECKING:
    from sscore.naming import Naming
    from sscore.project import Project
    from sscore.rescore import Change

ClassifierOption = Annotated[str, typer.Option("--classifier", metavar="ID", help="See: ssc models list.")]
OwnLabels = Annotated[
    str | None, typer.Option("--labels", metavar="KEY|FILE", help="Default: the project's own label set.")
]


def rescore(
    project: ProjectFolder,
    classifier: ClassifierOption = "nano-cls",
    labels: OwnLabels = None,
    view: ViewOption = "",
    unknown_below: Annotated[
        float | None,
        typer.Option("--unknown-below", min=0, max=1, metavar="P", help="Default: the project's own threshold."),
    ] = None,
    apply: Annotated[bool, typer.Option("--apply", help="Write the changes; without it they are only shown.")] = False,
    scores: Annotated[
        bool, typer.Option("--scores", help="List every change with its probabilities, in --json and --events.")
    ] = False,
    as_json: Json = False,
    events: Events = False,
    quiet: Quiet = False,
) -> int:
    """Name all pieces of a project again that no person confirmed.

    After prompts in the label set were edited, or with another classifier or threshold. What the image network said of
    a piece is kept on disk, so the second time takes well under a second per thousand pieces.

    Exit code 1: a photo was left out; the rest is done.
    """
    from sscore import models
    from sscore import rescore as rescoring

    console = Console(json=as_json, events=events, quiet=quiet)
    opened, label_set = _open(project, labels)
    naming = _naming(opened, view)
    if unknown_below is not None:
        naming = replace(naming, unknown_below=unknown_below)
    with console.progress("Naming", of="photos") as progress:
        found = rescoring.rescore(
            opened, label_set, models.load_classifier(classifier), naming=naming, progress=progress
        )
    for image, why in found.problems:
        console.warn(f"{image}: {why}")
    applied = rescoring.apply(opened, found) if apply else 0
    moves = Counter((change.before, change.after) for change in found.relabelled)
    data: dict[str, Any] = {
        "instances": found.instances,
        "changed": len(found.changes),
        "computed": found.computed,
        "applied": applied,
        "relabelled": [
            {"image": c.image, "id": c.id, "before": c.before, "after": c.after, "margin": round(c.scores.margin, 4)}
            for c in found.relabelled
        ],
        "problems": [{"image": image, "problem": why} for image, why in found.problems],
    }
    if scores:
        data["made_by"] = found.made
        data["changes"] = [_change(change) for change in found.changes]
    lines = [f"{found.instances} unconfirmed instances, {len(found.relabelled)} with another name"]
    lines += [f"  {before} -> {after}: {count}" for (before, after), count in moves.most_common()]
    lines.append(f"changed: {applied}" if apply else "nothing is written yet: add --apply")
    console.result(data, "\n".join(lines))
    return 1 if found.problems else 0


def calibrate(
    project: ProjectFolder,
    classifier: ClassifierOption = "nano-cls",
    labels: OwnLabels = None,
    view: ViewOption = "",
    wanted: Annotated[
        float, typer.Option("--wanted", min=0.01, max=1, help="Share of right names among those given.")
    ] = 0.9,
    apply: Annotated[bool, typer.Option("--apply", help="Write temperature and threshold into project.toml.")] = False,
    as_json: Json = False,
    events: Events = False,
    quiet: Quiet = False,
) -> int:
    """Compare how sure a classifier is with how right it is, on the instances accepted in a project.

    Fits a temperature (one number that makes probabilities mean what they say) and suggests from which probability on
    names should be given; less sure pieces are better called unknown.
    """
    from sscore import models
    from sscore import rescore as rescoring

    console = Console(json=as_json, events=events, quiet=quiet)
    opened, label_set = _open(project, labels)
    with console.progress("Looking", of="photos") as progress:
        found, naming = rescoring.calibrated(
            opened,
            label_set,
            models.load_classifier(classifier),
            wanted=wanted,
            naming=_naming(opened, view),
            progress=progress,
        )
    if apply:
        opened.set_naming(naming)
    data = asdict(found) | {"classifier": classifier, "applied": apply}
    lines = [
        f"{found.count} accepted instances, {found.accuracy:.1%} named rightly by {classifier}",
        f"calibration error {found.error:.3f}, with temperature {found.temperature:g}: {found.error_after:.3f}",
        "sure      pieces   said  right",
        *(f"{b.low:.1f}-{b.high:.1f} {b.count:>9} {b.confidence:>6.2f} {b.accuracy:>6.2f}" for b in found.after),
        f"no probability gives {wanted:.0%} right names"
        if found.threshold is None
        else f"unknown below {found.threshold:g}: {wanted:.0%} of the names right, {found.named:.0%} of pieces named",
        "written to project.toml" if apply else "nothing is written yet: add --apply",
    ]
    console.result(data, "\n".join(lines))
    return 0


def _change(change: Change) -> dict[str, Any]:
    """All that is needed to make it. scores: in order, best first."""
    said = zip(change.scores.labels, change.scores.values.tolist(), strict=True)
    of_it = {"image": change.image, "id": change.id, "before": change.before, "after": change.after}
    return of_it | {"scores": {label: round(value, 5) for label, value in said}}


def _open(folder: Path, labels: str | None) -> tuple[Project, Any]:
    from sscore import labels as label_sets
    from sscore.project import Project

    opened = Project.open(folder, create=False)
    return opened, opened.labels if labels is None else label_sets.load(labels)


def _naming(opened: Project, view: str) -> Naming:
    from sscore.naming import parse_views

    naming = opened.naming
    return replace(naming, views=parse_views(view)) if view else naming
