"""From SAM's low-resolution logits to a mask of the photo, exactly as the published code does it, where the object is.

The published way makes a float image of the photo's size for every mask (100 MB for a 24 megapixel photo).
Interpolation never makes a positive value of non-positive neighbours, so all that is not near a positive logit can be
left out.
"""

from __future__ import annotations

import cv2
import numpy as np

from sscore import mask_sets
from sscore.types import BoolArray, FloatArray, Mask

INPUT_SIDE = 1024
_STEP = 4
"""Pixels of the 1024 px input per logit."""

_FAR = np.float32(-1e4)


def seen_size(image_hw: tuple[int, int]) -> tuple[int, int]:
    """(height, width) px that a photo fills of the model's square input, rounded as SAM rounds."""
    scale = INPUT_SIDE / max(image_hw)
    height, width = (int(side * scale + 0.5) for side in image_hw)
    return max(height, 1), max(width, 1)


def mask_of(logits: FloatArray, image_hw: tuple[int, int], *, threshold: float = 0.0) -> Mask | None:
    """The photo's pixels whose upscaled logit, float32 (256, 256) before, is above `threshold`; None when none is."""
    found = region(logits, image_hw, threshold)
    if found is None:
        return None
    values, left, top = found
    return mask_sets.tight(values > threshold, left, top)


def region(logits: FloatArray, image_hw: tuple[int, int], threshold: float) -> tuple[FloatArray, int, int] | None:
    """(values float32 (h, w), left, top): the upscaled logits of a part of the photo outside of which none is above
    `threshold`; None when none is anywhere."""
    seen_h, seen_w = seen_size(image_hw)
    above = logits > threshold
    low = (-(-seen_h // _STEP), -(-seen_w // _STEP))
    spans = [_span(np.asarray(above.any(1 - axis)), above.shape[axis], low[axis]) for axis in (0, 1)]
    if spans[0] is None or spans[1] is None:
        return None
    (r0, r1), (c0, c1) = spans[0], spans[1]
    part = np.ascontiguousarray(logits[r0:r1, c0:c1], dtype=np.float32)
    large = cv2.resize(part, ((c1 - c0) * _STEP, (r1 - r0) * _STEP), interpolation=cv2.INTER_LINEAR)
    bottom, right = min(r1 * _STEP, seen_h), min(c1 * _STEP, seen_w)
    large = large[: bottom - r0 * _STEP, : right - c0 * _STEP]
    if not large.size:
        return None
    first, last, below, above_row, share = _rows(r0 * _STEP, bottom, seen_h, image_hw[0])
    lines = large[below] * (1 - share)[:, None] + large[above_row] * share[:, None]
    # Columns by OpenCV, whose scale comes from the two widths: it needs the whole of the first.
    whole = np.full((len(lines), seen_w), _FAR, np.float32)
    whole[:, c0 * _STEP : right] = lines
    wide = cv2.resize(whole, (image_hw[1], len(lines)), interpolation=cv2.INTER_LINEAR)
    scale = image_hw[1] / seen_w
    left = max(int((c0 * _STEP - 1) * scale), 0)
    end = min(int(np.ceil((right + 1) * scale)), image_hw[1])
    return np.asarray(wide[:, left:end], np.float32), left, first


def _span(there: BoolArray, size: int, seen: int) -> tuple[int, int] | None:
    """First and past-the-last logit to look at along one axis, two further than the object; None when there is none in
    the seen part."""
    places = np.flatnonzero(there[: min(seen + 1, size)])
    if not len(places):
        return None
    return max(int(places[0]) - 2, 0), min(int(places[-1]) + 3, size)


def _rows(top: int, bottom: int, seen: int, height: int) -> tuple[int, int, FloatArray, FloatArray, FloatArray]:
    """Rows of the photo that the input's rows top..bottom reach: first, past the last, and for each the two input rows,
    counted from `top`, between which it lies, and the second one's share."""
    scale = seen / height
    first = max(int(np.floor((top + 0.5) / scale - 0.5)), 0)
    last = min(int(np.ceil((bottom + 0.5) / scale)), height)
    at = np.maximum((np.arange(first, last) + 0.5) * scale - 0.5, 0).astype(np.float32)
    below = np.minimum(np.floor(at).astype(np.intp), seen - 1)
    above = np.minimum(below + 1, seen - 1)
    share = at - below
    inside = bottom - top - 1
    return first, last, np.clip(below - top, 0, inside), np.clip(above - top, 0, inside), share.astype(np.float32)
