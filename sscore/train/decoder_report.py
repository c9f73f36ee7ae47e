"""A segmenter before and after fine-tuning, measured on photos that it did not learn from."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import torch
from torch import nn

from sscore.evaluate.intervals import interval, wilcoxon
from sscore.evaluate.measure import Case, Design, measure_case
from sscore.evaluate.rows import UNSHIFTED, Row
from sscore.models.cache import EmbeddingCache
from sscore.models.everything import FindsAll
from sscore.train.instances import Instances, Shot
from sscore.types import ByteArray, Candidate, Embedding, FloatArray, ModelCard, Progress, Prompt, Segmenter

STRATEGIES = ("S2", "S3", "S4", "S5", "S6")
SHIFTS = ((0.0, 10.0), (10.0, 20.0), (20.0, 30.0))
WHILE_TRAINING = Design(STRATEGIES, ((0.0, 30.0),))
"""What every epoch is judged by: exact prompts, and as many shifted ones."""

INSTANCES_AN_EPOCH = 40
"""Of the validation's; more would cost more than the epoch."""


class LiveRunner:
    """A network in training as an engine runs it. See `sscore.models.engines.Runner`."""

    engine = "torch"

    def __init__(self, call: Callable[..., tuple[Any, ...]], net: nn.Module) -> None:
        self.digest = ""
        self._call, self._net = call, net

    @torch.no_grad()
    def __call__(self, *inputs: FloatArray) -> tuple[FloatArray, ...]:
        device = next(self._net.parameters()).device
        given = [torch.from_numpy(np.require(x, requirements=["C", "W"])).to(device) for x in inputs]
        return tuple(np.asarray(x.float().cpu().numpy(), dtype=np.float32) for x in self._call(*given))


class Remembering:
    """A segmenter whose embeddings come from the cache."""

    def __init__(self, segmenter: Segmenter, cache: EmbeddingCache) -> None:
        self.card: ModelCard = segmenter.card
        self.engine = str(getattr(segmenter, "engine", ""))
        self._segmenter, self._cache = segmenter, cache

    def encode(self, rgb: ByteArray) -> Embedding:
        return self._cache.get(self._segmenter, rgb)

    def predict(self, embedding: Embedding, prompt: Prompt, *, multimask: bool = True) -> tuple[Candidate, ...]:
        return self._segmenter.predict(embedding, prompt, multimask=multimask)

    def predict_many(
        self, embedding: Embedding, prompts: list[Prompt], *, multimask: bool = True
    ) -> list[tuple[Candidate, ...]]:
        return self._segmenter.predict_many(embedding, prompts, multimask=multimask)


class _RememberingAll(Remembering):
    """One with an everything mode of its own."""

    def everything(
        self, rgb: ByteArray, embedding: Embedding | None = None, *, progress: Progress | None = None
    ) -> list[Candidate]:
        own = self._segmenter
        assert isinstance(own, FindsAll)
        return own.everything(rgb, self.encode(rgb) if embedding is None else embedding, progress=progress)


def remembering(segmenter: Segmenter, cache: EmbeddingCache) -> Segmenter:
    """The segmenter with its embeddings from the cache."""
    return (_RememberingAll if isinstance(segmenter, FindsAll) else Remembering)(segmenter, cache)


def spread(data: Instances, most: int) -> list[tuple[Shot, list[int]]]:
    """Up to `most` instances, as evenly over the photos as they allow, by photo."""
    chosen: list[tuple[int, int]] = []
    deepest = max(len(shot.masks) for shot in data.shots)
    for number in range(deepest):
        chosen += [(place, number) for place, shot in enumerate(data.shots) if number < len(shot.masks)]
    kept = sorted(chosen[:most])
    return [(shot, [k for at, k in kept if at == place]) for place, shot in enumerate(data.shots)]


def cases(data: Instances, most: int) -> Iterator[Case]:
    """Those instances as cases; one photo in memory at a time."""
    for shot, numbers in spread(data, most):
        if numbers:
            masks, ids = tuple(shot.masks[k] for k in numbers), tuple(shot.ids[k] for k in numbers)
            yield Case(shot.name, shot.read(), masks, ids)


def epoch_figures(segmenter: Segmenter, judge: Instances) -> dict[str, float]:
    """The figures of a validation: DICE of the best and of the first candidate, of exact prompts and shifted ones, and
    the mean error of the predicted IoU."""
    rows = [row for case in cases(judge, INSTANCES_AN_EPOCH) for row in measure_case(segmenter, case, WHILE_TRAINING)]
    figures = {"dice": _mean(rows, "dice"), "dice_first": _mean(rows, "dice_first")}
    for name, shifted in (("exact", False), ("shifted", True)):
        figures[f"dice_{name}"] = _mean([row for row in rows if (row.shift != UNSHIFTED) == shifted], "dice")
    figures["iou_error"] = _iou_error(rows)
    return {name: round(value, 5) for name, value in figures.items()}


