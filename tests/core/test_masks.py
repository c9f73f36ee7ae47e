"""sscore.masks and what it gathers: crops, sets, run-length codes, clean-up, brush."""

import contextlib
import tracemalloc

import numpy as np
import pytest
from drawn_masks import PARTS, RING, bits, random_masks, same
from pycocotools import mask as coco_mask

from sscore import masks
from sscore.errors import BadDataset
from sscore.types import Mask

# --- crops ------------------------------------------------------------------------------------------------------------


def test_tight_crops_and_full_restores():
    for drawn, mask in random_masks(120):
        assert (mask is None) == (not drawn.any())
        if mask is not None:
            assert np.array_equal(mask.full(*drawn.shape), drawn)
            assert mask.area == drawn.sum()


def test_tight_keeps_its_own_copy():
    drawn = np.ones((3, 3), dtype=bool)
    mask = masks.tight(drawn, 7, 5)
    drawn[:] = False
    assert drawn.flags.writeable and mask.bits.all() and not mask.bits.flags.writeable
    assert mask.box.as_tuple() == (7, 5, 10, 8)


def test_clip():
    mask = masks.tight(RING, -2, 3)
    inside = masks.clip(mask, 6, 3)
    assert np.array_equal(inside.full(6, 3), mask.full(6, 3)) and inside.box.as_tuple() == (0, 3, 3, 6)
    assert masks.clip(mask, 20, 20).left == 0
    assert masks.clip(mask, 3, 100) is None and masks.clip(masks.tight(RING, 9, 9), 5, 5) is None
    whole = masks.tight(RING, 1, 1)
    assert masks.clip(whole, 6, 6) is whole
    assert masks.clip(masks.tight(bits("#..", "..#"), 0, 0), 1, 3).bits.shape == (1, 1)


# --- sets -------------------------------------------------------------------------------------------------------------


def test_sets_are_those_of_whole_images():
    rng = np.random.default_rng(3)
    for (a, ma), (b, mb) in zip(random_masks(90, 1), random_masks(90, 2), strict=True):
        if ma is None or mb is None:
            continue
        ma, mb = (
            Mask(m.bits, m.left + int(x), m.top + int(y)) for m, (x, y) in ((ma, (9, 9)), (mb, rng.integers(0, 22, 2)))
        )
        a, b = ma.full(50, 50), mb.full(50, 50)
        assert np.array_equal(masks.union(ma, mb).full(50, 50), a | b)
        assert same(masks.subtract(ma, mb), masks.tight(a & ~b))
        assert same(masks.intersect(ma, mb), masks.tight(a & b))
        assert masks.iou(ma, mb) == (a & b).sum() / (a | b).sum()


def test_two_small_masks_of_a_large_photo_cost_little():
    """Work is on crops: two pieces in a 24-megapixel photo must not take 24 MB, let alone several times."""
    a, b = masks.tight(np.ones((40, 40), dtype=bool), 5900, 3900), masks.tight(RING, 5950, 3950)
    tracemalloc.start()
    try:
        for work in (masks.union, masks.subtract, masks.intersect, masks.iou):
            work(a, b)
        rle = a.rle(4000, 6000)
        masks.from_rle(rle)
        masks.from_rings(masks.to_polygons(a), 4000, 6000)
        masks.from_coco_polygons([[5900, 3900, 5940, 3900, 5940, 3940]], 4000, 6000)
        masks.fill_holes(a), masks.parts(a), masks.smooth(a, 2), masks.stroke([(5900, 3900)], 9)
        assert tracemalloc.get_traced_memory()[1] < 1_500_000
    finally:
        tracemalloc.stop()


# --- run-length codes -------------------------------------------------------------------------------------------------


def reference(drawn):
    return coco_mask.encode(np.asfortranarray(drawn.astype(np.uint8)))["counts"].decode()


def test_rle_is_that_of_pycocotools():
    for drawn, mask in random_masks(60):
        rle = masks.encode_rle(drawn)
        assert rle == {"size": list(drawn.shape), "counts": reference(drawn)}
        assert masks.to_rle(mask, *drawn.shape) == rle
        assert np.array_equal(masks.decode_rle(rle), drawn)
        assert same(masks.from_rle(rle), mask)


