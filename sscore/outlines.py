"""Outlines changed corner by corner, with the mask as the truth.

The outline shown is a simplified view of the mask (`to_polygons`). When one of its corners moves, only the pixels
between the old line and the new one change; everywhere else the mask keeps every pixel it had.
"""

from __future__ import annotations

import numpy as np

from sscore.mask_sets import clip, intersect, subtract, tight, union
from sscore.polygons import PointArray, Ring, covered, polygon_fill
from sscore.types import Mask


def moved(ring: Ring, index: int, x: float, y: float) -> Ring:
    """The ring with one corner at (x, y) px."""
    points = ring.points.copy()
    points[index] = x, y
    return Ring(points, ring.hole)


def with_corner(ring: Ring, index: int, x: float, y: float) -> Ring:
    """The ring with one corner more, before corner `index`."""
    return Ring(np.insert(ring.points, index, (x, y), axis=0), ring.hole)


def without_corner(ring: Ring, index: int) -> Ring | None:
    """The ring with one corner less; None when fewer than three would be left."""
    return Ring(np.delete(ring.points, index, axis=0), ring.hole) if len(ring.points) > 3 else None


def nearest_corner(rings: list[Ring], x: float, y: float) -> tuple[int, int, float] | None:
    """(ring, corner, distance px) of the corner nearest to a point; None without rings."""
    found = None
    for number, ring in enumerate(rings):
        far = np.hypot(*(ring.points - (x, y)).T)
        index = int(far.argmin())
        if found is None or far[index] < found[2]:
            found = (number, index, float(far[index]))
    return found


def nearest_edge(rings: list[Ring], x: float, y: float) -> tuple[int, int, float] | None:
    """(ring, index of the corner after the edge, distance px) of the edge nearest to a point; None without rings. A
    new corner there is `with_corner(ring, index, x, y)`."""
    found = None
    for number, ring in enumerate(rings):
        start, end = np.roll(ring.points, 1, axis=0), ring.points
        along = end - start
        length = np.maximum((along**2).sum(axis=1), 1e-12)
        share = np.clip((((x, y) - start) * along).sum(axis=1) / length, 0, 1)
        far = np.hypot(*(start + share[:, None] * along - (x, y)).T)
        index = int(far.argmin())
        if found is None or far[index] < found[2]:
            found = (number, index, float(far[index]))
    return found


def redrawn(mask: Mask, before: Ring, after: Ring, height: int, width: int) -> Mask | None:
    """The mask after one of its outlines was changed from `before` to `after`, in an image of (height, width) px: the
    pixels between the two lines are in when the new line has them inside (for a hole: outside). None when no pixel is
    left; the very same mask when none changes."""
    polygon = _between(before.points, after.points)
    band = polygon_fill(polygon) if len(polygon) >= 3 else None
    band = clip(band, height, width) if band is not None else None
    if band is None:
        return mask
    h, w = band.bits.shape
    inside = tight(covered(after, band.left, band.top, h, w), band.left, band.top)
    gained = intersect(band, inside) if inside is not None else None
    lost: Mask | None = band if gained is None else subtract(band, gained)
    if before.hole:
        gained, lost = lost, gained
    out: Mask | None = union(mask, gained) if gained is not None else mask
    if out is not None and lost is not None:
        out = subtract(out, lost)
    return mask if out is not None and out.same_as(mask) else out


def _between(before: PointArray, after: PointArray) -> PointArray:
    """The closed line around what differs between two rings. By the even-odd rule common edges cancel, so walking the
    changed run of the old ring forth and that of the new one back encloses exactly the difference."""
    shorter = min(len(before), len(after))
    same = (before[:shorter] == after[:shorter]).all(axis=1)
    head = shorter if same.all() else int(same.argmin())
    back = (before[::-1][: shorter - head] == after[::-1][: shorter - head]).all(axis=1)
    tail = len(back) if back.all() else int(back.argmin())
    start, end = before[head - 1], before[len(before) - tail if tail else 0]
    if head == 0 and tail == 0:  # nothing in common
        return np.concatenate([before, before[:1], after[:1], after[::-1]])
    if head == 0:
        start = before[-1]
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    return np.concatenate([[start], old, [end], new[::-1]])
