"""`ssc import`: a COCO file → the pages of a project."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sscore.cli.arguments import ProjectFolder
from sscore.cli.console import Console, Events, Json, Quiet
from sscore.errors import BadOption


def import_(
    project: ProjectFolder,
    source: Annotated[Path, typer.Option("--from", metavar="FILE", help="The COCO file to read.", show_default=False)],
    status: Annotated[
        str | None,
        typer.Option(
            "--status",
            metavar="STATUS",
            help="Of all that is brought in: proposed, accepted, reviewed or rejected.  [default: as in the file; "
            "accepted where it says nothing]",
        ),
    ] = None,
    labels: Annotated[
        str | None,
        typer.Option("--labels", metavar="KEY|FILE", help="Of a folder of photos that is not a project yet."),
    ] = None,
    author: Annotated[str, typer.Option("--author", help="Who brings it in.  [default: the login name]")] = "",
    as_json: Json = False,
    events: Events = False,
    quiet: Quiet = False,
) -> int:
    """Bring the annotations of a COCO file into a project, or into a folder of photos, which becomes one.

    For what was labelled elsewhere, and for what "ssc label" found: ssc-studio PROJECT goes on from there. Nothing that
    is there is changed, and what is there already, mask for mask, is not brought in twice. Photos are found by name,
    wherever the file says they lie. Names of foreign categories are kept; their instances become "unknown".

    Exit code 1: something was left out; the rest is brought in.
    """
    from sscore.types import STATUSES

    chosen = next((one for one in STATUSES if one == status), None)
    if status is not None and chosen is None:
        raise BadOption(f"--status {status}: must be one of {', '.join(STATUSES)}")
    console = Console(json=as_json, events=events, quiet=quiet)
    from sscore import intake
    from sscore import labels as label_sets
    from sscore.coco.importer import left_out
    from sscore.project import Project

    opened = Project.open(project)
    if labels is not None:
        opened.labels = label_sets.load(labels)
    with console.progress("Reading", of="photos") as progress:
        found = intake.read(opened, source, status=chosen, progress=progress)
    for warning in found.warnings:
        console.warn(f"{source.name}: {warning}")
    if labels is not None:
        opened = Project.create(project, labels)
    with console.progress("Saving", of="photos") as progress:
        unsaved = intake.write(opened, found, author=author, progress=progress)
    problems = (*found.problems, *unsaved)
    for image, why in problems:
        console.warn(f"{image}: {why}")
    lost = {image for image, _ in unsaved}
    saved = {rel: instances for rel, instances in found.new.items() if rel not in lost}
    count = sum(map(len, saved.values()))
    result = {
        "images": len(saved),
        "instances": count,
        "known": found.known,
        "by_label": found.by_label,
        "problems": [{"image": image, "problem": why} for image, why in problems],
        "warnings": list(found.warnings),
    }
    there = f"; {found.known} were there already" if found.known else ""
    console.result(result, f"{count} instances on {len(saved)} photos brought in{there}")
    return 1 if problems or left_out(found.warnings) else 0
