"""A simulated user who clicks until the mask is good: number of clicks (NoC), the field's standard measure.

Each click goes to the centre of the largest region that is wrong, and the model's own answer is fed back to it, as in
Sofiiuk et al., "Reviving iterative training with mask guidance for interactive segmentation", 2021.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from sscore import metrics
from sscore.evaluate.overlay import together
from sscore.types import BoolArray, Candidate, Embedding, FloatArray, Mask, Prompt, Segmenter

MOST_CLICKS = 20
"""After which the user gives up: the field's custom; who has not reached the goal counts as 20."""

GOALS = (0.85, 0.90)
"""IoU to reach."""


@dataclass(frozen=True, slots=True, eq=False)
class Click:
    """After one more click: its number from 1, the model's own first answer (None: none), IoU with the truth, seconds
    the model took, and all points so far."""

    number: int
    candidate: Candidate | None
    iou: float
    seconds: float
    prompt: Prompt


def clicked(
    segmenter: Segmenter, embedding: Embedding, truth: Mask, *, most: int = MOST_CLICKS, goal: float = max(GOALS)
) -> Iterator[Click]:
    """Clicks on one object until the IoU is `goal`, or `most` of them. Errors of the segmenter pass through."""
    points: list[tuple[float, float]] = []
    positive: list[bool] = []
    answer: Mask | None = None
    logits: FloatArray | None = None
    for number in range(1, most + 1):
        spot = next_click(truth, answer)
        if spot is None:  # not one pixel is wrong
            return
        points.append(spot[:2])
        positive.append(spot[2])
        prompt = Prompt(np.array(points, dtype=np.float32), np.array(positive), logits=logits)
        began = time.perf_counter()
        # One click may mean a part or the whole, so several masks are asked for; later ones refine.
        found = segmenter.predict(embedding, prompt, multimask=number == 1)
        seconds = time.perf_counter() - began
        best = found[0] if found else None
        answer = best.mask if best else None
        logits = best.logits if best and answer else None
        iou = metrics.jaccard(*together(truth, answer))
        yield Click(number, best, iou, seconds, prompt)
        if iou >= goal:
            return


def next_click(truth: Mask, answer: Mask | None) -> tuple[float, float, bool] | None:
    """x, y (px) and whether it is on the object: the pixel deepest inside the largest connected region that is missing
    or too much (of equally deep ones that nearest its centre of mass); of equally large regions a missing one. None
    where the answer is the truth."""
    wanted, given = together(truth, answer)
    region = _largest(wanted & ~given)
    other = _largest(given & ~wanted)
    positive = region is not None and (other is None or region.area >= other.area)
    chosen = region if positive else other
    if chosen is None:
        return None
    depth = cv2.distanceTransform(np.pad(chosen.bits, 1).view(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    deepest = np.argwhere(depth == depth.max())
    centre = np.argwhere(chosen.bits).mean(axis=0) + 1  # of a long bar many pixels are as deep
    row, column = deepest[((deepest - centre) ** 2).sum(axis=1).argmin()]
    left = truth.left if answer is None else min(truth.left, answer.left)
    top = truth.top if answer is None else min(truth.top, answer.top)
    return float(left + chosen.left + int(column) - 1), float(top + chosen.top + int(row) - 1), positive


def _largest(bits: BoolArray) -> Mask | None:
    """The largest 8-connected region of bool (h, w)."""
    count, numbers, stats, _ = cv2.connectedComponentsWithStats(bits.view(np.uint8), connectivity=8)
    if count < 2:
        return None
    number = 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())
    x, y, w, h = (int(v) for v in stats[number, :4])
    return Mask(numbers[y : y + h, x : x + w] == number, x, y)
