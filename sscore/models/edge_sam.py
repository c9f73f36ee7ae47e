"""EdgeSAM: a distilled encoder before SAM's decoder. Its predicted IoU was not distilled, so its candidates are ordered
by stability, as its authors advise; `Candidate.score` is the predicted IoU all the same."""

from __future__ import annotations

from pathlib import Path

from sscore.models.sam import Halves, SamSegmenter
from sscore.types import FloatArray, ModelCard


def stability(logits: FloatArray) -> float:
    """IoU of the masks at logits +1 and -1, float32 (256, 256)."""
    return float((logits > 1).sum()) / max(float((logits > -1).sum()), 1.0)


def load(card: ModelCard, path: Path | None, *, device: str = "auto", engine: str = "auto") -> SamSegmenter:
    """Open a checkpoint of EdgeSAM (see `sscore.models.load_segmenter`). Raises WrongWeights."""
    return SamSegmenter(card, Halves(card, path, device=device, engine=engine), rank=stability)
