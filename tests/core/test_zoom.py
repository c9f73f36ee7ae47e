"""Small pieces in large photos: when a part of the photo is encoded, which, and where the answer lies."""

import numpy as np
import pytest
from fake_models import ColourSegmenter
from keyed_models import TinySam

from sscore import labels, masks, recognize
from sscore.errors import BadOption, BadPrompt
from sscore.models import zoom
from sscore.models.cache import EmbeddingCache
from sscore.types import Box, Prompt

SMALL = Prompt(box=Box(1500, 1100, 1530, 1120))
LARGE = Prompt(box=Box(200, 200, 1200, 900))
HW = (1600, 2400)
PHOTO = (1200, 1800)


@pytest.fixture(scope="module")
def photo():
    """Grey with one red piece of 24 x 12 px, which TinySam sees as a third of one of its cells."""
    rgb = np.full((*PHOTO, 3), 120, np.uint8)
    rgb[1104:1116, 1503:1527] = (230, 20, 20)
    return rgb


def test_only_boxes_the_model_would_see_too_small_are_zoomed():
    seg = TinySam()
    assert zoom.window(seg, SMALL, HW, "auto") is not None
    assert zoom.window(seg, LARGE, HW, "auto") is None
    assert zoom.window(seg, LARGE, HW, "on") is None, "the window would be as large as the photo"
    assert zoom.window(seg, Prompt(box=Box(200, 200, 400, 400)), HW, "on") is not None
    assert zoom.window(seg, SMALL, HW, "off") is None
    assert zoom.window(seg, Prompt(points=[[5, 5]], positive=[True]), HW, "on") is None
    assert zoom.window(ColourSegmenter(), SMALL, HW, "on") is None, "it looks at any scale by itself"


def test_points_are_zoomed_on_what_the_user_looks_at():
    point = Prompt(points=[[1510, 1105]], positive=[True])
    left, top, side = zoom.window(TinySam(), point, HW, "auto", Box(1300, 1000, 1700, 1300))
    assert left <= 1510 < left + side and top <= 1105 < top + side and 400 <= side < 700
    assert zoom.window(TinySam(), point, HW, "auto", Box(0, 0, 2400, 1600)) is None


@pytest.mark.parametrize("x", [0, 1200, 2380])
@pytest.mark.parametrize("y", [0, 800, 1585])
def test_the_window_holds_the_box_and_lies_in_the_photo(x, y):
    left, top, side = zoom.window(TinySam(), Prompt(box=Box(x, y, x + 18, y + 12)), HW, "auto")
    assert 0 <= left <= x and x + 18 <= left + side <= 2400
    assert 0 <= top <= y and y + 12 <= top + side <= 1600


def test_a_box_drawn_again_a_little_off_keeps_its_window():
    windows = {
        zoom.window(TinySam(), Prompt(box=Box(1500 + d, 1100 - d, 1530 + d, 1120 + d)), HW, "auto") for d in range(5)
    }
    assert len(windows) <= 2


def test_the_answer_lies_where_the_piece_is_and_finer_than_without(photo):
    seg = TinySam()
    embedding = seg.encode(photo)
    near = recognize.propose(seg, None, labels.load(), photo, embedding, SMALL, zoom="auto").candidates[0].mask
    far = recognize.propose(seg, None, labels.load(), photo, embedding, SMALL, zoom="off").candidates[0].mask
    truth = masks.tight(np.ones((12, 24), bool), 1503, 1104)
    assert masks.iou(near, truth) > 0.4 > 2 * (0 if far is None else masks.iou(far, truth))


def test_logits_come_back_in_the_photos_frame_and_go_in_again(photo):
    seg = TinySam()
    part = zoom.window(seg, SMALL, PHOTO, "auto")
    first = zoom.predict(seg, photo, part, SMALL)[0]
    y, x = np.unravel_index(np.argmax(first.logits), (256, 256))
    cell = PHOTO[1] / 256
    assert abs((x + 0.5) * cell - 1515) < 2 * cell and abs((y + 0.5) * cell - 1110) < 2 * cell
    seen = []
    seg.predict = lambda embedding, prompt, *, multimask: seen.append(prompt) or ()
    zoom.predict(seg, photo, part, Prompt(box=SMALL.box, logits=first.logits))
    y, x = np.unravel_index(np.argmax(seen[0].logits), (256, 256))
    left, top, side = part
    assert abs((x + 0.5) * side / 256 + left - 1515) < 1.5 * cell
    assert abs((y + 0.5) * side / 256 + top - 1110) < 1.5 * cell


def test_a_second_click_encodes_nothing(photo, tmp_path, monkeypatch):
    monkeypatch.setenv("SSC_CACHE", str(tmp_path / "缓存 cache"))
    seg, cache = TinySam(), EmbeddingCache()
    part = zoom.window(seg, SMALL, PHOTO, "auto")
    for _ in range(3):
        zoom.predict(seg, photo, part, SMALL, cache=cache)
    assert seg.encoded == 1


def test_labelling_zooms_where_it_must_and_a_bad_prompt_costs_only_itself(photo):
    seg = TinySam()
    whole = seg.encode

    def counted(rgb):
        sizes.append(rgb.shape[:2])
        return whole(rgb)

    def labelled():
        return recognize.label_page(
            photo, [LARGE, SMALL], seg, None, labels.load(), image="a.png", digest="known", zoom="auto"
        )

    sizes = []
    seg.encode = counted
    page = labelled()
    assert sizes[0] == PHOTO and len(sizes) == 2 and max(sizes[1]) < 600
    assert len(page.annotations) == 2

    def refuse(embedding, prompt, *, multimask=True):
        if prompt.box == LARGE.box:
            raise BadPrompt("no")
        return TinySam.predict(seg, embedding, prompt)

    seg.predict = refuse
    seg.predict_many = lambda embedding, prompts, *, multimask=True: [refuse(embedding, p) for p in prompts]
    assert len(labelled().annotations) == 1


def test_words_for_zoom():
    assert [zoom.checked(word) for word in ("auto", "on", "off")] == ["auto", "on", "off"]
    with pytest.raises(BadOption, match="none of auto, on, off"):
        zoom.checked("yes")
