"""`nano-cls`: the embedded classifier of the seven scrap shapes, on crops of a mask before neutral grey."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from sscore.errors import BadLabels
from sscore.models import weights
from sscore.models.engines import Runner, open_runner
from sscore.types import BoolArray, ByteArray, FloatArray, LabelNames, ModelCard, Scores

if TYPE_CHECKING:
    from torch import nn

WIDTH, HEIGHT = 128, 64
"""Of the view: most pieces are long."""

NEUTRAL = 127
_FILL = 0.9
_BATCH = 32


class NanoClassifier:
    """See `sscore.types.Classifier`. It names the classes it was trained on; a label set may leave some out."""

    view = "masked"

    def __init__(self, card: ModelCard, runner: Runner, classes: tuple[str, ...], temperature: float) -> None:
        self.card = card
        self.classes = classes
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
            four = [self._runner(batch[:, :, ::y, ::x]) for y in (1, -1) for x in (1, -1)]
            logits.append(np.mean([found for found, _ in four], axis=0))
            mean = np.mean([described for _, described in four], axis=0)
            features.append(mean / np.linalg.norm(mean, axis=1, keepdims=True))
        if not features:
            features = [np.zeros((0, 128), np.float32)]
        return np.concatenate(logits), np.concatenate(features)


def network_input(crop: ByteArray) -> FloatArray:
    """float32 (4, 64, 128): colours and the mask of a crop uint8 (h, w, 3) whose surroundings are neutral grey.

    The piece lies along the view, whichever way it lay in the photo: what is left to learn is its shape. A crop without
    neutral surroundings (a photo of one piece) counts as mask all over.
    """
    bits = silhouette(crop)
    contours = cv2.findContours(bits.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0]
    outline = np.concatenate(contours)[:, 0] if contours else np.array([[0, 0], [crop.shape[1] - 1, crop.shape[0] - 1]])
    centre, matrix = laid_along(outline.astype(np.float32))
    shrink = 1.0
    if (scale := float(np.hypot(*matrix[0]))) < 0.5:
        # Area means first: the bilinear step below would skip pixels.
        shrink = scale
        size = (max(round(crop.shape[1] * shrink), 1), max(round(crop.shape[0] * shrink), 1))
        crop = np.asarray(cv2.resize(crop, size, interpolation=cv2.INTER_AREA))
        bits = cv2.resize(bits.astype(np.uint8) * 255, size, interpolation=cv2.INTER_AREA) > 127
    linear = matrix / shrink
    shift = np.array([WIDTH, HEIGHT]) / 2 - 0.5 - linear @ ((centre + 0.5) * shrink - 0.5)
    affine = np.column_stack([linear, shift])
    view = cv2.warpAffine(crop, affine, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR, borderValue=(NEUTRAL,) * 3)
    seen = cv2.warpAffine(bits.astype(np.uint8) * 255, affine, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR)
    return planes(view, seen)


def laid_along(outline: FloatArray) -> tuple[FloatArray, FloatArray]:
    """(centre (2,), matrix (2, 2)) that turn the smallest rectangle around the outline (n, 2) long side across and
    scale it to fill the view but for its margin."""
    (x, y), (width, height), angle = cv2.minAreaRect(outline)
    if width < height:
        width, height, angle = height, width, angle + 90
    cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    scale = _FILL * min(WIDTH / (width + 1), HEIGHT / (height + 1))
    return np.array([x, y]), scale * np.array([[cos, sin], [-sin, cos]])


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

    def build() -> nn.Module:
        from sscore.models.nets.nano import NanoClsNet

        return weights.filled(NanoClsNet(len(classes)), path)

    runner = open_runner(build, (1, 4, HEIGHT, WIDTH), "nano_cls", weights.digest(path), device=device, engine=engine)
    return NanoClassifier(card, runner, classes, float(facts.get("temperature", "1")))
