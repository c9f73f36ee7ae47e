"""`nano-cls`: the embedded classifier of the seven scrap shapes, on crops of a mask before neutral grey."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt

from sscore.errors import BadLabels
from sscore.models import weights
from sscore.models.engines import Input, Runner, open_runner
from sscore.models.export import Part
from sscore.types import BoolArray, ByteArray, FloatArray, LabelNames, ModelCard, Scores

if TYPE_CHECKING:
    from torch import nn

WIDTH, HEIGHT = 128, 64
"""Of the view of the whole piece (most are long), and of its two ends side by side below it."""

Matrix = npt.NDArray[np.float64]

NEUTRAL = 127
_FILL = 0.9
_BATCH = 32


class NanoClassifier:
    """See `sscore.types.Classifier`. It names the classes it was trained on; a label set may leave some out."""

    view = "masked"

    def __init__(self, card: ModelCard, runner: Runner, classes: tuple[str, ...], temperature: float) -> None:
        self.card = card
        self.classes = classes
        self.engine = runner.engine
        self._runner = runner
        self._temperature = temperature

    def scores(self, crops: list[ByteArray], labels: LabelNames) -> list[Scores]:
        """Probabilities over labels.keys, calibrated by the temperature stored with the weights.

        Raises BadLabels when the label set has a class this model does not know.
        """
        if strangers := [key for key in labels.keys if key not in self.classes]:
            raise BadLabels(
                f"{self.card.id} cannot recognise {', '.join(strangers)}",
                remedy=f"use another classifier, or a label set of {', '.join(self.classes)}",
            )
        columns = [self.classes.index(key) for key in labels.keys]
        answers = []
        for row in self.logits(crops)[:, columns] / self._temperature:
            chance = np.exp(row - row.max())
            chance /= chance.sum()
            order = np.argsort(-chance, kind="stable")
            answers.append(Scores(tuple(labels.keys[i] for i in order), chance[order].astype(np.float32)))
        return answers

    def logits(self, crops: list[ByteArray]) -> FloatArray:
        """float32 (n, classes) before softmax and temperature, in the order of `classes`."""
        return self._run(crops)[0]

    def features(self, crops: list[ByteArray]) -> FloatArray:
        """float32 (n, 128), unit length."""
        return self._run(crops)[1]

    def _run(self, crops: list[ByteArray]) -> tuple[FloatArray, FloatArray]:
        """Class logits float32 (n, k) and features float32 (n, d), in batches."""
        logits, features = [np.zeros((0, len(self.classes)), np.float32)], []
        for start in range(0, len(crops), _BATCH):
            batch = np.stack([network_input(crop) for crop in crops[start : start + _BATCH]])
            # A piece laid along the view may lie in it four ways; the mean of all is a few points more often right.
            four = [self._runner(turned(batch, y, x)) for y in (False, True) for x in (False, True)]
            logits.append(np.mean([found for found, _ in four], axis=0))
            mean = np.mean([described for _, described in four], axis=0)
            features.append(mean / np.linalg.norm(mean, axis=1, keepdims=True))
        if not features:
            features = [np.zeros((0, 128), np.float32)]
        return np.concatenate(logits), np.concatenate(features)


def network_input(crop: ByteArray) -> FloatArray:
    """float32 (4, 128, 128): colours and the mask of a crop uint8 (h, w, 3) whose surroundings are neutral grey.

    Above, the piece laid along the view, whichever way it lay in the photo: what is left to learn is its shape. Below,
    its two ends close up, for they show the cross-section that names it. A crop without neutral surroundings (a photo
    of one piece) counts as mask all over.
    """
    bits = silhouette(crop)
    contours = cv2.findContours(bits.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0]
    outline = np.concatenate(contours)[:, 0] if contours else np.array([[0, 0], [crop.shape[1] - 1, crop.shape[0] - 1]])
    (x, y), (long, short), angle = cv2.minAreaRect(outline.astype(np.float32))
    if long < short:
        long, short, angle = short, long, angle + 90
    long, short = long + 1, short + 1
    cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    linear = _FILL * min(WIDTH / long, HEIGHT / short) * np.array([[cos, sin], [-sin, cos]])
    levels = [(crop, np.where(bits, np.uint8(255), np.uint8(0)))]
    shift = np.array([WIDTH, HEIGHT]) / 2 - linear @ np.array([x + 0.5, y + 0.5])
    whole = _seen(levels, linear, shift, (WIDTH, HEIGHT))
    # A thin piece fills little of the view's height: its ends have room to be shown several times larger.
    side = HEIGHT / _FILL if short * 3 > long else WIDTH * max(1.6 * short / long, 0.16)
    columns = np.flatnonzero(whole[3].max(0) > 0.5)
    first, last = (columns[0], columns[-1] + 1) if len(columns) else (0, WIDTH)
    ends = []
    for left in (first - 0.1 * side, last - 0.9 * side):
        rows, _ = np.nonzero(whole[3][:, max(int(left), 0) : int(left + side) + 1] > 0.5)
        middle = rows.mean() + 0.5 if len(rows) else HEIGHT / 2
        zoom = HEIGHT / side
        corner = np.array([left, middle - side / 2])
        ends.append(_seen(levels, zoom * linear, zoom * (shift - corner), (HEIGHT, HEIGHT)))
    return np.concatenate([whole, np.concatenate(ends, 2)], 1)


def _seen(
    levels: list[tuple[ByteArray, ByteArray]], linear: Matrix, shift: Matrix, size: tuple[int, int]
) -> FloatArray:
    """Network planes of the view (width, height) whose px are linear @ (crop px) + shift, both counted from corners.

    levels: the crop with its mask 0..255, and its halvings as far as they were needed so far (more are added).
    """
    scale = float(np.hypot(*linear[0]))
    level = 0
    # Area means first: the bilinear step below would skip pixels.
    while scale * 2**level < 0.5:
        level += 1
        if level == len(levels):
            half = (max(levels[-1][0].shape[1] // 2, 1), max(levels[-1][0].shape[0] // 2, 1))
            crop, mask = (cv2.resize(x, half, interpolation=cv2.INTER_AREA) for x in levels[-1])
            levels.append((np.asarray(crop, np.uint8), np.asarray(mask, np.uint8)))
    rgb, mask = levels[level]
    shrink = np.array([levels[0][0].shape[1] / rgb.shape[1], levels[0][0].shape[0] / rgb.shape[0]])
    linear = linear * shrink
    # cv2 counts from the pixels' centres.
    affine = np.column_stack([linear, shift - 0.5 + linear @ [0.5, 0.5]])
    view = cv2.warpAffine(rgb, affine, size, flags=cv2.INTER_LINEAR, borderValue=(NEUTRAL,) * 3)
    seen = cv2.warpAffine(mask, affine, size, flags=cv2.INTER_LINEAR)
    return planes(np.asarray(view, np.uint8), np.asarray(seen, np.uint8))


def turned(batch: FloatArray, upside: bool, mirrored: bool) -> FloatArray:
    """Network input (..., 128, 128) with the piece lying another way: upside down, or mirrored end to end."""
    if mirrored:
        batch = batch[..., ::-1]
    if upside:
        batch = np.concatenate([batch[..., HEIGHT - 1 :: -1, :], batch[..., : HEIGHT - 1 : -1, :]], -2)
    return np.ascontiguousarray(batch)


def planes(view: ByteArray, seen: ByteArray) -> FloatArray:
    """float32 (4, h, w) of uint8 (h, w, 3) and uint8 (h, w) 0..255."""
    out = np.empty((4, *seen.shape), np.float32)
    out[:3] = (view.transpose(2, 0, 1).astype(np.float32) - 127.5) / 64.0
    out[3] = seen.astype(np.float32) / 255.0
    return out


def silhouette(crop: ByteArray) -> BoolArray:
    """bool (h, w): what is not neutral grey; single grey pixels inside a piece are its own colour."""
    grey = (crop == NEUTRAL).all(2).astype(np.uint8)
    ground = cv2.morphologyEx(grey, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    return np.asarray(ground == 0)


def load(card: ModelCard, path: Path, *, device: str = "auto", engine: str = "auto") -> NanoClassifier:
    """Open the weights (see `sscore.models.load_classifier`). Raises WrongWeights."""
    facts = weights.metadata(path)
    classes = tuple(facts.get("classes", "").split(","))

    whole = part(path)
    inputs = list(whole.inputs.values())
    runner = open_runner(whole.build, inputs, "nano_cls", weights.digest(path), device=device, engine=engine)
    return NanoClassifier(card, runner, classes, float(facts.get("temperature", "1")))


def part(path: Path) -> Part:
    """The network with the weights of a file, for `sscore.models.export`."""

    def build() -> nn.Module:
        from sscore.models.nets.nano import NanoClsNet

        return weights.filled(NanoClsNet(len(weights.metadata(path).get("classes", "").split(","))), path)

    view = Input((1, 4, 2 * HEIGHT, WIDTH), free=(0,))
    return Part("network", build, {"view": view}, ("logits", "features"))
