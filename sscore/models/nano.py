"""`nano`: the embedded promptable segmenter. It looks at a square window around the prompt, not at the whole image.

A box gives the window at once. Points alone say where but not how large, so it looks twice: from several distances
first, then closely at each answer, with that answer as the previous mask. A box is looked at twice the same way.

Looks that know an answer can be computed in eight bits, for those who ask for it: they only correct it. Those that
begin are not: a small error there can send the next look elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from sscore import images, mask_sets
from sscore.models import weights
from sscore.models.eight_bits import Trial
from sscore.models.engines import INT8, Input, Runner, open_runner
from sscore.models.export import Part
from sscore.models.prompt_check import checked
from sscore.models.sample_pieces import Watched, sample_pieces
from sscore.models.window import Window, as_input, look, prompt_maps, pyramid
from sscore.types import (
    LOGITS_SIDE,
    Box,
    ByteArray,
    Candidate,
    Embedding,
    FloatArray,
    Mask,
    ModelCard,
    Prompt,
    frozen,
)

if TYPE_CHECKING:
    from torch import nn

DISTANCES = (1.0, 0.4, 0.15)
"""Sides of the first windows of a point prompt over the long side of the image."""

_OTHER_SIDES = (0.8, 1.35)
"""Sides of the windows of a box's alternative answers over that of the main one."""

_LESS = (0.8, 0.85)
"""The same for a box with points: of the alternative to both, of that to the points alone."""

_HOPELESS = 0.3
"""Predicted IoU from afar below which a point is taken to be on no object, when one of many is asked."""

_FAR_PIXELS = 128
_PIXELS = 160
_BATCH = 30
_BLOCKS = (5, 1)
"""Views the network sees at a time with OpenVINO: few, so that what it holds of them stays near the processor."""

_SAME_BOX = 0.6
_SAME_MASK = 0.9
"""IoU above which two boxes are looked at once, and two masks are one candidate."""

_EXPONENT = 0.5
_LEAST_COSINE = 0.9998
"""See `sscore.models.eight_bits.Trial`. With this cosine of the logits, nine in ten masks agree with an IoU of 0.99."""

_FLOOR = -12.0
"""Logit of everything outside the window."""


@dataclass(frozen=True, slots=True, eq=False)
class _View:
    """An answer: logits float32 (s, s) in a window of the image, predicted IoU."""

    window: Window
    logits: FloatArray
    score: float


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    """A question: which prompt (its number), where to look, what was answered before."""

    number: int
    window: Window
    previous: _View | None