def test_rle_of_large_numbers():
    """Counts of many digits, negative differences, and runs over several columns."""
    drawn = np.zeros((700, 900), dtype=bool)
    drawn[:, 300:500] = True
    drawn[5, 850] = drawn[600:, 899] = True
    rle = masks.encode_rle(drawn)
    assert rle["counts"] == reference(drawn)
    assert np.array_equal(masks.decode_rle(rle), drawn) and same(masks.from_rle(rle), masks.tight(drawn))


def test_rle_forms():
    drawn = bits("#.", "##")
    for counts in (
        [0, 2, 1, 1],
        (0, 2, 1, 1),
        masks.encode_rle(drawn)["counts"],
        masks.encode_rle(drawn)["counts"].encode(),
    ):
        assert np.array_equal(masks.decode_rle({"size": [2, 2], "counts": counts}), drawn)
    assert np.array_equal(masks.decode_rle({"size": (2, 2), "counts": [0, 1, 0, 1, 1, 1, 0]}), drawn)
    assert masks.decode_rle({"size": [2, 3], "counts": [6]}).shape == (2, 3)
    assert masks.from_rle({"size": [2, 3], "counts": [6, 0]}) is None


def test_rle_cuts_off_what_is_outside():
    mask = masks.tight(RING, -2, 1)
    assert masks.to_rle(mask, 4, 9) == masks.encode_rle(mask.full(4, 9)) == mask.rle(4, 9)
    assert (
        masks.to_rle(None, 4, 9)
        == masks.to_rle(masks.tight(RING, 50, 50), 4, 9)
        == masks.encode_rle(np.zeros((4, 9), bool))
    )


GOOD = {"size": [2, 2], "counts": [1, 2, 1]}


@pytest.mark.parametrize(
    "bad",
    [
        {},
        {"size": [2, 2]},
        {"counts": [4]},
        {"size": None, "counts": [4]},
        {"size": [2], "counts": [4]},
        {"size": [2, 2, 1], "counts": [4]},
        {"size": ["a", 2], "counts": [4]},
        {"size": [0, 2], "counts": [0]},
        {"size": [-2, -2], "counts": [4]},
        {"size": [1.5, 2], "counts": [3]},
        {"size": [float("nan"), 2], "counts": [4]},
        {"size": [1e300, 2], "counts": [4]},
        {"size": [10**9, 10**9], "counts": [10**18]},
        GOOD | {"counts": None},
        GOOD | {"counts": 4},
        GOOD | {"counts": {"a": 1}},
        GOOD | {"counts": []},
        GOOD | {"counts": [1, 2]},
        GOOD | {"counts": [1, 2, 2]},
        GOOD | {"counts": [5, -1]},
        GOOD | {"counts": [2.0, 2.0]},
        GOOD | {"counts": ["1", "3"]},
        GOOD | {"counts": [[1, 3]]},
        GOOD | {"counts": [[1], [2, 3]]},
        GOOD | {"counts": [2**63, 1]},
        GOOD | {"counts": [2**63 - 1, 2**63 - 1, 6]},
        GOOD | {"counts": ""},
        GOOD | {"counts": "\x00\x01"},
        GOOD | {"counts": "钢"},
        GOOD | {"counts": b"\xff\xff"},
        GOOD | {"counts": "1"},
        GOOD | {"counts": "o" * 50},
        GOOD | {"counts": "o" * 50 + "0"},
        GOOD | {"counts": "Q"},
    ],
    ids=str,
)
def test_damaged_rle_is_refused(bad):
    for decode in (masks.decode_rle, masks.from_rle):
        with pytest.raises(BadDataset):
            decode(bad)


def test_random_text_never_crashes():
    rng = np.random.default_rng(5)
    fine = 0
    for length in rng.integers(1, 9, 300):
        text = rng.integers(48, 112, length, dtype=np.uint8).tobytes().decode()
        with contextlib.suppress(BadDataset):
            fine += masks.decode_rle({"size": [3, 3], "counts": text}).shape == (3, 3)
    assert fine < 30


# --- clean-up ---------------------------------------------------------------------------------------------------------


