"""A page as a COCO file of one image, and back, with nothing lost.

    {"categories": [...], "images": [one], "info": {...}, "licenses": [], "ssc": {...}, "annotations": [...]}

Annotations lie back to front. What COCO has no place for is under the key "ssc": of the file (what `Page.extra` holds,
such as the next free id), of the image (digest of the pixels) and of each annotation (status, scores, prompt, models,
author, time, and what `Annotation.extra` holds). Keys that this version does not know survive: those under "ssc" in
`extra` itself, those among COCO's own under `extra["coco"]`.

The text is ASCII (JSON escapes), because pycocotools opens files in the encoding of the computer, which on a Chinese
Windows is not UTF-8. Keys are sorted and separators fixed: the same page always gives the same bytes.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeGuard

import numpy as np

from sscore import masks
from sscore.errors import BadDataset, BadOption, BadPage, SscError
from sscore.labels import LabelSet
from sscore.types import STATUSES, UNKNOWN, Annotation, Box, Mask, Page, Prompt, Scores

FORMAT = 1
INFO = {"contributor": "", "description": "Scrap-SAM-CLIP annotations", "url": "", "version": "1.0"}

BAD_PAGE_REMEDY = "it is left untouched; to have it rebuilt from the journal, move it away and open the photo again"

_FILE_KEYS = frozenset({"annotations", "categories", "images", "info", "licenses", "ssc"})
_IMAGE_KEYS = frozenset({"file_name", "height", "id", "ssc", "width"})
_ANNOTATION_KEYS = frozenset({"area", "bbox", "category_id", "id", "image_id", "iscrowd", "segmentation", "ssc"})
_SSC_KEYS = frozenset({"author", "margin", "models", "prompt", "scores", "status", "time"})


class Wrong(Exception):
    """What is wrong with a piece of a COCO file, in plain words; readers add the file and the place."""


def dumps(value: Any) -> str:
    """JSON text: ASCII, sorted keys, no spaces."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def relative_name(name: Any) -> str:
    """A photo's path as a dataset may name it: relative, '/' between folders, NFC. Raises Wrong.

    Backslashes count as '/' (Windows tools write them). Refused, because they could lead out of the dataset's folder
    on some system: absolute paths, drive letters, network paths, '..' (also with the dots and spaces that Windows
    drops), control characters.
    """
    if not isinstance(name, str) or not name:
        raise Wrong("the name of an image is missing")
    if any(ord(letter) < 32 or 0xD800 <= ord(letter) < 0xE000 for letter in name):
        raise Wrong(f"the name {name!r} of an image holds characters that are not allowed")
    text = unicodedata.normalize("NFC", name.replace("\\", "/"))
    parts = [part for part in text.split("/") if part != "."]
    if re.match(r"[A-Za-z]:", text) or not parts or any(not part.rstrip(" .") for part in parts):
        raise Wrong(f"the name {name!r} of an image leads out of the dataset's folder")
    return "/".join(parts)


# --- page to JSON -----------------------------------------------------------------------------------------------------


def category_ids(page: Page, labels: LabelSet) -> dict[str, int]:
    """Category id of every label that can be on the page: the label set's from 1 in its order, then "unknown" and
    labels that are not in the set, when the page has any."""
    ids = {key: labels.category_id(key) for key in labels.keys}
    others = {a.label for a in page.annotations} - ids.keys()
    for label in sorted(others, key=lambda label: (label != UNKNOWN, label)):
        ids[label] = len(ids) + 1
    return ids


def categories(ids: Mapping[str, int], labels: LabelSet) -> list[dict[str, Any]]:
    """COCO categories, ordered by id."""
    return [{"id": ids[name], "name": name, "supercategory": labels.key} for name in sorted(ids, key=lambda n: ids[n])]


def page_to_json(page: Page, labels: LabelSet) -> dict[str, Any]:
    """The whole page as plain JSON values."""
    ids = category_ids(page, labels)
    listed = [annotation_to_json(a, page.height, page.width, ids[a.label]) for a in page.annotations]
    return {**head_to_json(page, labels, ids), "annotations": listed}


def head_to_json(page: Page, labels: LabelSet, ids: Mapping[str, int]) -> dict[str, Any]:
    """The page without its annotations; ids: see `category_ids`."""
    coco = _mapping(page.extra.get("coco"))
    file = {k: v for k, v in _mapping(coco.get("file")).items() if k not in _FILE_KEYS - {"info", "licenses"}}
    own = {k: v for k, v in page.extra.items() if k != "coco"}
    head = {
        "info": INFO,
        "licenses": [],
        **file,
        "categories": categories(ids, labels),
        "images": [image_to_json(page, 1)],
        "ssc": {**own, "format": FORMAT},
    }
    return dict(_plain(head))


