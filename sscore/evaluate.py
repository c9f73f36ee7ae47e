"""Segmenters measured against ground truth: prompts drawn from the true mask, DICE of the answer."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from sscore import mask_sets
from sscore.prompts import sample
from sscore.types import ByteArray, Mask, Progress, Segmenter


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """One photo, uint8 (H, W, 3), and the true masks to look for in it."""

    name: str
    rgb: ByteArray
    masks: tuple[Mask, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One prompt answered. dice_first: of the candidate the model itself puts first; dice: of the candidate that fits
    best, which the paper scores; predicted: the first candidate's predicted IoU; seconds: for the answer."""

    image: str
    instance: int
    area: int
    strategy: str
    dice: float
    dice_first: float
    predicted: float
    seconds: float


def measure(
    segmenter: Segmenter,
    cases: Iterable[Case],
    strategies: Sequence[str] = ("S2", "S3", "S4", "S5", "S6"),
    *,
    progress: Progress | None = None,
) -> list[Row]:
    """Rows in the order of cases, masks, strategies. A mask that is not found counts as DICE 0."""
    rows = []
    listed = list(cases)
    for done, case in enumerate(listed):
        embedding = segmenter.encode(case.rgb)
        height, width = embedding.image_hw
        for number, truth in enumerate(case.masks):
            full = truth.full(height, width)
            for strategy in strategies:
                began = time.perf_counter()
                candidates = segmenter.predict(embedding, sample(full, strategy))
                seconds = time.perf_counter() - began
                scores = [dice_of(c.mask, truth) for c in candidates] or [0.0]
                predicted = candidates[0].score if candidates else 0.0
                rows.append(Row(case.name, number, truth.area, strategy, max(scores), scores[0], predicted, seconds))
        if progress:
            progress(done + 1, len(listed))
    return rows


def dice_of(answer: Mask | None, truth: Mask) -> float:
    """DICE of two masks of one image, 0 when nothing was answered."""
    if answer is None:
        return 0.0
    iou = mask_sets.iou(answer, truth)
    return 2 * iou / (1 + iou)


def by_strategy(rows: Sequence[Row]) -> dict[str, dict[str, float]]:
    """{strategy: {"n", "dice", "dice_first", "median_ms"}}, DICE as means over instances."""
    table = {}
    for strategy in sorted({row.strategy for row in rows}):
        mine = [row for row in rows if row.strategy == strategy]
        table[strategy] = {
            "n": len(mine),
            "dice": round(float(np.mean([row.dice for row in mine])), 4),
            "dice_first": round(float(np.mean([row.dice_first for row in mine])), 4),
            "median_ms": round(1000 * float(np.median([row.seconds for row in mine])), 1),
        }
    return table
