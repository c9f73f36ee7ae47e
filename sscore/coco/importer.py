"""Any COCO instance file → pages.

Lenient where files in the wild differ (polygons or either run-length code; iscrowd 0, 1, true, false; ids from 0;
missing area, bbox, iscrowd, info; foreign names for our labels), and never silent: what cannot be taken over is
counted in `Dataset.warnings`. Only a file that is no COCO dataset, or names photos outside its own folder, is refused.
"""

from __future__ import annotations

import json
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sscore import images, masks
from sscore.coco.pages import (
    Wrong,
    category_names,
    image_extra,
    mask_from_json,
    private_from_json,
    relative_name,
    same_size,
)
from sscore.errors import BadDataset, BadImage
from sscore.labels import LabelSet
from sscore.labels import load as load_labels
from sscore.types import UNKNOWN, Annotation, Mask, Page

ORIGINAL_LABEL = "original_label"
"""Key of `Annotation.extra`: the name of a category that the label set does not know."""
CROWD = "crowd"
"""Key of `Annotation.extra`: the annotation was marked as a crowd (several objects as one)."""
OTHER_SIZE = "other_size"
"""Key of `Annotation.extra`: the mask is of an image of another size, so hardly the truth of this one."""

_PLACES = 5


@dataclass(frozen=True, slots=True)
class Dataset:
    """What was read. categories: names as in the file, by id; warnings: what was changed or left out, with counts."""

    pages: tuple[Page, ...]
    categories: tuple[str, ...]
    warnings: tuple[str, ...]


def left_out(warnings: Iterable[str]) -> list[str]:
    """Those of a dataset's warnings that tell of annotations left out; the others tell how something was taken."""
    return [text for text in warnings if text.partition(" ")[2].startswith("left out")]


def read(path: str | Path, *, labels: LabelSet | None = None, root: str | Path | None = None) -> Dataset:
    """The dataset in a COCO instance file.

    labels: the set whose labels the categories become, by key, name or text in either language, upper and lower case,
    spaces and hyphens alike; others become "unknown" and keep their name in `extra["original_label"]`. root: folder
    of the photos, asked for sizes that the file does not give. Instances are numbered from 1 on each page, in the
    order of the file, or back to front where the file says so. Raises BadDataset, which names the file and the place.
    """
    path = Path(path)
    data = parsed(path)
    try:
        return _Reader(labels or load_labels(), None if root is None else Path(root)).read(data)
    except Wrong as error:
        raise BadDataset(str(error), path=path, remedy="correct the file or write it anew") from error


