"""Classifiers asked for the names of pieces whose class is known: all that a report needs of the answers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from sscore import catalogue, metrics
from sscore.calibration import Bin, calibration_error, reliability
from sscore.errors import BadDataset, ModelMissing
from sscore.labels import LabelSet
from sscore.naming import WORDS_FAMILY
from sscore.types import ByteArray, Classifier, FloatArray, ModelCard, Progress

CropsOf = Callable[[str], Iterable[tuple[str, str, ByteArray]]]
"""View -> (name, true label, crop) of every piece, the same ones in the same order for every view."""

THUMBNAIL = 96
_AT_ONCE = 64
_FEATURES = 1500
"""Pieces whose features are asked for: more dots than that show nothing more."""


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """One classifier's answers. names, truth: of each piece; chances: float64 (n, k) over `labels`; features: float32
    (m, d) of the first pieces; seconds: a piece, median over batches; size: bytes of its weights, with those of the
    model below it; thumbnails: uint8 (96, 96, 3) of what it saw, by piece that it got wrong; network: see `network_of`.
    """

    model: str
    labels: tuple[str, ...]
    view: str
    names: tuple[str, ...]
    truth: tuple[str, ...]
    chances: npt.NDArray[np.float64]
    features: FloatArray
    seconds: float
    size: int
    thumbnails: dict[int, ByteArray]
    network: str

    @property
    def guess(self) -> tuple[str, ...]:
        """The most probable label of each of the n pieces."""
        return tuple(self.labels[n] for n in self.chances.argmax(1))

    @property
    def sure(self) -> npt.NDArray[np.float64]:
        """(n,): the probability of that label."""
        return np.asarray(self.chances.max(1))

    @property
    def right(self) -> npt.NDArray[np.bool_]:
        """(n,): whether it is the true one."""
        return np.array([a == b for a, b in zip(self.guess, self.truth, strict=True)])

    @property
    def table(self) -> npt.NDArray[np.int64]:
        """Confusion table (k, k), rows the truth."""
        return metrics.confusion(self.truth, self.guess, self.labels)

    @property
    def bins(self) -> tuple[Bin, ...]:
        """Accuracy by probability, see `calibration.reliability`."""
        return reliability(self.sure, self.right)

    def summary(self) -> dict[str, float | int | str]:
        """The figures of the models table: scores 0..1, milliseconds a piece, megabytes of weights."""
        precision, recall, f1 = metrics.macro_prf(self.table)
        return {
            "model": self.model,
            "n": len(self.truth),
            "accuracy": metrics.accuracy(self.table),
            "macro_precision": precision,
            "macro_recall": recall,
            "macro_f1": f1,
            "calibration_error": calibration_error(self.bins),
            "milliseconds": 1000 * self.seconds,
            "megabytes": self.size / 1e6,
        }


def judge(classifier: Classifier, labels: LabelSet, crops_of: CropsOf, *, progress: Progress | None = None) -> Judged:
    """Ask a classifier for every piece, in batches. Raises BadDataset when there is none, BadLabels for classes it does
    not know."""
    names: list[str] = []
    truth: list[str] = []
    chances: list[list[float]] = []
    features: list[FloatArray] = []
    thumbnails: dict[int, ByteArray] = {}
    seconds: list[float] = []

    def ask(batch: list[tuple[str, str, ByteArray]]) -> None:
        crops = [crop for _, _, crop in batch]
        began = time.perf_counter()
        answers = classifier.scores(crops, labels)
        seconds.append((time.perf_counter() - began) / len(batch))
        if len(names) < _FEATURES:
            features.append(classifier.features(crops))
        for (name, label, crop), scores in zip(batch, answers, strict=True):
            if scores.best != label:
                thumbnails[len(names)] = np.asarray(cv2.resize(crop, (THUMBNAIL,) * 2, interpolation=cv2.INTER_AREA))
            names.append(name)
            truth.append(label)
            chances.append([scores.of(key) for key in labels.keys])
        if progress:
            progress(len(names), len(names))

    waiting: list[tuple[str, str, ByteArray]] = []
    for piece in crops_of(classifier.view):
        waiting.append(piece)
        if len(waiting) == _AT_ONCE:
            ask(waiting)
            waiting = []
    if waiting:
        ask(waiting)
    if not names:
        raise BadDataset("there is no piece to judge classifiers by", remedy="accept some instances first")
    return Judged(
        classifier.card.id,
        labels.keys,
        classifier.view,
        tuple(names),
        tuple(truth),
        np.array(chances, np.float64),
        np.concatenate(features),
        float(np.median(seconds)),
        _bytes(classifier),
        thumbnails,
        network_of(classifier.card),
    )


def network_of(card: ModelCard) -> str:
    """The network that the paper may have too: an architecture of timm by its short name, "cn-clip" as published,
    "cn-clip-tuned"; "" for others."""
    if card.family == WORDS_FAMILY:
        return "cn-clip" if card.urls else "cn-clip-tuned"
    return card.variant if card.family == "timm" else ""


def _bytes(classifier: Classifier) -> int:
    """Of the weight file, and of the base model's below a head."""
    found = 0
    for card in {one.card.id: one.card for one in (classifier, getattr(classifier, "base", classifier))}.values():
        try:
            found += Path(catalogue.weight_file(card)).stat().st_size if card.file else 0
        except ModelMissing:
            found += card.bytes
    return found


def embedded(features: FloatArray, seed: int = 1) -> npt.NDArray[np.float64]:
    """(n, 2): t-SNE of features (van der Maaten and Hinton, 2008; cosine distances, begun from the principal
    components). The same features and seed give the same picture."""
    from sklearn.manifold import TSNE

    perplexity = float(min(30, max((len(features) - 1) // 3, 1)))
    net = TSNE(2, perplexity=perplexity, metric="cosine", init="pca", random_state=seed)
    return np.asarray(net.fit_transform(features), np.float64)


def worst(judged: Judged, count: int) -> Sequence[int]:
    """The surest mistakes first."""
    wrong = sorted(judged.thumbnails, key=lambda n: -judged.sure[n])
    return wrong[:count]