class NanoSegmenter:
    """See `sscore.types.Segmenter`."""

    def __init__(self, card: ModelCard, runner: Runner, closer: Runner | None = None) -> None:
        """closer: the same network for looks that know an answer, by default `runner`."""
        self.card = card
        self._runner = runner
        self._closer = closer or runner
        self.engine = self._closer.engine
        self._preprocessing = f"nano-pyramid:{runner.digest}"

    def encode(self, rgb: ByteArray) -> Embedding:
        """Keeps the image and its halvings: windows of any size are then read in a fraction of a millisecond."""
        if rgb.ndim != 3 or rgb.shape[2] != 3 or rgb.dtype != np.uint8 or not rgb.size:
            raise ValueError(f"image must be uint8 (H, W, 3), not {rgb.dtype} {rgb.shape}")
        levels = pyramid(np.ascontiguousarray(rgb))
        key = f"{images.digest(rgb)}:{self._preprocessing}"
        return Embedding(key, (rgb.shape[0], rgb.shape[1]), {"levels": levels})

    def predict(self, embedding: Embedding, prompt: Prompt, *, multimask: bool = True) -> tuple[Candidate, ...]:
        return self.predict_many(embedding, [prompt], multimask=multimask)[0]

    def predict_many(
        self, embedding: Embedding, prompts: list[Prompt], *, multimask: bool = True
    ) -> list[tuple[Candidate, ...]]:
        prompts = [checked(prompt, embedding.image_hw) for prompt in prompts]
        direct: list[_Look] = []
        distant: list[_Look] = []
        for number, prompt in enumerate(prompts):
            if prompt.box is None and prompt.logits is None:
                distant += [_Look(number, w, None) for w in _distant_windows(prompt, embedding.image_hw)]
            else:
                direct.append(_direct(number, prompt, embedding.image_hw))
        far = self._answers(embedding, prompts, distant, _FAR_PIXELS)
        near = self._twice(embedding, prompts, direct)
        other = self._others(embedding, prompts, direct) if multimask else {}
        # Where nothing is to be seen from afar, a closer look is worth it only to those who wait for that one answer.
        hopeless = {n: views for n, views in far.items() if not multimask and max(v.score for v in views) < _HOPELESS}
        looks = [
            closer
            for n, views in far.items()
            if n not in hopeless
            for closer in _closer(n, views, prompts[n], multimask)
        ]
        close = hopeless | self._answers(embedding, prompts, looks, _PIXELS, self._closer)
        for number, view in near.items():
            close[number] = [view] + [_second(one, view) for one in other.get(number, [])]
        return [_candidates(close[number], embedding.image_hw, multimask) for number in range(len(prompts))]

    def _others(self, embedding: Embedding, prompts: list[Prompt], direct: list[_Look]) -> dict[int, list[_View]]:
        """Further answers to prompts with a box, by prompt number. What a box means is not always plain: with less and
        with more around it, or by its points alone, the answer may be another."""
        variants: list[Prompt] = []
        owners: list[int] = []
        looks: list[_Look] = []
        for x in direct:
            prompt = prompts[x.number]
            if x.previous is not None:
                continue
            if prompt.positive.any():
                asked = [(prompt, _LESS[0]), (Prompt(prompt.points, prompt.positive), _LESS[1])]
            else:
                asked = [(prompt, share) for share in _OTHER_SIDES]
            for variant, share in asked:
                looks.append(_Look(len(variants), x.window.scaled(share), None))
                variants.append(variant)
                owners.append(x.number)
        found: dict[int, list[_View]] = {}
        wide = [x for x in looks if variants[x.number].box is not None]
        bare = [x for x in looks if variants[x.number].box is None]
        for part, pixels in ((wide, _FAR_PIXELS), (bare, _PIXELS)):
            for number, views in self._answers(embedding, variants, part, pixels).items():
                found.setdefault(owners[number], []).extend(views)
        return found

    def _answers(
        self, embedding: Embedding, prompts: list[Prompt], looks: list[_Look], pixels: int, runner: Runner | None = None
    ) -> dict[int, list[_View]]:
        """The network's answers by prompt number."""
        run = runner or self._runner
        answers: dict[int, list[_View]] = {}
        for part in _batches(looks):
            logits, scores = run(_drawn(embedding, prompts, part, pixels))
            for x, answer, score in zip(part, logits, scores, strict=True):
                answers.setdefault(x.number, []).append(_View(x.window, answer[0], float(score)))
        return answers

    def _twice(self, embedding: Embedding, prompts: list[Prompt], looks: list[_Look]) -> dict[int, _View]:
        """One answer by prompt number: the mean of two looks through the same window, the second knowing the first,
        better than either alone. The second is at the mirror image: what is seen wrong in one view is often seen right
        in the other."""
        answers: dict[int, _View] = {}
        for part in _batches(looks):
            batch = _drawn(embedding, prompts, part, _PIXELS)
            first, _ = self._runner(batch)
            batch[:, -1:] = _probability(first)
            second, scores = self._closer(_mirrored(batch))
            logits = np.float32(0.5) * (first + _mirrored(second))
            for x, answer, score in zip(part, logits, scores, strict=True):
                answers[x.number] = _View(x.window, answer[0], float(score))
        return answers


def _batches(looks: list[_Look]) -> Iterator[list[_Look]]:
    for start in range(0, len(looks), _BATCH):
        yield looks[start : start + _BATCH]


def _drawn(embedding: Embedding, prompts: list[Prompt], looks: list[_Look], pixels: int) -> FloatArray:
    """The network's input float32 (n, 9, pixels, pixels)."""
    batch = np.empty((len(looks), 9, pixels, pixels), dtype=np.float32)
    for row, x in zip(batch, looks, strict=True):
        as_input(look(embedding.arrays["levels"], x.window, pixels), row[:3])
        prompt_maps(prompts[x.number], x.window, pixels, _previous(x, pixels), out=row[3:])
    return batch


def _mirrored(batch: FloatArray) -> FloatArray:
    """Left and right of (n, c, h, w) exchanged."""
    rows = batch.reshape(-1, batch.shape[-1])
    return np.asarray(cv2.flip(rows, 1), dtype=np.float32).reshape(batch.shape)


def _around_points(prompt: Prompt) -> Box:
    good = prompt.points[prompt.positive]
    (x0, y0), (x1, y1) = good.min(0), good.max(0) + 1
    return Box(float(x0), float(y0), float(x1), float(y1))


