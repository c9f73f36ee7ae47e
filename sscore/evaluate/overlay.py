"""Two masks of one photo on the smallest canvas that holds both: metrics of it are those of the photo, much sooner."""

from __future__ import annotations

import numpy as np

from sscore.types import BoolArray, Mask


def together(truth: Mask, answer: Mask | None) -> tuple[BoolArray, BoolArray]:
    """bool (h, w) each over the box around both; an answer of None is empty."""
    if answer is None:
        return truth.bits, np.zeros_like(truth.bits)
    left, top = min(truth.left, answer.left), min(truth.top, answer.top)
    right = max(mask.left + mask.bits.shape[1] for mask in (truth, answer))
    bottom = max(mask.top + mask.bits.shape[0] for mask in (truth, answer))
    return _placed(truth, left, top, right, bottom), _placed(answer, left, top, right, bottom)


def _placed(mask: Mask, left: int, top: int, right: int, bottom: int) -> BoolArray:
    """bool (bottom - top, right - left): the mask in a window that holds all of it."""
    out = np.zeros((bottom - top, right - left), dtype=np.bool_)
    height, width = mask.bits.shape
    out[mask.top - top : mask.top - top + height, mask.left - left : mask.left - left + width] = mask.bits
    return out
