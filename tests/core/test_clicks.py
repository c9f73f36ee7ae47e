"""The simulated user clicks where most is wrong, feeds the model's answer back, and stops."""

from __future__ import annotations

import numpy as np
import pytest
from drawn_masks import bits
from fake_models import ColourSegmenter
from sample_pages import rectangle

from sscore.evaluate.clicks import MOST_CLICKS, clicked, next_click
from sscore.masks import tight
from sscore.types import Candidate, Embedding, ModelCard


@pytest.mark.parametrize(
    ("truth", "answer", "click"),
    [
        (rectangle(10, 20, 15, 25), None, (12, 22, True)),
        (rectangle(10, 20, 15, 25), rectangle(10, 20, 15, 25), None),
        (rectangle(10, 10, 15, 15), rectangle(10, 10, 30, 15), (22, 12, False)),
        (rectangle(0, 0, 9, 3), rectangle(0, 0, 4, 3), (6, 1, True)),
        # Equally large: what is missing comes first.
        (rectangle(0, 0, 3, 3), rectangle(10, 0, 13, 3), (1, 1, True)),
    ],
)
def test_next_click(truth, answer, click):
    assert next_click(truth, answer) == click


def test_the_largest_region_counts_not_the_largest_sum():
    truth = tight(bits("#####...##.##", "#####...##.##", "#####...##.##", "........##.##"))
    found = tight(bits("........##.##", "........##.##", "........##.##", "........##.##"))
    assert next_click(truth, found) == (2, 1, True)
    specks = tight(bits("##.##.##.##.##", "..............", "###..........."))
    assert next_click(specks, None)[1] == 2  # the single run of three, not the pairs above


class Patient:
    """Answers with the truth's left part, one column more for each click; remembers what it was asked."""

    def __init__(self, truth, step):
        self.card = ModelCard(id="patient", kind="segmenter", family="fake")
        self.truth, self.step, self.asked = truth, step, []

    def predict(self, embedding, prompt, *, multimask=True):
        self.asked.append((prompt, multimask))
        columns = min(self.step * len(prompt.points), self.truth.bits.shape[1])
        mask = tight(self.truth.bits[:, :columns], self.truth.left, self.truth.top)
        logits = np.full((256, 256), len(prompt.points), np.float32)
        return (Candidate(mask, 0.9, logits, 0),)


def test_clicks_until_the_goal():
    truth = rectangle(5, 5, 25, 15)
    model = Patient(truth, step=6)
    clicks = list(clicked(model, Embedding("k", (30, 40), {}), truth))
    assert [click.iou for click in clicks] == pytest.approx([0.3, 0.6, 0.9])
    assert [click.number for click in clicks] == [1, 2, 3]
    assert [multimask for _, multimask in model.asked] == [True, False, False]
    prompts = [prompt for prompt, _ in model.asked]
    assert [len(prompt.points) for prompt in prompts] == [1, 2, 3] and all(p.positive.all() for p in prompts)
    assert prompts[0].logits is None and [float(p.logits[0, 0]) for p in prompts[1:]] == [1.0, 2.0]
    assert (prompts[1].points[1] > [11, 5]).all()  # in what is still missing


def test_the_user_gives_up():
    truth = rectangle(5, 5, 25, 15)
    clicks = list(clicked(Patient(truth, step=0), Embedding("k", (30, 40), {}), truth))
    assert len(clicks) == MOST_CLICKS and clicks[-1].iou == 0.0
    assert all(click.prompt.logits is None for click in clicks)  # nothing was found, so there is nothing to refine


def test_a_perfect_answer_needs_one_click():
    model = ColourSegmenter()
    rgb = np.zeros((30, 40, 3), np.uint8)
    rgb[5:15, 5:25] = 250
    (click,) = clicked(model, model.encode(rgb), rectangle(5, 5, 25, 15))
    assert click.iou == 1.0 and click.prompt.points.tolist() == [[14.0, 9.0]]
