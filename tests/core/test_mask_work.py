"""What the drawing tools do to masks and pages: tidy, corners, order, flags, cuts, copies, lengths."""

import numpy as np
import pytest
from drawn_masks import PARTS, RING, bits, random_masks, same
from sample_pages import rectangle, ring

from sscore import edits, masks, measure, outlines
from sscore.errors import BadOption
from sscore.types import Annotation, Page, Prompt


def page_of(*found) -> Page:
    return Page("a.jpg", 100, 80, annotations=tuple(Annotation(i + 1, m, "Bar") for i, m in enumerate(found)))


def ids(page):
    return [a.id for a in page.annotations]


# --- tidy -------------------------------------------------------------------------------------------------------------


def test_small_holes_are_filled_and_large_ones_kept():
    drawn = bits("#######", "#.#...#", "###...#", "#######")
    mask = masks.tight(drawn)
    assert masks.fill_small_holes(mask, 1).area == mask.area + 1
    assert masks.fill_small_holes(mask, 6).area == drawn.size
    assert masks.fill_small_holes(mask, 0) is mask


@pytest.mark.parametrize("limit", [1, 2, 5, 1000])
def test_filling_holes_up_to_any_size_is_filling_all(limit):
    for _, mask in random_masks(30, seed=2):
        if mask is not None:
            filled = masks.fill_small_holes(mask, limit)
            assert masks.subtract(mask, filled) is None
            assert limit < 1000 or filled.same_as(masks.fill_holes(mask))


def test_specks_go_but_never_the_whole_mask():
    mask = masks.tight(PARTS)
    assert masks.tidy(mask, specks_px=3).area == 4
    assert masks.tidy(mask, specks_px=2) is mask
    assert masks.tidy(mask, specks_px=1000).same_as(masks.largest_part(mask))
    assert masks.tidy(mask) is mask
    assert masks.tidy(masks.tight(RING), holes_px=100).area == RING.size


@pytest.mark.parametrize("points", [[(200, 150)], [(100, 100), (250, 130), (240, 300)]])
def test_a_broad_stroke_is_right_to_within_a_pixel(points):
    radius = 45
    inner, broad, outer = (masks.stroke(points, r) for r in (31.0, radius, 31.0))
    yy, xx = np.mgrid[0:400, 0:400] + 0.5
    far = np.full((400, 400), np.inf)
    for (ax, ay), (bx, by) in zip(points, points[1:] or points, strict=False):
        length = max((bx - ax) ** 2 + (by - ay) ** 2, 1e-9)
        share = np.clip(((xx - ax) * (bx - ax) + (yy - ay) * (by - ay)) / length, 0, 1)
        far = np.minimum(far, np.hypot(xx - ax - share * (bx - ax), yy - ay - share * (by - ay)))
    drawn = broad.full(400, 400)
    assert drawn[far <= radius - 1.2].all()
    assert not drawn[far > radius + 1.2].any()
    assert inner.same_as(outer)


# --- outlines ---------------------------------------------------------------------------------------------------------


def test_moving_a_corner_changes_only_what_lies_between():
    mask = masks.union(rectangle(10, 10, 30, 30), rectangle(30, 18, 31, 19))  # a bump that the view leaves out
    (before,) = masks.to_polygons(mask, 3.0)
    assert len(before.points) == 4
    corner = outlines.nearest_corner([before], 30, 30)[1]
    after = outlines.moved(before, corner, 40, 40)
    grown = outlines.redrawn(mask, before, after, 80, 100)
    full = grown.full(80, 100)
    assert full[18, 30] and full[34, 34] and not full[12, 31]
    assert masks.subtract(mask, grown) is None
    shrunk = outlines.redrawn(grown, after, outlines.moved(after, corner, 20, 20), 80, 100)
    assert not shrunk.full(80, 100)[28, 28]
    assert shrunk.full(80, 100)[24, 12]


def test_a_change_is_what_the_new_polygon_says():
    rng = np.random.default_rng(3)
    for trial in range(36):
        mask = masks.polygon_fill(rng.uniform(5, 60, (rng.integers(3, 7), 2)))
        if mask is None:
            continue
        rings = masks.to_polygons(mask, 0)
        number = int(rng.integers(len(rings)))
        before = rings[number]
        index = int(rng.integers(len(before.points)))
        x, y = rng.uniform(0, 70, 2)
        kind = trial % 3
        after = outlines.moved(before, index, x, y) if kind == 0 else outlines.with_corner(before, index, x, y)
        if kind == 2 and (after := outlines.without_corner(before, index)) is None:
            continue
        found = outlines.redrawn(mask, before, after, 70, 70)
        old, new = outlines.covered(before, 0, 0, 70, 70), outlines.covered(after, 0, 0, 70, 70)
        wanted = mask.full(70, 70)
        wanted[old != new] = (new != before.hole)[old != new]
        assert same(found, masks.tight(wanted)), trial


def test_a_hole_is_moved_as_a_hole():
    mask = ring(10, 10)  # 20 px square, hole from 14 to 26
    before = next(r for r in masks.to_polygons(mask, 0) if r.hole)
    index = outlines.nearest_corner([before], 26, 26)[1]
    full = outlines.redrawn(mask, before, outlines.moved(before, index, 22, 22), 80, 100).full(80, 100)
    assert full[24, 24] and not full[18, 18]


