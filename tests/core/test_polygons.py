"""sscore.polygons: masks seen as outlines, and outlines made masks."""

import itertools

import numpy as np
import pytest
import shapely
from drawn_masks import PARTS, RING, random_masks, same
from pycocotools import mask as coco_mask

from sscore import masks
from sscore.errors import BadDataset
from sscore.masks import Ring


def ring(*points, hole=False):
    return Ring(np.array(points, dtype=float), hole)


def area(points):
    return shapely.Polygon(points).area


# --- mask to polygons -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("side", "step", "columns"), [(3, 2, 16), (4, 387, 17)])
def test_every_way_pixels_can_touch_comes_back_exactly(side, step, columns):
    """All ways of 3 x 3 pixels whose first is set, and every 387th of 4 x 4, with holes, islands and corners met: side
    by side with a gap, one mask of hundreds of parts."""
    codes = np.arange(1, 2 ** (side * side), step)
    cells = ((codes[:, None] >> np.arange(side * side)) & 1).astype(bool).reshape(-1, side, side)
    cells = np.pad(cells, ((0, 0), (1, 1), (1, 1))).reshape(-1, columns, side + 2, side + 2)
    drawn = cells.swapaxes(1, 2).reshape(-1, columns * (side + 2))
    mask = masks.tight(drawn)
    rings = masks.to_polygons(mask, 0)
    assert len(rings) > len(codes) and same(masks.from_rings(rings, *drawn.shape), mask)


def test_random_masks_come_back_exactly():
    for drawn, mask in random_masks(12, side=24):
        if mask is None:
            continue
        rings = masks.to_polygons(mask, 0)
        assert same(masks.from_rings(rings, *drawn.shape), mask)
        assert masks.polygon_loss(mask, rings) == 0
        for outline in rings:
            assert shapely.Polygon(outline.points).is_valid
            steps = np.roll(outline.points, -1, axis=0) - outline.points
            assert ((steps != 0).sum(axis=1) == 1).all()  # along pixel edges
            assert ((steps[:, 0] != 0) != (np.roll(steps, -1, axis=0)[:, 0] != 0)).all()  # a turn at every point
        assert sum(area(r.points) * (-1 if r.hole else 1) for r in rings) == mask.area


def test_rings_are_on_pixel_edges_and_know_holes():
    outer, hole, island = sorted(masks.to_polygons(masks.tight(RING, 3, 1), 0), key=lambda r: -area(r.points))
    assert [r.hole for r in (outer, hole, island)] == [False, True, False]
    assert {tuple(p) for p in outer.points} == {(3, 1), (8, 1), (8, 6), (3, 6)}
    assert {tuple(p) for p in hole.points} == {(4, 2), (7, 2), (7, 5), (4, 5)}
    assert {tuple(p) for p in island.points} == {(5, 3), (6, 3), (6, 4), (5, 4)}
    assert not outer.points.flags.writeable


def test_tolerance_simplifies_within_itself():
    y, x = np.mgrid[:200, :200]
    drawn = ((x - 100) ** 2 + (y - 90) ** 2 < 80**2) & ((x - 100) ** 2 + (y - 90) ** 2 >= 40**2)
    mask = masks.tight(drawn, 7, 9)
    exact = masks.to_polygons(mask, 0)
    points, losses = [], []
    for tolerance in (0, 0.5, 1, 3):
        rings = masks.to_polygons(mask, tolerance)
        points.append(sum(len(r.points) for r in rings))
        losses.append(masks.polygon_loss(mask, rings))
        assert [r.hole for r in rings] == [r.hole for r in exact]
        for simple, true in zip(rings, exact, strict=True):
            away = shapely.hausdorff_distance(shapely.LinearRing(simple.points), shapely.LinearRing(true.points))
            assert away <= tolerance + 1e-9
    assert points == sorted(points, reverse=True) and points[-1] < points[0] / 8
    assert losses[0] == 0 and losses == sorted(losses) and 0 < losses[2] < 0.02


def test_no_part_or_hole_is_lost_to_tolerance():
    drawn = np.ones((30, 30), dtype=bool)
    drawn[10, 10] = drawn[0:2, 20] = drawn[15:17, 15] = False
    drawn = np.pad(drawn, 3)
    drawn[0, 0] = True
    rings = masks.to_polygons(masks.tight(drawn), 50)
    assert [r.hole for r in rings].count(True) == 2 and [r.hole for r in rings].count(False) == 2
    assert all(len(r.points) >= 3 for r in rings)


def test_loss_of_a_wrong_view():
    mask = masks.tight(np.ones((10, 10), dtype=bool))
    assert masks.polygon_loss(mask, [ring((0, 0), (10, 0), (10, 5), (0, 5))]) == 0.5
    assert masks.polygon_loss(mask, []) == 1.0


# --- polygons to mask -------------------------------------------------------------------------------------------------


def brute(points, height, width):
    """Even-odd test of every pixel centre by shapely."""
    y, x = np.mgrid[:height, :width] + 0.5
    return shapely.contains_xy(shapely.Polygon(points).buffer(0), x, y)


