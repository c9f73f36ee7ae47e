"""`ssc label`: photos (and prompts) → one COCO file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sscore.cli import outputs
from sscore.cli.arguments import LabelsOption, NoCache, UnknownBelow, ViewOption, ZoomOption
from sscore.cli.console import Console, Events, Json, Quiet
from sscore.cli.gather import Gathered, gather, match
from sscore.errors import BadDataset, BadImage

if TYPE_CHECKING:
    from sscore.coco import ExportReport
    from sscore.recognize import Labelled, Photo
    from sscore.types import Page


def label(
    paths: Annotated[list[Path], typer.Argument(metavar="PATHS", help="Photos and folders.", show_default=False)],
    out: Annotated[Path, typer.Option("--out", "-o", help="The COCO file to write.", show_default=False)],
    prompts: Annotated[
        Path | None,
        typer.Option("--prompts", help='JSON: {"image.jpg": [{"box": [x0,y0,x1,y1], "points": [[x,y,1], ...]}, ...]}.'),
    ] = None,
    segmenter: Annotated[str, typer.Option("--segmenter", metavar="ID", help="See: ssc models list.")] = "nano",
    classifier: Annotated[str, typer.Option("--classifier", metavar="ID", help="See: ssc models list.")] = "nano-cls",
    labels: LabelsOption = "scrap_shapes",
    view: ViewOption = "",
    unknown_below: UnknownBelow = 0.0,
    zoom: ZoomOption = "auto",
    no_cache: NoCache = False,
    include_empty: Annotated[bool, typer.Option("--include-empty", help="List photos without objects too.")] = False,
    replace: outputs.Replace = False,
    as_json: Json = False,
    events: Events = False,
    quiet: Quiet = False,
) -> int:
    """Label photos: find objects, name them, write COCO.

    With --prompts: one object for each entry of the file, in its order; photos without an entry are left out. Without:
    every object the segmenter finds on a grid of points. File names in the COCO file are relative to the folder given
    (the common folder of several). Every object gets its most probable label, however uncertain; with --unknown-below
    some are "unknown", which the file then has as one more category. Scores and margin are kept under "ssc".

    Exit code 1: a photo, prompt or object was left out; the rest is written.
    """
    from sscore import coco, models, recognize
    from sscore import labels as label_sets
    from sscore.models import zoom as zooming
    from sscore.models.cache import EmbeddingCache
    from sscore.naming import Naming, parse_views

    closer, naming = zooming.checked(zoom), Naming(parse_views(view), unknown_below)
    outputs.check_file(out, replace=replace)
    console = Console(json=as_json, events=events, quiet=quiet)
    gathered = gather(paths)
    tally = _Tally(console)
    photos = _photos(gathered, prompts, tally)
    label_set = label_sets.load(labels)
    eyes, namer = models.load_segmenter(segmenter), models.load_classifier(classifier)
    cache = None if no_cache else EmbeddingCache(ram_bytes=0)
    with console.progress("Labelling", unit=recognize.STEPS, of="photos") as progress:
        labelled = recognize.label_folder(
            photos, eyes, namer, label_set, cache=cache, zoom=closer, naming=naming, progress=progress
        )
        options = coco.ExportOptions(
            include_empty=include_empty, include_unknown=unknown_below > 0, statuses=("proposed",)
        )
        report = coco.export(tally.pages(labelled), label_set, out, options=options)
    console.result(tally.json(report, out, gathered), tally.text(report, gathered))
    return 1 if tally.problems or not report.complete else 0


def _photos(gathered: Gathered, prompts: Path | None, tally: _Tally) -> list[Photo]:
    from sscore import prompt_file
    from sscore.recognize import Photo

    for name, why in gathered.left_out:
        tally.problem(name, why)
    if prompts is None:
        return [Photo(name, path) for name, path in gathered.photos.items()]
    entries = prompt_file.read(prompts)
    matched, unmatched = match(entries, gathered, path=prompts)
    if not matched:
        raise BadDataset(
            f"none of its {len(entries)} names is a photo in {gathered.root}",
            path=prompts,
            remedy="names are relative to the folder given",
        )
    for key in unmatched:
        tally.problem(key, f"{prompts} has prompts for it, but there is no such photo")
    by_name = {name: entries[key] for key, name in matched.items()}
    tally.without_prompts = len(gathered.photos) - len(by_name)
    return [Photo(name, path, by_name[name]) for name, path in gathered.photos.items() if name in by_name]


@dataclass
class _Tally:
    """What happened on the way, for the summary."""

    console: Console
    problems: list[dict[str, str]] = field(default_factory=list)
    without_prompts: int = 0
    seconds: dict[str, float] = field(default_factory=dict)

    def problem(self, image: str, message: str) -> None:
        self.problems.append({"image": image, "problem": message})
        self.console.warn(message if image in message else f"{image}: {message}")

    def pages(self, labelled: Iterator[Labelled]) -> Iterator[Page]:
        """The pages as they come. Raises BadImage at the end when there was none, before anything is written."""
        usable = 0
        for one in labelled:
            for message in one.problems:
                self.problem(one.name, message)
            for stage, seconds in one.seconds.items():
                self.seconds[stage] = self.seconds.get(stage, 0.0) + seconds
            instances = 0 if one.page is None else len(one.page.annotations)
            self.console.event("image", image=one.name, instances=instances, usable=one.page is not None)
            if one.page is not None:
                usable += 1
                yield one.page
        if not usable:
            raise BadImage("none of the photos could be used", remedy="see the warnings above")

    def json(self, report: ExportReport, out: Path, gathered: Gathered) -> dict[str, Any]:
        return {
            "out": str(out),
            "root": str(gathered.root),
            "images": report.images,
            "instances": report.instances,
            "by_label": dict(report.by_label),
            "problems": self.problems,
            "dropped": [list(entry) for entry in report.dropped],
            "photos_without_prompts": self.without_prompts,
            "seconds": {stage: round(seconds, 3) for stage, seconds in self.seconds.items()},
            "sha256": report.sha256,
        }

    def text(self, report: ExportReport, gathered: Gathered) -> str:
        lines = [report.text(), f"file names are relative to {gathered.root}"]
        if self.without_prompts:
            lines.append(f"photos without prompts, left out: {self.without_prompts}")
        if self.problems:
            lines.append(f"problems: {len(self.problems)}, see the warnings")
        lines.append("seconds: " + ", ".join(f"{stage} {seconds:.1f}" for stage, seconds in self.seconds.items()))
        return "\n".join(lines)
