"""The same prompts on several segmenters: masks, predicted IoU, time, and how far they agree with an accepted mask."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sscore import masks
from sscore.errors import SscError
from sscore.types import Annotation, ByteArray, Candidate, Embedding, Mask, Page, Progress, Prompt, Segmenter

# Of differences, RGB: both, only this one, only the reference. Told apart also by those who see red and green alike.
BOTH, MINE, OTHER = (95, 211, 165), (224, 72, 43), (61, 109, 240)
Embed = Callable[[Segmenter], Embedding]
"""Gives the embedding of the photo at hand, from a cache where there is one."""


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What one segmenter said. seconds: for the prompt; encode: for the photo (0: it was there already); dice: with
    the accepted mask, None without one; problem: why there is no candidate, "" when there is."""

    segmenter: Segmenter
    candidate: Candidate | None
    seconds: float
    encode: float
    dice: float | None
    problem: str = ""

    @property
    def mask(self) -> Mask | None:
        return self.candidate.mask if self.candidate is not None else None


@dataclass(frozen=True, slots=True, eq=False)
class Replayed:
    """One instance under its own stored prompt. dice, iou: with its present mask; 0 when nothing was found."""

    annotation: Annotation
    answer: Answer
    dice: float
    iou: float


def ask(segmenters: Sequence[Segmenter], prompt: Prompt, embed: Embed, truth: Mask | None = None) -> list[Answer]:
    """Every segmenter's best answer to one prompt, in the order given. One that fails is told, the others go on."""
    return [_answer(segmenter, prompt, embed, truth) for segmenter in segmenters]


def replay(
    segmenters: Sequence[Segmenter], page: Page, embed: Embed, *, progress: Progress | None = None
) -> list[list[Replayed]]:
    """For each segmenter, every instance of the page that has a prompt, asked again. May raise Cancelled."""
    kept = [a for a in page.annotations if a.prompt is not None and not a.prompt.empty and a.status != "rejected"]
    out: list[list[Replayed]] = []
    done, total = 0, len(kept) * len(segmenters)
    for segmenter in segmenters:
        rows = []
        for annotation in kept:
            assert annotation.prompt is not None
            answer = _answer(segmenter, annotation.prompt, embed, annotation.mask)
            shared = 0.0 if answer.mask is None else masks.iou(answer.mask, annotation.mask)
            rows.append(Replayed(annotation, answer, answer.dice or 0.0, shared))
            done += 1
            if progress:
                progress(done, total)
        out.append(rows)
    return out


def dice(a: Mask, b: Mask) -> float:
    """DICE of two masks of one photo: 2 |A and B| / (|A| + |B|)."""
    shared = masks.intersect(a, b)
    return 2 * (shared.area if shared is not None else 0) / (a.area + b.area)


def retake(annotation: Annotation, answer: Answer, made_by: dict[str, Any]) -> Annotation:
    """The instance with the answer's mask, and who made it; its class stays. The answer must have a mask."""
    if answer.mask is None:
        raise ValueError("this answer has no mask")
    old = ("segmenter", "candidate", "predicted_iou")
    kept = {key: value for key, value in annotation.made_by.items() if not key.startswith(old)}
    return replace(annotation, mask=answer.mask, made_by={**kept, **made_by})


def difference(rgb: ByteArray, mask: Mask | None, reference: Mask | None) -> ByteArray:
    """uint8 (H, W, 3): the photo greyed, BOTH where both are, MINE only `mask`, OTHER only `reference`."""
    height, width = rgb.shape[:2]
    grey = rgb.mean(axis=2, keepdims=True)
    out = np.repeat(grey * 0.6 + 40, 3, axis=2)
    one = mask.full(height, width) if mask is not None else np.zeros((height, width), np.bool_)
    two = reference.full(height, width) if reference is not None else np.zeros((height, width), np.bool_)
    for where, colour in ((one & two, BOTH), (one & ~two, MINE), (two & ~one, OTHER)):
        out[where] = 0.45 * out[where] + 0.55 * np.array(colour)
    return out.astype(np.uint8)


def _answer(segmenter: Segmenter, prompt: Prompt, embed: Embed, truth: Mask | None) -> Answer:
    start = time.perf_counter()
    encode = 0.0
    try:
        embedding = embed(segmenter)
        encode = time.perf_counter() - start
        start = time.perf_counter()
        candidates = segmenter.predict(embedding, prompt)
        seconds = time.perf_counter() - start
    except (SscError, RuntimeError, MemoryError) as error:
        return Answer(segmenter, None, 0.0, encode, None, " ".join(str(error).split()) or type(error).__name__)
    best = next((one for one in candidates if one.mask is not None), None)
    if best is None or best.mask is None:
        return Answer(segmenter, None, seconds, encode, None if truth is None else 0.0)
    return Answer(segmenter, best, seconds, encode, None if truth is None else dice(best.mask, truth))
