"""How fast the models run here, measured beside the published code in the same run.

Times depend on the machine, ratios far less; so each stage is measured in turns with the official path (see
`sscore.bench.published`) and both medians are reported.
"""

from __future__ import annotations

import functools
import os
import platform
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np

from sscore import catalogue
from sscore.bench import published
from sscore.errors import BadOption
from sscore.models import load_classifier, load_segmenter, open_untrained
from sscore.models.engines import check_names
from sscore.types import Box, ByteArray, Classifier, ModelCard, Progress, Prompt, Segmenter

STAGES = ("encode", "predict", "everything", "classify")
_CROPS = 32
_CROP_PX = 160


@dataclass(frozen=True, slots=True)
class Row:
    """One measurement. median_s, official_median_s: seconds (None: there is no published code of this model, or it is
    not installed: `note` says so); ratio: official over ours, above 1 is faster than official; cosine: of classifiers,
    the least between our features of a crop and the official ones."""

    segmenter: str
    stage: str
    engine: str
    median_s: float
    official_median_s: float | None
    ratio: float | None
    runs: int
    cosine: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure. engines: of this program ("auto": the one it would take; rows name it); runs: of which the
    median is taken, after one that is not counted; points_per_side: of everything mode's grid (the published default is
    32; the time grows with its square); untrained: random weights instead of the checkpoint, since speed does not
    depend on the values."""

    models: tuple[str, ...]
    stages: tuple[str, ...] = STAGES
    engines: tuple[str, ...] = ("auto",)
    runs: int = 5
    points_per_side: int = 8
    untrained: bool = False
    official: bool = True

    def __post_init__(self) -> None:
        if not (self.models and self.stages and self.engines):
            raise BadOption("name at least one model, stage and engine")
        if unknown := [stage for stage in self.stages if stage not in STAGES]:
            raise BadOption(f"there is no stage {unknown[0]!r}", remedy=f"choose from {', '.join(STAGES)}")
        for engine in self.engines:
            check_names(engine)
        if self.runs < 1 or self.points_per_side < 1:
            raise BadOption("--runs and --points-per-side must be at least 1")


def measure(plan: Plan, rgb: ByteArray, *, progress: Progress | None = None) -> Iterator[Row]:
    """Rows in the order of models, engines and stages. rgb: uint8 (H, W, 3), the photo to measure on.

    Raises ModelMissing, WrongWeights, BadOption.
    """
    total = len(plan.models) * len(plan.engines)
    done = 0
    for model_id in plan.models:
        card = catalogue.card(model_id)
        for engine in plan.engines:
            yield from (
                _classifier(plan, card, engine, rgb)
                if card.kind == "classifier"
                else _segmenter(plan, card, engine, rgb)
            )
            done += 1
            if progress is not None:
                progress(done, total)


def machine() -> dict[str, Any]:
    """What was measured on: processor, cores, what it can do for neural networks, library versions."""
    features = _processor_features()
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "bf16": "amx" if "amx_bf16" in features else "avx512" if "avx512_bf16" in features else "no",
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        "versions": {name: _version(name) for name in ("torch", "openvino", "numpy", "cn-clip", "scrap-sam-clip")},
    }


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _processor() -> str:
    for line in _cpuinfo():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def _processor_features() -> set[str]:
    return next((set(line.split()) for line in _cpuinfo() if line.startswith("flags")), set())


def _cpuinfo() -> list[str]:
    try:
        with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:
            return file.read().splitlines()
    except OSError:
        return []


def _segmenter(plan: Plan, card: ModelCard, engine: str, rgb: ByteArray) -> Iterator[Row]:
    is_sam = card.family in published.SAM
    untrained = plan.untrained and is_sam
    model: Segmenter = open_untrained(card.id, engine=engine) if untrained else load_segmenter(card.id, engine=engine)
    engine = getattr(model, "engine", engine)
    official = published.SamPredictor(card, plan.points_per_side, untrained) if is_sam and plan.official else None
    height, width = rgb.shape[:2]
    box = Box(0.3 * width, 0.3 * height, 0.6 * width, 0.7 * height)
    embedding = model.encode(rgb)
    theirs: Callable[[], Any] | None
    if "encode" in plan.stages:
        theirs = official.encode(rgb) if official else None
        yield _row(plan, card, engine, "encode", lambda: model.encode(rgb), theirs)
    if "predict" in plan.stages:
        theirs = official.predict(rgb, box) if official else None
        yield _row(plan, card, engine, "predict", lambda: model.predict(embedding, Prompt(box=box)), theirs)
    if "everything" in plan.stages and is_sam:
        from sscore.models.automatic import Everything, find_all

        options = Everything(points_per_side=plan.points_per_side)
        sam: Any = model
        theirs = official.everything(rgb) if official else None
        yield _row(plan, card, engine, "everything", lambda: find_all(sam, rgb, options=options), theirs)


def _classifier(plan: Plan, card: ModelCard, engine: str, rgb: ByteArray) -> Iterator[Row]:
    """Our names of crops beside the official features of them: texts are computed once, and left out on both sides."""
    if "classify" not in plan.stages:
        return
    from sscore import labels
    from sscore.models import cn_clip

    is_clip = card.family == "cn_clip"
    untrained = plan.untrained and is_clip
    model: Classifier = (
        cn_clip.load(card, None, engine=engine) if untrained else load_classifier(card.id, engine=engine)
    )
    crops, label_set = _crops(rgb), labels.load()
    official, note = _clip_package(card, untrained) if is_clip and plan.official else (None, "")
    theirs: Callable[[], Any] | None = None
    cosine = None
    if official:
        cosine = round(float((model.features(crops) * official.features(crops)).sum(1).min()), 5)
        theirs = functools.partial(official.features, crops)
    row = _row(plan, card, getattr(model, "engine", engine), "classify", lambda: model.scores(crops, label_set), theirs)
    yield replace(row, cosine=cosine, note=note)


def _clip_package(card: ModelCard, untrained: bool) -> tuple[published.ClipPackage | None, str]:
    """The official code, or why it is not there."""
    try:
        return published.ClipPackage(card, untrained), ""
    except ImportError as error:
        missing = f"the official package cn-clip is not installed ({error})"
        return None, f"{card.id}: {missing}; to measure it too: {published.CN_CLIP_INSTALL}"


def _crops(rgb: ByteArray) -> list[ByteArray]:
    """uint8 (160, 160, 3), spread over the photo from corner to corner; smaller where the photo is."""
    height, width = rgb.shape[:2]
    places = [
        (max(height - _CROP_PX, 0) * n // (_CROPS - 1), max(width - _CROP_PX, 0) * n // (_CROPS - 1))
        for n in range(_CROPS)
    ]
    return [np.ascontiguousarray(rgb[y : y + _CROP_PX, x : x + _CROP_PX]) for y, x in places]


def _row(
    plan: Plan, card: ModelCard, engine: str, stage: str, mine: Callable[[], Any], theirs: Callable[[], Any] | None
) -> Row:
    """Both in turns, so that what else the machine does meets both alike."""
    own, official = [], []
    for number in range(plan.runs + 1):
        own.append(_seconds(mine))
        if theirs:
            official.append(_seconds(theirs))
        if number == 0:
            own.clear()
            official.clear()
    median = statistics.median(own)
    other = statistics.median(official) if official else None
    rounded = None if other is None else round(other, 5)
    return Row(card.id, stage, engine, round(median, 5), rounded, other and round(other / median, 2), plan.runs)


def _seconds(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def table(rows: Sequence[Row]) -> str:
    """The rows for people, in milliseconds."""
    wide = max([12, *(len(row.segmenter) for row in rows)]) + 2
    head = f"{'model':<{wide}}{'stage':<12}{'engine':<15}{'ours':>12}{'official':>12}{'ratio':>8}{'cosine':>9}"
    lines = [head, "-" * len(head)]
    for row in rows:
        other = "" if row.official_median_s is None else f"{row.official_median_s * 1000:.1f} ms"
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}x"
        cosine = "" if row.cosine is None else f"{row.cosine:.5f}"
        about = f"{row.segmenter:<{wide}}{row.stage:<12}{row.engine:<15}"
        lines.append(f"{about}{row.median_s * 1000:>9.1f} ms{other:>12}{ratio:>8}{cosine:>9}".rstrip())
    lines += dict.fromkeys(row.note for row in rows if row.note)
    return "\n".join(lines)


def as_json(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Rows with the names of their fields; times in seconds."""
    return [asdict(row) for row in rows]
