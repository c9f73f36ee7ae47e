"""`ssc report segmentation`: figures and tables of evaluations."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sscore.cli import outputs
from sscore.cli.console import Console, Events, Json, Quiet


def segmentation(
    runs: Annotated[
        list[Path], typer.Argument(metavar="RUNS", help="Folders that ssc evaluate has written.", show_default=False)
    ],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Folder of the report.  [default: RUN/report]")
    ] = None,
    replace: outputs.Replace = False,
    as_json: Json = False,
    events: Events = False,
    quiet: Quiet = False,
) -> int:
    """Report one or several evaluations.

    Writes OUT/report.html, one page with everything in it, and its figures (PNG, SVG) and tables (CSV, LaTeX).
    """
    from sscore.report import segmentation as reports

    console = Console(json=as_json, events=events, quiet=quiet)
    out = out or runs[0] / "report"
    outputs.check_folder(out, ("report.html",), replace=replace)
    page = reports.write(runs, out)
    console.result({"report": str(page)}, f"written: {page}")
    return 0
