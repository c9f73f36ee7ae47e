"""Pages joined into one COCO file, checked by reading it back before it replaces an older one.

Ids from 1; every category of the label set listed, in its order; "iscrowd" the integer 0; area the count of pixels;
bbox the tight whole-pixel box; names relative with '/'; the same pages give the same bytes (no dates).
"""

from __future__ import annotations

import contextlib
import hashlib
import io
from collections.abc import Callable, Iterable, Sized
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from pycocotools import mask as coco_mask

from sscore import images, masks
from sscore.coco import pages as page_json
from sscore.coco.registry import IdRegistry
from sscore.coco.report import ExportReport
from sscore.errors import BadImage, ExportFailed
from sscore.labels import LabelSet
from sscore.paths import write_atomic
from sscore.types import UNKNOWN, Annotation, Mask, Page, Progress, Status

LEAST_IOU = 0.99
"""A polygon must agree with its mask at least this well; where the tolerance asked for is too coarse, a finer one is
taken, down to the exact outline."""

_CHECK_STEP = 100


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """How to export.

    segmentation: "rle" (exact) or "polygon" (holes are filled, and counted in the report); tolerance: px that a
    polygon may stray. include_empty: list images without instances too. strict: COCO keys only, without "ssc".
    statuses: which instances to take. include_unknown: export instances without a label as one more category.
    """

    segmentation: Literal["rle", "polygon"] = "rle"
    tolerance: float = 1.0
    include_empty: bool = False
    strict: bool = False
    statuses: tuple[Status, ...] = ("accepted", "reviewed")
    include_unknown: bool = False


@dataclass(frozen=True, slots=True)
class _Truth:
    """What the check compares with: the run-length code and the pixels of a mask, and for a polygon the code of the
    outline it can represent (the mask with its holes filled)."""

    place: str
    code: dict[str, Any]
    pixels: bytes
    outline: dict[str, Any] | None


def export(
    pages: Iterable[Page],
    labels: LabelSet,
    out: str | Path,
    *,
    options: ExportOptions | None = None,
    ids: IdRegistry | None = None,
    photo: Callable[[str], Path] | None = None,
    progress: Progress | None = None,
) -> ExportReport:
    """Write the pages to the COCO file `out`. A page is asked for when its turn comes and not kept.

    ids: gives and remembers ids; without it they follow the order of the pages. photo: where the photo of a page is;
    when given, its size is compared with the page. Raises ExportFailed, and then `out` is what it was before.
    """
    out = Path(out)
    dataset = _Dataset(labels, options or ExportOptions(), ids or IdRegistry(), photo)
    total = len(pages) if isinstance(pages, Sized) else 0
    for done, page in enumerate(pages, start=1):
        dataset.add(page)
        if progress:
            progress(done, max(total, done))
    data = dataset.encode()
    worst: list[float | None] = []
    try:
        dataset.ids.save()
    except OSError as error:  # a project on a read-only drive can be exported all the same
        dataset.warnings.append(f"ids: {error.strerror or error}")
    try:
        write_atomic(out, data, check=lambda temp: worst.append(dataset.check(temp, progress)))
    except OSError as error:
        reason = error.strerror or str(error)
        raise ExportFailed(
            f"cannot be written: {reason}", path=out, remedy="check the disk and the rights, or choose another place"
        ) from error
    return dataset.report(out, worst[0], hashlib.sha256(data).hexdigest())