def parsed(path: Path) -> Any:
    """What the JSON file holds. Raises BadDataset, which names the file and, where it breaks off, the line."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
        if not text.strip():
            raise BadDataset("the file is empty", path=path, remedy="choose another file")
        return json.loads(text)
    except OSError as error:
        reason = error.strerror or str(error)
        raise BadDataset(f"cannot be read: {reason}", path=path, remedy="check the name and the rights") from error
    except UnicodeDecodeError as error:
        raise BadDataset("is not UTF-8 text, so not JSON", path=path, remedy="choose another file") from error
    except json.JSONDecodeError as error:
        cut_off = error.pos >= len(error.doc.rstrip()) - 1 or error.msg.startswith("Unterminated")
        problem = "the JSON is cut off" if cut_off else f"is not valid JSON: {error.msg}"
        raise BadDataset(
            f"{problem} at line {error.lineno}, column {error.colno}",
            path=path,
            remedy="correct the file or write it anew",
        ) from error
    except (RecursionError, ValueError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else "a number has too many digits"
        raise BadDataset(f"is not valid JSON: {reason}", path=path, remedy="choose another file") from error


class _Reader:
    def __init__(self, labels: LabelSet, root: Path | None) -> None:
        self.root = root
        self.aliases = _aliases(labels)
        self.remarks: dict[str, list[str]] = defaultdict(list)

    def read(self, data: Any) -> Dataset:
        if not isinstance(data, dict):
            kind = "a list, as COCO results are" if isinstance(data, list) else "a single value"
            raise Wrong(f"the file holds {kind}, not a COCO dataset with images and annotations")
        listed = data.get("images")
        if not isinstance(listed, list):
            raise Wrong('there is no list of "images"')
        items = data.get("annotations", [])
        if not isinstance(items, list):
            raise Wrong('"annotations" is not a list')
        names = category_names(data.get("categories", []))
        pages = self._images(listed)
        found: dict[Any, list[tuple[Any, Annotation]]] = {key: [] for key in pages}
        for number, item in enumerate(items):
            if not isinstance(item, dict):
                raise Wrong(f"annotation number {number} in the list is not an object")
            self._annotation(item, number, pages, names, found)
        done = tuple(self._page(pages[key], found[key]) for key in pages)
        return Dataset(done, tuple(names[key] for key in sorted(names, key=str)), tuple(self._warnings()))

    def _images(self, listed: list[Any]) -> dict[Any, Page]:
        """Image id → page without annotations."""
        pages: dict[Any, Page] = {}
        seen: set[str] = set()
        for item in listed:
            if not isinstance(item, dict) or not isinstance(item.get("id"), int | str):
                raise Wrong("an image has no id")
            name = relative_name(item.get("file_name"))
            if item["id"] in pages:
                raise Wrong(f"two images have the id {item['id']!r}")
            if name in seen:
                raise Wrong(f"the image {name} is listed twice")
            seen.add(name)
            height, width = self._size(item, name)
            digest, extra = image_extra(item)
            pages[item["id"]] = Page(name, width, height, digest, extra={"coco": {"image": extra}} if extra else {})
        return pages

    def _size(self, item: Mapping[str, Any], name: str) -> tuple[int, int]:
        height, width = (_whole(item.get(key)) for key in ("height", "width"))
        if height and width:
            if height * width > images.max_megapixels() * 1e6:
                raise Wrong(f"the image {name} has an impossible size: {width} x {height} px")
            return height, width
        if self.root is None:
            raise Wrong(f"the size of the image {name} is missing, and the folder of the photos was not given")
        try:
            return images.size(self.root / name)
        except BadImage as error:
            raise Wrong(f"the size of the image {name} is missing, and the photo does not tell: {error}") from error

    def _annotation(
        self,
        item: dict[str, Any],
        number: int,
        pages: Mapping[Any, Page],
        names: Mapping[Any, str],
        found: dict[Any, list[tuple[Any, Annotation]]],
    ) -> None:
        key = item.get("image_id")
        page = pages.get(key) if isinstance(key, int | str) else None
        place = str(item.get("id", f"number {number} in the list"))
        if page is None:
            self.remarks["left out, because their image is not in the file: annotation"].append(place)
            return
        place = f"{place} of {page.image}"
        try:
            mask = self._mask(item.get("segmentation"), page, place)
        except Wrong as error:
            self.remarks[f"left out, because {error}: annotation"].append(place)
            return
        label, extra = self._label(item.get("category_id"), names, place)
        if item.get("iscrowd", 0) not in (0, None, "0"):
            extra[CROWD] = True
        if not same_size(item.get("segmentation"), page.height, page.width):
            extra[OTHER_SIZE] = True
        try:
            private = private_from_json(item)
        except Wrong as error:
            self.remarks[f'taken without their "ssc" fields, because {error}: annotation'].append(place)
            private = private_from_json({k: v for k, v in item.items() if k != "ssc"})
        layer = private["extra"].pop("layer", None)
        private["extra"].update(extra)
        found[key].append((layer, Annotation(id=1, mask=mask, label=label, **private)))

    def _mask(self, segmentation: Any, page: Page, place: str) -> Mask:
        whole = mask_from_json(segmentation, page.height, page.width)
        if whole is None:
            raise Wrong("their mask is empty or outside the image")
        mask = masks.clip(whole, page.height, page.width)
        if mask is None:
            raise Wrong("their mask is outside the image")
        if not same_size(segmentation, page.height, page.width):
            self.remarks["taken although their mask is of another image size: annotation"].append(place)
        if mask is not whole or _reaches_out(segmentation, page):
            self.remarks["cut to the image, because their mask reaches outside it: annotation"].append(place)
        return mask

    def _label(self, category: Any, names: Mapping[Any, str], place: str) -> tuple[str, dict[str, Any]]:
        name = names.get(category) if isinstance(category, int | str) else None
        if name is None:
            self.remarks[f'labelled "{UNKNOWN}", because category {category!r} is not listed: annotation'].append(place)
            return UNKNOWN, {}
        label = self.aliases.get(_spelling(name))
        if label is None:
            self.remarks[f'labelled "{UNKNOWN}", because the label set has no "{name}": annotation'].append(place)
            return UNKNOWN, {ORIGINAL_LABEL: name}
        return label, {}

    def _page(self, page: Page, found: list[tuple[Any, Annotation]]) -> Page:
        if all(isinstance(layer, int) for layer, _ in found):
            found = sorted(found, key=lambda one: one[0])
        numbered = tuple(
            Annotation(n, a.mask, a.label, a.scores, a.status, a.made_by, a.prompt, a.author, a.time, a.extra)
            for n, (_, a) in enumerate(found, start=1)
        )
        return Page(page.image, page.width, page.height, page.digest, numbered, page.extra)

    def _warnings(self) -> list[str]:
        out = []
        for what, places in self.remarks.items():
            more = f" and {len(places) - _PLACES} more" if len(places) > _PLACES else ""
            out.append(f"{len(places)} {what} {', '.join(places[:_PLACES])}{more}")
        return out


def _aliases(labels: LabelSet) -> dict[str, str]:
    """Spelling → label key. Keys win over names, names over texts."""
    out = {_spelling(UNKNOWN): UNKNOWN}
    for names in (
        [(label.key, label.key) for label in labels.labels],
        [(name, label.key) for label in labels.labels for name in (label.en, label.zh)],
        [(text, label.key) for label in labels.labels for text in label.texts],
    ):
        for name, key in names:
            out.setdefault(_spelling(name), key)
    return out


def _spelling(name: str) -> str:
    """The letters and digits of a name, in one case."""
    return "".join(c for c in unicodedata.normalize("NFKC", name).casefold() if c.isalnum()) or name


def _whole(value: Any) -> int:
    """A size in px as an int; 0 when it is none."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return int(value) if number and 1 <= value < 1e9 and value == int(value) else 0


def _reaches_out(segmentation: Any, page: Page) -> bool:
    """Whether polygons leave the image by more than a pixel (many tools round outwards)."""
    if not isinstance(segmentation, list):
        return False
    flat = [np.array(p, dtype=float) for p in (segmentation if isinstance(segmentation[0], list) else [segmentation])]
    return any(
        p.min() < -1 or p[0::2].max() > page.width + 1 or p[1::2].max() > page.height + 1 for p in flat if p.size
    )
