"""sscore.types: values check themselves at the door and cannot be changed after."""

import dataclasses
import pickle

import numpy as np
import pytest
from drawn_masks import PARTS, RING

from sscore import masks
from sscore.errors import BadPrompt, SscError
from sscore.types import LOGITS_SIDE, STATUSES, UNKNOWN, Annotation, Box, Mask, Page, Prompt, Scores, frozen


def test_frozen_never_locks_what_somebody_else_writes():
    own = np.zeros(3)
    assert frozen(own) is own and not own.flags.writeable
    whole = np.zeros((3, 3))
    part = frozen(whole[1:])
    whole[:] = 1
    assert whole.flags.writeable and not part.flags.writeable and (part == 0).all()


def test_box_geometry():
    box = Box(2, 3, 7, 4.5)
    assert (box.width, box.height, box.area, box.centre) == (5, 1.5, 7.5, (4.5, 3.75))
    assert box.as_tuple() == (2, 3, 7, 4.5) and Box(1, 1, 1, 1).area == 0
    with pytest.raises(dataclasses.FrozenInstanceError):
        box.x0 = 1


def test_box_is_clipped_to_the_image():
    assert Box(-5, 2, 50, 9).clipped(8, 20).as_tuple() == (0, 2, 20, 8)
    assert Box(30, 30, 40, 40).clipped(8, 20).area == 0


@pytest.mark.parametrize("bad", [(5, 0, 4, 1), (0, 5, 1, 4), (np.nan, 0, 1, 1), (0, 0, np.inf, 1)])
def test_box_refuses_what_is_none(bad):
    with pytest.raises(BadPrompt):
        Box(*bad)


def test_mask_knows_its_place():
    mask = Mask(RING.copy(), 10, 20)
    assert mask.box.as_tuple() == (10, 20, 15, 25) and mask.area == 17
    whole = mask.full(30, 40)
    assert whole.shape == (30, 40) and np.array_equal(whole[20:25, 10:15], RING) and whole.sum() == 17
    with pytest.raises(ValueError, match="read-only"):
        mask.bits[0, 0] = False


def test_mask_outside_the_image_is_cut_off():
    assert np.array_equal(Mask(RING.copy(), -2, -3).full(9, 9)[:2, :3], RING[3:, 2:])
    assert Mask(RING.copy(), 7, 8).full(9, 9).sum() == 2
    assert not Mask(RING.copy(), 90, 0).full(9, 9).any() and not Mask(RING.copy(), 0, -9).full(9, 9).any()


@pytest.mark.parametrize(
    "bits",
    [np.zeros((3, 3), bool), np.zeros((0, 0), bool), np.pad(np.ones((2, 2), bool), 1), np.ones((2, 2), np.uint8),
     np.ones(4, bool)],
    ids=["empty", "no size", "not tight", "bytes", "flat"],
)  # fmt: skip
def test_mask_refuses_what_is_none(bits):
    with pytest.raises(ValueError, match="mask"):
        Mask(bits, 0, 0)


def test_mask_rle_and_comparison():
    mask = Mask(PARTS.copy(), 3, 2)
    assert mask.rle(9, 9) == masks.encode_rle(mask.full(9, 9))
    assert mask.same_as(Mask(PARTS.copy(), 3, 2)) and not mask.same_as(Mask(PARTS.copy(), 2, 3))
    assert not mask.same_as(Mask(RING.copy(), 3, 2))


def test_prompt_takes_lists_and_keeps_copies():
    points = np.array([[1, 2], [3, 4]])
    prompt = Prompt(points=points, positive=[1, 0], box=Box(0, 0, 5, 5))
    points[:] = 9
    assert prompt.points.dtype == np.float32 and prompt.points.tolist() == [[1, 2], [3, 4]]
    assert prompt.positive.tolist() == [True, False] and not prompt.empty
    assert not prompt.points.flags.writeable and not prompt.positive.flags.writeable
    assert Prompt(points=[(5, 6)], positive=[True]).points.shape == (1, 2)


def test_empty_prompt():
    for prompt in (Prompt(), Prompt(points=[], positive=[]), Prompt(points=np.zeros((0, 2)), positive=())):
        assert prompt.empty and prompt.points.shape == (0, 2) and prompt.positive.shape == (0,)
    assert not Prompt(box=Box(0, 0, 1, 1)).empty


@pytest.mark.parametrize(
    "bad, words",
    [
        ({"points": [(1, 2)], "positive": []}, "1 points but 0"),
        ({"points": [(np.nan, 2)], "positive": [True]}, "not a number"),
        ({"logits": np.zeros((2, 2))}, "logits"),
    ],
)
def test_prompt_refuses_what_does_not_fit(bad, words):
    with pytest.raises(BadPrompt, match=words):
        Prompt(**bad)


def test_prompt_logits():
    prompt = Prompt(logits=np.ones((LOGITS_SIDE, LOGITS_SIDE)))
    assert prompt.logits.dtype == np.float32 and not prompt.logits.flags.writeable and prompt.empty


def test_scores():
    scores = Scores(("Pipe", "Bar", "U"), [0.5, 0.3, 0.2])
    assert scores.best == "Pipe" and scores.margin == pytest.approx(0.2) and scores.of("U") == pytest.approx(0.2)
    assert scores.of(UNKNOWN) == 0 and scores.values.dtype == np.float32 and not scores.values.flags.writeable
    assert Scores(("Pipe",), [1.0]).margin == 1
    for labels, values in (((), []), (("Pipe",), [0.5, 0.5])):
        with pytest.raises(ValueError, match="labels but scores"):
            Scores(labels, values)


def test_page_finds_by_id():
    first, second = (Annotation(i, Mask(RING.copy(), 0, 0), "Pipe") for i in (3, 8))
    page = Page("废钢 照片/a.jpg", 10, 10, annotations=(first, second))
    assert page.find(8) is second and page.find(1) is None
    assert first.status == "accepted" and first.status in STATUSES


def test_error_text_names_file_problem_and_remedy():
    error = SscError("it is empty", path="废钢 照片/a.jpg", remedy="copy it again")
    assert str(error) == "废钢 照片/a.jpg: it is empty (copy it again)"
    assert str(SscError("stopped")) == "stopped" and SscError("x").path is None


def test_a_mask_that_rests_takes_little_room_and_is_the_same_when_it_is_asked_for():
    whole = Mask(np.ones((300, 400), bool), 5, 6)
    ragged = Mask(np.pad(np.random.default_rng(1).random((37, 53)) < 0.5, 1, constant_values=True), -2, 3)
    for mask in (whole, ragged):
        bits = mask.bits.copy()
        for _ in range(2):
            mask.rest()
            assert len(mask._packed[1]) < mask.area / 4
            same = (pickle.loads(pickle.dumps(mask)), dataclasses.replace(mask))
            mask.rest()
            assert np.array_equal(mask.bits, bits) and mask.bits.dtype == bool and not mask.bits.flags.writeable
            assert all(one.same_as(mask) for one in same)
    assert len(whole._packed[1]) < 100
    assert not hasattr(whole, "no_such_thing")
