"""How fast the models run here, measured beside the published code in the same run.

Times depend on the machine, ratios far less; so each stage is measured in turns with the official path (the authors'
`SamPredictor` or `SamAutomaticMaskGenerator` on the same weights, float32 torch) and both medians are reported.
"""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np

from sscore import catalogue
from sscore.errors import BadOption
from sscore.models import load_classifier, load_segmenter, open_untrained
from sscore.models.engines import check_names
from sscore.types import Box, ByteArray, ModelCard, Progress, Prompt, Segmenter

STAGES = ("encode", "predict", "everything", "classify")
_SAM = ("sam", "sam_hq", "mobile_sam", "edge_sam")
_CROPS = 32


@dataclass(frozen=True, slots=True)
class Row:
    """One measurement. median_s, official_median_s: seconds (None: there is no published code of this model); ratio:
    official over ours, above 1 is faster than official."""

    segmenter: str
    stage: str
    engine: str
    median_s: float
    official_median_s: float | None
    ratio: float | None
    runs: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure. engines: of this program; runs: of which the median is taken, after one that is not counted;
    points_per_side: of everything mode's grid (the published default is 32; the time grows with its square);
    untrained: random weights instead of the checkpoint, since speed does not depend on the values."""

    models: tuple[str, ...]
    stages: tuple[str, ...] = STAGES
    engines: tuple[str, ...] = ("openvino",)
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
        "versions": {name: _version(name) for name in ("torch", "openvino", "numpy", "scrap-sam-clip")},
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
    is_sam = card.family in _SAM
    untrained = plan.untrained and is_sam
    model: Segmenter = open_untrained(card.id, engine=engine) if untrained else load_segmenter(card.id, engine=engine)
    official = _Official(card, plan, untrained) if is_sam and plan.official else None
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
    if "classify" in plan.stages:
        from sscore import labels

        model = load_classifier(card.id, engine=engine)
        crops = [np.ascontiguousarray(rgb[i : i + 160, i : i + 160]) for i in range(_CROPS)]
        label_set = labels.load()
        yield _row(plan, card, engine, "classify", lambda: model.scores(crops, label_set), None)


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


class _Official:
    """The authors' own predictor on the same weights."""

    def __init__(self, card: ModelCard, plan: Plan, untrained: bool) -> None:
        from sscore.models import checkpoints
        from sscore.models.nets import sam

        whole: Any = sam.build(card.family, card.variant)
        if not untrained:
            whole = checkpoints.fill(whole, catalogue.weight_file(card), card.family, card.variant)
        whole.train().eval().requires_grad_(False)
        if card.family == "mobile_sam":
            encode = whole.image_encoder.forward
            whole.image_encoder.forward = lambda x: encode(x)[0]
        package: Any = sam.hq_package() if card.family == "sam_hq" else import_module("segment_anything")
        self._predictor = package.SamPredictor(whole)
        self._everything = package.SamAutomaticMaskGenerator(whole, points_per_side=plan.points_per_side)
        self._high_quality = card.family == "sam_hq"

    def encode(self, rgb: ByteArray) -> Callable[[], Any]:
        return lambda: self._predictor.set_image(rgb)

    def predict(self, rgb: ByteArray, box: Box) -> Callable[[], Any]:
        self._predictor.set_image(rgb)
        corners = np.array(box.as_tuple())
        return lambda: self._predictor.predict(box=corners, multimask_output=True)

    def everything(self, rgb: ByteArray) -> Callable[[], Any]:
        more = {"multimask_output": True} if self._high_quality else {}
        return lambda: self._everything.generate(rgb, **more)


def table(rows: Sequence[Row]) -> str:
    """The rows for people, in milliseconds."""
    head = f"{'model':<14}{'stage':<12}{'engine':<10}{'ours':>12}{'official':>12}{'ratio':>8}"
    lines = [head, "-" * len(head)]
    for row in rows:
        other = "" if row.official_median_s is None else f"{row.official_median_s * 1000:.1f} ms"
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}x"
        lines.append(
            f"{row.segmenter:<14}{row.stage:<12}{row.engine:<10}{row.median_s * 1000:>9.1f} ms{other:>12}{ratio:>8}"
        )
    return "\n".join(lines)


def as_json(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Rows with the names of their fields; times in seconds."""
    return [asdict(row) for row in rows]
