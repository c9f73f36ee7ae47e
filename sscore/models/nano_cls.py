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

PIXELS = 128
NEUTRAL = 127
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
        for row in self._run(crops)[0][:, columns] / self._temperature:
            chance = np.exp(row - row.max())
            chance /= chance.sum()
            order = np.argsort(-chance, kind="stable")
            answers.append(Scores(tuple(labels.keys[i] for i in order), chance[order].astype(np.float32)))
        return answers

    def features(self, crops: list[ByteArray]) -> FloatArray:
        """float32 (n, 128), unit length."""
        return self._run(crops)[1]

    def _run(self, crops: list[ByteArray]) -> tuple[FloatArray, FloatArray]:
        """Class logits float32 (n, k) and features float32 (n, d), in batches."""
        logits, features = [np.zeros((0, len(self.classes)), np.float32)], []
        for start in range(0, len(crops), _BATCH):
            batch = np.stack([network_input(crop) for crop in crops[start : start + _BATCH]])
            found, described = self._runner(batch)
            logits.append(found)
            features.append(described)
        if not features:
            features = [np.zeros((0, 128), np.float32)]
        return np.concatenate(logits), np.concatenate(features)


def network_input(crop: ByteArray) -> FloatArray:
    """float32 (4, s, s): colours and the mask of a crop uint8 (h, w, 3) whose surroundings are neutral grey.

    A crop without such surroundings (a photo of one piece) counts as mask all over.
    """
    bits = silhouette(crop)
    view = _square(crop, NEUTRAL)
    seen = _square(bits.astype(np.uint8) * 255, 0)
    return planes(view, seen)


def planes(view: ByteArray, seen: ByteArray) -> FloatArray:
    """float32 (4, s, s) of uint8 (s, s, 3) and uint8 (s, s) 0..255."""
    out = np.empty((4, *seen.shape), np.float32)
    out[:3] = (view.transpose(2, 0, 1).astype(np.float32) - 127.5) / 64.0
    out[3] = seen.astype(np.float32) / 255.0
    return out


def silhouette(crop: ByteArray) -> BoolArray:
    """bool (h, w): what is not neutral grey; single grey pixels inside a piece are its own colour."""
    grey = (crop == NEUTRAL).all(2).astype(np.uint8)
    ground = cv2.morphologyEx(grey, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    return np.asarray(ground == 0)


def _square(image: ByteArray, fill: int) -> ByteArray:
    """(PIXELS, PIXELS[, 3]): padded to a square about its centre, then resized by area means or, upwards, bilinear."""
    height, width = image.shape[:2]
    side = max(height, width)
    if height != width:
        top, left = (side - height) // 2, (side - width) // 2
        edges = (top, side - height - top, left, side - width - left)
        image = cv2.copyMakeBorder(image, *edges, cv2.BORDER_CONSTANT, value=(fill,) * 3)
    method = cv2.INTER_AREA if side > PIXELS else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, (PIXELS, PIXELS), interpolation=method))


def load(card: ModelCard, path: Path, *, device: str = "auto", engine: str = "auto") -> NanoClassifier:
    """Open the weights (see `sscore.models.load_classifier`). Raises WrongWeights."""
    facts = weights.metadata(path)
    classes = tuple(facts.get("classes", "").split(","))

    def build() -> nn.Module:
        from sscore.models.nets.nano import NanoClsNet

        return weights.filled(NanoClsNet(len(classes)), path)

    runner = open_runner(build, (1, 4, PIXELS, PIXELS), weights.digest(path), device=device, engine=engine)
    return NanoClassifier(card, runner, classes, float(facts.get("temperature", "1")))