def test_the_nearest_edge_takes_a_new_corner():
    square = masks.to_polygons(rectangle(0, 0, 10, 10), 0)
    number, index, far = outlines.nearest_edge(square, 10.5, 5)
    assert (number, far) == (0, 0.5)
    assert outlines.with_corner(square[0], index, 12, 5).points.tolist().count([12, 5]) == 1
    taken = outlines.redrawn(rectangle(0, 0, 10, 10), square[0], outlines.with_corner(square[0], index, 14, 5), 80, 100)
    assert taken.box.x1 == 14
    assert outlines.nearest_edge([], 0, 0) is None


# --- pages ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moved", "where", "order"),
    [
        ([2], "front", [1, 3, 4, 2]),
        ([2, 3], "back", [2, 3, 1, 4]),
        ([1], "forward", [2, 1, 3, 4]),
        ([1, 2], "forward", [3, 1, 2, 4]),
        ([3, 4], "forward", [1, 2, 3, 4]),
        ([2, 4], "backward", [2, 1, 4, 3]),
    ],
)
def test_order(moved, where, order):
    page = page_of(*[rectangle(i, 0, i + 5, 5) for i in range(4)])
    after = edits.arrange(page, moved, where)
    assert ids(after) == order
    assert (after is page) == (order == [1, 2, 3, 4])


def test_flags_are_set_and_taken_away():
    page = page_of(rectangle(0, 0, 5, 5), rectangle(5, 5, 9, 9))
    marked = edits.mark(page, [1], edits.LOCKED, True)
    assert marked.find(1).extra == {edits.LOCKED: True}
    assert marked.find(2) is page.find(2)
    assert edits.mark(marked, [1], edits.LOCKED, True) is marked
    assert edits.mark(marked, [1], edits.LOCKED, False).find(1).extra == {}


def test_one_piece_is_cut_out_of_the_others():
    page = page_of(
        rectangle(0, 0, 20, 20), rectangle(40, 0, 50, 10), rectangle(12, 12, 16, 16), rectangle(10, 10, 20, 20)
    )
    cut = edits.cut_out(page, 4)
    assert ids(cut) == [1, 2, 4]
    assert cut.find(1).mask.area == 300
    assert cut.find(2) is page.find(2)
    assert edits.cut_out(page, 4, [1]).find(3) is not None
    assert edits.cut_out(page, 2) is page


def test_moving_cuts_at_the_border_and_refuses_to_lose_a_piece():
    page = page_of(rectangle(0, 0, 10, 10))
    assert edits.move(page, [1], -4, 2).find(1).mask.box.as_tuple() == (0, 2, 6, 12)
    assert edits.move(page, [1], 0, 0) is page
    with pytest.raises(BadOption, match="outside"):
        edits.move(page, [1], -10, 0)


def test_copies_get_new_ids_and_no_prompt():
    source = Annotation(9, rectangle(90, 0, 99, 9), "Pipe", prompt=Prompt(points=[[1, 1]], positive=[True]))
    page = edits.paste(page_of(rectangle(0, 0, 5, 5)), [source, source], 5, 3)
    assert ids(page) == [1, 2, 3]
    assert page.annotations[-1].mask.box.as_tuple() == (95, 3, 100, 12)
    assert page.annotations[-1].prompt is None
    assert len(edits.paste(page, [source], 500, 0).annotations) == 3


def test_facts_of_the_page():
    page = edits.set_extra(page_of(), measure.SCALE, 0.5)
    assert measure.scale_of(page) == 0.5
    assert measure.scale_of(edits.set_extra(page, measure.SCALE, None)) is None
    with pytest.raises(BadOption):
        edits.set_extra(page, edits.NEXT_ID, 1)


# --- lengths ----------------------------------------------------------------------------------------------------------


def test_length_width_and_angle():
    found = measure.extent(rectangle(10, 10, 50, 20))
    assert (found.length, found.width, found.angle) == pytest.approx((40, 10, 0), abs=1e-3)
    upright = measure.extent(rectangle(10, 10, 20, 50))
    assert (upright.length, abs(upright.angle)) == pytest.approx((40, 90), abs=1e-3)
    slope = masks.polygon_fill([(0, 0), (300, 300), (290, 310), (-10, 10)])
    turned = measure.extent(slope)
    assert turned.length == pytest.approx(300 * 2**0.5, abs=2)
    assert turned.width == pytest.approx(10 * 2**0.5, abs=2)
    assert turned.angle == pytest.approx(45, abs=0.5)


@pytest.mark.parametrize("stored", ["2", True, -1, float("nan"), None])
def test_a_damaged_scale_counts_as_none(stored):
    assert measure.scale_of(Page("a.jpg", 9, 9, extra={measure.SCALE: stored})) is None


def test_scale_from_a_reference():
    assert measure.scale_from(measure.distance(0, 0, 30, 40), 100) == 2.0
    for px, mm in ((0, 5), (5, 0), (5, float("inf"))):
        with pytest.raises(BadOption):
            measure.scale_from(px, mm)