def image_to_json(page: Page, image_id: int) -> dict[str, Any]:
    """The COCO image of a page, with what it did not come from here to say."""
    foreign = _mapping(_mapping(page.extra.get("coco")).get("image"))
    ssc = {**_mapping(foreign.get("ssc")), **({"digest": page.digest} if page.digest else {})}
    image = {k: v for k, v in foreign.items() if k not in _IMAGE_KEYS}
    image |= {"id": image_id, "file_name": page.image, "width": page.width, "height": page.height}
    return dict(_plain({**image, "ssc": ssc} if ssc else image))


def annotation_to_json(annotation: Annotation, height: int, width: int, category_id: int) -> dict[str, Any]:
    """A COCO annotation of image 1; height, width: px of the image. Raises BadOption for a mask outside it."""
    mask = masks.clip(annotation.mask, height, width)
    if mask is None:
        raise BadOption(f"the mask of instance {annotation.id} lies outside the photo")
    h, w = mask.bits.shape
    ssc: dict[str, Any] = {k: v for k, v in annotation.extra.items() if k != "coco"}
    ssc["status"] = annotation.status
    if annotation.author:
        ssc["author"] = annotation.author
    if annotation.time:
        ssc["time"] = annotation.time
    if annotation.made_by:
        ssc["models"] = annotation.made_by
    if annotation.scores is not None:
        values = [_short(v) for v in annotation.scores.values]
        ssc["scores"] = [list(pair) for pair in zip(annotation.scores.labels, values, strict=True)]
        ssc["margin"] = _short(np.float32(annotation.scores.margin))
    if annotation.prompt is not None:
        ssc["prompt"] = _prompt_to_json(annotation.prompt)
    foreign = _mapping(annotation.extra.get("coco"))
    out = {k: v for k, v in foreign.items() if k not in _ANNOTATION_KEYS}
    out |= {
        "id": annotation.id,
        "image_id": 1,
        "category_id": category_id,
        "segmentation": masks.to_rle(mask, height, width),
        "area": mask.area,
        "bbox": [mask.left, mask.top, w, h],
        "iscrowd": 0,
        "ssc": ssc,
    }
    return dict(_plain(out))


def _prompt_to_json(prompt: Prompt) -> dict[str, Any]:
    """As in a prompts file: {"box": [x0, y0, x1, y1], "points": [[x, y, 1 or 0], ...]}.

    The 256 KB of refinement logits are not kept: they come again when the prompt is replayed; "refined" notes that
    there were some.
    """
    flags = prompt.positive.tolist()
    points = [[_short(x), _short(y), int(flag)] for (x, y), flag in zip(prompt.points, flags, strict=True)]
    out: dict[str, Any] = {"points": points}
    if prompt.box is not None:
        out["box"] = [float(v) for v in prompt.box.as_tuple()]
    if prompt.logits is not None:
        out["refined"] = True
    return out


def _short(value: np.floating[Any]) -> float | None:
    """A float32 as the shortest number that reads back the same; None for one that JSON cannot hold."""
    return float(str(value)) if math.isfinite(value) else None


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _plain(value: Any) -> Any:
    """The value in types that JSON has, so that nothing a caller put in `extra` or `made_by` can stop a save."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        return _plain(value.tolist())
    if isinstance(value, Sequence | set | frozenset):
        return [_plain(v) for v in value]
    return str(value)


# --- JSON to page -----------------------------------------------------------------------------------------------------


def page_from_json(data: Any, *, path: str | Path) -> Page:
    """The page in one-image COCO `data`; `path` names the file in errors. Raises BadPage."""
    try:
        return _page(data)
    except Wrong as error:
        raise BadPage(f"this annotation page cannot be read: {error}", path=path, remedy=BAD_PAGE_REMEDY) from error


def _page(data: Any) -> Page:
    if not isinstance(data, dict):
        raise Wrong("it does not hold a COCO dataset")
    images = data.get("images")
    if not isinstance(images, list) or len(images) != 1 or not isinstance(images[0], dict):
        raise Wrong("it must list exactly one image")
    image = images[0]
    name = relative_name(image.get("file_name"))
    width, height = (value if _whole(value) else 0 for value in (image.get("width"), image.get("height")))
    if width < 1 or height < 1:
        raise Wrong("the size of the image is missing")
    names = category_names(data.get("categories", []))
    listed = data.get("annotations", [])
    if not isinstance(listed, list):
        raise Wrong("its annotations are not a list")
    annotations = tuple(_annotation(item, names, height, width) for item in listed)
    ids = [a.id for a in annotations]
    if len(set(ids)) != len(ids):
        raise Wrong("two annotations have the same id")
    digest, foreign = image_extra(image)
    coco = {"file": {k: v for k, v in data.items() if k not in _FILE_KEYS or _foreign(k, v)}, "image": foreign}
    extra = {k: v for k, v in _mapping(data.get("ssc")).items() if k not in ("format", "coco")}
    if any(coco.values()):
        extra["coco"] = {k: v for k, v in coco.items() if v}
    return Page(name, width, height, digest, annotations, extra)


def image_extra(image: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """(digest or "", everything else that a Page has no field for) of a COCO image."""
    ssc = dict(_mapping(image.get("ssc")))
    digest = ssc.pop("digest", "")
    extra = {k: v for k, v in image.items() if k not in _IMAGE_KEYS}
    if ssc:
        extra["ssc"] = ssc
    return digest if isinstance(digest, str) else "", extra


def _foreign(key: str, value: Any) -> bool:
    """Whether somebody else's info or licences stand in the file."""
    return (key == "info" and value != INFO) or (key == "licenses" and value != [])


