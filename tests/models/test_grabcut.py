"""GrabCut's everything mode: bounded work on photos of any size, stopped at once."""

import time

import numpy as np
import pytest

from sscore import masks, models
from sscore.errors import Cancelled
from sscore.models.everything import find_all

PIECES = ((100, 75, 350, 165), (450, 250, 530, 500), (650, 100, 710, 165))


@pytest.fixture(scope="module")
def photo():
    """800 x 600 px: coloured pieces on grey ground with some grain."""
    rng = np.random.default_rng(1)
    rgb = np.clip(rng.normal(120, 6, (600, 800, 3)), 0, 255).astype(np.uint8)
    for (x0, y0, x1, y1), colour in zip(PIECES, ((200, 60, 30), (40, 60, 190), (30, 150, 60)), strict=True):
        rgb[y0:y1, x0:x1] = np.clip(rng.normal(colour, 6, (y1 - y0, x1 - x0, 3)), 0, 255)
    return rgb


def test_pieces_are_found_at_the_photos_size(photo):
    model, steps = models.load_segmenter("grabcut"), []
    found = find_all(model, photo, model.encode(photo), progress=lambda *step: steps.append(step))
    for x0, y0, x1, y1 in PIECES:
        truth = masks.tight(np.ones((y1 - y0, x1 - x0), bool), x0, y0)
        assert max(masks.iou(truth, one.mask) for one in found) > 0.85
    assert all(one.score == 0.5 and one.logits.shape == (256, 256) for one in found)
    assert len(steps) > 5 and steps[-1][0] == steps[-1][1]


def test_it_can_be_stopped(photo):
    def stop(done, total):
        raise Cancelled

    model = models.load_segmenter("grabcut")
    embedding = model.encode(photo)
    began = time.monotonic()
    with pytest.raises(Cancelled):
        find_all(model, photo, embedding, progress=stop)
    assert time.monotonic() - began < 10  # one batch of windows; a whole search of the photo took minutes


def test_a_photo_of_a_few_pixels_has_no_objects():
    model, rgb = models.load_segmenter("grabcut"), np.full((5, 7, 3), 90, np.uint8)
    assert find_all(model, rgb, model.encode(rgb)) == []
