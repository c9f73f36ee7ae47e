"""SAM's everything mode (strategy S1) with the published meaning and defaults: `SamAutomaticMaskGenerator`.

Kirillov et al., "Segment Anything", ICCV 2023, section 5 and appendix B. A grid of points is asked; answers are kept by
predicted IoU and by stability, those cut by a crop's edge are dropped, and of boxes that overlap the best stays; then
the same in crops of the photo, if wished. What differs is the work: answers are judged before they are brought to the
photo's size, only the part of the photo where an object is gets computed, and masks wait compressed.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt

from sscore import mask_sets
from sscore.models.upscale import region
from sscore.types import LOGITS_SIDE, BoolArray, Candidate, Embedding, FloatArray, Mask, Progress, Prompt, frozen

if TYPE_CHECKING:
    from sscore.models.sam import SamSegmenter
    from sscore.types import ByteArray

_CROP_EDGE = 20
"""Px within which a box counts as touching the edge of its crop."""

_AT_ONCE = 16
"""Prompts in one decoder call: more need more memory (8 MB of image features each) and are no faster on a CPU."""

_STEPS = 100


@dataclass(frozen=True, slots=True)
class Everything:
    """The published options and their defaults. points_per_side: of the grid; pred_iou_thresh, stability_score_thresh:
    what an answer must reach; stability_score_offset: logits about 0 between which a stable mask hardly changes;
    box_nms_thresh, crop_nms_thresh: IoU of boxes above which the worse is dropped, in a crop and between crops;
    crop_n_layers: layer i looks at 2**i by 2**i crops; crop_overlap_ratio: of the photo's short side;
    crop_n_points_downscale_factor: points per side in layer i are divided by its i-th power; min_mask_region_area: px
    below which parts are removed and holes filled."""

    points_per_side: int = 32
    points_per_batch: int = 64
    pred_iou_thresh: float = 0.88
    stability_score_thresh: float = 0.95
    stability_score_offset: float = 1.0
    box_nms_thresh: float = 0.7
    crop_n_layers: int = 0
    crop_nms_thresh: float = 0.7
    crop_overlap_ratio: float = 512 / 1500
    crop_n_points_downscale_factor: int = 1
    min_mask_region_area: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """An object in the photo's px. box: x0 y0 x1 y1 of the first and last pixels, as SAM counts; score: predicted IoU;
    stability; point: the click, xy px; crop: x0 y0 x1 y1 of the crop it was seen in; packed: its mask, packed_logits:
    its low-resolution logits, compressed, since thousands may wait."""

    box: tuple[int, int, int, int]
    score: float
    stability: float
    point: tuple[float, float]
    crop: tuple[int, int, int, int]
    packed: bytes
    packed_logits: bytes
    index: int

    @property
    def mask(self) -> Mask:
        x0, y0, x1, y1 = self.box
        shape = (y1 - y0 + 1, x1 - x0 + 1)
        bits = np.unpackbits(np.frombuffer(zlib.decompress(self.packed), np.uint8), count=shape[0] * shape[1])
        return Mask(bits.reshape(shape).astype(np.bool_), x0, y0)

    @property
    def candidate(self) -> Candidate:
        halves = np.frombuffer(zlib.decompress(self.packed_logits), np.float16)
        logits = frozen(halves.astype(np.float32).reshape(LOGITS_SIDE, LOGITS_SIDE))
        return Candidate(self.mask, self.score, logits, self.index)

    def with_mask(self, mask: Mask) -> Found:
        height, width = mask.bits.shape
        box = (mask.left, mask.top, mask.left + width - 1, mask.top + height - 1)
        return replace(self, box=box, packed=packed(mask.bits))


def packed(bits: BoolArray) -> bytes:
    return zlib.compress(np.packbits(bits).tobytes(), 1)


def find_all(
    segmenter: SamSegmenter,
    rgb: ByteArray,
    embedding: Embedding | None = None,
    options: Everything | None = None,
    *,
    score: Callable[[FloatArray], float] | None = None,
    progress: Progress | None = None,
) -> list[Found]:
    """All objects of a photo uint8 (H, W, 3), in the order in which the published generator returns them.

    embedding: of the whole photo, when there is one already; score: from low-resolution logits, in place of the
    predicted IoU (EdgeSAM filters by stability). progress counts hundredths; it may raise `Cancelled`.
    """
    options = options or Everything()
    crops = crop_boxes((rgb.shape[0], rgb.shape[1]), options)
    found: list[Found] = []
    for number, (layer, crop) in enumerate(crops):
        x0, y0, x1, y1 = crop
        if layer or embedding is None:
            embedding = segmenter.encode(np.ascontiguousarray(rgb[y0:y1, x0:x1]))
        inside = None if progress is None else _inside(progress, number, len(crops))
        grid = point_grid(options.points_per_side // options.crop_n_points_downscale_factor**layer)
        found += _in_crop(segmenter, embedding, crop, (rgb.shape[0], rgb.shape[1]), grid, options, score, inside)
    if len(crops) > 1:
        # Between crops the answer of the smaller one counts: it saw the object larger.
        small = [1 / ((f.crop[2] - f.crop[0]) * (f.crop[3] - f.crop[1])) for f in found]
        found = [found[i] for i in _best_boxes([f.box for f in found], small, options.crop_nms_thresh)]
    if options.min_mask_region_area:
        found = _tidied(found, (rgb.shape[0], rgb.shape[1]), options)
    return found


def _inside(progress: Progress, number: int, crops: int) -> Progress:
    def report(done: int, total: int) -> None:
        progress(_STEPS * number + _STEPS * done // max(total, 1), _STEPS * crops)

    return report


def _in_crop(
    segmenter: SamSegmenter,
    embedding: Embedding,
    crop: tuple[int, int, int, int],
    image_hw: tuple[int, int],
    grid: npt.NDArray[np.float64],
    options: Everything,
    score: Callable[[FloatArray], float] | None,
    progress: Progress | None,
) -> list[Found]:
    x0, y0, x1, y1 = crop
    points = grid * np.array([x1 - x0, y1 - y0])
    found: list[Found] = []
    for start in range(0, len(points), options.points_per_batch):
        part = points[start : start + options.points_per_batch]
        prompts = [Prompt(points=p[None].astype(np.float32), positive=np.ones(1, np.bool_)) for p in part]
        for first in range(0, len(prompts), _AT_ONCE):
            answers = segmenter.answers(embedding, prompts[first : first + _AT_ONCE], multimask=True)
            for row, k in np.ndindex(answers.scores.shape):
                logits = answers.logits[row, k]
                value = float(answers.scores[row, k]) if score is None else score(logits)
                if value > options.pred_iou_thresh:
                    x, y = part[first + row]
                    at = (float(x + x0), float(y + y0))
                    one = _judged(logits, value, at, int(answers.index[row, k]), crop, image_hw, options)
                    found += [] if one is None else [one]
        if progress is not None:
            progress(min(start + options.points_per_batch, len(points)), len(points))
    return [found[i] for i in _best_boxes([f.box for f in found], [f.score for f in found], options.box_nms_thresh)]


def _judged(
    logits: FloatArray,
    score: float,
    point: tuple[float, float],
    index: int,
    crop: tuple[int, int, int, int],
    image_hw: tuple[int, int],
    options: Everything,
) -> Found | None:
    """The answer as an object of the photo, when it is stable and not cut off by the crop."""
    x0, y0, x1, y1 = crop
    offset = options.stability_score_offset
    part = region(logits, (y1 - y0, x1 - x0), -offset)
    if part is None:
        return None
    values, left, top = part
    stability = int((values > offset).sum()) / max(int((values > -offset).sum()), 1)
    if stability < options.stability_score_thresh:
        return None
    mask = mask_sets.tight(values > 0, left + x0, top + y0)
    if mask is None:
        return None
    height, width = mask.bits.shape
    box = (mask.left, mask.top, mask.left + width - 1, mask.top + height - 1)
    if _cut_off(box, crop, image_hw):
        return None
    kept = zlib.compress(logits.astype(np.float16).tobytes(), 1)
    return Found(box, score, float(stability), point, crop, packed(mask.bits), kept, index)


def _cut_off(box: tuple[int, ...], crop: tuple[int, int, int, int], image_hw: tuple[int, int]) -> bool:
    """Whether a side of the box lies at an edge of the crop that is not an edge of the photo."""
    photo = (0, 0, image_hw[1], image_hw[0])
    near = [abs(b - c) <= _CROP_EDGE for b, c in zip(box, crop, strict=True)]
    at_end = [abs(b - p) <= _CROP_EDGE for b, p in zip(box, photo, strict=True)]
    return any(n and not e for n, e in zip(near, at_end, strict=True))


def _best_boxes(boxes: list[tuple[int, int, int, int]], scores: list[float], most: float) -> list[int]:
    """Numbers of the boxes that stay, best first: torchvision's non-maximum suppression."""
    if not boxes:
        return []
    import torch
    from torchvision.ops import nms

    kept = nms(torch.tensor(boxes, dtype=torch.float32), torch.tensor(scores, dtype=torch.float32), most)
    return [int(i) for i in kept]