def _annotation(item: Any, names: Mapping[Any, str], height: int, width: int) -> Annotation:
    if not isinstance(item, dict) or not _whole(item.get("id")) or item["id"] < 1:
        raise Wrong("an annotation has no id")
    place = f"annotation {item['id']}"
    try:
        label = names.get(item.get("category_id"))
        if label is None:
            raise Wrong(f"category {item.get('category_id')!r} is not listed")
        mask = mask_from_json(item.get("segmentation"), height, width)
        if mask is None:
            raise Wrong("the mask is empty")
        if masks.clip(mask, height, width) is not mask or not same_size(item["segmentation"], height, width):
            raise Wrong("the mask is of another image size")
        return Annotation(id=item["id"], mask=mask, label=label, **private_from_json(item))
    except Wrong as error:
        raise Wrong(f"{place}: {error}") from error


def category_names(listed: Any) -> dict[Any, str]:
    """Category id → name as it stands in the file. Raises Wrong."""
    names: dict[Any, str] = {}
    if not isinstance(listed, list):
        raise Wrong("its categories are not a list")
    for item in listed:
        if not isinstance(item, dict) or not isinstance(item.get("id"), int | str):
            raise Wrong("a category has no id")
        if not isinstance(item.get("name"), str) or not item["name"]:
            raise Wrong(f"category {item['id']!r} has no name")
        names[item["id"]] = item["name"]
    return names


def mask_from_json(segmentation: Any, height: int, width: int) -> Mask | None:
    """The mask of a COCO segmentation, polygons or run-length code, not cut to the image; None when it is empty.

    Raises Wrong.
    """
    try:
        if isinstance(segmentation, dict):
            return masks.from_rle({"size": [height, width], **segmentation})
        if isinstance(segmentation, list) and segmentation:
            polygons = segmentation if isinstance(segmentation[0], list) else [segmentation]
            return masks.from_coco_polygons(polygons, height, width)
    except BadDataset as error:
        raise Wrong(error.problem) from error
    raise Wrong("it has no mask")


def same_size(segmentation: Any, height: int, width: int) -> bool:
    """False for a run-length code that was made for an image of another size."""
    return not isinstance(segmentation, dict) or segmentation.get("size", [height, width]) == [height, width]


def private_from_json(item: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of an Annotation that stand under "ssc", and its `extra`. Raises Wrong."""
    ssc = item.get("ssc", {})
    if not isinstance(ssc, dict):
        raise Wrong('"ssc" is not an object')
    status = ssc.get("status", "accepted")
    if status not in STATUSES:
        raise Wrong(f"{status!r} is not a status")
    texts = {key: ssc.get(key, "") for key in ("author", "time")}
    if not all(isinstance(text, str) for text in texts.values()) or not isinstance(ssc.get("models", {}), dict):
        raise Wrong("author, time or models have the wrong form")
    extra = {k: v for k, v in ssc.items() if k not in _SSC_KEYS and k != "coco"}
    foreign = {k: v for k, v in item.items() if k not in _ANNOTATION_KEYS}
    if foreign:
        extra["coco"] = foreign
    return {
        "status": status,
        **texts,
        "made_by": ssc.get("models", {}),
        "scores": _scores_from_json(ssc.get("scores")),
        "prompt": _prompt_from_json(ssc.get("prompt")),
        "extra": extra,
    }


def _scores_from_json(listed: Any) -> Scores | None:
    if listed is None:
        return None
    try:
        names = tuple(str(name) for name, _ in listed)
        return Scores(names, np.array([math.nan if v is None else float(v) for _, v in listed], dtype=np.float32))
    except (TypeError, ValueError) as error:
        raise Wrong("its scores are not a list of [label, probability]") from error


def _prompt_from_json(data: Any) -> Prompt | None:
    if data is None:
        return None
    try:
        points = np.array([p[:2] for p in data.get("points", [])], dtype=np.float32)
        positive = np.array([bool(p[2]) for p in data.get("points", [])], dtype=np.bool_)
        box = data.get("box")
        return Prompt(points=points, positive=positive, box=None if box is None else Box(*(float(v) for v in box)))
    except (AttributeError, IndexError, KeyError, TypeError, ValueError, SscError) as error:
        raise Wrong("its prompt has the wrong form") from error


def _whole(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)
