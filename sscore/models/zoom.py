"""Small pieces in large photos: a part of the photo around the prompt is encoded at full resolution.

SAM sees every photo at 1024 px, so a piece of 60 px in a photo of 6000 px is ten pixels to it. A window around such a
prompt is encoded instead, and the answer laid back into the photo. Windows lie on a coarse grid: prompts close to each
other share one, and with it its embedding in the cache.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, get_args

import cv2
import numpy as np

from sscore.errors import BadOption
from sscore.models.cache import EmbeddingCache, needed_by
from sscore.models.upscale import INPUT_SIDE
from sscore.types import LOGITS_SIDE, Box, ByteArray, Candidate, Embedding, FloatArray, Mask, Prompt, Segmenter, frozen

Zoom = Literal["auto", "on", "off"]

SMALLEST = 32.0
"""Px of the model's input that a box's short side should have."""

_ROOM = 3.0
"""Window side over the box's long side."""

_LEAST = 256
_FAR = -20.0


def checked(zoom: str) -> Zoom:
    """Raises BadOption for anything but auto, on, off."""
    if zoom not in get_args(Zoom):
        raise BadOption(f"zoom {zoom!r} is none of {', '.join(get_args(Zoom))}")
    return "on" if zoom == "on" else "off" if zoom == "off" else "auto"


def window(
    segmenter: Segmenter, prompt: Prompt, image_hw: tuple[int, int], zoom: Zoom, view: Box | None = None
) -> tuple[int, int, int] | None:
    """(left, top, side) px of the square part of the photo to encode for this prompt; None to use the whole photo.

    "auto" zooms on boxes that the model would see smaller than `SMALLEST`, "on" on every box, and on points when a
    `view` says what the user is looking at. Segmenters that look at the photo at any scale by themselves never need it.
    """
    if zoom == "off" or not needed_by(segmenter) or (prompt.box is None and view is None):
        return None
    height, width = image_hw
    long = max(image_hw)
    if prompt.box is None:
        seen = view.clipped(height, width) if view is not None else Box(0, 0, width, height)
        if zoom == "auto" and max(seen.width, seen.height) * 2 > long:
            return None
        around, side = seen, max(seen.width, seen.height)
    else:
        around = prompt.box
        if zoom == "auto" and min(around.width, around.height) * INPUT_SIDE / long >= SMALLEST:
            return None
        side = _ROOM * max(around.width, around.height)
    for x, y in prompt.points:
        around = Box(min(around.x0, x), min(around.y0, y), max(around.x1, x + 1), max(around.y1, y + 1))
        side = max(side, 1.2 * max(around.width, around.height))
    # Powers of the square root of two: a box redrawn a little larger keeps its window.
    whole = round(max(_LEAST, 2 ** (np.ceil(2 * np.log2(max(side, 1.0))) / 2)))
    if whole * 1.5 > long:
        return None
    step = whole / 8
    x, y = around.centre
    left, top = (round(np.floor((c - whole / 2) / step + 0.5) * step) for c in (x, y))
    return _inside(left, whole, width), _inside(top, whole, height), whole


def _inside(start: int, side: int, size: int) -> int:
    return max(0, min(start, size - side))


def predict(
    segmenter: Segmenter,
    rgb: ByteArray,
    part: tuple[int, int, int],
    prompt: Prompt,
    *,
    cache: EmbeddingCache | None = None,
    multimask: bool = True,
) -> tuple[Candidate, ...]:
    """`Segmenter.predict` through a window of the photo uint8 (H, W, 3); prompt and candidates are in photo px."""
    left, top, side = part
    view = np.ascontiguousarray(rgb[top : top + side, left : left + side])
    embedding = segmenter.encode(view) if cache is None else cache.get(segmenter, view)
    image_hw = (rgb.shape[0], rgb.shape[1])
    found = segmenter.predict(embedding, _into(prompt, part, embedding, image_hw), multimask=multimask)
    return tuple(_back(candidate, part, embedding, image_hw) for candidate in found)


def _into(prompt: Prompt, part: tuple[int, int, int], embedding: Embedding, image_hw: tuple[int, int]) -> Prompt:
    left, top, _ = part
    box = prompt.box
    if box is not None:
        box = Box(box.x0 - left, box.y0 - top, box.x1 - left, box.y1 - top).clipped(*embedding.image_hw)
    logits = prompt.logits
    if logits is not None:
        # Px of the photo per logit, of the whole and of the window.
        whole, near = max(image_hw) / LOGITS_SIDE, max(embedding.image_hw) / LOGITS_SIDE
        logits = _laid(logits, near / whole, left / whole, top / whole)
    return Prompt(prompt.points - np.array([left, top], np.float32), prompt.positive, box, logits)


def _back(
    candidate: Candidate, part: tuple[int, int, int], embedding: Embedding, image_hw: tuple[int, int]
) -> Candidate:
    left, top, _ = part
    whole, near = max(image_hw) / LOGITS_SIDE, max(embedding.image_hw) / LOGITS_SIDE
    logits = _laid(candidate.logits, whole / near, -left / near, -top / near)
    mask = candidate.mask
    if mask is not None:
        mask = Mask(mask.bits, mask.left + left, mask.top + top)
    return replace(candidate, mask=mask, logits=logits)


def _laid(logits: FloatArray, scale: float, left: float, top: float) -> FloatArray:
    """Logits (256, 256) seen on another grid: cell (x, y) there is cell (scale * x + left, scale * y + top) here; what
    lies outside is far from any object."""
    shift = 0.5 * (scale - 1)
    matrix = np.array([[scale, 0, left + shift], [0, scale, top + shift]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    source = logits if scale < 1.5 else cv2.blur(logits, (2 * int(scale / 2) + 1,) * 2)
    out = cv2.warpAffine(source, matrix, (LOGITS_SIDE, LOGITS_SIDE), flags=flags, borderValue=_FAR)
    return np.asarray(frozen(out), np.float32)