def _distant_windows(prompt: Prompt, image_hw: tuple[int, int]) -> list[Window]:
    """Windows around the positive points, from the whole image to a small part; each shows all of them."""
    spread = _around_points(prompt)
    x, y = spread.centre
    height, width = image_hw
    long = max(height, width)
    sides = sorted({max(long * d, 1.5 * max(spread.width, spread.height), 32.0) for d in DISTANCES}, reverse=True)
    windows = [Window(x, y, side) for side in sides]
    if sides[0] >= long:
        windows[0] = Window((width + x) / 3, (height + y) / 3, sides[0])
    return windows


def _direct(number: int, prompt: Prompt, image_hw: tuple[int, int]) -> _Look:
    """One close look where the prompt itself tells the size: by its box, or by the mask it asks to refine."""
    boxes = [] if prompt.box is None else [prompt.box]
    previous = None
    if prompt.logits is not None:
        long = float(max(image_hw))
        previous = _View(Window(long / 2, long / 2, long), prompt.logits, 0.0)
        found = _box_of(previous)
        boxes += [found] if found else []
    if prompt.positive.any():
        boxes.append(_around_points(prompt))
    return _Look(number, Window.around(_hull(boxes)), previous)


def _second(view: _View, first: _View) -> _View:
    """An alternative, ranked after the main answer: one look is not to be trusted as much as two."""
    return _View(view.window, view.logits, min(view.score, max(first.score - 1e-3, 0.0)))


def _closer(number: int, views: list[_View], prompt: Prompt, multimask: bool) -> list[_Look]:
    """The close looks that follow the distant ones; answers that agree are looked at once."""
    looks: list[_Look] = []
    boxes: list[Box] = []
    for view in sorted(views, key=lambda v: -v.score):
        found = _box_of(view)
        box = _hull([_around_points(prompt)] + ([found] if found else []))
        if all(_box_iou(box, other) < _SAME_BOX for other in boxes):
            boxes.append(box)
            looks.append(_Look(number, Window.around(box), view))
    return looks if multimask else looks[:1]


def _hull(boxes: list[Box]) -> Box:
    return Box(min(b.x0 for b in boxes), min(b.y0 for b in boxes), max(b.x1 for b in boxes), max(b.y1 for b in boxes))


def _box_iou(a: Box, b: Box) -> float:
    width = min(a.x1, b.x1) - max(a.x0, b.x0)
    height = min(a.y1, b.y1) - max(a.y0, b.y0)
    shared = max(width, 0.0) * max(height, 0.0)
    return shared / (a.area + b.area - shared)


def _box_of(view: _View) -> Box | None:
    """Image px around the positive logits, None when there are none."""
    x, y, w, h = cv2.boundingRect((view.logits > 0).astype(np.uint8))
    if not w:
        return None
    scale = view.window.side / view.logits.shape[0]
    left, top = view.window.left + x * scale, view.window.top + y * scale
    return Box(left, top, left + w * scale, top + h * scale)


def _resampled(view: _View, left: float, top: float, scale: float, size: tuple[int, int]) -> FloatArray:
    """Logits float32 (height, width) = size over the image from (left, top), `scale` image px each."""
    step = scale * view.logits.shape[0] / view.window.side
    offset = np.array([left - view.window.left, top - view.window.top]) * (step / scale) + 0.5 * step - 0.5
    matrix = np.array([[step, 0.0, offset[0]], [0.0, step, offset[1]]])
    out: FloatArray = cv2.warpAffine(
        view.logits,
        matrix,
        (size[1], size[0]),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=_FLOOR,
    )
    return out


def _previous(question: _Look, pixels: int) -> FloatArray | None:
    """float32 (pixels, pixels): probability of the answer before, in this window."""
    if question.previous is None:
        return None
    window = question.window
    logits = _resampled(question.previous, window.left, window.top, window.side / pixels, (pixels, pixels))
    return _probability(logits)


def _probability(logits: FloatArray) -> FloatArray:
    return np.asarray(1 / (1 + np.exp(-logits)), dtype=np.float32)