def test_parts_touch_at_corners_and_come_biggest_first():
    found = masks.parts(masks.tight(PARTS, 10, 20))
    assert [(part.area, part.left, part.top) for part in found] == [(4, 10, 20), (2, 14, 20), (2, 13, 23)]
    assert masks.largest_part(masks.tight(PARTS, 10, 20)).same_as(found[0])
    assert len(masks.parts(masks.tight(bits("#.", ".#")))) == 1
    together = found[0]
    for part in found[1:]:
        together = masks.union(together, part)
    assert together.same_as(masks.tight(PARTS, 10, 20))


def test_parts_of_ring_keep_the_island_apart():
    outer, island = masks.parts(masks.tight(RING))
    assert outer.area == 16 and island.area == 1 and (island.left, island.top) == (2, 2)


def test_remove_specks():
    mask = masks.tight(PARTS, 1, 1)
    assert masks.remove_specks(mask, 2) is mask
    assert masks.remove_specks(mask, 3).same_as(masks.tight(PARTS[:2, :2], 1, 1))
    assert masks.remove_specks(mask, 5) is None


def test_fill_holes():
    assert masks.fill_holes(masks.tight(RING, 3, 4)).same_as(masks.tight(np.ones((5, 5), dtype=bool), 3, 4))
    leak = bits("###", "#.#", "##.")  # the hole's way out leads over a corner: still a hole for 8-connected pixels
    assert np.array_equal(masks.fill_holes(masks.tight(leak)).bits, bits("###", "###", "##."))
    bay = bits("###", "#..", "###")
    assert np.array_equal(masks.fill_holes(masks.tight(bay)).bits, bay)


def test_smooth():
    drawn = np.zeros((40, 60), dtype=bool)
    drawn[10:30, 10:50] = True
    clean = masks.tight(drawn)
    drawn[9, 30] = drawn[20, 9] = True  # bumps
    drawn[29, 20] = drawn[20, 30] = False  # a notch and a pinhole
    rough = masks.tight(drawn)
    calm = masks.smooth(rough, 2)
    inner = np.s_[14:26, 14:46]
    assert calm.full(40, 60)[inner].all() and masks.iou(calm, clean) > 0.96
    assert calm.box.as_tuple() == clean.box.as_tuple()
    assert masks.smooth(rough, 0) is rough
    wire = masks.tight(np.ones((1, 50), dtype=bool), 4, 4)
    assert masks.smooth(wire, 5) is wire


# --- brush ------------------------------------------------------------------------------------------------------------


def near_line(points, radius, height, width):
    """bool (height, width) by the definition: the distance of every pixel's centre to every piece of the line."""
    y, x = np.mgrid[:height, :width]
    centres = np.stack([x, y], axis=-1) + 0.5
    out = np.zeros((height, width), dtype=bool)
    for a, b in zip(points, points[1:] or points, strict=False):
        a, b = np.array(a, float), np.array(b, float)
        t = np.clip((centres - a) @ (b - a) / max((b - a) @ (b - a), 1e-12), 0, 1)
        out |= np.hypot(*np.moveaxis(centres - a - t[..., None] * (b - a), 2, 0)) <= radius
    for q in points:
        out |= (np.floor(q[0]) == x) & (np.floor(q[1]) == y)
    return out


@pytest.mark.parametrize(
    "points, radius",
    [
        ([(10.5, 9.5)], 4.2),
        ([(3, 3), (20, 12)], 2.5),
        ([(3, 3), (20, 12), (5, 16)], 3),
        ([(5.2, 5.2), (5.2, 5.2)], 2),
        ([(4.5, 4.5), (15.5, 4.5)], 0),
        ([(9.9, 9.9)], 0.1),
    ],
)
def test_stroke_is_all_pixels_near_the_line(points, radius):
    stroke = masks.stroke(points, radius)
    assert np.array_equal(stroke.full(24, 28), near_line(points, radius, 24, 28))


def test_stroke_over_the_border_keeps_its_place():
    stroke = masks.stroke([(0, 0)], 3)
    assert stroke.left == -3 and masks.clip(stroke, 10, 10).box.as_tuple() == (0, 0, 3, 3)


def test_stroke_needs_a_point():
    for bad in ([], [(np.nan, 1)]):
        with pytest.raises(ValueError, match="at least one point"):
            masks.stroke(bad, 3)
