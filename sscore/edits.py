"""Edits of a page: pure functions Page → Page.

Instances lie back to front in `page.annotations`. Untouched instances are the same objects before and after, so an
undo step costs one new mask. Masks are cut to the photo. An id is never given twice on a page: `page.extra["next_id"]`
remembers the next free one even after the instance with the highest id is gone. No function reads a clock: author and
time are the caller's to set. Every function raises BadOption when an id is not on the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace as _with
from operator import is_
from typing import Any, Literal

import numpy.typing as npt

from sscore import masks
from sscore.errors import BadOption
from sscore.types import STATUSES, Annotation, Mask, Page, Scores, Status

NEXT_ID = "next_id"
"""Key of `Page.extra` that holds the next free id."""

LOCKED = "locked"
"""Flag in `Annotation.extra`: the window changes neither its mask nor its place before it is unlocked."""

OCCLUDED = "occluded"
"""Flag in `Annotation.extra`: partly hidden by other pieces, so the mask shows less than the piece."""

Depth = Literal["front", "forward", "backward", "back"]


def next_id(page: Page) -> int:
    """The id that the next new instance of this page gets, from 1."""
    kept = page.extra.get(NEXT_ID)
    highest = max((a.id for a in page.annotations), default=0)
    return max(highest + 1, kept if isinstance(kept, int) else 1)


def untouched(before: Sequence[Annotation], after: Sequence[Annotation]) -> int:
    """How many instances, counted from the back, are the very same in both."""
    same = list(map(is_, before, after))
    return same.index(False) if False in same else len(same)


def add(page: Page, annotation: Annotation) -> Page:
    """The page with one more instance, in front of all others. id 0 becomes the next free id.

    Raises BadOption when the id is taken or the mask lies outside the photo.
    """
    annotation_id = annotation.id or next_id(page)
    if annotation_id < 1 or page.find(annotation_id) is not None:
        raise BadOption(f"instance {annotation_id} cannot be added: the id is taken or not above 0", path=page.image)
    mask = _inside(page, annotation.mask)
    if annotation_id != annotation.id or mask is not annotation.mask:
        annotation = _with(annotation, id=annotation_id, mask=mask)
    return _page(page, (*page.annotations, annotation), at_least=annotation_id + 1)


def add_all(page: Page, annotations: Sequence[Annotation]) -> Page:
    """The page with these in front of all others, each in front of the one before, all under the next free ids; the
    very same page when there are none. Raises BadOption when a mask lies outside the photo."""
    if not annotations:
        return page
    first = next_id(page)
    new = [_with(one, id=first + n, mask=_inside(page, one.mask)) for n, one in enumerate(annotations)]
    return _page(page, (*page.annotations, *new), at_least=first + len(new))


def remove(page: Page, ids: Iterable[int]) -> Page:
    """The page without these instances."""
    gone = _chosen(page, ids)
    return _page(page, tuple(a for a in page.annotations if a.id not in gone))


def replace(page: Page, annotation: Annotation) -> Page:
    """The page with the instance of the same id swapped, at the same depth."""
    return _swap(page, {annotation.id: _with(annotation, mask=_inside(page, annotation.mask))})


def relabel(page: Page, ids: Iterable[int], label: str, *, scores: Scores | None = None) -> Page:
    """The page with these instances called `label`; `scores`, when given, replace the old ones."""
    if not label:
        raise BadOption("an instance needs a label", path=page.image)
    chosen = _chosen(page, ids)
    return _swap(
        page,
        {i: _with(old, label=label, scores=old.scores if scores is None else scores) for i, old in chosen.items()},
    )


def set_status(page: Page, ids: Iterable[int], status: Status) -> Page:
    """The page with these instances proposed, accepted, reviewed or rejected."""
    if status not in STATUSES:
        raise BadOption(f"{status!r} is not a status", remedy=f"one of {', '.join(STATUSES)}")
    return _swap(page, {i: _with(old, status=status) for i, old in _chosen(page, ids).items()})


def reshape(page: Page, annotation_id: int, mask: Mask) -> Page:
    """The page with another mask for one instance. Raises BadOption when it lies outside the photo."""
    return _swap(page, {annotation_id: _with(_get(page, annotation_id), mask=_inside(page, mask))})


def paint(page: Page, annotation_id: int, patch: Mask, *, add: bool) -> Page:
    """The page with `patch` painted onto (add) or erased from one instance.

    A mask is never empty, so erasing the last pixel removes the instance. The very same page comes back when the
    stroke changes no pixel.
    """
    old = _get(page, annotation_id).mask
    new: Mask | None
    if add:
        inside = masks.clip(patch, page.height, page.width)
        new = old if inside is None else masks.union(old, inside)
    else:
        new = masks.subtract(old, patch)
    if new is None:
        return remove(page, [annotation_id])
    if new is old or new.same_as(old):
        return page
    return reshape(page, annotation_id, new)


def merge(page: Page, ids: Iterable[int]) -> Page:
    """The page with these instances made one: the largest keeps its id, label, depth and history, and gets the pixels
    of all. Raises BadOption for fewer than two."""
    chosen = _chosen(page, ids)
    if len(chosen) < 2:
        raise BadOption("choose two or more instances to merge", path=page.image)
    largest = max(chosen.values(), key=lambda a: (a.mask.area, -a.id))
    mask = masks.union(*(member.mask for member in chosen.values()))
    others = tuple(a for a in page.annotations if a.id not in chosen or a is largest)
    return _swap(_page(page, others), {largest.id: _with(largest, mask=mask)})


def split(page: Page, annotation_id: int) -> Page:
    """The page with every connected part of one instance an instance of its own, at the same depth.

    The largest part keeps the id; the others get new ids, largest first, and inherit everything else. The very same
    page comes back when there is only one part.
    """
    old = _get(page, annotation_id)
    parts = masks.parts(old.mask)
    if len(parts) < 2:
        return page
    first = next_id(page)
    new = [_with(old, id=annotation_id if n == 0 else first + n - 1, mask=part) for n, part in enumerate(parts)]
    at = page.annotations.index(old)
    return _page(page, (*page.annotations[:at], *new, *page.annotations[at + 1 :]), at_least=first + len(parts) - 1)


def cut(page: Page, annotation_id: int, points: npt.ArrayLike) -> Page:
    """The page with one instance parted along the line through the points (n, 2) xy px. What remains keeps the id, what
    is cut off gets new ids at the same depth and inherits everything else but the prompt, which was for the whole. The
    very same page comes back when the line parts nothing."""
    old = _get(page, annotation_id)
    kept, *off = masks.cut(old.mask, points)
    if not off:
        return page
    first = next_id(page)
    new = [_with(old, id=first + n, mask=piece, prompt=None) for n, piece in enumerate(off)]
    at = page.annotations.index(old)
    both = (*page.annotations[:at], _with(old, mask=kept), *new, *page.annotations[at + 1 :])
    return _page(page, both, at_least=first + len(off))


def reorder(page: Page, annotation_id: int, index: int) -> Page:
    """The page with one instance at depth `index`: 0 is the back; a number too large means the front."""
    moved = _get(page, annotation_id)
    others = [a for a in page.annotations if a is not moved]
    others.insert(min(max(index, 0), len(others)), moved)
    return _page(page, tuple(others))


def arrange(page: Page, ids: Iterable[int], where: Depth) -> Page:
    """The page with these instances at the front, one step forward, one backward, or at the back. They keep their
    order among themselves; the very same page comes back when nothing moves."""
    chosen = _chosen(page, ids)
    order = list(page.annotations)
    if where in ("front", "back"):
        order.sort(key=lambda a: (a.id in chosen) == (where == "front"))
    else:
        step = 1 if where == "forward" else -1
        for at in reversed(range(len(order))) if step > 0 else range(len(order)):
            to = at + step
            if order[at].id in chosen and 0 <= to < len(order) and order[to].id not in chosen:
                order[at], order[to] = order[to], order[at]
    same = all(a is b for a, b in zip(order, page.annotations, strict=True))
    return page if same else _page(page, tuple(order))


def mark(page: Page, ids: Iterable[int], key: str, on: bool) -> Page:
    """The page with a flag of these instances set or taken away, such as LOCKED or OCCLUDED; the very same page when
    they have it so already."""
    new = {}
    for i, old in _chosen(page, ids).items():
        if bool(old.extra.get(key)) != on:
            kept = {k: v for k, v in old.extra.items() if k != key}
            new[i] = _with(old, extra={**kept, key: True} if on else kept)
    return _swap(page, new) if new else page


def reshape_all(page: Page, new: Mapping[int, Mask]) -> Page:
    """`reshape` for several instances at once; the very same page when no mask is another."""
    chosen = _chosen(page, new)
    changed = {i: _with(chosen[i], mask=_inside(page, mask)) for i, mask in new.items() if mask is not chosen[i].mask}
    return _swap(page, changed) if changed else page


def cut_out(page: Page, annotation_id: int, others: Iterable[int] | None = None) -> Page:
    """The page with the pixels of one instance taken from `others` (default: from all others that have some of them).
    An instance that has no pixel left is removed; the very same page comes back when none shares a pixel."""
    cutter = _get(page, annotation_id).mask
    chosen = _chosen(page, (a.id for a in page.annotations) if others is None else others)
    new, gone = {}, []
    for i, old in chosen.items():
        if i == annotation_id or (left := masks.subtract(old.mask, cutter)) is old.mask:
            continue
        if left is None:
            gone.append(i)
        elif left.area < old.mask.area:
            new[i] = _with(old, mask=left)
    page = _swap(page, new) if new else page
    return remove(page, gone) if gone else page


def intersect(page: Page, annotation_id: int, others: Iterable[int]) -> Page:
    """The page with `others` keeping only the pixels they share with one instance, which stays as it is. One that
    shares none is left alone; the very same page when nothing changes."""
    frame = _get(page, annotation_id).mask
    new = {}
    for i, old in _chosen(page, others).items():
        left = masks.intersect(old.mask, frame)
        if i != annotation_id and left is not None and left.area < old.mask.area:
            new[i] = _with(old, mask=left)
    return _swap(page, new) if new else page


def move(page: Page, ids: Iterable[int], dx: int, dy: int) -> Page:
    """The page with these instances moved by whole px. What leaves the photo is cut off; raises BadOption when one
    would leave it altogether."""
    chosen = _chosen(page, ids)
    return reshape_all(
        page, {i: Mask(a.mask.bits, a.mask.left + dx, a.mask.top + dy) for i, a in chosen.items() if dx or dy}
    )


def paste(page: Page, annotations: Iterable[Annotation], dx: int = 0, dy: int = 0) -> Page:
    """The page with copies of instances of any page, moved by whole px, in front and under new ids. Copies lose the
    prompt, which was drawn elsewhere; those that lie outside the photo are left out."""
    copies = []
    for annotation in annotations:
        mask = annotation.mask
        moved = masks.clip(Mask(mask.bits, mask.left + dx, mask.top + dy), page.height, page.width)
        if moved is not None:
            copies.append(_with(annotation, mask=moved, prompt=None))
    return add_all(page, copies)


def set_extra(page: Page, key: str, value: Any) -> Page:
    """The page with one of its own facts changed (such as its scale), or taken away with None."""
    if key == NEXT_ID:
        raise BadOption(f"{NEXT_ID!r} is kept by the program itself", path=page.image)
    kept = {k: v for k, v in page.extra.items() if k != key}
    return _with(page, extra=kept if value is None else {**kept, key: value})


def _page(page: Page, annotations: tuple[Annotation, ...], at_least: int = 1) -> Page:
    """The page with other instances; ids of the old page and those below `at_least` stay used."""
    extra: dict[str, Any] = {**page.extra, NEXT_ID: max(next_id(page), at_least)}
    return _with(page, annotations=annotations, extra=extra)


def _swap(page: Page, new: Mapping[int, Annotation]) -> Page:
    _chosen(page, new)
    return _page(page, tuple(new.get(a.id, a) for a in page.annotations))


def _get(page: Page, annotation_id: int) -> Annotation:
    return _chosen(page, [annotation_id])[annotation_id]


def _chosen(page: Page, ids: Iterable[int]) -> dict[int, Annotation]:
    """The instances with these ids, back to front."""
    wanted = set(ids)
    found = {a.id: a for a in page.annotations if a.id in wanted}
    missing = wanted - found.keys()
    if missing:
        raise BadOption(f"there is no instance {min(missing)} on this page", path=page.image)
    return found


def _inside(page: Page, mask: Mask) -> Mask:
    inside = masks.clip(mask, page.height, page.width)
    if inside is None:
        raise BadOption("the mask lies outside the photo", path=page.image)
    return inside
