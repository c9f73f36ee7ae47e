"""Polygons as a view of masks, and masks from polygons.

Polygons are in px of the outer-corner coordinate system (the pixel (x, y) covers x..x+1, y..y+1) and follow pixel
EDGES, so that with tolerance 0 they describe a mask exactly. A polygon covers the pixels whose centres lie inside it by
the even-odd rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pycocotools import mask as coco_mask

from sscore.errors import BadDataset
from sscore.mask_sets import iou, tight
from sscore.rle import from_rle
from sscore.types import BoolArray, Mask, frozen

PointArray = npt.NDArray[np.float64]

_FARTHEST = 200_000
"""Largest polygon coordinate, px: beyond any photo."""


@dataclass(frozen=True, slots=True, eq=False)
class Ring:
    """A closed outline: float64 (n, 2) xy px on pixel edges, the first point not repeated; `hole`: cut out."""

    points: PointArray
    hole: bool

    def __post_init__(self) -> None:
        points = np.array(self.points, dtype=np.float64)
        if points.ndim != 2 or points.shape[1] != 2:
            raise BadDataset(f"polygon points must be x, y pairs, not an array of shape {points.shape}")
        if not np.isfinite(points).all():
            raise BadDataset("a polygon has a coordinate that is not a number")
        object.__setattr__(self, "points", frozen(points))


def to_polygons(mask: Mask, tolerance: float = 1.0) -> list[Ring]:
    """The outlines of a mask, outer ones and holes, simplified to within `tolerance` px (0: exact).

    A polygon is a view: the mask stays the truth, and `polygon_loss` says what the view costs. A ring that tolerance
    would flatten keeps four points, so no part or hole disappears.
    """
    rings = _trace(mask.bits)
    simple = _simplified(rings, tolerance) if tolerance > 0 else rings
    corner = np.array([mask.left, mask.top], dtype=np.float64)
    return [Ring(s + corner, hole=_area(r) < 0) for r, s in zip(rings, simple, strict=True)]


def _simplified(rings: list[PointArray], tolerance: float) -> list[PointArray]:
    """Each ring with fewer points, within `tolerance` px of the old and not crossing itself."""
    import shapely  # takes a while to import, and most runs need no polygons

    owner = np.repeat(np.arange(len(rings)), [len(ring) for ring in rings])
    outlines = shapely.polygons(shapely.linearrings(np.concatenate(rings), indices=owner))
    outlines = shapely.simplify(outlines, tolerance, preserve_topology=True)
    points, owner = shapely.get_coordinates(outlines, return_index=True)
    found = np.split(points, np.flatnonzero(np.diff(owner)) + 1)
    return [ring[:-1] for ring in found]  # shapely repeats the first point


def _area(points: PointArray) -> float:
    """Signed area (shoelace), px²: positive when clockwise on screen (y down)."""
    x, y = points.T
    next_x, next_y = _next(points).T
    return float(np.dot(x, next_y) - np.dot(next_x, y)) / 2


def _next(points: PointArray) -> PointArray:
    """For each point (n, 2) of a ring the one after it, (n, 2)."""
    return np.concatenate((points[1:], points[:1]))  # np.roll takes ten times as long for the few points of a ring


def _trace(bits: BoolArray) -> list[PointArray]:
    """Corner points (n, 2) xy of every outline of bool (h, w), mask on the right when walking (y down): outer rings
    have positive area, holes negative. No ring touches itself; where pixels meet at a corner, rings share the point.
    """
    padded = np.pad(bits, 1)
    nw, ne, sw, se = padded[:-1, :-1], padded[:-1, 1:], padded[1:, :-1], padded[1:, 1:]
    # A grid point is a corner where an odd number of its four pixels is set; where just two opposite ones are, two
    # corners meet. On every grid line the corners pair up to edges, so sorting them by row and by column is tracing.
    odd = nw ^ ne ^ sw ^ se
    double = (nw == se) & (ne == sw) & (nw != ne)
    ys, xs = np.nonzero(odd | double)
    twice = np.where(double[ys, xs], 2, 1)
    ys, xs = np.repeat(ys, twice), np.repeat(xs, twice)
    count = len(ys)
    by_row = np.arange(count)
    by_column = np.lexsort((ys, xs))
    across = np.empty(count, dtype=np.int64)
    across[by_row[0::2]], across[by_row[1::2]] = by_row[1::2], by_row[0::2]
    down = np.empty(count, dtype=np.int64)
    down[by_column[0::2]], down[by_column[1::2]] = by_column[1::2], by_column[0::2]
    rings = []
    for loop in _loops(across.tolist(), down.tolist()):
        if not bits[ys[loop[0]] : ys[loop[0]] + 1, xs[loop[0]]].any():  # the first edge runs east under the mask
            loop.reverse()
        rings += _split(list(zip(xs[loop].tolist(), ys[loop].tolist(), strict=True)))
    return [np.array(ring, dtype=np.float64) for ring in rings]


def _loops(across: list[int], down: list[int]) -> list[list[int]]:
    """Closed walks over corners that alternate `across` and `down`, each from its top left corner eastwards."""
    done = bytearray(len(across))
    loops = []
    for start in range(len(across)):
        at, loop = start, []
        while not done[at]:
            other = across[at]
            done[at] = done[other] = 1
            loop += [at, other]
            at = down[other]
        if loop:
            loops.append(loop)
    return loops


def _split(walk: list[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    """The simple rings of a closed walk that may pass a point twice."""
    rings: list[list[tuple[int, int]]] = []
    ring: list[tuple[int, int]] = []
    position: dict[tuple[int, int], int] = {}
    for point in walk:
        if point in position:
            start = position[point]
            rings.append(ring[start:])
            for passed in ring[start + 1 :]:
                del position[passed]
            del ring[start + 1 :]
        else:
            position[point] = len(ring)
            ring.append(point)
    return [*rings, ring]


def from_rings(rings: Iterable[Ring], height: int, width: int) -> Mask | None:
    """The pixels whose centres the rings cover, inside an image of (height, width) px; None when there are none.

    Each ring covers by the even-odd rule; a pixel belongs when more outer rings than holes cover it, so overlapping
    parts unite and an island in a hole stays. Exact for the rings of `to_polygons` with tolerance 0.
    """
    return _cover(list(rings), (0, 0, width, height))


def polygon_fill(points: npt.ArrayLike) -> Mask | None:
    """The pixels whose centres lie in the polygon (n, 2) xy px, even-odd (lasso); None when there are none."""
    return _cover([Ring(np.asarray(points, dtype=np.float64), hole=False)], None)


def _cover(rings: list[Ring], bounds: tuple[int, int, int, int] | None) -> Mask | None:
    """See `from_rings`; bounds: x0, y0, x1, y1 that cut off what lies outside."""
    rings = [ring for ring in rings if len(ring.points) >= 3]
    if not rings:
        return None
    low = np.min([ring.points.min(axis=0) for ring in rings], axis=0)
    high = np.max([ring.points.max(axis=0) for ring in rings], axis=0)
    if bounds is not None:
        low, high = np.clip(low, bounds[:2], bounds[2:]), np.clip(high, bounds[:2], bounds[2:])
    left, top = np.floor(low).astype(np.int64).tolist()
    right, bottom = np.ceil(high).astype(np.int64).tolist()
    return tight(_layers(rings, left, top, bottom - top, right - left) > 0, left, top)


def covered(ring: Ring, left: int, top: int, height: int, width: int) -> BoolArray:
    """bool (height, width): the pixels of that window whose centres lie inside the ring, even-odd."""
    inside: BoolArray = _layers([ring], left, top, height, width) != 0
    return inside


def _layers(rings: Sequence[Ring], left: int, top: int, height: int, width: int) -> npt.NDArray[np.int32]:
    """int32 (height, width) of that window: how many outer rings hold a pixel's centre, less the holes that do, each
    even-odd. A centre on a left or upper edge counts as inside, on a right or lower one as outside, so that neighbours
    share no pixel."""
    sizes = [len(ring.points) for ring in rings]
    ends = [_next(ring.points) for ring in rings]
    xa, ya = (np.concatenate([ring.points for ring in rings]) - (left, top)).T
    xb, yb = (np.concatenate(ends) - (left, top)).T
    flip = ya > yb
    xa, xb = np.where(flip, xb, xa), np.where(flip, xa, xb)
    ya, yb = np.where(flip, yb, ya), np.where(flip, ya, yb)
    # Rows whose centre line the edge crosses, then where it does, then the first pixel centre right of that.
    first = np.clip(np.ceil(ya - 0.5), 0, height).astype(np.int64)
    rows = np.clip(np.ceil(yb - 0.5), 0, height).astype(np.int64) - first
    edge = np.repeat(np.arange(len(rows)), rows)
    row = np.arange(len(edge)) - np.repeat(np.cumsum(rows) - rows, rows) + first[edge]
    x = xa[edge] + (row + 0.5 - ya[edge]) * (xb[edge] - xa[edge]) / (yb[edge] - ya[edge])
    place = row * (width + 1) + np.clip(np.ceil(x - 0.5), 0, width).astype(np.int64)
    # Along a row, a ring's crossings lead in and out by turns.
    owner = np.repeat(np.arange(len(rings)), sizes)[edge]
    order = np.lexsort((place, owner))
    change = np.array([-1 if ring.hole else 1 for ring in rings], dtype=np.int32)[owner[order]]
    change[1::2] *= -1
    layers = np.zeros(height * (width + 1), dtype=np.int32)
    np.add.at(layers, place[order], change)
    return np.cumsum(layers.reshape(height, width + 1), axis=1, dtype=np.int32)[:, :width]


def from_coco_polygons(polygons: Sequence[Sequence[float]], height: int, width: int) -> Mask | None:
    """The union of COCO polygons [x0, y0, x1, y1, ...], rasterised by pycocotools as every COCO reader does.

    None when no pixel is covered. Raises BadDataset for a polygon that is none.
    """
    flat: list[list[float]] = []
    for polygon in polygons:
        try:
            values = np.array(polygon, dtype=np.float64)
        except (TypeError, ValueError):
            raise BadDataset("a polygon holds something that is not a number") from None
        if values.ndim != 1 or len(values) < 6 or len(values) % 2:
            raise BadDataset("a polygon needs at least three points, as x, y pairs in one flat list")
        # pycocotools walks along every edge: a damaged coordinate far away would take all memory.
        if not (np.abs(values) <= _FARTHEST).all():
            raise BadDataset(f"a polygon has a coordinate that is not a number up to {_FARTHEST}")
        flat.append(values.tolist())
    if not flat:
        return None
    return from_rle(coco_mask.merge(coco_mask.frPyObjects(flat, height, width)))


def polygon_loss(mask: Mask, rings: Iterable[Ring]) -> float:
    """What the polygon view loses: 1 - IoU of the mask and its polygons, 0 for an exact view."""
    cover = _cover(list(rings), None)
    return 1.0 if cover is None else 1.0 - iou(mask, cover)
