"""`ssc check` and `ssc stats`: what may be wrong in a project, and its figures."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sscore.cli import outputs
from sscore.cli.arguments import ProjectFolder
from sscore.cli.console import Console, Events, Json, Quiet
from sscore.errors import BadOption

if TYPE_CHECKING:
    from collections.abc import Callable

    from sscore import rules, statistics
    from sscore.facts import PhotoFacts
    from sscore.project import Project


def check(
    project: ProjectFolder,
    rule: Annotated[
        list[str] | None, typer.Option("--rule", metavar="RULE", help="Only this rule. Repeatable.  [default: all]")
    ] = None,
    parts: Annotated[int, typer.Option(help="More connected parts than this are a finding.")] = 3,
    overlap: Annotated[float, typer.Option(help="A higher IoU of two instances is a finding.")] = 0.7,
    tiny: Annotated[int, typer.Option(help="Fewer pixels than this are a finding.")] = 64,
    as_json: Json = False,
    events: Events = False,
    quiet: Quiet = False,
) -> int:
    """Find what may be a mistake: cut, tiny, scattered, doubled masks, odd sizes and shapes, photos without instances.

    Nothing is changed. Rules: tiny, cut, parts, area, overlap, shape, label, empty.

    Exit code 0: no findings; 1: findings, or a page that cannot be read.
    """
    from sscore import rules
    from sscore.project import Project

    if wrong := sorted(set(rule or ()) - set(rules.RULES)):
        raise BadOption(f"--rule {wrong[0]}: must be one of {', '.join(rules.RULES)}")
    if parts < 1 or tiny < 1 or not 0 < overlap <= 1:
        raise BadOption("--parts and --tiny must be 1 or more, --overlap above 0 and at most 1")
    console = Console(json=as_json, events=events, quiet=quiet)
    opened = Project.open(project, create=False)
    limits = rules.Limits(parts=parts, overlap=overlap, tiny_px=tiny)
    damaged = opened.damaged()
    for rel, problem in damaged:
        console.warn(f"{rel}: {problem}")
    with console.progress("Checking", of="photos") as progress:
        found = _findings(opened, limits, {rel for rel, _ in damaged}, progress)
    found = [one for one in found if not rule or one.rule in rule]
    lines = [f"{one.image}{_numbers(one.ids)}: {one.text} [{one.rule}]" for one in found]
    result = {
        "findings": [{**asdict(one), "ids": list(one.ids), "text": one.text} for one in found],
        "damaged": [list(entry) for entry in damaged],
    }
    console.result(result, "\n".join([*lines, f"{len(found)} findings" if found else "nothing found"]))
    return 1 if found or damaged else 0


def _findings(
    opened: Project, limits: rules.Limits, damaged: set[str], progress: Callable[[int, int], None]
) -> list[rules.Finding]:
    """Two passes: what is usual of each class first, then each photo compared with that. One page in memory at a time;
    photos nobody has opened count as empty."""
    from sscore import rules
    from sscore.images import natural_key
    from sscore.types import Page

    annotated = set(opened.annotated())
    known = rules.sizes(rules.shares(opened.facts(rel) for rel in annotated - damaged), limits)
    found = []
    rels = sorted({*opened.images(), *annotated} - damaged, key=natural_key)
    for done, rel in enumerate(rels, start=1):
        page = opened.look(rel) if rel in annotated else Page(rel, 1, 1)
        found += rules.check(page, opened.labels, known, limits)
        progress(done, len(rels))
    return found


def _numbers(ids: tuple[int, ...]) -> str:
    return f" #{' #'.join(map(str, ids))}" if ids else ""


def stats(
    project: ProjectFolder,
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FOLDER", help="Write classes, authors, days and instances as CSV.")
    ] = None,
    replace: outputs.Replace = False,
    as_json: Json = False,
    events: Events = False,
    quiet: Quiet = False,
) -> int:
    """Count a project: instances by class and status, sizes, authors with their seconds and clicks, days.

    Exit code 1: a page cannot be read (it is named and left out).
    """
    from sscore import statistics
    from sscore.errors import SscError
    from sscore.project import Project

    if csv is not None:
        outputs.check_folder(csv, statistics.FILES, replace=replace)
    console = Console(json=as_json, events=events, quiet=quiet)
    opened = Project.open(project, create=False)
    photos: list[PhotoFacts] = []
    damaged = 0
    rels = opened.images()
    rels += [rel for rel in opened.annotated() if rel not in set(rels)]
    with console.progress("Counting", of="photos") as progress:
        for done, rel in enumerate(rels, start=1):
            try:
                photos.append(opened.facts(rel))
            except SscError as error:
                damaged += 1
                console.warn(f"{rel}: {error.problem}")
            progress(done, len(rels))
    found = statistics.figures(photos, opened.labels)
    files = statistics.write_csv(photos, opened.labels, csv) if csv is not None else ()
    result = {
        "photos": found.photos,
        "begun": found.begun,
        "done": found.done,
        "instances": found.instances,
        "classes": [asdict(row) for row in found.classes],
        "authors": [asdict(row) for row in found.authors],
        "days": [asdict(row) for row in found.days],
        "labels": list(found.labels),
        "confusion": found.confusion.tolist(),
        "positions": found.positions.tolist(),
        "files": [str(path) for path in files],
    }
    console.result(result, "\n".join([*_summary(found), *(f"written: {path}" for path in files)]))
    return 1 if damaged else 0


def _summary(found: statistics.Figures) -> list[str]:
    lines = [
        f"{found.photos} photos: {found.done} done, {found.begun} begun; {found.instances} instances",
        f"{'class':<12}{'count':>8}{'share':>8}{'reviewed':>10}{'median px':>12}",
    ]
    for row in found.classes:
        lines.append(f"{row.label:<12}{row.count:>8}{row.share:>8.1%}{row.reviewed:>10}{row.area_median:>12.0f}")
    for who in found.authors:
        effort = f", {who.seconds:g} s and {who.clicks or 0:g} prompts each" if who.seconds is not None else ""
        lines.append(f"{who.author}: {who.count} instances{effort}")
    return lines
