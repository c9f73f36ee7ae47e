"""Prompts made from ground truth: the strategies S1-S6 of the paper, and noise on them. Evaluation and training share
them.

Points are integer pixel positions, (column, row) counted from 0, as SAM's own predictor takes them; boxes have their
far edges exclusive, as everywhere here.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from sscore.errors import BadOption, BadPrompt
from sscore.mask_sets import tight
from sscore.types import BoolArray, Box, Mask, Prompt, Strategy

STRATEGIES: dict[str, Strategy] = {
    strategy.key: strategy
    for strategy in (
        Strategy("S1", 0, 0, False, "everything"),
        Strategy("S2", 1, 0, False, "one positive point"),
        Strategy("S3", 5, 0, False, "five positive points"),
        Strategy("S4", 5, 5, False, "five positive and five negative points"),
        Strategy("S5", 0, 0, True, "box"),
        Strategy("S6", 1, 0, True, "box and one positive point"),
    )
}

IntArray = npt.NDArray[np.int64]


def sample(mask: BoolArray, strategy: Strategy | str) -> Prompt:
    """The prompt of a strategy for the object in bool (H, W) `mask`. Deterministic.

    Positives: the centre of mass rounded to the nearest pixel (halves up), if that pixel is in the mask; the others
    (all, if it is not) the middle elements of equal runs of the mask's pixel list in row-major order; one that is
    there already gives way to the next pixel of the list. Negatives: the same sampling of the pixels not in the mask,
    in the tight box enlarged twice about its centre and clipped to the image. Where there are fewer pixels than points
    asked for, each pixel gives one point. Box: the tight box.

    Raises BadPrompt for an empty mask and for S1, which has no prompt; BadOption for an unknown strategy.
    """
    if isinstance(strategy, str):
        if strategy not in STRATEGIES:
            raise BadOption(f"unknown prompt strategy {strategy!r}", remedy=f"use one of {', '.join(STRATEGIES)}")
        strategy = STRATEGIES[strategy]
    if not (strategy.positives or strategy.negatives or strategy.box):
        raise BadPrompt(
            f"strategy {strategy.key} is everything mode: there is no prompt to sample",
            remedy="segment everything, then take the candidate that fits best",
        )
    whole = np.asarray(mask, dtype=np.bool_)
    piece = tight(whole)
    if piece is None:
        raise BadPrompt("the mask is empty: there is nothing to point at")
    positives = _positives(piece, strategy.positives)
    negatives = _negatives(piece, whole, strategy.negatives)
    return Prompt(
        points=np.concatenate([positives, negatives]).astype(np.float32),
        positive=np.repeat([True, False], [len(positives), len(negatives)]),
        box=piece.box if strategy.box else None,
    )


def _positives(piece: Mask, count: int) -> IntArray:
    """int64 (n, 2) xy, n <= count."""
    bits, (height, width) = piece.bits, piece.bits.shape
    total = piece.area
    # The mean of the pixel positions, halves up, in whole numbers.
    x, y = (
        int(2 * (np.count_nonzero(bits, axis=axis) * np.arange(size)).sum() + total) // (2 * total)
        for axis, size in ((0, width), (1, height))
    )
    pixels = np.flatnonzero(bits)
    centre = [int(np.searchsorted(pixels, y * width + x))] if count and bits[y, x] else []
    return _xy(pixels[_evenly(total, count - len(centre), centre)], width, piece.left, piece.top)


def _negatives(piece: Mask, whole: BoolArray, count: int) -> IntArray:
    """int64 (n, 2) xy, n <= count."""
    h, w = piece.bits.shape
    # Twice the box: half its size more on each side; of a half pixel that is left over, nothing.
    top, left = max(piece.top - h // 2, 0), max(piece.left - w // 2, 0)
    ground = ~whole[top : piece.top + h + h // 2, left : piece.left + w + w // 2]
    pixels = np.flatnonzero(ground)
    return _xy(pixels[_evenly(len(pixels), count, [])], ground.shape[1], left, top)


def _xy(pixels: IntArray, width: int, left: int, top: int) -> IntArray:
    """int64 (n, 2) xy in the image of positions in the row-major pixel list of a window at (left, top)."""
    return np.column_stack([pixels % width + left, pixels // width + top])


def _evenly(length: int, count: int, taken: list[int]) -> list[int]:
    """`taken` and the middles of `count` equal runs of range(length), each number once."""
    numbers = list(taken)
    count = min(count, length - len(taken))
    for run in range(count):
        number = (2 * run + 1) * length // (2 * count)
        while number in numbers:
            number = (number + 1) % length
        numbers.append(number)
    return numbers


def shift(prompt: Prompt, lo: float, hi: float, rng: np.random.Generator, image_hw: tuple[int, int]) -> Prompt:
    """The prompt a careless hand would have given: every point moves by a distance drawn from [lo, hi) px in a random
    direction, every box edge by such a distance in or out with equal chance.

    Clipped to the image (height, width) px: points to its pixels, the box to its edges. Edges that cross are swapped,
    and a box squeezed flat is widened to one pixel, so the box stays valid. Drawn from `rng` in a fixed order: the
    distances and angles of the points, then the distances and senses of the box edges x0, y0, x1, y1. Raises BadOption
    unless 0 <= lo <= hi.
    """
    if not 0 <= lo <= hi < np.inf:
        raise BadOption(f"cannot shift by {lo:g} to {hi:g} px", remedy="give 0 <= lo <= hi")
    height, width = image_hw
    points = prompt.points
    if len(points):
        distance = rng.uniform(lo, hi, len(points))
        angle = rng.uniform(0, 2 * np.pi, len(points))
        moved = points + np.column_stack([distance * np.cos(angle), distance * np.sin(angle)])
        points = np.clip(moved, 0, [width - 1, height - 1]).astype(np.float32)
    box = prompt.box
    if box is not None:
        outwards = rng.uniform(lo, hi, 4) * rng.choice([-1.0, 1.0], 4)
        x0, y0, x1, y1 = np.array(box.as_tuple()) + outwards * [-1, -1, 1, 1]
        (x0, x1), (y0, y1) = _span(x0, x1, width), _span(y0, y1, height)
        box = Box(x0, y0, x1, y1)
    return replace(prompt, points=points, box=box)


def _span(a: float, b: float, size: int) -> tuple[float, float]:
    """The edges in order, within 0..size and at least one pixel apart."""
    low, high = (min(max(float(v), 0.0), float(size)) for v in sorted((a, b)))
    if high - low < 1:
        low = min(max((low + high - 1) / 2, 0.0), size - 1.0)
        high = low + 1
    return low, high
