"""`grabcut`: OpenCV's GrabCut behind the segmenter protocol, the honest classical baseline.

Rother, Kolmogorov, Blake: "GrabCut": interactive foreground extraction using iterated graph cuts, SIGGRAPH 2004.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from sscore import images, mask_sets, masks
from sscore.models.everything import propose_all
from sscore.models.prompt_check import checked
from sscore.types import (
    LOGITS_SIDE,
    BoolArray,
    Box,
    ByteArray,
    Candidate,
    Embedding,
    FloatArray,
    Mask,
    ModelCard,
    Progress,
    Prompt,
)

_ROUNDS = 4
_WORK_PIXELS = 320
"""Long side of the area that is cut: GrabCut's time grows with its pixels, its masks do not get better."""

_MARGIN = 0.25
"""Surroundings around the box over its long side, from which GrabCut learns the ground's colours."""

_CLICK = 0.03
"""Radius of a click over the long side of the area: what a click marks for certain."""


_REDUCED_PIXELS = 320
"""Long side of the photo in everything mode."""

_WINDOWS = (0.2, 0.45)
"""Sides of the windows around a point over the long side: the second is asked where the first one cuts the answer."""


class GrabCutSegmenter:
    """See `sscore.types.Segmenter`. Predicted IoU is not GrabCut's to know: it is 0.5 for every mask."""

    def __init__(self, card: ModelCard, rounds: int = _ROUNDS) -> None:
        self.card = card
        self._rounds = rounds

    def encode(self, rgb: ByteArray) -> Embedding:
        return Embedding(f"{images.digest(rgb)}:grabcut", (rgb.shape[0], rgb.shape[1]), {"rgb": rgb})

    def predict(self, embedding: Embedding, prompt: Prompt, *, multimask: bool = True) -> tuple[Candidate, ...]:
        prompt = checked(prompt, embedding.image_hw)
        area = _area(prompt, embedding.image_hw)
        x0, y0, x1, y1 = area
        scale = min(_WORK_PIXELS / max(x1 - x0, y1 - y0), 1.0)
        size = (max(round((x1 - x0) * scale), 2), max(round((y1 - y0) * scale), 2))
        rgb = cv2.resize(embedding.arrays["rgb"][y0:y1, x0:x1], size, interpolation=cv2.INTER_AREA)
        known = _known(prompt, (x0, y0), scale, size, _seen(prompt, area, embedding.image_hw, size))
        bits = _cut(rgb, known, self._rounds)
        full = cv2.resize(bits.astype(np.float32), (x1 - x0, y1 - y0), interpolation=cv2.INTER_LINEAR) > 0.5
        mask = mask_sets.tight(full, x0, y0)
        return (Candidate(mask, 0.5 if mask else 0.0, _logits(full, (x0, y0), embedding.image_hw), 0),)

    def everything(
        self, rgb: ByteArray, embedding: Embedding | None = None, *, progress: Progress | None = None
    ) -> list[Candidate]:
        """What stands out around each point of a grid, in windows of two sizes on a reduced photo: the whole photo,
        asked point by point, would take many minutes. Answers that fill their window's edge are no objects."""
        hw = (rgb.shape[0], rgb.shape[1])
        scale = min(_REDUCED_PIXELS / max(hw), 1.0)
        size = (max(round(hw[1] * scale), 2), max(round(hw[0] * scale), 2))
        small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
        windows = _Windows(GrabCutSegmenter(self.card, rounds=2), hw, np.asarray(small, np.uint8))
        found = propose_all(
            windows,
            Embedding("", (size[1], size[0]), {}),
            points_per_side=16,
            levels=2,
            min_score=0,
            min_area=24,
            max_share=0.25,
            cover_score=0,
            progress=progress,
        )
        return [windows.enlarged(one) for one in found]

    def predict_many(
        self, embedding: Embedding, prompts: list[Prompt], *, multimask: bool = True
    ) -> list[tuple[Candidate, ...]]:
        return [self.predict(embedding, prompt, multimask=multimask) for prompt in prompts]


class _Windows:
    """Answers points on a reduced photo from a window around each; see `GrabCutSegmenter.everything`."""

    def __init__(self, whole: GrabCutSegmenter, image_hw: tuple[int, int], small: ByteArray) -> None:
        self._whole, self._hw, self._small = whole, image_hw, small
        self.card = whole.card

    def encode(self, rgb: ByteArray) -> Embedding:
        return self._whole.encode(rgb)

    def predict(self, embedding: Embedding, prompt: Prompt, *, multimask: bool = True) -> tuple[Candidate, ...]:
        height, width = self._small.shape[:2]
        x, y = (int(value) for value in prompt.points[0])
        for share in _WINDOWS:
            half = max(round(share * max(height, width) / 2), 4)
            x0, y0, x1, y1 = max(x - half, 0), max(y - half, 0), min(x + half, width), min(y + half, height)
            inside = Embedding("", (y1 - y0, x1 - x0), {"rgb": self._small[y0:y1, x0:x1]})
            point = np.array([[x - x0, y - y0]], np.float32)
            (one,) = self._whole.predict(inside, Prompt(points=point, positive=prompt.positive))
            if one.mask is None:
                continue
            mask = _part_at(one.mask, x - x0, y - y0)
            # Cut by the window, not by the photo: most of it lies outside.
            rows, columns = mask.bits.shape
            sideways = mask.left == 0 < x0 or (mask.left + columns == x1 - x0 and x1 < width)
            if not sideways and not (mask.top == 0 < y0 or (mask.top + rows == y1 - y0 and y1 < height)):
                return (replace(one, mask=replace(mask, left=mask.left + x0, top=mask.top + y0)),)
        return ()

    def predict_many(
        self, embedding: Embedding, prompts: list[Prompt], *, multimask: bool = True
    ) -> list[tuple[Candidate, ...]]:
        return [self.predict(embedding, prompt) for prompt in prompts]

    def enlarged(self, one: Candidate) -> Candidate:
        """The candidate at the photo's size."""
        assert one.mask is not None
        height, width = self._hw
        bits = cv2.resize(one.mask.full(*self._small.shape[:2]).astype(np.float32), (width, height)) > 0.5
        mask = mask_sets.tight(bits, 0, 0)
        return replace(one, mask=mask, logits=_logits(bits, (0, 0), self._hw))


