"""`ssc classify`: names for objects whose masks or boxes are known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sscore.cli import arguments, outputs
from sscore.cli.arguments import LabelsOption, UnknownBelow, ViewOption
from sscore.cli.console import Console, Events, Json, Quiet, write_json
from sscore.cli.gather import Gathered, gather, match
from sscore.errors import BadDataset, BadImage, BadOption

if TYPE_CHECKING:
    from sscore.labels import LabelSet
    from sscore.naming import Naming
    from sscore.types import Annotation, Box, ByteArray, Classifier, Mask, Page, Scores


def classify(
    paths: Annotated[list[Path], typer.Argument(metavar="PATHS", help="Photos and folders.", show_default=False)],
    masks: Annotated[
        Path | None, typer.Option("--masks", help="COCO file whose objects shall be named; PATHS hold its photos.")
    ] = None,
    box: Annotated[
        list[str] | None,
        typer.Option("--box", metavar="X0,Y0,X1,Y1", help="An object in every photo, px. Repeatable."),
    ] = None,
    classifier: Annotated[str, typer.Option("--classifier", metavar="ID", help="See: ssc models list.")] = "nano-cls",
    labels: LabelsOption = "scrap_shapes",
    view: ViewOption = "",
    unknown_below: UnknownBelow = 0.0,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="With --masks: the COCO file with the new labels. Else: the results as JSON."),
    ] = None,
    replace: outputs.Replace = False,
    as_json: Json = False,
    events: Events = False,
    quiet: Quiet = False,
) -> int:
    """Name objects that are already found.

    The objects of a COCO file, the boxes given, or each photo as a whole.

    Exit code 1: a photo or object was left out; the rest is done.
    """
    from sscore import labels as label_sets
    from sscore import models
    from sscore.naming import Naming, parse_views

    if masks is not None and box:
        raise BadOption("give --masks or --box, not both")
    if out is not None:
        outputs.check_file(out, replace=replace)
    boxes = [arguments.box(text) for text in box or []]
    label_set = label_sets.load(labels)
    naming = Naming(parse_views(view), unknown_below)
    console = Console(json=as_json, events=events, quiet=quiet)
    job = _Job(console, models.load_classifier(classifier), label_set, naming)
    gathered = gather(paths)
    for name, why in gathered.left_out:
        job.problem(name, why)
    if masks is None:
        job.regions(gathered, boxes)
        if out is not None:
            write_json(out, job.answer())
    else:
        job.dataset(gathered, masks, out)
    job.console.result(job.answer(), job.text(out))
    return 1 if job.problems else 0


class _Job:
    """One run: the classifier, the results so far and what went wrong."""

    def __init__(self, console: Console, classifier: Classifier, labels: LabelSet, naming: Naming) -> None:
        self.console = console
        self.classifier = classifier
        self.labels = labels
        self.naming = naming
        self.results: list[dict[str, Any]] = []
        self.problems: list[dict[str, str]] = []

    def regions(self, gathered: Gathered, boxes: list[Box]) -> None:
        """The boxes of every photo, or every photo as one object."""
        from sscore.types import Box

        with self.console.progress("Classifying", of="photos") as progress:
            for done, (name, path) in enumerate(gathered.photos.items(), start=1):
                rgb = self._read(name, path)
                if rgb is not None:
                    height, width = rgb.shape[:2]
                    regions = [_rectangle(one, height, width) for one in boxes or [Box(0, 0, width, height)]]
                    found = [mask for mask in regions if mask is not None]
                    if len(found) < len(regions):
                        self.problem(name, "a box has no pixel in this photo")
                    self._name(name, rgb, found, [None] * len(found))
                progress(done, len(gathered.photos))
        if not self.results:
            raise BadImage("none of the photos could be used", remedy="see the warnings above")

    def dataset(self, gathered: Gathered, path: Path, out: Path | None) -> None:
        """The instances of a COCO file; with `out` also a copy of it with the new labels."""
        from sscore import coco
        from sscore.coco.importer import left_out

        data = coco.read(path, root=gathered.root)
        told = left_out(data.warnings)
        for warning in data.warnings:
            if warning in told:
                self.problem(path.name, warning)
            else:
                self.console.warn(f"{path.name}: {warning}")
        matched, unmatched = match([page.image for page in data.pages], gathered, path=path)
        if not data.pages:
            raise BadDataset("lists no photos", path=path, remedy="choose the file that has the objects")
        if not matched:
            raise BadDataset(f"none of its photos is in {gathered.root}", path=path, remedy="give their folder")
        for image in unmatched:
            self.problem(image, "there is no such photo")
        jobs = [(page, gathered.photos[matched[page.image]]) for page in data.pages if page.image in matched]
        pages = self._pages(jobs)
        if out is None:
            list(pages)
            return
        options = coco.ExportOptions(
            include_empty=True, include_unknown=self.naming.unknown_below > 0, statuses=("proposed",)
        )
        report = coco.export(pages, self.labels, out, options=options)
        for image, annotation_id, reason in report.dropped:
            self.problem(image, f"instance {annotation_id} left out: {reason}")

    def _pages(self, jobs: list[tuple[Page, Path]]) -> Iterator[Page]:
        with self.console.progress("Classifying", of="photos") as progress:
            for done, (page, path) in enumerate(jobs, start=1):
                rgb = self._read(page.image, path)
                if rgb is not None and rgb.shape[:2] != (page.height, page.width):
                    sizes = f"{page.width}x{page.height} px, the photo has {rgb.shape[1]}x{rgb.shape[0]}"
                    self.problem(page.image, f"the masks are for {sizes}")
                elif rgb is not None:
                    known = [one.mask for one in page.annotations]
                    scores = self._name(page.image, rgb, known, [one.id for one in page.annotations])
                    named = zip(page.annotations, scores, strict=True)
                    yield replace(page, annotations=tuple(self._named(one, score) for one, score in named))
                progress(done, len(jobs))

    def _named(self, one: Annotation, scores: Scores) -> Annotation:
        from sscore.naming import RECORDED

        kept = {key: value for key, value in one.made_by.items() if key not in RECORDED}
        made = {**kept, "classifier": self.classifier.card.id, **self.naming.record(self.classifier, self.labels)}
        return replace(one, label=self.naming.label(scores), scores=scores, status="proposed", made_by=made)

    def _read(self, name: str, path: Path) -> ByteArray | None:
        from sscore import images

        try:
            return images.read(path)
        except BadImage as error:
            self.problem(name, str(error))
            return None

    def _name(self, image: str, rgb: ByteArray, masks: list[Mask], ids: list[int] | list[None]) -> list[Scores]:
        from sscore import recognize

        scores = recognize.classify(self.classifier, self.labels, rgb, masks, naming=self.naming)
        for mask, annotation_id, score in zip(masks, ids, scores, strict=True):
            rows, columns = mask.bits.shape
            self.results.append(
                {
                    "image": image,
                    **({} if annotation_id is None else {"id": annotation_id}),
                    "bbox": [mask.left, mask.top, columns, rows],
                    "label": self.naming.label(score),
                    "margin": round(score.margin, 4),
                    "scores": {
                        key: round(float(value), 4) for key, value in zip(score.labels, score.values, strict=True)
                    },
                }
            )
        return scores

    def problem(self, image: str, message: str) -> None:
        self.problems.append({"image": image, "problem": message})
        self.console.warn(message if image in message else f"{image}: {message}")

    def answer(self) -> dict[str, Any]:
        how = {"classifier": self.classifier.card.id, **self.naming.record(self.classifier, self.labels)}
        return {**how, "results": self.results, "problems": self.problems}

    def text(self, out: Path | None) -> str:
        if out is not None:
            names = Counter(one["label"] for one in self.results)
            counts = ", ".join(f"{name} {names[name]}" for name in sorted(names))
            return f"{len(self.results)} objects: {counts}\nwritten: {out}"
        return "\n".join(
            f"{one['image']} {_corners(*one['bbox'])}: "
            + ("" if one["label"] in one["scores"] else f"{one['label']}: ")
            + ", ".join(f"{key} {value:.2f}" for key, value in list(one["scores"].items())[:3])
            for one in self.results
        )


def _corners(left: int, top: int, columns: int, rows: int) -> str:
    """As --box takes them, x0,y0,x1,y1."""
    return f"{left},{top},{left + columns},{top + rows}"


def _rectangle(box: Box, height: int, width: int) -> Mask | None:
    """The pixels of a box; None when it has none in an image of (height, width) px."""
    import numpy as np

    from sscore import masks

    left, top, right, bottom = (round(value) for value in box.clipped(height, width).as_tuple())
    if left >= right or top >= bottom:
        return None
    return masks.tight(np.ones((bottom - top, right - left), dtype=np.bool_), left, top)
