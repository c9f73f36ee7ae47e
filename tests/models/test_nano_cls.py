"""The embedded classifier on pieces it never saw, and on labels it cannot know."""

from __future__ import annotations

import numpy as np
import pytest

from sscore import images, labels
from sscore.errors import BadLabels
from sscore.labels import Label, LabelSet
from sscore.mask_sets import tight
from sscore.scenes import render_scene


def test_most_unseen_pieces_are_named_right(nano_cls):
    crops, truth = [], []
    for seed in range(920_000, 920_008):
        view = render_scene(seed)[0]
        for piece in view.instances:
            if piece.pixels >= 400 and piece.visible >= 0.5:
                crops.append(images.crop(view.rgb, tight(view.ids == piece.id), nano_cls.view))
                truth.append(piece.label)
    answers = nano_cls.scores(crops, labels.load())
    right = np.mean([a.best == t for a, t in zip(answers, truth, strict=True)])
    # About a hundred pieces; the measured accuracy is in weights/nano-cls.json.
    assert len(truth) > 60 and right > 0.45


def test_a_smaller_label_set_shares_out_the_probability(nano_cls):
    every = labels.load()
    few = LabelSet("few", "few", "few", tuple(every.get(key) for key in ("Bar", "Pipe")))
    answer = nano_cls.scores([np.full((50, 20, 3), 100, np.uint8)], few)[0]
    assert set(answer.labels) == {"Bar", "Pipe"} and abs(float(answer.values.sum()) - 1) < 1e-6


def test_a_class_it_never_saw_is_refused(nano_cls):
    metals = LabelSet("m", "m", "m", (Label("Copper", "Copper", "铜", "#AA5500", ("铜",)),))
    with pytest.raises(BadLabels, match="Copper"):
        nano_cls.scores([np.zeros((8, 8, 3), np.uint8)], metals)


@pytest.mark.parametrize("shape", [(1, 1), (1, 400), (600, 2)])
def test_odd_crops(nano_cls, shape):
    answer = nano_cls.scores([np.full((*shape, 3), 127, np.uint8)], labels.load())[0]
    assert np.isfinite(answer.values).all()
