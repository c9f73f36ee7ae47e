"""Everything mode: every object of a photo without a prompt, from a grid of single points (strategy S1).

The idea is that of SAM's automatic mask generator (Kirillov et al. 2023, appendix B): ask for a mask at each point of
a grid, drop the weak answers, keep one of each group that covers the same object. The grid goes from coarse to fine,
and a point that lies in an object already found is not asked again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

import numpy as np

from sscore import masks
from sscore.types import ByteArray, Candidate, Embedding, FloatArray, Mask, Progress, Prompt, Segmenter


@runtime_checkable
class FindsAll(Protocol):
    """A segmenter with an everything mode of its own."""

    def everything(
        self, rgb: ByteArray, embedding: Embedding | None = None, *, progress: Progress | None = None
    ) -> list[Candidate]: ...


def find_all(
    segmenter: Segmenter, rgb: ByteArray, embedding: Embedding, *, progress: Progress | None = None
) -> list[Candidate]:
    """All objects of a photo uint8 (H, W, 3), best first: by the segmenter's own everything mode or `propose_all`."""
    if isinstance(segmenter, FindsAll):
        return segmenter.everything(rgb, embedding, progress=progress)
    return propose_all(segmenter, embedding, progress=progress)


def propose_all(
    segmenter: Segmenter,
    embedding: Embedding,
    *,
    points_per_side: int = 24,
    levels: int = 3,
    batch: int = 16,
    multimask: bool = False,
    min_score: float = 0.7,
    min_area: int = 64,
    min_share: float = 2e-4,
    max_share: float = 0.4,
    cover_share: float = 0.1,
    cover_score: float = 0.85,
    max_iou: float = 0.6,
    max_contained: float = 0.8,
    min_left: float = 0.6,
    progress: Progress | None = None,
) -> list[Candidate]:
    """Candidates of all objects found, best predicted IoU first; each has a mask. The same input gives the same list.

    points_per_side: points along the long side on the finest of `levels` grids, each half as dense as the next.
    batch: prompts per `predict_many`. min_score: predicted IoU below which an answer is dropped. min_area (px),
    min_share and max_share (of the image): size limits; a mask that touches all four sides goes too. cover_share: a
    mask up to this share of the image hides the points inside it from later questions, if its predicted IoU is at least
    cover_score: a mistaken mask must not hide what lies under it. max_iou, max_contained:
    overlap from which the worse of two masks is a repetition, see `add`; min_left: see `disjoint`.
    progress counts points of all grids, skipped ones included.
    """
    height, width = embedding.image_hw
    smallest = max(min_area, min_share * height * width)
    grids = [grid(height, width, max(points_per_side >> step, 1)) for step in reversed(range(levels))]
    total, done = sum(len(points) for points in grids), 0
    kept: list[_Found] = []
    for points in grids:
        for chunk in _chunks(points, batch):
            sure = [found for found in kept if found.candidate.score >= cover_score]
            asked = [point for point in chunk if not _covered(point, sure, cover_share * height * width)]
            answers = (
                segmenter.predict_many(embedding, [_click(point) for point in asked], multimask=multimask)
                if asked
                else []
            )
            fresh = [_Found.of(candidate) for answer in answers for candidate in answer if candidate.mask is not None]
            fresh = [found for found in fresh if found.candidate.score >= min_score]
            fresh = [found for found in fresh if smallest <= found.area <= max_share * height * width]
            fresh = [found for found in fresh if not _fills_frame(found.mask, height, width)]
            for found in fresh:  # now, not once at the end: this bounds the memory on very large photos
                kept = add(kept, found, max_iou=max_iou, max_contained=max_contained)
            done += len(chunk)
            if progress is not None:
                progress(done, total)
    return [found.candidate for found in disjoint(kept, smallest=smallest, min_left=min_left)]


