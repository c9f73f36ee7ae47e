"""Masks as sets of pixels: tight crop, clip, union, difference. All on crops, never on whole images."""

from __future__ import annotations

import numpy as np

from sscore.types import BoolArray, Mask


def tight(bits: BoolArray, left: int = 0, top: int = 0) -> Mask | None:
    """The mask in bool (H, W) `bits` whose first pixel is at (left, top); None when no pixel is set."""
    rows = np.flatnonzero(bits.any(axis=1))
    if not len(rows):
        return None
    y0, y1 = int(rows[0]), int(rows[-1]) + 1
    columns = np.flatnonzero(bits[y0:y1].any(axis=0))
    x0, x1 = int(columns[0]), int(columns[-1]) + 1
    return Mask(bits[y0:y1, x0:x1].copy(), int(left) + x0, int(top) + y0)


def clip(mask: Mask, height: int, width: int) -> Mask | None:
    """The part inside an image of (height, width) px."""
    h, w = mask.bits.shape
    y0, x0 = max(mask.top, 0), max(mask.left, 0)
    y1, x1 = min(mask.top + h, height), min(mask.left + w, width)
    if (y0, x0, y1, x1) == (mask.top, mask.left, mask.top + h, mask.left + w):
        return mask
    if y0 >= y1 or x0 >= x1:
        return None
    return tight(mask.bits[y0 - mask.top : y1 - mask.top, x0 - mask.left : x1 - mask.left], x0, y0)


def _part(mask: Mask, left: int, top: int, right: int, bottom: int) -> BoolArray:
    """bool (bottom - top, right - left): a window inside the mask's crop, as a view."""
    return mask.bits[top - mask.top : bottom - mask.top, left - mask.left : right - mask.left]


def _bounds(mask: Mask) -> tuple[int, int, int, int]:
    h, w = mask.bits.shape
    return mask.left, mask.top, mask.left + w, mask.top + h


def _shared(a: Mask, b: Mask) -> tuple[int, int, int, int] | None:
    """left, top, right, bottom of the window both crops cover."""
    (ax0, ay0, ax1, ay1), (bx0, by0, bx1, by1) = _bounds(a), _bounds(b)
    x0, y0, x1, y1 = max(ax0, bx0), max(ay0, by0), min(ax1, bx1), min(ay1, by1)
    return (x0, y0, x1, y1) if x0 < x1 and y0 < y1 else None


def union(*some: Mask) -> Mask:
    """Pixels in any of one or more masks."""
    left, top, right, bottom = np.array([_bounds(mask) for mask in some]).T
    x0, y0 = int(left.min()), int(top.min())
    bits = np.zeros((int(bottom.max()) - y0, int(right.max()) - x0), dtype=np.bool_)
    for mask in some:
        h, w = mask.bits.shape
        bits[mask.top - y0 : mask.top - y0 + h, mask.left - x0 : mask.left - x0 + w] |= mask.bits
    return Mask(bits, x0, y0)


def subtract(a: Mask, b: Mask) -> Mask | None:
    """Pixels in a but not in b; None when none are left."""
    window = _shared(a, b)
    if window is None:
        return a
    bits = a.bits.copy()
    x0, y0, x1, y1 = window
    bits[y0 - a.top : y1 - a.top, x0 - a.left : x1 - a.left] &= ~_part(b, *window)
    return tight(bits, a.left, a.top)


def intersect(a: Mask, b: Mask) -> Mask | None:
    """Pixels in both; None when there are none."""
    window = _shared(a, b)
    return None if window is None else tight(_part(a, *window) & _part(b, *window), *window[:2])


def iou(a: Mask, b: Mask) -> float:
    """Intersection over union, 0..1."""
    window = _shared(a, b)
    common = 0 if window is None else int(np.count_nonzero(_part(a, *window) & _part(b, *window)))
    return common / (a.area + b.area - common)