class _Dataset:
    """The file in the making: finished lines of JSON, and what the check needs to know."""

    def __init__(
        self, labels: LabelSet, options: ExportOptions, ids: IdRegistry, photo: Callable[[str], Path] | None
    ) -> None:
        self.labels, self.options, self.ids, self.photo = labels, options, ids, photo
        self.categories = {key: labels.category_id(key) for key in labels.keys}
        if options.include_unknown:
            self.categories[UNKNOWN] = len(self.categories) + 1
        self.images: dict[int, str] = {}
        self.annotations: dict[int, list[str]] = {}
        self.truths: dict[int, _Truth] = {}
        self.names: set[str] = set()
        self.folded: dict[str, str] = {}
        self.by_label = dict.fromkeys(self.categories, 0)
        self.dropped: list[tuple[str, int, str]] = []
        self.warnings: list[str] = []
        self.holes = self.multipart = 0

    def add(self, page: Page) -> None:
        name = self._name(page)
        self._compare_size(page)
        taken = []
        for depth, annotation in enumerate(page.annotations):
            mask = masks.clip(annotation.mask, page.height, page.width)
            reason = self._reason_to_drop(annotation, mask)
            if reason or mask is None:
                self.dropped.append((name, annotation.id, reason))
            else:
                taken.append((depth, annotation, mask))
        if not taken and not self.options.include_empty:
            return
        image_id = self.ids.image(name)
        image = page_json.image_to_json(page, image_id)
        image["file_name"] = name
        image.pop("license", None)  # its list of licences is not here
        if self.options.strict:
            image = {key: image[key] for key in ("id", "file_name", "width", "height")}
        self.images[image_id] = page_json.dumps(image)
        self.annotations[image_id] = [self._line(page, name, image_id, *one) for one in taken]

    def _reason_to_drop(self, annotation: Annotation, mask: Mask | None) -> str:
        if annotation.status not in self.options.statuses:
            return f"status: {annotation.status}"
        if annotation.label not in self.categories:
            return f"label: {annotation.label}"
        return "mask: outside the photo" if mask is None else ""

    def _line(self, page: Page, name: str, image_id: int, depth: int, annotation: Annotation, mask: Mask) -> str:
        """One instance as JSON, entered in all counts."""
        category = self.categories[annotation.label]
        item = page_json.annotation_to_json(annotation, page.height, page.width, category)
        item |= {"id": self.ids.instance(name, annotation.id), "image_id": image_id}
        code, outline = item["segmentation"], None
        filled = masks.fill_holes(mask)
        if self.options.segmentation == "polygon":
            outline = code if filled.same_as(mask) else masks.to_rle(filled, page.height, page.width)
            item["segmentation"] = _polygons(filled, outline, self.options.tolerance)
        item["ssc"]["layer"] = depth
        if self.options.strict:
            known = ("id", "image_id", "category_id", "segmentation", "area", "bbox", "iscrowd")
            item = {key: item[key] for key in known}
        self.truths[item["id"]] = _Truth(f"{name} #{annotation.id}", code, _digest(mask), outline)
        self.by_label[annotation.label] += 1
        self.holes += filled.area != mask.area
        self.multipart += len(masks.parts(mask)) > 1
        return page_json.dumps(item)

    def _name(self, page: Page) -> str:
        try:
            name = page_json.relative_name(page.image)
        except page_json.Wrong as error:
            raise ExportFailed(str(error), path=page.image, remedy="rename the photo") from error
        if name in self.names:
            raise ExportFailed("two pages have this name", path=name, remedy="rename one of the photos")
        self.names.add(name)
        other = self.folded.setdefault(name.casefold(), name)
        if other != name:
            self.warnings.append(f"case: {other}, {name}")
        return name

    def _compare_size(self, page: Page) -> None:
        if self.photo is None:
            return
        photo = self.photo(page.image)
        try:
            height, width = images.size(photo)
        except BadImage as error:
            self.warnings.append(f"photo: {error}")
            return
        if (height, width) != (page.height, page.width):
            raise ExportFailed(
                f"the photo is {width} x {height} px but was annotated at {page.width} x {page.height} px",
                path=photo,
                remedy="put back the photo that was annotated, or move its page away",
            )

    def encode(self) -> bytes:
        head: dict[str, Any] = {
            "categories": page_json.categories(self.categories, self.labels),
            "info": page_json.INFO,
            "licenses": [],
        }
        if not self.options.strict:
            head["ssc"] = {
                "format": page_json.FORMAT,
                "exif_applied": True,  # width, height and masks are those of the photo turned as its EXIF tag says
                "labels": self.labels.key,
                "order": "back to front",
            }
        order = sorted(self.images)
        listed = ",\n".join(self.images[i] for i in order)
        lines = ",\n".join(line for i in order for line in self.annotations[i])
        text = f'{page_json.dumps(head)[:-1]},\n"images":[\n{listed}\n],\n"annotations":[\n{lines}\n]}}\n'
        return text.encode("ascii")

    def check(self, file: Path, progress: Progress | None) -> float | None:
        """Read `file` as any user of pycocotools would and compare everything with what was meant.

        Returns the lowest IoU of a polygon with its mask, None without polygons. Raises ExportFailed.
        """
        from pycocotools.coco import COCO

        with contextlib.redirect_stdout(io.StringIO()):  # it prints
            read = COCO(str(file))
        for what, got, wanted in (
            ("annotations", sorted(read.anns), sorted(self.truths)),
            ("images", sorted(read.imgs), sorted(self.images)),
            ("categories", {c["name"]: i for i, c in read.cats.items()}, self.categories),
        ):
            if got != wanted:
                raise ExportFailed(f"the {what} did not read back as they were written", remedy="report this")
        worst: float | None = None
        for number, (annotation_id, truth) in enumerate(self.truths.items()):
            item = read.anns[annotation_id]
            code = read.annToRLE(item)
            if truth.outline is None:
                mask = masks.from_rle(code)
                same = mask is not None and _digest(mask) == truth.pixels and _iou(code, truth.code) == 1
                same = same and item["bbox"] == coco_mask.toBbox(code).tolist()
            else:
                same = _iou(code, truth.outline) >= LEAST_IOU
                agreement = _iou(code, truth.code)
                worst = agreement if worst is None else min(worst, agreement)
            if not same or item["area"] != int(coco_mask.area(truth.code)) or item["iscrowd"] != 0:
                raise ExportFailed(f"{truth.place} did not read back as it was written", remedy="report this")
            if progress and number % _CHECK_STEP == 0:
                progress(len(self.names), len(self.names))
        return worst

    def report(self, out: Path, worst: float | None, sha256: str) -> ExportReport:
        return ExportReport(
            path=out,
            images=len(self.images),
            instances=len(self.truths),
            by_label=self.by_label,
            dropped=tuple(self.dropped),
            holes=self.holes,
            multipart=self.multipart,
            segmentation=self.options.segmentation,
            worst_iou=worst,
            sha256=sha256,
            warnings=tuple(self.warnings),
        )


def _polygons(filled: Mask, outline: dict[str, Any], tolerance: float) -> list[list[float]]:
    """COCO polygons of a mask without holes: the coarsest within `tolerance` px that agree to LEAST_IOU."""
    height, width = outline["size"]
    polygons: list[list[float]] = []
    for allowed in (tolerance, 0.75 * tolerance, 0.5 * tolerance, 0.0):
        rings = masks.to_polygons(filled, allowed)
        polygons = [np.round(ring.points, 2).ravel().tolist() for ring in rings if not ring.hole]
        code = coco_mask.merge(coco_mask.frPyObjects(polygons, height, width))
        if _iou(code, outline) >= LEAST_IOU:
            break
    return polygons


def _iou(one: dict[str, Any], other: dict[str, Any]) -> float:
    return float(coco_mask.iou([one], [other], [0])[0, 0])


def _digest(mask: Mask) -> bytes:
    """Of the pixels themselves, so that the check does not rest on the run-length coder alone."""
    place = f"{mask.left} {mask.top} {mask.bits.shape}".encode()
    return hashlib.blake2b(place + np.packbits(mask.bits).tobytes(), digest_size=16).digest()
