"""Everything mode: the grid, what is dropped and why, with answers made by hand."""

import numpy as np
import pytest
from fake_models import NO_LOGITS, ColourSegmenter, photo

from sscore import masks
from sscore.errors import Cancelled
from sscore.models.everything import grid, propose_all
from sscore.types import Candidate, Embedding, ModelCard

HEIGHT, WIDTH = 120, 160
SPACE = Embedding("key", (HEIGHT, WIDTH), {})


def block(x0, y0, x1, y1, score=0.9, index=0):
    return Candidate(masks.tight(np.ones((y1 - y0, x1 - x0), dtype=bool), x0, y0), score, NO_LOGITS, index)


class Says:
    """A segmenter that gives these candidates to the first question and nothing to the others."""

    def __init__(self, *candidates):
        self.card = ModelCard(id="says", kind="segmenter", family="fake")
        self.answers = [candidates]
        self.batches = []

    def encode(self, rgb):
        return SPACE

    def predict(self, embedding, prompt, *, multimask=True):
        return self.predict_many(embedding, [prompt])[0]

    def predict_many(self, embedding, prompts, *, multimask=True):
        self.batches.append(len(prompts))
        return [self.answers.pop() if self.answers else () for _ in prompts]


def boxes(*candidates):
    """What is kept of the first answer; a few points are enough to give it."""
    return [one.mask.box.as_tuple() for one in propose_all(Says(*candidates), SPACE, points_per_side=4)]


@pytest.mark.parametrize(("hw", "side", "count"), [((120, 160), 4, 12), ((1200, 1600), 24, 432), ((1, 5000), 24, 24)])
def test_grid_has_square_cells_and_stays_inside(hw, side, count):
    points = grid(*hw, side)
    assert points.shape == (count, 2) and points.dtype == np.float32
    assert (points > 0).all() and (points < (hw[1], hw[0])).all()


@pytest.mark.parametrize(
    ("case", "candidate"),
    [
        ("weak", block(10, 10, 50, 50, score=0.3)),
        ("tiny", block(10, 10, 14, 14)),
        ("most of the photo", block(0, 0, 120, 110)),
        ("no mask", Candidate(None, 0.9, NO_LOGITS, 0)),
    ],
)
def test_useless_answers_are_dropped(case, candidate):
    assert boxes(candidate, block(60, 60, 100, 100)) == [(60, 60, 100, 100)]


def test_a_frame_around_the_photo_is_dropped():
    bits = np.zeros((HEIGHT, WIDTH), dtype=bool)
    bits[[0, -1]] = bits[:, [0, -1]] = True
    assert boxes(Candidate(masks.tight(bits), 0.9, NO_LOGITS, 0)) == []


@pytest.mark.parametrize(
    ("case", "first", "second", "kept"),
    [
        ("same object, better one stays", block(10, 10, 50, 50, 0.8), block(12, 10, 50, 50, 0.9), [(12, 10, 50, 50)]),
        ("part of an object", block(10, 10, 90, 50, 0.9), block(20, 20, 40, 40, 0.8), [(10, 10, 90, 50)]),
        ("heap of objects", block(10, 10, 90, 50, 0.7), block(20, 20, 40, 40, 0.8), [(20, 20, 40, 40)]),
        (
            "of neighbours that overlap a little, the better keeps what both claim",
            block(10, 10, 50, 50, 0.9),
            block(40, 10, 80, 50, 0.8),
            [(10, 10, 50, 50), (50, 10, 80, 50)],
        ),
        (
            "what keeps too little was no object of its own",
            block(10, 10, 60, 50, 0.9),
            block(36, 10, 80, 50, 0.8),
            [(10, 10, 60, 50)],
        ),
        ("a tie goes to the larger", block(10, 10, 50, 50, 0.9), block(10, 10, 51, 50, 0.9), [(10, 10, 51, 50)]),
    ],
)
def test_repetitions_are_suppressed_in_any_order(case, first, second, kept):
    assert boxes(first, second) == kept
    assert boxes(second, first) == kept


def test_a_ring_and_what_lies_in_its_hole_are_two_objects():
    bits = np.ones((60, 60), dtype=bool)
    bits[15:45, 15:45] = False
    ring = Candidate(masks.tight(bits, 20, 20), 0.9, NO_LOGITS, 0)
    assert boxes(ring, block(38, 38, 62, 62, 0.8)) == [(20, 20, 80, 80), (38, 38, 62, 62)]


def test_points_in_objects_already_found_are_not_asked_again():
    eyes = ColourSegmenter()
    rgb = photo(HEIGHT, WIDTH, Angle=(0, 0, 40, 40))
    (found,) = propose_all(eyes, eyes.encode(rgb), points_per_side=16, levels=2, batch=4)
    asked = [prompt for prompt in eyes.asked if (prompt.points[0] < 40).all()]
    assert found.mask.box.as_tuple() == (0, 0, 40, 40)
    assert len(asked) <= 4  # no more than the batch that found it
    assert len(eyes.asked) < len(grid(HEIGHT, WIDTH, 8)) + len(grid(HEIGHT, WIDTH, 16))


def test_best_first_and_small_batches():
    eyes = Says(block(10, 10, 30, 30, 0.7), block(60, 60, 90, 90, 0.95), block(100, 10, 140, 30, 0.8))
    assert [one.score for one in propose_all(eyes, SPACE, batch=5)] == [0.95, 0.8, 0.7]
    assert max(eyes.batches) <= 5


def test_progress_counts_every_point_and_can_cancel():
    seen = []
    eyes = ColourSegmenter()
    rgb = photo(HEIGHT, WIDTH, Angle=(0, 0, 40, 40))
    propose_all(eyes, eyes.encode(rgb), points_per_side=8, levels=2, progress=lambda *now: seen.append(now))
    assert seen[-1] == (12 + 48, 12 + 48)

    def stop(done, total):
        raise Cancelled

    with pytest.raises(Cancelled):
        propose_all(eyes, eyes.encode(rgb), progress=stop)
