"""All that can be done with masks, in one place: clean-up and brush here, sets, run-length codes and polygons from
their own modules. Holes and several parts are kept everywhere unless a function is there to remove them.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from sscore.mask_sets import clip, intersect, iou, subtract, tight, union
from sscore.polygons import Ring, from_coco_polygons, from_rings, polygon_fill, polygon_loss, to_polygons
from sscore.rle import decode_rle, encode_rle, from_rle, to_rle
from sscore.types import Mask

__all__ = [
    "Ring",
    "clip",
    "cut",
    "decode_rle",
    "encode_rle",
    "fill_holes",
    "fill_small_holes",
    "from_coco_polygons",
    "from_rings",
    "from_rle",
    "intersect",
    "iou",
    "largest_part",
    "parts",
    "polygon_fill",
    "polygon_loss",
    "remove_specks",
    "smooth",
    "stroke",
    "subtract",
    "tidy",
    "tight",
    "to_polygons",
    "to_rle",
    "union",
]

_SLIVER = 10  # px: what a knife takes off below this is the roughness of an edge, not a piece
_BROAD = 32.0  # px: from this radius on a brush stroke is drawn, not computed


def parts(mask: Mask) -> list[Mask]:
    """The connected parts (8-connected: pixels that touch at a corner belong together), biggest first, equal ones from
    top to bottom."""
    count, numbers, stats, _ = cv2.connectedComponentsWithStats(mask.bits.view(np.uint8), connectivity=8)
    found = []
    for number in range(1, count):
        x, y, w, h = (int(v) for v in stats[number, :4])
        found.append(Mask((numbers[y : y + h, x : x + w] == number), mask.left + x, mask.top + y))
    return sorted(found, key=lambda part: (-part.area, part.top, part.left))


def largest_part(mask: Mask) -> Mask:
    """The biggest connected part."""
    return parts(mask)[0]


def remove_specks(mask: Mask, min_px: int) -> Mask | None:
    """Without the connected parts smaller than `min_px` pixels; None when all are."""
    count, numbers, stats, _ = cv2.connectedComponentsWithStats(mask.bits.view(np.uint8), connectivity=8)
    keep = stats[:, cv2.CC_STAT_AREA] >= min_px
    keep[0] = False
    return mask if keep[1:].all() else tight(keep[numbers], mask.left, mask.top)


def fill_holes(mask: Mask) -> Mask:
    """With every hole filled: background that has no way out between pixels that touch at most at a corner."""
    ground = np.pad(~mask.bits, 1, constant_values=True).view(np.uint8)
    _, numbers = cv2.connectedComponents(ground, connectivity=4)
    return Mask(numbers[1:-1, 1:-1] != numbers[0, 0], mask.left, mask.top)


def fill_small_holes(mask: Mask, max_px: int) -> Mask:
    """With the holes of at most `max_px` pixels filled."""
    holes = subtract(fill_holes(mask), mask) if max_px > 0 else None
    if holes is None:
        return mask
    # Holes are told apart as `fill_holes` does: pixels that touch only at a corner are two holes.
    _, numbers, stats, _ = cv2.connectedComponentsWithStats(holes.bits.view(np.uint8), connectivity=4)
    small = stats[:, cv2.CC_STAT_AREA] <= max_px
    small[0] = False
    patch = tight(small[numbers], holes.left, holes.top)
    return mask if patch is None else union(mask, patch)


def tidy(mask: Mask, *, specks_px: int = 0, holes_px: int = 0, radius: float = 0.0) -> Mask:
    """Cleaned up: parts smaller than `specks_px` pixels gone, holes up to `holes_px` pixels filled, the outline
    smoothed by `radius` px; 0 leaves that as it is. The largest part always stays, so that a mask never vanishes; the
    very same mask comes back when nothing changes."""
    out = remove_specks(mask, specks_px) or largest_part(mask)
    out = smooth(fill_small_holes(out, holes_px), radius)
    return mask if out.same_as(mask) else out


def smooth(mask: Mask, radius: float) -> Mask:
    """With a calmer outline: a pixel belongs when most of its surroundings (Gaussian of `radius` px) do.

    Straight edges stay; bumps, notches and slits narrower than about the radius go. A mask too thin to survive is
    returned as it is.
    """
    if radius <= 0:
        return mask
    room = int(np.ceil(3 * radius))
    weight = cv2.GaussianBlur(np.pad(mask.bits, room).astype(np.float32), (2 * room + 1, 2 * room + 1), radius)
    return tight(weight > 0.5, mask.left - room, mask.top - room) or mask


def cut(mask: Mask, points: npt.ArrayLike) -> list[Mask]:
    """The mask parted along the line through the points (n, 2) xy px: first what remains, then every piece cut off,
    biggest first. Together they have every pixel of the mask, each once; the very same mask alone when the line parts
    nothing. Of every part the line goes through, the biggest piece remains; parts it does not go through remain whole,
    as do slivers of fewer than 10 px."""
    line = np.floor(np.asarray(points, dtype=np.float64).reshape(-1, 2)).astype(np.int32) - (mask.left, mask.top)
    wall = np.zeros(mask.bits.shape, np.uint8)
    # 4-connected, so that no two pixels on either side touch, not even at a corner.
    cv2.polylines(wall, [line.astype(np.int32).reshape(-1, 1, 2)], False, 1, 1, cv2.LINE_4)
    bits = mask.bits.view(np.uint8)
    numbers = cv2.connectedComponents(bits & ~wall & 1, connectivity=8, ltype=cv2.CV_16U)[1]
    while (bare := mask.bits & (numbers == 0)).any():  # the pixels under the line go to a side they touch
        grown = cv2.dilate(numbers, np.ones((3, 3), np.uint8))
        if not grown[bare].any():
            break
        numbers[bare] = grown[bare]
    off = []
    for part in parts(mask):
        own = numbers[part.top - mask.top :, part.left - mask.left :][: part.bits.shape[0], : part.bits.shape[1]]
        sizes = np.bincount(own[part.bits])
        sizes[0] = 0
        for number in np.flatnonzero(sizes >= _SLIVER).tolist():
            if number != int(sizes.argmax()) and (piece := tight(numbers == number, mask.left, mask.top)):
                off.append(piece)
    if not off:
        return [mask]
    kept: Mask | None = mask
    for piece in off:
        kept = subtract(kept, piece) if kept is not None else None
    assert kept is not None  # the biggest piece of a part is never cut off
    return [kept, *sorted(off, key=lambda piece: (-piece.area, piece.top, piece.left))]


def stroke(points: npt.ArrayLike, radius: float) -> Mask:
    """A brush stroke: the pixels whose centres lie within `radius` px of the line through the points (n, 2) xy px,
    and at least the pixels the points are in. One point makes a disc. From 32 px on the edge is right to within a
    pixel only, and quick whatever the radius. Raises ValueError without a point."""
    line = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    if not len(line) or not np.isfinite(line).all():
        raise ValueError("a stroke needs at least one point, and numbers")
    reach = max(float(radius), 0.0)
    cells = np.floor(line).astype(np.int64)
    left, top = np.minimum(np.floor(line.min(axis=0) - reach).astype(np.int64), cells.min(axis=0)).tolist()
    right, bottom = np.maximum(np.ceil(line.max(axis=0) + reach).astype(np.int64), cells.max(axis=0) + 1).tolist()
    bits = np.zeros((bottom - top, right - left), dtype=np.bool_)
    bits[cells[:, 1] - top, cells[:, 0] - left] = True
    if reach >= _BROAD:
        drawn = bits.view(np.uint8)
        # Sixteenths of a pixel, counted from pixel centres as OpenCV does.
        fine = np.round((line - (left + 0.5, top + 0.5)) * 16).astype(np.int32).reshape(-1, 1, 2)
        cv2.polylines(drawn, [fine], False, 1, round(2 * reach), cv2.LINE_8, 4)
        for x, y in (fine[0, 0], fine[-1, 0]):
            cv2.circle(drawn, (int(x), int(y)), round(16 * reach), 1, -1, cv2.LINE_8, 4)
        line = line[:0]
    for a, b in zip(line, line[1:] if len(line) > 1 else line, strict=False):
        x0, y0 = np.floor(np.minimum(a, b) - reach).astype(np.int64)
        x1, y1 = np.ceil(np.maximum(a, b) + reach).astype(np.int64)
        x, y = np.arange(x0, x1) + 0.5 - a[0], (np.arange(y0, y1) + 0.5 - a[1])[:, None]
        dx, dy = b - a
        length = dx * dx + dy * dy
        along = np.clip((x * dx + y * dy) / length, 0, 1) if length > 0 else 0.0
        near = (x - along * dx) ** 2 + (y - along * dy) ** 2 <= reach * reach
        bits[y0 - top : y1 - top, x0 - left : x1 - left] |= near
    patch = tight(bits, left, top)
    assert patch is not None  # the pixels under the points are set
    return patch
