"""A segmenter and a classifier whose right answers are known: objects are areas of one colour on black ground."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sscore import images, masks
from sscore.errors import BadPrompt
from sscore.types import Candidate, Embedding, ModelCard, Scores

COLOURS = {"Angle": (250, 10, 10), "Bar": (10, 250, 10), "Plate": (10, 10, 250)}
NO_LOGITS = np.zeros((256, 256), dtype=np.float32)


def photo(height=120, width=160, **objects):
    """uint8 (H, W, 3), black; objects by label: (x0, y0, x1, y1) px."""
    rgb = np.zeros((height, width, 3), dtype=np.uint8)
    for label, (x0, y0, x1, y1) in objects.items():
        rgb[y0:y1, x0:x1] = COLOURS[label]
    return rgb


def save(path: Path, rgb) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    images.write_image(path, rgb)
    return path


class ColourSegmenter:
    """The answer to a prompt is all pixels of the colour at its first positive point or the middle of its box."""

    def __init__(self):
        self.card = ModelCard(id="colours", kind="segmenter", family="fake", sha256="ab12")
        self.asked = []
        self._found = {}

    def encode(self, rgb):
        return Embedding(images.digest(rgb), rgb.shape[:2], {"rgb": rgb})

    def predict(self, embedding, prompt, *, multimask=True):
        self.asked.append(prompt)
        height, width = embedding.image_hw
        x, y = prompt.points[prompt.positive][0] if prompt.positive.any() else prompt.box.centre
        if not (0 <= x < width and 0 <= y < height):
            raise BadPrompt("the prompt lies outside the photo")
        rgb = embedding.arrays["rgb"]
        colour = rgb[int(y), int(x)]
        known = (embedding.key, colour.tobytes())
        if known not in self._found:
            self._found[known] = masks.tight((rgb == colour).all(axis=2)) if colour.any() else None
        mask = self._found[known]
        return (Candidate(mask, 0.9 if mask else 0.1, NO_LOGITS, 0),)

    def predict_many(self, embedding, prompts, *, multimask=True):
        return [self.predict(embedding, prompt) for prompt in prompts]


class ColourClassifier:
    """The label is that of the colour in the middle of the crop, with probability 0.75."""

    view = "tight"

    def __init__(self):
        self.card = ModelCard(id="names", kind="classifier", family="fake")
        self.calls = []

    def scores(self, crops, labels):
        self.calls.append(len(crops))
        return [self._one(crop, labels) for crop in crops]

    def _one(self, crop, labels):
        middle = tuple(int(value) for value in crop[crop.shape[0] // 2, crop.shape[1] // 2])
        best = next(label for label, colour in COLOURS.items() if colour == middle)
        others = [key for key in labels.keys if key != best]
        return Scores((best, *others), np.array([0.75, *[0.25 / len(others)] * len(others)]))

    def features(self, crops):
        return np.eye(len(crops), 4, dtype=np.float32)


class Hues:
    """Features: the colour in the middle, made unit length. `words` stand for the text tower: a colour a class."""

    view = "tight"
    words = COLOURS

    def __init__(self, sha256="ab" * 32):
        self.card = ModelCard("hues", "classifier", "fake", sha256=sha256)
        self.looked = 0

    def features(self, crops):
        self.looked += len(crops)
        found = np.array([crop[crop.shape[0] // 2, crop.shape[1] // 2] for crop in crops], np.float32).reshape(-1, 3)
        return found / np.linalg.norm(found, axis=1, keepdims=True)

    def scores_of(self, features, label_set):
        keys = [key for key in label_set.keys if key in self.words]
        colours = np.array([self.words[key] for key in keys], np.float32)
        chances = np.exp(8 * features @ (colours / np.linalg.norm(colours, axis=1, keepdims=True)).T)
        rows = chances / chances.sum(1, keepdims=True)
        return [Scores(tuple(keys[i] for i in np.argsort(-row)), np.sort(row)[::-1]) for row in rows]

    def scores(self, crops, label_set):
        return self.scores_of(self.features(crops), label_set)
