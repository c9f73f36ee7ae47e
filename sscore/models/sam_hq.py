"""SAM-HQ: SAM with a further output token for fine edges, whose logits are added to those of a SAM mask."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sscore.models.sam import Answers, Halves, SamSegmenter
from sscore.types import FloatArray, ModelCard


def hq_choice(logits: FloatArray, scores: FloatArray, multimask: bool) -> Answers:
    """One mask either way: of the three for ambiguous prompts the best by predicted IoU, or the single one; plus the
    fine logits. The score is the SAM mask's (the HQ token has none)."""
    rows = np.arange(len(logits))
    best = 1 + scores[:, 1:4].argmax(1) if multimask else np.zeros(len(logits), np.intp)
    summed = logits[rows, best] + logits[:, -1]
    return Answers(summed[:, None], scores[rows, best][:, None], np.zeros((len(logits), 1), np.intp))


def load(card: ModelCard, path: Path | None, *, device: str = "auto", engine: str = "auto") -> SamSegmenter:
    """Open a checkpoint of SAM-HQ (see `sscore.models.load_segmenter`). Raises WrongWeights."""
    return SamSegmenter(card, Halves(card, path, device=device, engine=engine), hq_choice)
