"""A head on another classifier's features, learned from accepted pieces in seconds (`ssc train head`): class prototypes
(after Snell et al., 2017, with cosines) or a logistic regression. Both are one matrix."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sscore import paths
from sscore.errors import ModelMissing, WrongWeights
from sscore.models import weights
from sscore.models.timm_cls import known_columns
from sscore.naming import VIEWS, powered, ranked
from sscore.types import ByteArray, Classifier, FloatArray, LabelNames, ModelCard, Scores


class PrototypeClassifier:
    """See `sscore.types.Classifier`. It names the classes of the label set it was trained for; one that had no piece
    to learn from gets probability 0."""

    def __init__(
        self,
        card: ModelCard,
        base: Classifier,
        matrix: FloatArray,
        bias: FloatArray,
        learned: tuple[str, ...],
        classes: tuple[str, ...],
        *,
        view: str,
        temperature: float,
    ) -> None:
        """matrix: float32 (learned, d); bias: float32 (learned,); classes: of the label set, learned or not."""
        self.card = card
        self.view = view
        self.base = base
        self.classes = classes
        self.engine = getattr(base, "engine", "")
        self._matrix, self._bias, self._learned, self._temperature = matrix, bias, learned, temperature

    def scores(self, crops: list[ByteArray], labels: LabelNames) -> list[Scores]:
        """Probabilities over labels.keys. Raises BadLabels for a class that was not in its label set."""
        return self.scores_of(self.features(crops), labels)

    def features(self, crops: list[ByteArray]) -> FloatArray:
        """float32 (n, d), unit length: the base model's."""
        return self.base.features(crops)

    def scores_of(self, features: FloatArray, labels: LabelNames) -> list[Scores]:
        """As `scores`, from the base model's features float32 (n, d)."""
        known_columns(self.card, self.classes, labels)
        place = {key: column for column, key in enumerate(labels.keys)}
        columns = [place[key] for key in self._learned if key in place]
        rows = [n for n, key in enumerate(self._learned) if key in place]
        answers = np.full((len(features), len(labels.keys)), 1 / len(labels.keys))
        if columns and len(features):
            logits = (features @ self._matrix.T + self._bias)[:, rows].astype(np.float64)
            chances = np.exp(logits - logits.max(1, keepdims=True))
            answers[:] = 0
            answers[:, columns] = powered(chances, self._temperature)
        return [ranked(labels.keys, row) for row in answers]


def save(
    path: Path,
    matrix: FloatArray,
    bias: FloatArray,
    *,
    learned: tuple[str, ...],
    classes: tuple[str, ...],
    base: Classifier,
    view: str,
    temperature: float,
) -> None:
    """Write a head as safetensors. Raises OSError."""
    from safetensors.numpy import save as encode

    facts = {
        "family": "prototype",
        "learned": "\n".join(learned),
        "classes": "\n".join(classes),
        "base": base.card.id,
        "base_sha256": base.card.sha256,
        "view": view,
        "temperature": f"{temperature:g}",
    }
    # safetensors writes memory as it lies, and a fitted matrix may lie column by column.
    tensors = {"matrix": np.ascontiguousarray(matrix, np.float32), "bias": np.ascontiguousarray(bias, np.float32)}
    paths.write_atomic(path, encode(tensors, metadata=facts))


def load(card: ModelCard, path: Path, *, device: str = "auto", engine: str = "auto") -> PrototypeClassifier:
    """Open a head and the model below it. Raises ModelMissing (no base model), WrongWeights (no head, damaged, or the
    base model's weights are others than those it was trained on)."""
    from sscore.models import load_classifier

    facts = weights.metadata(path)
    told = {"base", "learned", "classes", "temperature"} <= facts.keys()
    if facts.get("family") != "prototype" or facts.get("view") not in VIEWS or not told:
        raise WrongWeights("this is no head that ssc train head made", path=path, remedy="choose the right file")
    if facts["base"] == card.id:
        raise WrongWeights("this head stands on itself", path=path, remedy="train it again: ssc train head")
    try:
        base = load_classifier(facts["base"], device=device, engine=engine)
    except ModelMissing as error:
        raise ModelMissing(
            f"{card.id} needs {facts['base']}, on whose features it stands: {error.problem}", remedy=error.remedy
        ) from error
    if base.card.sha256 != facts.get("base_sha256"):
        raise WrongWeights(
            f"this head was trained on other weights of {facts['base']} than are here",
            path=path,
            remedy="train it again: ssc train head",
        )
    stored = {name: value.numpy() for name, value in weights.tensors(path).items()}
    learned, classes = tuple(facts["learned"].split("\n")), tuple(facts["classes"].split("\n"))
    matrix, bias = stored.get("matrix"), stored.get("bias")
    width = base.features([]).shape[1]
    if matrix is None or bias is None or matrix.shape != (len(learned), width) or bias.shape != (len(learned),):
        raise WrongWeights("this head does not fit the model it stands on", path=path, remedy="train it again")
    return PrototypeClassifier(
        card, base, matrix, bias, learned, classes, view=facts["view"], temperature=float(facts["temperature"])
    )