def _part_at(mask: Mask, x: int, y: int) -> Mask:
    """The connected part with the pixel (x, y), else the biggest."""
    found = masks.parts(mask)
    row, column = y - mask.top, x - mask.left
    if not (0 <= row < mask.bits.shape[0] and 0 <= column < mask.bits.shape[1] and mask.bits[row, column]):
        return found[0]
    return next(one for one in found if masks.intersect(one, Mask(np.ones((1, 1), np.bool_), x, y)))


def _area(prompt: Prompt, image_hw: tuple[int, int]) -> tuple[int, int, int, int]:
    """The part of the image to work on, px: the box with a margin; for points alone, or a refinement, the image."""
    height, width = image_hw
    if prompt.box is None or prompt.logits is not None:
        return 0, 0, width, height
    margin = _MARGIN * max(prompt.box.width, prompt.box.height) + 2
    box = prompt.box
    around = Box(box.x0 - margin, box.y0 - margin, box.x1 + margin, box.y1 + margin).clipped(height, width)
    return int(around.x0), int(around.y0), int(np.ceil(around.x1)), int(np.ceil(around.y1))


def _seen(
    prompt: Prompt, area: tuple[int, int, int, int], image_hw: tuple[int, int], size: tuple[int, int]
) -> BoolArray | None:
    """bool (h, w) of the work area: the mask to refine."""
    if prompt.logits is None:
        return None
    height, width = image_hw
    side = max(image_hw)
    whole = cv2.resize(prompt.logits, (side, side), interpolation=cv2.INTER_LINEAR)[:height, :width]
    x0, y0, x1, y1 = area
    return np.asarray(cv2.resize(whole[y0:y1, x0:x1], size, interpolation=cv2.INTER_AREA) > 0)


def _known(
    prompt: Prompt, corner: tuple[int, int], scale: float, size: tuple[int, int], seen: BoolArray | None
) -> ByteArray:
    """uint8 (h, w) of cv2's GC_ values: what the prompt says for certain and what it makes likely."""
    width, height = size
    known = np.full((height, width), cv2.GC_PR_BGD, np.uint8)
    if prompt.box is not None:
        x0, y0, x1, y1 = np.rint((np.array(prompt.box.as_tuple()) - [*corner, *corner]) * scale).astype(int)
        known[:] = cv2.GC_BGD
        known[y0 : max(y1, y0 + 1), x0 : max(x1, x0 + 1)] = cv2.GC_PR_FGD
    elif seen is None:
        # Points alone: likely near a positive one. How near is a guess; a box says more.
        distance = np.full((height, width), np.inf, np.float32)
        rows, columns = np.mgrid[0:height, 0:width]
        for x, y in (prompt.points[prompt.positive] - corner) * scale:
            distance = np.minimum(distance, np.hypot(columns - x, rows - y))
        known[distance < 0.15 * max(size)] = cv2.GC_PR_FGD
    if seen is not None:
        known[seen & (known != cv2.GC_BGD)] = cv2.GC_PR_FGD
        known[~seen & (known != cv2.GC_BGD)] = cv2.GC_PR_BGD
    radius = max(round(_CLICK * max(size) * 0.5), 1)
    for (x, y), good in zip((prompt.points - corner) * scale, prompt.positive, strict=True):
        at = (int(min(max(x, 0), width - 1)), int(min(max(y, 0), height - 1)))
        cv2.circle(known, at, radius, int(cv2.GC_FGD if good else cv2.GC_BGD), -1)
    return known


def _cut(rgb: ByteArray, known: ByteArray, rounds: int) -> BoolArray:
    """bool (h, w). GrabCut needs both kinds of pixels; where one is missing the likely answer stands as it is."""
    likely = (known == cv2.GC_FGD) | (known == cv2.GC_PR_FGD)
    if likely.all() or not likely.any():
        return np.asarray(likely)
    # GrabCut's k-means draws from OpenCV's own generator: the same prompt must give the same mask.
    cv2.setRNGSeed(0)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(rgb, known, None, *models, rounds, cv2.GC_INIT_WITH_MASK)
    return np.asarray((known == cv2.GC_FGD) | (known == cv2.GC_PR_FGD))


def _logits(bits: BoolArray, corner: tuple[int, int], image_hw: tuple[int, int]) -> FloatArray:
    """float32 (256, 256) over the long-side square of the image: +-6, soft only where pixels were averaged."""
    side = max(image_hw)
    square = np.zeros((side, side), np.float32)
    square[corner[1] : corner[1] + bits.shape[0], corner[0] : corner[0] + bits.shape[1]] = bits
    share = cv2.resize(square, (LOGITS_SIDE, LOGITS_SIDE), interpolation=cv2.INTER_AREA)
    return np.asarray((share * 2 - 1) * 6, dtype=np.float32)


def load(card: ModelCard, path: Path | None, *, device: str = "auto", engine: str = "auto") -> GrabCutSegmenter:
    """GrabCut has no weights and runs on the CPU whatever is asked for."""
    return GrabCutSegmenter(card)
