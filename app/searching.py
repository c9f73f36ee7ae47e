"""The work behind proposals, for the model lane: all pieces of a photo, or the one in a box."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from app.canvas.paint import Art
from app.finds import Find, Finds
from sscore.labels import LabelSet
from sscore.naming import Naming
from sscore.types import ByteArray, Classifier, Embedding, Prompt, Scores, Segmenter

_NO_LOGITS = np.zeros((256, 256), np.float32)
"""Nobody asks for those of a proposal. They are 256 kB each, and the proposals of every photo of a day are kept."""


def all_pieces(
    segmenter: Segmenter,
    classifier: Classifier | None,
    labels: LabelSet,
    naming: Naming,
    rgb: ByteArray,
    embedding: Embedding,
    progress: Callable[[int, int], None],
) -> Finds:
    """Everything mode and the names of what it found. progress: done and of how many; it may raise Cancelled."""
    from sscore.models.everything import find_all
    from sscore.recognize import classify

    found = [(one, one.mask) for one in find_all(segmenter, rgb, embedding, progress=progress) if one.mask]
    pieces = [mask for _, mask in found]
    scores: Sequence[Scores | None] = [None] * len(pieces)
    if classifier and pieces:
        scores = classify(classifier, labels, rgb, pieces, naming=naming)
    made = []
    for number, ((candidate, mask), score) in enumerate(zip(found, scores, strict=True)):
        progress(1, 1)
        art = Art(mask)
        art.outline()  # traced here rather than while painting
        made.append(Find(number, replace(candidate, logits=_NO_LOGITS), mask, score, art, labels=labels))
    return Finds(tuple(made), segmenter, classifier, 0.0)


def piece_in(
    segmenter: Segmenter,
    classifier: Classifier | None,
    labels: LabelSet,
    naming: Naming,
    rgb: ByteArray,
    embedding: Embedding,
    prompt: Prompt,
) -> Find | None:
    """The best answer to a prompt, without an id yet; None when there is none."""
    from sscore.recognize import propose

    answer = propose(segmenter, classifier, labels, rgb, embedding, prompt, naming=naming)
    best = answer.candidates[0] if answer.candidates else None
    if best is None or best.mask is None:
        return None
    art = Art(best.mask)
    art.outline()
    light = replace(best, logits=_NO_LOGITS)
    return Find(-1, light, best.mask, answer.scores, art, prompt=prompt, labels=labels)
