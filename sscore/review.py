"""The second look: what a reviewer said of instances and photos, and which instance to look at next.

Verdicts are edits of a page like any others (pure functions, no clock): status, reviewer, time and comment stand in the
page's private part, so they travel with the page and its COCO file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from sscore import edits
from sscore.errors import BadOption
from sscore.facts import REVIEW, SECOND, Fact, PhotoFacts
from sscore.types import STATUSES, UNKNOWN, Annotation, Page, Status

OPEN: tuple[Status, ...] = ("proposed", "accepted")
"""Statuses that wait for a reviewer."""


def mark(page: Page, ids: Iterable[int], status: Status, *, by: str, time: str, comment: str | None = None) -> Page:
    """The page with a verdict on these instances; comment None keeps the one that is there. Raises BadOption."""
    wanted = set(ids)
    page = edits.set_status(page, wanted, status)
    return _with_notes(page, wanted, by=by, time=time, comment=comment)


def comment(page: Page, ids: Iterable[int], text: str, *, by: str, time: str) -> Page:
    """The page with a comment on these instances, "" for none; their status stays. Raises BadOption."""
    return _with_notes(page, set(ids), by=by, time=time, comment=text.strip())


def second_opinion(page: Page, ious: Mapping[int, float], *, segmenter: str) -> Page:
    """The page with how far another segmenter agreed: instance id → IoU 0..1 of its mask for the same prompt."""
    noted = (
        replace(a, extra={**a.extra, SECOND: {"segmenter": segmenter, "iou": round(ious[a.id], 4)}})
        if a.id in ious
        else a
        for a in page.annotations
    )
    return replace(page, annotations=tuple(noted))


def mark_photo(page: Page, status: Status | None, *, by: str, time: str, comment: str | None = None) -> Page:
    """The page with a verdict on the whole photo; None takes it back."""
    if status is not None and status not in STATUSES:
        raise BadOption(f"{status!r} is not a status", remedy=f"one of {', '.join(STATUSES)}")
    extra = {key: value for key, value in page.extra.items() if key != REVIEW}
    if status is not None:
        extra[REVIEW] = {"status": status, **_note(page.extra.get(REVIEW), by, time, comment)}
    return replace(page, extra=extra)


def comment_photo(page: Page, text: str, *, by: str, time: str) -> Page:
    """The page with a comment on the whole photo, "" for none; a verdict on it stays."""
    before = page.extra.get(REVIEW)
    status = before.get("status") if isinstance(before, dict) else None
    note = {**({"status": status} if status else {}), **_note(before, by, time, text)}
    extra = {key: value for key, value in page.extra.items() if key != REVIEW}
    return replace(page, extra={**extra, REVIEW: note} if text.strip() or status else extra)


def set_done(page: Page, *, done: bool) -> Page:
    """The page marked as finished, or not."""
    extra = {key: value for key, value in page.extra.items() if key != "done"}
    return replace(page, extra={**extra, "done": True} if done else extra)


def finished(photo: PhotoFacts) -> bool:
    """Whether nothing on the photo waits for a reviewer; false for one without instances that nobody called done."""
    return (photo.done or bool(photo.facts)) and not any(fact.status in OPEN for fact in photo.facts)


def uncertainty(fact: Fact) -> float:
    """0 (sure) to 1: the worse of the class and the mask.

    The class is as uncertain as its margin is small (certain when a person gave another label than the classifier),
    and wholly so when it is unknown; the mask as much as the segmenter's predicted IoU falls short of 1, counted
    double, because models seldom say less than 0.5, or as another segmenter's mask for the same prompt differs.
    """
    if fact.label == UNKNOWN:
        label = 1.0
    elif fact.margin is None or (fact.guess and fact.guess != fact.label):
        label = 0.0
    else:
        label = 1.0 - min(max(fact.margin, 0.0), 1.0)
    mask = 0.0 if fact.iou is None else min(max(2 * (1.0 - fact.iou), 0.0), 1.0)
    other = 0.0 if fact.second_iou is None else min(max(1.0 - fact.second_iou, 0.0), 1.0)
    return max(label, mask, other)


def queue(facts: Iterable[Fact], statuses: Iterable[str] = OPEN) -> list[Fact]:
    """The instances with these statuses, the most uncertain first; equally uncertain ones by photo."""
    wanted = frozenset(statuses)
    return sorted((f for f in facts if f.status in wanted), key=lambda f: (-uncertainty(f), f.image, f.id))


def _with_notes(page: Page, ids: set[int], *, by: str, time: str, comment: str | None) -> Page:
    if missing := ids - {a.id for a in page.annotations}:
        raise BadOption(f"there is no instance {min(missing)} on this page", path=page.image)
    noted = (_noted(a, by, time, comment) if a.id in ids else a for a in page.annotations)
    return replace(page, annotations=tuple(noted))


def _noted(annotation: Annotation, by: str, time: str, comment: str | None) -> Annotation:
    note = _note(annotation.extra.get(REVIEW), by, time, comment)
    return replace(annotation, extra={**annotation.extra, REVIEW: note})


def _note(before: Any, by: str, time: str, comment: str | None) -> dict[str, Any]:
    kept = before.get("comment", "") if isinstance(before, dict) else ""
    text = kept if comment is None else comment.strip()
    return {"by": by, "time": time, **({"comment": text} if text else {})}
