"""Image classifiers trained here (`ssc train classifier`): a network of timm and the classes it learned."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from sscore.errors import BadLabels, WrongWeights
from sscore.models import weights
from sscore.models.engines import Input, Runner, open_runner
from sscore.models.export import Part
from sscore.naming import VIEWS, powered, ranked
from sscore.types import ByteArray, FloatArray, LabelNames, ModelCard, Scores

if TYPE_CHECKING:
    from torch import nn

_BATCH = 32


@dataclass(frozen=True, slots=True)
class Facts:
    """What is kept in the header of the weights. architecture: see `sscore.models.nets.architectures`; classes: in the
    order of the logits; px: side of the input; view: of the crops; mean, spread: of the colours 0..1, a number a
    channel; temperature: divisor of the logits."""

    architecture: str
    classes: tuple[str, ...]
    px: int
    view: str = "masked"
    mean: tuple[float, float, float] = (0.485, 0.456, 0.406)
    spread: tuple[float, float, float] = (0.229, 0.224, 0.225)
    temperature: float = 1.0

    def header(self) -> dict[str, str]:
        return {
            "family": "timm",
            "architecture": self.architecture,
            "classes": "\n".join(self.classes),
            "px": str(self.px),
            "view": self.view,
            "mean": " ".join(f"{value:g}" for value in self.mean),
            "spread": " ".join(f"{value:g}" for value in self.spread),
            "temperature": f"{self.temperature:g}",
        }


def facts_of(path: Path) -> Facts:
    """Raises ModelMissing, and WrongWeights for a file of another kind."""
    stored = weights.metadata(path)
    try:
        if stored["family"] != "timm" or stored["view"] not in VIEWS:
            raise ValueError
        mean, spread = ([float(v) for v in stored[name].split()] for name in ("mean", "spread"))
        return Facts(
            stored["architecture"],
            tuple(stored["classes"].split("\n")),
            int(stored["px"]),
            stored["view"],
            (mean[0], mean[1], mean[2]),
            (spread[0], spread[1], spread[2]),
            float(stored["temperature"]),
        )
    except (KeyError, ValueError, IndexError):
        raise WrongWeights(
            "this is no classifier that ssc train classifier made", path=path, remedy="choose the right file"
        ) from None


class TimmClassifier:
    """See `sscore.types.Classifier`. It names the classes it was trained on; a label set may leave some out."""

    def __init__(self, card: ModelCard, runner: Runner, facts: Facts) -> None:
        self.card = card
        self.view = facts.view
        self.classes = facts.classes
        self.engine = runner.engine
        self._facts = facts
        self._runner = runner

    def scores(self, crops: list[ByteArray], labels: LabelNames) -> list[Scores]:
        """Probabilities over labels.keys, calibrated by the temperature stored with the weights.

        Raises BadLabels when the label set has a class this model does not know.
        """
        columns = known_columns(self.card, self.classes, labels)
        logits = self.logits(crops)[:, columns].astype(np.float64)
        chances = np.exp(logits - logits.max(1, keepdims=True))
        return [ranked(labels.keys, row) for row in powered(chances, self._facts.temperature)] if crops else []

    def logits(self, crops: list[ByteArray]) -> FloatArray:
        """float32 (n, classes), before softmax and temperature."""
        return self._run(crops)[0]

    def features(self, crops: list[ByteArray]) -> FloatArray:
        """float32 (n, d), unit length."""
        found = self._run(crops)[1]
        return np.asarray(found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-12), np.float32)

    def _run(self, crops: list[ByteArray]) -> tuple[FloatArray, FloatArray]:
        if not crops:  # the length of the features is the network's to say
            logits, features = self._runner(network_input(np.zeros((1, 1, 3), np.uint8), self._facts)[None])
            return logits[:0], features[:0]
        found = [
            self._runner(np.stack([network_input(crop, self._facts) for crop in crops[at : at + _BATCH]]))
            for at in range(0, len(crops), _BATCH)
        ]
        return np.concatenate([logits for logits, _ in found]), np.concatenate([features for _, features in found])


def known_columns(card: ModelCard, classes: tuple[str, ...], labels: LabelNames) -> list[int]:
    """Where a label set's classes stand among those of a model. Raises BadLabels for one it does not know."""
    if strangers := [key for key in labels.keys if key not in classes]:
        raise BadLabels(
            f"{card.id} cannot recognise {', '.join(strangers)}",
            remedy=f"use another classifier, or a label set of {', '.join(classes)}",
        )
    return [classes.index(key) for key in labels.keys]


def network_input(crop: ByteArray, facts: Facts) -> FloatArray:
    """float32 (3, px, px) of a crop uint8 (h, w, 3), squashed to a square."""
    small = Image.fromarray(crop).resize((facts.px, facts.px), Image.Resampling.BICUBIC)
    scaled = (np.asarray(small, np.float32) / 255 - np.array(facts.mean, np.float32)) / np.array(
        facts.spread, np.float32
    )
    return np.ascontiguousarray(scaled.transpose(2, 0, 1))


def load(card: ModelCard, path: Path, *, device: str = "auto", engine: str = "auto") -> TimmClassifier:
    """Open weights (see `sscore.models.load_classifier`). Raises WrongWeights."""
    whole = part(path)
    inputs = list(whole.inputs.values())
    runner = open_runner(whole.build, inputs, "timm", weights.digest(path), device=device, engine=engine)
    return TimmClassifier(card, runner, facts_of(path))


def part(path: Path) -> Part:
    """The network with the weights of a file, for `sscore.models.export`. Raises WrongWeights."""
    facts = facts_of(path)

    def build() -> nn.Module:
        from sscore.models.nets import architectures

        return weights.filled(architectures.build(facts.architecture, len(facts.classes), facts.px), path)

    photo = Input((1, 3, facts.px, facts.px), free=(0,))
    return Part("network", build, {"photo": photo}, ("logits", "features"))