def compare(
    before: Segmenter, after: Segmenter, judge: Instances, *, everything: int = 4, progress: Progress | None = None
) -> dict[str, Any]:
    """Both on all instances of photos not learnt from: S2-S6, exact and shifted, and S1 on the first few photos.

    everything: how many photos S1 is measured on. {"rows": one a strategy and shift, "overall": all but S1, "photos",
    "instances", "iou_error"}; gains are of paired DICE, with the 95 % bootstrap interval over photos and Wilcoxon's p.
    """
    design = Design(STRATEGIES, SHIFTS)
    tables: tuple[list[Row], list[Row]] = ([], [])
    total = 2 * len(judge.shots)
    done = 0
    for case in cases(judge, judge.count):
        for segmenter, rows in zip((before, after), tables, strict=True):
            asked = Design(("S1", *STRATEGIES), SHIFTS) if done // 2 < everything else design
            rows += measure_case(segmenter, case, asked)
            done += 1
            if progress:
                progress(done, total)
    keys = sorted({(row.strategy, row.shift) for row in tables[0]}, key=lambda k: (k[0], k[1] != UNSHIFTED, k[1]))
    return {
        "photos": len(judge.shots),
        "instances": judge.count,
        "everything_photos": min(everything, len(judge.shots)),
        "iou_error": {"before": round(_iou_error(tables[0]), 4), "after": round(_iou_error(tables[1]), 4)},
        "rows": [_line(strategy, shift, *tables) for strategy, shift in keys],
        "overall": _line("", "", *tables),
    }


def as_text(report: dict[str, Any]) -> str:
    """The comparison as a small table."""
    lines = [f"{'prompt':<8}{'shift':>7}{'n':>6}{'before':>9}{'after':>9}{'gain':>9}   95 %"]
    for row in [*report["rows"], report["overall"]]:
        low, high = row["interval"]
        sure = "" if low is None else f"   {low:+.4f} .. {high:+.4f}"
        name = row["strategy"] or "all"
        lines.append(
            f"{name:<8}{row['shift']:>7}{row['n']:>6}{row['before']:>9.4f}{row['after']:>9.4f}{row['gain']:>+9.4f}{sure}"
        )
    error = report["iou_error"]
    lines.append(f"error of the predicted IoU: {error['before']:.3f} before, {error['after']:.3f} after")
    lines.append(
        f"DICE of the best candidate, on {report['instances']} instances of {report['photos']} photos not learnt from "
        f"(S1: {report['everything_photos']} photos)"
    )
    return "\n".join(lines)


def _line(strategy: str, shift: str, before: Sequence[Row], after: Sequence[Row]) -> dict[str, Any]:
    """Of one strategy and shift; "" for all but S1."""
    pairs = [(a, b) for a, b in zip(before, after, strict=True) if _wanted(a, strategy, shift)]
    gains = np.array([b.dice - a.dice for a, b in pairs], dtype=np.float64)
    names = {name: number for number, name in enumerate(dict.fromkeys(a.image for a, _ in pairs))}
    low, high = interval(gains, np.array([names[a.image] for a, _ in pairs], dtype=np.int64))
    p = wilcoxon(gains)
    first = [float(np.mean([row.dice_first for row in rows])) for rows in zip(*pairs, strict=True)]
    return {
        "strategy": strategy,
        "shift": shift,
        "n": len(pairs),
        "before": round(float(np.mean([a.dice for a, _ in pairs])), 4),
        "after": round(float(np.mean([b.dice for _, b in pairs])), 4),
        "gain": round(float(gains.mean()), 4),
        "interval": [None if math.isnan(low) else round(low, 4), None if math.isnan(high) else round(high, 4)],
        "p": None if math.isnan(p) else round(p, 5),
        "first_before": round(first[0], 4),
        "first_after": round(first[1], 4),
    }


def _wanted(row: Row, strategy: str, shift: str) -> bool:
    return (row.strategy, row.shift) == (strategy, shift) if strategy else row.strategy != "S1"


def _mean(rows: Sequence[Row], name: str) -> float:
    return float(np.mean([getattr(row, name) for row in rows])) if rows else 0.0


def _iou_error(rows: Sequence[Row]) -> float:
    """Mean distance of the predicted IoU from the true one, of the candidates scored."""
    found = [abs(row.predicted_iou - row.jaccard) for row in rows if row.candidate >= 0]
    return float(np.mean(found)) if found else 0.0