def disjoint(kept: list[_Found], *, smallest: float, min_left: float) -> list[_Found]:
    """The same objects without shared pixels: a pixel belongs to one piece, the best that claims it. What keeps less
    than `smallest` px or the share `min_left` of itself was no object of its own."""
    settled: list[_Found] = []
    for found in kept:
        left: Mask | None = found.mask
        for better in settled:
            if left is not None and _box_overlap(left, better.mask):
                left = masks.subtract(left, better.mask)
        if left is not None and left.area >= max(smallest, min_left * found.area):
            settled.append(_Found.of(replace(found.candidate, mask=left)))
    return settled


def grid(height: int, width: int, points_per_side: int) -> FloatArray:
    """float32 (n, 2) xy px: centres of near-square cells, row by row, `points_per_side` along the long side."""
    cell = max(height, width) / points_per_side
    columns, rows = max(round(width / cell), 1), max(round(height / cell), 1)
    xs = (np.arange(columns) + 0.5) * (width / columns)
    ys = (np.arange(rows) + 0.5) * (height / rows)
    points = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)
    return points.astype(np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """A candidate with what suppression asks of it again and again."""

    candidate: Candidate
    mask: Mask
    area: int

    @classmethod
    def of(cls, candidate: Candidate) -> _Found:
        assert candidate.mask is not None
        return cls(candidate, candidate.mask, candidate.mask.area)

    @property
    def rank(self) -> tuple[float, int, int, int]:
        """Sorts best first; ties go to the larger mask, then to the upper left one."""
        return -self.candidate.score, -self.area, self.mask.top, self.mask.left


def add(kept: list[_Found], one: _Found, *, max_iou: float, max_contained: float) -> list[_Found]:
    """`kept` with `one` in its place, best first. Of two masks that repeat each other the better stays: they do when
    their IoU is above `max_iou`, or when more than `max_contained` of the smaller lies in the other (a part of an
    object, or a heap of objects taken for one)."""
    rivals = [other for other in kept if _repeats(one, other, max_iou, max_contained)]
    if any(other.rank <= one.rank for other in rivals):
        return kept
    return sorted([other for other in kept if other not in rivals] + [one], key=lambda found: found.rank)


def _repeats(a: _Found, b: _Found, max_iou: float, max_contained: float) -> bool:
    small, large = sorted((a.area, b.area))
    if _box_overlap(a.mask, b.mask) <= min(max_contained * small, max_iou * large):
        return False  # even if all of the shared box were mask, it would be too little
    shared = masks.intersect(a.mask, b.mask)
    pixels = 0 if shared is None else shared.area
    return pixels > max_contained * small or pixels > max_iou * (small + large - pixels)


def _box_overlap(a: Mask, b: Mask) -> int:
    """Area shared by the two tight boxes, px."""
    (a_height, a_width), (b_height, b_width) = a.bits.shape, b.bits.shape
    width: int = min(a.left + a_width, b.left + b_width) - max(a.left, b.left)
    height: int = min(a.top + a_height, b.top + b_height) - max(a.top, b.top)
    return max(width, 0) * max(height, 0)


def _covered(point: FloatArray, kept: list[_Found], largest: float) -> bool:
    x, y = int(point[0]), int(point[1])
    return any(found.area <= largest and _holds(found.mask, x, y) for found in kept)


def _holds(mask: Mask, x: int, y: int) -> bool:
    height, width = mask.bits.shape
    row, column = y - mask.top, x - mask.left
    return 0 <= row < height and 0 <= column < width and bool(mask.bits[row, column])


def _fills_frame(mask: Mask, height: int, width: int) -> bool:
    """Whether the mask touches all four sides of the image: the ground, not an object."""
    rows, columns = mask.bits.shape
    return mask.left <= 0 and mask.top <= 0 and mask.left + columns >= width and mask.top + rows >= height


def _click(point: FloatArray) -> Prompt:
    return Prompt(points=point[None], positive=np.ones(1, dtype=np.bool_))


def _chunks(points: FloatArray, size: int) -> Iterator[FloatArray]:
    for start in range(0, len(points), size):
        yield points[start : start + size]
