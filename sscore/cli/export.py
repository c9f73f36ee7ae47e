"""`ssc export`: a project → one COCO file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sscore.cli import outputs
from sscore.cli.arguments import ProjectFolder
from sscore.cli.console import Console, Events, Json, Quiet
from sscore.errors import BadOption


def export(
    project: ProjectFolder,
    out: Annotated[Path, typer.Option("--out", "-o", help="The COCO file to write.", show_default=False)],
    polygons: Annotated[
        bool, typer.Option("--polygons", help="Polygons instead of RLE; holes cannot be kept.")
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help='COCO keys only, without "ssc".')] = False,
    include_empty: Annotated[bool, typer.Option("--include-empty", help="List photos without objects too.")] = False,
    status: Annotated[
        list[str] | None,
        typer.Option(
            "--status",
            metavar="STATUS",
            help="proposed, accepted, reviewed or rejected. Repeatable.  [default: accepted, reviewed]",
        ),
    ] = None,
    replace: outputs.Replace = False,
    as_json: Json = False,
    events: Events = False,
    quiet: Quiet = False,
) -> int:
    """Export a project to COCO.

    The new file is read back and compared, mask by mask, before it takes the place of an old one.

    Exit code 1: something was left out; the report names it and the rest is written.
    """
    from sscore.types import STATUSES

    wanted = tuple(one for one in STATUSES if one in (status or ("accepted", "reviewed")))
    if wrong := sorted(set(status or ()) - set(STATUSES)):
        raise BadOption(f"--status {wrong[0]}: must be one of {', '.join(STATUSES)}")
    outputs.check_file(out, replace=replace)
    console = Console(json=as_json, events=events, quiet=quiet)
    from sscore import coco
    from sscore.project import Project

    options = coco.ExportOptions(
        segmentation="polygon" if polygons else "rle", include_empty=include_empty, strict=strict, statuses=wanted
    )
    with console.progress("Exporting", of="photos") as progress:
        report = Project.open(project, create=False).export(out, options=options, progress=progress)
    for image, annotation_id, reason in report.dropped:
        if reason.startswith("status: "):
            continue  # left out by choice
        console.warn(f"{image}: instance {annotation_id} left out: {reason}")
    result = {
        "out": str(out),
        "images": report.images,
        "instances": report.instances,
        "by_label": dict(report.by_label),
        "dropped": [list(entry) for entry in report.dropped],
        "complete": report.complete,
        "sha256": report.sha256,
    }
    console.result(result, report.text())
    return 0 if report.complete else 1