def test_pixel_centres_decide():
    rng = np.random.default_rng(0)
    for _ in range(15):
        angles = np.sort(rng.uniform(0, 2 * np.pi, rng.integers(3, 9)))
        points = np.column_stack([np.cos(angles), np.sin(angles)]) * rng.uniform(2, 9, (len(angles), 1)) + 10
        if not shapely.Polygon(points).is_valid:
            continue
        expected = masks.tight(brute(points, 20, 20))
        assert same(masks.from_rings([ring(*points)], 20, 20), expected)
        assert same(masks.polygon_fill(points), expected)


def test_neighbours_share_no_pixel_and_leave_none():
    """A centre on the common edge goes to exactly one side, on straight and on slanting edges."""
    corners = [(0, 0), (12, 0), (12, 12), (0, 12)]
    for middle in ((6, 6), (6.5, 6.5), (4.5, 7.5)):
        pieces = [masks.polygon_fill([a, b, middle]) for a, b in itertools.pairwise([*corners, corners[0]])]
        cover = sum(piece.full(12, 12).astype(int) for piece in pieces)
        assert (cover == 1).all()


def test_crossing_lasso_is_even_odd():
    angles = np.arange(5) * 4 * np.pi / 5
    pentagram = masks.polygon_fill(np.column_stack([np.sin(angles), -np.cos(angles)]) * 20 + 20).full(40, 40)
    assert not pentagram[20, 20] and pentagram[4, 20] and not pentagram[37, 20]


def test_islands_overlaps_and_cuts():
    outer, hole = ring((0, 0), (9, 0), (9, 9), (0, 9)), ring((2, 2), (7, 2), (7, 7), (2, 7), hole=True)
    island, other = ring((4, 4), (5, 4), (5, 5), (4, 5)), ring((6, 6), (12, 6), (12, 12), (6, 12))
    full = masks.from_rings([outer, hole, island, other], 12, 12).full(12, 12)
    assert full[4, 4] and not full[3, 3] and full[8, 8] and full[11, 11] and full[0, 0] and not full[0, 10]
    assert masks.from_rings([outer], 4, 5).box.as_tuple() == (0, 0, 5, 4)
    assert masks.from_rings([ring((-5, -5), (3, -5), (3, 3), (-5, 3))], 20, 20).box.as_tuple() == (0, 0, 3, 3)


def test_nothing_covered():
    sliver = [(0, 0.6), (9, 0.6), (9, 0.9), (0, 0.9)]
    assert masks.polygon_fill(sliver) is None and masks.from_rings([ring(*sliver)], 9, 9) is None
    assert masks.polygon_fill([(0, 0), (5, 5)]) is None and masks.from_rings([], 5, 5) is None
    assert masks.from_rings([ring((20, 20), (30, 20), (30, 30))], 9, 9) is None
    assert masks.from_rings([ring((0, 0), (5, 0), (5, 5), hole=True)], 9, 9) is None


@pytest.mark.parametrize(
    "bad", [[(0, 0), (np.nan, 1), (2, 2)], [(0, 0), (np.inf, 1), (2, 2)], [1, 2, 3], [(1, 2, 3)] * 3]
)
def test_ring_refuses_what_is_no_outline(bad):
    with pytest.raises(BadDataset):
        Ring(np.array(bad, dtype=float), False)


# --- COCO polygons ----------------------------------------------------------------------------------------------------


def coco_reference(polygons, height, width):
    return coco_mask.decode(coco_mask.merge(coco_mask.frPyObjects(polygons, height, width))).astype(bool)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # inside pycocotools
def test_coco_polygons_are_rasterised_as_by_everyone():
    rng = np.random.default_rng(2)
    for _ in range(60):
        polygons = [rng.uniform(-5, 45, 2 * rng.integers(3, 8)).round(2).tolist() for _ in range(rng.integers(1, 4))]
        expected = masks.tight(coco_reference(polygons, 30, 40))
        assert same(masks.from_coco_polygons(polygons, 30, 40), expected)


def test_exact_rings_survive_cocos_rasteriser():
    """Pixel-edge polygons of whole parts read the same in pycocotools."""
    for part in masks.parts(masks.tight(PARTS, 4, 5)):
        flat = [r.points.ravel().tolist() for r in masks.to_polygons(part, 0)]
        assert same(masks.from_coco_polygons(flat, 20, 20), part)


def test_no_polygon_is_no_mask():
    assert masks.from_coco_polygons([], 10, 10) is None
    assert masks.from_coco_polygons([[20, 20, 25, 20, 25, 25]], 10, 10) is None


@pytest.mark.parametrize(
    "bad",
    [[], [1, 2], [1, 2, 3, 4], [1, 2, 3, 4, 5], [1, 2, 3, 4, 5, 6, 7], [1, 2, 3, 4, 5, "a"], [1, 2, 3, 4, 5, None],
     [[1, 2], [3, 4], [5, 6]], [1, 2, 3, 4, 5, float("nan")], [1, 2, 3, 4, 5, 1e12], [1, 2, 3, 4, 5, [6]], "abcdef"],
    ids=str,
)  # fmt: skip
def test_bad_coco_polygons_are_refused(bad):
    with pytest.raises(BadDataset, match="polygon"):
        masks.from_coco_polygons([[0, 0, 5, 0, 5, 5], bad], 10, 10)