def _candidates(views: list[_View], image_hw: tuple[int, int], multimask: bool) -> tuple[Candidate, ...]:
    found = [(_mask(view, image_hw), view, index) for index, view in enumerate(views)]
    found.sort(key=lambda one: (one[0] is None, -one[1].score))
    kept: list[Candidate] = []
    for mask, view, index in found if multimask else found[:1]:
        if all(mask is not None and k.mask is not None and mask_sets.iou(mask, k.mask) < _SAME_MASK for k in kept):
            kept.append(Candidate(mask, view.score, _low_resolution(view, image_hw), index))
    return tuple(kept)


def _mask(view: _View, image_hw: tuple[int, int]) -> Mask | None:
    """The pixels of the image that are positive. Interpolation makes none positive that has no such neighbour: what
    lies farther away is left out."""
    box, window = _box_of(view), view.window
    if box is None:
        return None
    height, width = image_hw
    near = window.side / view.logits.shape[0]
    x0 = max(int(np.floor(max(box.x0 - near, window.left))), 0)
    y0 = max(int(np.floor(max(box.y0 - near, window.top))), 0)
    x1 = min(int(np.ceil(min(box.x1 + near, window.left + window.side))), width)
    y1 = min(int(np.ceil(min(box.y1 + near, window.top + window.side))), height)
    if x0 >= x1 or y0 >= y1:
        return None
    return mask_sets.tight(_resampled(view, x0, y0, 1.0, (y1 - y0, x1 - x0)) > 0, x0, y0)


def _low_resolution(view: _View, image_hw: tuple[int, int]) -> FloatArray:
    """float32 (256, 256) over the long-side square of the image, as `Candidate.logits` wants them."""
    scale, window = max(image_hw) / LOGITS_SIDE, view.window
    out = np.full((LOGITS_SIDE, LOGITS_SIDE), _FLOOR, dtype=np.float32)
    (x0, x1), (y0, y1) = (_cells(start, window.side, scale) for start in (window.left, window.top))
    if x0 < x1 and y0 < y1:
        out[y0:y1, x0:x1] = _resampled(view, x0 * scale, y0 * scale, scale, (y1 - y0, x1 - x0))
    return np.asarray(frozen(out))


def _cells(start: float, side: float, scale: float) -> tuple[int, int]:
    """First and past-the-last cell of `scale` px, of 256, that a stretch of the image reaches."""
    return max(int(np.floor(start / scale)) - 1, 0), min(int(np.ceil((start + side) / scale)) + 1, LOGITS_SIDE)


def load(card: ModelCard, path: Path, *, device: str = "auto", engine: str = "auto") -> NanoSegmenter:
    """Open the weights (see `sscore.models.load_segmenter`). Raises WrongWeights."""
    whole, digest = part(path), weights.digest(path)
    inputs = list(whole.inputs.values())
    plain = "openvino" if engine == INT8 else engine
    runner = open_runner(whole.build, inputs, "nano", digest, device=device, engine=plain, blocks=_BLOCKS)
    closer = runner
    if engine == INT8:
        trial = Trial(lambda: _samples(card, runner), True, _EXPONENT, _LEAST_COSINE, least_seconds=0.0)
        closer = open_runner(
            whole.build, inputs, "nano", digest, device=device, engine=INT8, blocks=_BLOCKS, trial=trial
        )
    for one, pixels in ((runner, _FAR_PIXELS), (runner, _PIXELS), (closer, _PIXELS)):
        one(np.zeros((1, *inputs[0].shape[1:2], pixels, pixels), np.float32))  # so that no prompt need wait for it
    return NanoSegmenter(card, runner, closer)


def _samples(card: ModelCard, runner: Runner) -> FloatArray:
    """float32 (n, 9, _PIXELS, _PIXELS): looks that know an answer, at pieces asked for by clicks and boxes in turn."""
    watched = Watched(runner)
    segmenter = NanoSegmenter(card, runner, watched)
    for rgb, boxes in sample_pieces():
        embedding = segmenter.encode(rgb)
        for number, box in enumerate(Box(*corners) for corners in boxes):
            click = Prompt(np.array([box.centre], np.float32), np.array([True]))
            segmenter.predict(embedding, Prompt(box=box) if number % 2 else click, multimask=False)
    return np.concatenate(watched.seen)


def part(path: Path) -> Part:
    """The network with the weights of a file, for `sscore.models.export`."""

    def build() -> nn.Module:
        from sscore.models.nets.nano import NanoNet, TrainedNano

        return TrainedNano(weights.filled(NanoNet(), path)).eval()

    view = Input((1, 9, _PIXELS, _PIXELS), free=(0, 2, 3))
    return Part("network", build, {"view": view}, ("logits", "iou"))
