"""What everything mode found on one photo, waiting for the user's yes or no. A frozen value and pure steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from app.canvas.paint import Art
from sscore import masks
from sscore.labels import LabelSet
from sscore.types import UNKNOWN, Candidate, Classifier, Mask, Page, Prompt, Scores, Segmenter

SAME_PIECE = 0.7
"""A find whose IoU with an object of the page is above this is that object."""


@dataclass(frozen=True, slots=True, eq=False)
class Find:
    """One piece. label: the user's word, "" while the classifier's counts; art: its drawing, made beside the mask;
    prompt: the box that somebody drew for it, None when the search found it; labels: by which it was named."""

    id: int
    candidate: Candidate
    mask: Mask
    scores: Scores | None
    art: Art
    label: str = ""
    prompt: Prompt | None = None
    labels: LabelSet | None = None

    @property
    def score(self) -> float:
        """Predicted IoU, 0..1."""
        return float(self.candidate.score)

    def best_label(self, unknown_below: float) -> str:
        """The user's word, else the classifier's if it is sure enough, else unknown."""
        if self.label:
            return self.label
        scores = self.scores
        return scores.best if scores is not None and float(scores.values[0]) >= unknown_below else UNKNOWN


@dataclass(frozen=True, slots=True, eq=False)
class Finds:
    """`all` best first; `hidden`: ids of those that are objects of the page already; `current`: the one in hand, None
    for none."""

    all: tuple[Find, ...]
    segmenter: Segmenter
    classifier: Classifier | None
    threshold: float
    hidden: frozenset[int] = frozenset()
    current: int | None = None
    pieces: Mapping[Mask, frozenset[int]] = field(default_factory=dict)  # of the page beside it: ids that each is
    compared: frozenset[int] = frozenset()  # ids of which `pieces` tells

    @property
    def open(self) -> tuple[Find, ...]:
        """All that are still to be decided on, whatever their score."""
        return tuple(find for find in self.all if find.id not in self.hidden)

    @property
    def shown(self) -> tuple[Find, ...]:
        """Those the threshold lets through, best first, and those that were asked for."""
        return tuple(find for find in self.open if find.score >= self.threshold or find.prompt is not None)

    def get(self, find_id: int | None) -> Find | None:
        """A shown find."""
        return next((find for find in self.shown if find.id == find_id), None)

    def at(self, x: float, y: float) -> Find | None:
        """The smallest shown find with a pixel at this image point."""
        column, row = int(np.floor(x)), int(np.floor(y))
        hits = [find for find in self.shown if _holds(find.mask, column, row)]
        return min(hits, key=lambda find: find.mask.area, default=None)

    def stepped(self, step: int) -> Finds:
        """The next or previous one in hand, round and round from left to right and top to bottom."""
        order = [find.id for find in sorted(self.shown, key=lambda one: (one.mask.top // 64, one.mask.left))]
        if not order:
            return replace(self, current=None)
        if self.current not in order:
            return replace(self, current=order[0 if step > 0 else -1])
        return replace(self, current=order[(order.index(self.current) + step) % len(order)])

    def without(self, ids: Iterable[int]) -> Finds:
        gone = set(ids)
        left = tuple(find for find in self.all if find.id not in gone)
        return replace(self, all=left, current=None if self.current in gone else self.current)

    def named(self, find_id: int, label: str) -> Finds:
        return replace(self, all=tuple(replace(f, label=label) if f.id == find_id else f for f in self.all))

    def beside(self, page: Page) -> Finds:
        """The same beside this page: what is an object there is hidden, and shown again when the object is gone."""
        fresh = [find for find in self.all if find.id not in self.compared]
        pieces: dict[Mask, frozenset[int]] = {}
        for mask in (annotation.mask for annotation in page.annotations):  # an edit brings one that is not known yet
            known = self.pieces.get(mask)
            found = {find.id for find in (self.all if known is None else fresh) if _same(find.mask, mask)}
            pieces[mask] = frozenset(found) if known is None else known | found
        here = frozenset(find.id for find in self.all)
        hidden = here.intersection(frozenset().union(*pieces.values()))
        kept = self.current if self.current not in hidden else None
        return replace(self, hidden=hidden, current=kept, pieces=pieces, compared=self.compared | here)


def _same(mask: Mask, other: Mask) -> bool:
    if mask is other:
        return True
    (h, w), (oh, ow) = mask.bits.shape, other.bits.shape
    across = min(mask.left + w, other.left + ow) - max(mask.left, other.left)
    down = min(mask.top + h, other.top + oh) - max(mask.top, other.top)
    # Most pairs are told apart by their boxes: what they share is at most what their boxes share.
    if across <= 0 or down <= 0 or across * down <= SAME_PIECE * max(mask.area, other.area):
        return False
    return masks.iou(mask, other) > SAME_PIECE


def _holds(mask: Mask, column: int, row: int) -> bool:
    i, j = row - mask.top, column - mask.left
    return 0 <= i < mask.bits.shape[0] and 0 <= j < mask.bits.shape[1] and bool(mask.bits[i, j])
