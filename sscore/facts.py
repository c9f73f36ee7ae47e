"""What lists, queries, figures and galleries need to know of instances, without their masks.

A page of a few hundred instances takes megabytes as masks and some kilobytes as facts, so a project of 20,000 instances
fits in memory. Facts come from a `Page` or straight from its JSON, with equal results.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sscore.types import UNKNOWN, Annotation, Page

REVIEW = "review"
"""Key of `Annotation.extra` and `Page.extra`: {"by", "time", "comment"}, and "status" of a page. See sscore.review."""
EFFORT = "effort"
"""Key of `Annotation.extra`: {"seconds": from the first prompt to the acceptance, "clicks": prompts given}."""
SECOND = "second_opinion"
"""Key of `Annotation.extra`: {"segmenter", "iou"}: how far another segmenter's mask for the same prompt agreed."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One instance. box: left, top, width, height px; area: px; guess: the classifier's first label, "" without one;
    score: its probability; margin: to its second; iou: as the segmenter predicted it; times ISO 8601. None: not known.
    """

    image: str
    id: int
    label: str
    status: str
    area: int
    box: tuple[int, int, int, int]
    guess: str = ""
    score: float | None = None
    margin: float | None = None
    iou: float | None = None
    author: str = ""
    time: str = ""
    reviewer: str = ""
    reviewed: str = ""
    comment: str = ""
    seconds: float | None = None
    clicks: int | None = None
    second_iou: float | None = None


@dataclass(frozen=True, slots=True)
class PhotoFacts:
    """One photo. width, height: px, 0 when it has no page yet; status: of the whole photo by a reviewer, else ""."""

    image: str
    width: int = 0
    height: int = 0
    done: bool = False
    status: str = ""
    reviewer: str = ""
    comment: str = ""
    facts: tuple[Fact, ...] = ()


def of_page(page: Page) -> PhotoFacts:
    """The facts of a page in memory."""
    return _photo(
        page.image, page.width, page.height, page.extra, tuple(of_annotation(page.image, a) for a in page.annotations)
    )


def of_annotation(image: str, annotation: Annotation) -> Fact:
    """image: relative path of its photo."""
    height, width = annotation.mask.bits.shape
    scores = annotation.scores
    known = None if scores is None else (scores.best, float(scores.values[0]), scores.margin)
    return _fact(
        image,
        annotation.id,
        annotation.label,
        annotation.status,
        annotation.mask.area,
        (annotation.mask.left, annotation.mask.top, width, height),
        known,
        annotation.made_by,
        annotation.author,
        annotation.time,
        annotation.extra,
    )


def of_json(rel: str, data: Mapping[str, Any] | None) -> PhotoFacts:
    """The facts of a page as `PageStore.peek` gives it; what has the wrong form is left out. None: no page."""
    if data is None:
        return PhotoFacts(rel)
    images = data.get("images")
    image = _mapping(images[0]) if isinstance(images, list) and images else {}
    names: dict[Any, str] = {}
    for category in data.get("categories") or ():
        one = _mapping(category)
        names[one.get("id")] = str(one.get("name") or UNKNOWN)
    facts = tuple(_fact_of_json(rel, item, names) for item in data.get("annotations") or () if _readable(item))
    width, height = (value if isinstance(value, int) else 0 for value in (image.get("width"), image.get("height")))
    return _photo(rel, width, height, _mapping(data.get("ssc")), facts)


def _fact_of_json(rel: str, item: Mapping[str, Any], names: Mapping[Any, str]) -> Fact:
    ssc = _mapping(item.get("ssc"))
    pairs = ssc.get("scores")
    known = None
    if isinstance(pairs, list) and pairs and all(isinstance(p, list) and len(p) == 2 for p in pairs):
        values = [float(p[1]) if isinstance(p[1], int | float) else math.nan for p in pairs[:2]]
        known = (str(pairs[0][0]), values[0], values[0] - (values[1] if len(values) > 1 else 0.0))
    left, top, width, height = (int(v) for v in item["bbox"])
    return _fact(
        rel,
        int(item["id"]),
        names.get(item.get("category_id"), UNKNOWN),
        str(ssc.get("status", "accepted")),
        int(item["area"]),
        (left, top, width, height),
        known,
        _mapping(ssc.get("models")),
        str(ssc.get("author", "")),
        str(ssc.get("time", "")),
        ssc,
    )


def _fact(
    image: str,
    number: int,
    label: str,
    status: str,
    area: int,
    box: tuple[int, int, int, int],
    known: tuple[str, float, float] | None,
    made_by: Mapping[str, Any],
    author: str,
    time: str,
    extra: Mapping[str, Any],
) -> Fact:
    review, effort = _mapping(extra.get(REVIEW)), _mapping(extra.get(EFFORT))
    guess, score, margin = known if known is not None else ("", None, None)
    clicks = effort.get("clicks")
    return Fact(
        image=image,
        id=number,
        label=label,
        status=status,
        area=area,
        box=box,
        guess=guess,
        score=None if score is None else round(score, 6),
        margin=None if margin is None else round(margin, 6),
        iou=_number(made_by.get("predicted_iou")),
        author=author,
        time=time,
        reviewer=str(review.get("by", "")),
        reviewed=str(review.get("time", "")),
        comment=str(review.get("comment", "")),
        seconds=_number(effort.get("seconds")),
        clicks=clicks if isinstance(clicks, int) else None,
        second_iou=_number(_mapping(extra.get(SECOND)).get("iou")),
    )


def _photo(rel: str, width: int, height: int, extra: Mapping[str, Any], facts: tuple[Fact, ...]) -> PhotoFacts:
    review = _mapping(extra.get(REVIEW))
    status, by, comment = (str(review.get(key, "")) for key in ("status", "by", "comment"))
    return PhotoFacts(rel, width, height, bool(extra.get("done")), status, by, comment, facts)


def _readable(item: Any) -> bool:
    box = item.get("bbox") if isinstance(item, dict) else None
    numbers = [item.get("id"), item.get("area"), *box] if isinstance(box, list) and len(box) == 4 else []
    return bool(numbers) and all(isinstance(n, int | float) and math.isfinite(n) for n in numbers)


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else None


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