def _tidied(found: list[Found], image_hw: tuple[int, int], options: Everything) -> list[Found]:
    """Small holes filled and small islands removed; masks that this changed give way to unchanged ones."""
    out, scores = [], []
    for one in found:
        mask, changed = _without_small_parts(one.mask.full(*image_hw), options.min_mask_region_area)
        out.append(one if mask is None or not changed else one.with_mask(mask))
        scores.append(0.0 if changed else 1.0)
    most = max(options.box_nms_thresh, options.crop_nms_thresh)
    return [out[i] for i in _best_boxes([f.box for f in out], scores, most)]


def _without_small_parts(bits: BoolArray, smallest: int) -> tuple[Mask | None, bool]:
    """bits: bool (H, W) of the whole photo: the ground around an object is a hole too, only too large to fill."""
    changed = False
    for holes in (True, False):
        working = (~bits if holes else bits).astype(np.uint8)
        count, labels, stats, _ = cv2.connectedComponentsWithStats(working, connectivity=8)
        sizes = stats[1:, -1]
        small = [i + 1 for i, size in enumerate(sizes) if size < smallest]
        if not small:
            continue
        changed = True
        fill = [0, *small] if holes else [i for i in range(1, count) if i not in small]
        if not holes and not fill:
            fill = [int(np.argmax(sizes)) + 1]
        bits = np.isin(labels, fill)
    return mask_sets.tight(bits), changed


def point_grid(per_side: int) -> npt.NDArray[np.float64]:
    """(n * n, 2) xy in 0..1, row by row."""
    offset = 1 / (2 * per_side)
    line = np.linspace(offset, 1 - offset, per_side)
    return np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2)


def crop_boxes(image_hw: tuple[int, int], options: Everything) -> list[tuple[int, tuple[int, int, int, int]]]:
    """(layer, x0 y0 x1 y1) of the whole photo and of every crop."""
    height, width = image_hw
    out = [(0, (0, 0, width, height))]
    for layer in range(1, options.crop_n_layers + 1):
        count = 1 << layer
        overlap = int(options.crop_overlap_ratio * min(image_hw) * (2 / count))
        wide = int(np.ceil((overlap * (count - 1) + width) / count))
        tall = int(np.ceil((overlap * (count - 1) + height) / count))
        for i in range(count):
            for j in range(count):
                x, y = (wide - overlap) * i, (tall - overlap) * j
                out.append((layer, (x, y, min(x + wide, width), min(y + tall, height))))
    return out
