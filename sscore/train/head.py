"""`ssc train head`: a head on frozen image features, learned from accepted pieces in seconds, and how good it is on
photos it has not seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from sscore import digests, images, metrics
from sscore.calibration import calibration_error, fitted_temperature, reliability
from sscore.errors import BadDataset, BadImage, BadLabels
from sscore.evaluate.intervals import interval
from sscore.features import Answers, FeatureStore
from sscore.labels import LabelSet
from sscore.naming import powered
from sscore.train.class_data import Piece, pieces_of
from sscore.train.instances import Instances
from sscore.types import Classifier, FloatArray, Progress

Kind = Literal["prototypes", "logistic"]
KINDS: tuple[Kind, ...] = ("prototypes", "logistic")

_SCALE = 20.0
"""Of prototypes' cosines, before the fitted temperature makes them probabilities."""

_STRENGTH = 30.0
"""Inverse regularisation of the logistic regression, for features of unit length."""

_FOLDS = 5


@dataclass(frozen=True, slots=True)
class Judged:
    """How a classifier did on pieces of photos it had not learned from. chances: (n, k) over the label set."""

    name: str
    accuracy: float
    macro_f1: float
    calibration_error: float
    chances: npt.NDArray[np.float64]

    def summary(self) -> dict[str, float]:
        return {
            "accuracy": round(self.accuracy, 4),
            "macro_f1": round(self.macro_f1, 4),
            "expected_calibration_error": round(self.calibration_error, 4),
        }


@dataclass(frozen=True, slots=True)
class Gain:
    """How much more often the head is right than the base model on the same pieces, by cross-validation: difference of
    the accuracies, and its 95 % interval (photos drawn, or groups of them: `sscore.evaluate.intervals`)."""

    accuracy: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Head:
    """A trained head. matrix: float32 (learned, d); bias: float32 (learned,); learned: classes that had pieces;
    judged: it by cross-validation; others: the other kinds of head, and the base model as it is; gain: over that, None
    when it does not know the classes; left_out: a sentence for each thing that could not be used; warnings: what
    else the user should know of the data."""

    kind: Kind
    matrix: FloatArray
    bias: FloatArray
    learned: tuple[str, ...]
    temperature: float
    judged: Judged
    others: tuple[Judged, ...]
    gain: Gain | None
    pieces: tuple[Piece, ...]
    left_out: tuple[str, ...]
    warnings: tuple[str, ...]

    def record(self) -> dict[str, Any]:
        counts = Counter(piece.label for piece in self.pieces)
        return {
            "kind": self.kind,
            "pieces": len(self.pieces),
            "photos": len({piece.shot.name for piece in self.pieces}),
            "groups": len({piece.shot.group for piece in self.pieces}),
            "by_label": dict(counts),
            "temperature": self.temperature,
            "cross_validated": self.judged.summary(),
            "compared": {one.name: one.summary() for one in self.others},
            "gain": self.gain
            and {
                "accuracy": round(self.gain.accuracy, 4),
                "interval": [round(self.gain.low, 4), round(self.gain.high, 4)],
            },
            "left_out": list(self.left_out),
            "warnings": list(self.warnings),
        }


def train(
    data: Instances,
    labels: LabelSet,
    base: Classifier,
    *,
    kind: Kind | Literal["auto"] = "auto",
    view: str = "",
    seed: int = 1,
    store: FeatureStore | None = None,
    progress: Progress | None = None,
) -> Head:
    """Learn from every piece; judge by cross-validation in which no group of photos is on both sides.

    kind: auto takes the one that is right more often; view: of the crops, by default the base model's. Raises
    BadDataset for pieces of fewer than two classes or groups of photos.
    """
    view = view or base.view
    warnings, left_out = list(data.remarks), list(data.left_out)
    pieces, vectors, said = _seen(pieces_of(data), labels, base, view, store or FeatureStore(), left_out, progress)
    truth = np.array([labels.index(piece.label) for piece in pieces])
    groups = [piece.shot.group for piece in pieces]
    counts = Counter(piece.label for piece in pieces)
    learned = tuple(key for key in labels.keys if counts[key])
    if len(learned) < 2:
        raise BadDataset("there are pieces of one class only", remedy="accept pieces of at least two classes")
    if len(set(groups)) < 2:
        raise BadDataset(
            "all pieces are of one photo or group of photos",
            remedy="accept pieces on at least two, so that the head can be judged on one it has not seen",
        )
    warnings += [f"the class {key} has a single piece" for key in learned if counts[key] == 1]
    alone = [key for key in learned if len({p.shot.group for p in pieces if p.label == key}) == 1 and counts[key] > 1]
    warnings += [f"the class {key} is on one photo or group only: it cannot be judged honestly" for key in alone]
    folds = _folds(truth, groups, seed)
    judged: dict[Kind, Judged] = {}
    temperatures: dict[Kind, float] = {}
    for one in KINDS if kind == "auto" else (kind,):
        chances = np.zeros((len(pieces), len(labels.keys)))
        for learn, judge in folds:
            chances[judge] = _chances(vectors[judge], *_fit(one, vectors[learn], truth[learn]), len(labels.keys))
        temperatures[one] = fitted_temperature(chances, truth)
        judged[one] = _judged(one, powered(chances, temperatures[one]), truth, labels)
    best = max(judged, key=lambda one: judged[one].accuracy)
    matrix, bias, classes = _fit(best, vectors, truth)
    others = [one for name, one in judged.items() if name != best]
    gain = None
    if said is not None:
        others.append(_judged(base.card.id, said, truth, labels))
        gain = _gain(judged[best].chances, said, truth, groups)
    names = tuple(labels.keys[n] for n in classes)
    return Head(
        kind=best,
        matrix=matrix,
        bias=bias,
        learned=names,
        temperature=temperatures[best],
        judged=judged[best],
        others=tuple(others),
        gain=gain,
        pieces=tuple(pieces),
        left_out=tuple(left_out),
        warnings=tuple(warnings),
    )


def save(head: Head, path: Path, labels: LabelSet, base: Classifier, view: str = "") -> None:
    """Write the head as a weight file. Raises OSError."""
    from sscore.models import prototype

    prototype.save(
        path,
        head.matrix,
        head.bias,
        learned=head.learned,
        classes=labels.keys,
        base=base,
        view=view or base.view,
        temperature=head.temperature,
    )


def _fit(kind: Kind, vectors: FloatArray, truth: npt.NDArray[np.int64]) -> tuple[FloatArray, FloatArray, list[int]]:
    """Matrix (k, d), bias (k,) and which class each row is."""
    classes = sorted(set(truth.tolist()))
    if kind == "prototypes" or len(classes) == 1:
        means = np.stack([vectors[truth == n].mean(0) for n in classes])
        unit = means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-12)
        return np.asarray(_SCALE * unit, np.float32), np.zeros(len(classes), np.float32), classes
    from sklearn.linear_model import LogisticRegression

    found = LogisticRegression(C=_STRENGTH, class_weight="balanced", max_iter=2000).fit(vectors, truth)
    matrix, bias = found.coef_, found.intercept_
    if len(classes) == 2:  # then there is one row, for the second class
        matrix, bias = np.concatenate([-matrix / 2, matrix / 2]), np.concatenate([-bias / 2, bias / 2])
    return np.asarray(matrix, np.float32), np.asarray(bias, np.float32), classes


def _chances(
    vectors: FloatArray, matrix: FloatArray, bias: FloatArray, classes: Sequence[int], count: int
) -> npt.NDArray[np.float64]:
    """Probabilities (n, count); classes not learned get 0."""
    logits = (vectors @ matrix.T + bias).astype(np.float64)
    chances = np.exp(logits - logits.max(1, keepdims=True))
    out = np.zeros((len(vectors), count))
    out[:, list(classes)] = chances / chances.sum(1, keepdims=True)
    return out


def _folds(
    truth: npt.NDArray[np.int64], groups: list[str], seed: int
) -> list[tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]]:
    """(learn, judge) of each fold: groups stay whole, classes are spread as evenly as that allows."""
    import warnings

    from sklearn.model_selection import StratifiedGroupKFold

    count = min(_FOLDS, len(set(groups)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it complains of classes with few pieces; those are warned of above
        splitter = StratifiedGroupKFold(count, shuffle=True, random_state=seed)
        folds = list(splitter.split(np.zeros(len(truth)), truth, groups))
    return [(learn, judge) for learn, judge in folds if len(learn) and len(judge)]


def _judged(name: str, chances: npt.NDArray[np.float64], truth: npt.NDArray[np.int64], labels: LabelSet) -> Judged:
    guess = chances.argmax(1)
    table = metrics.confusion([labels.keys[n] for n in truth], [labels.keys[n] for n in guess], labels.keys)
    error = calibration_error(reliability(chances.max(1), guess == truth))
    return Judged(name, metrics.accuracy(table), metrics.macro_prf(table)[2], error, chances)


def _gain(
    chances: npt.NDArray[np.float64],
    before: npt.NDArray[np.float64],
    truth: npt.NDArray[np.int64],
    groups: Sequence[str],
) -> Gain:
    """Of probabilities (n, k) over those `before`; groups: of each piece, two at least."""
    better = (chances.argmax(1) == truth).astype(np.float64) - (before.argmax(1) == truth)
    place = {group: number for number, group in enumerate(dict.fromkeys(groups))}
    low, high = interval(better, np.array([place[group] for group in groups], np.int64))
    return Gain(float(better.mean()), low, high)


def _seen(
    pieces: list[Piece],
    labels: LabelSet,
    base: Classifier,
    view: str,
    store: FeatureStore,
    problems: list[str],
    progress: Progress | None,
) -> tuple[list[Piece], FloatArray, npt.NDArray[np.float64] | None]:
    """The pieces whose photo can be read, their features (n, d), and what the base model says of them (n, k), None when
    it does not know these classes."""
    shots = list({piece.shot.name: piece.shot for piece in pieces}.values())
    features, names = Answers(base, labels, features=True), Answers(base, labels)
    known = digests.KnownDigests()
    kept: list[Piece] = []
    vectors, said = [], []
    knows = True
    for done, shot in enumerate(shots, start=1):
        try:
            digest = known.get(shot.path)
            if not digest:
                digest = images.digest(shot.read())
                known.note(shot.path, digest)
            found, _ = store.get(features, view, digest, shot.masks, shot.read)
            vectors.append(found)
            kept += [Piece(shot, number) for number in range(len(shot.masks))]
            try:
                if knows:
                    rows = store.get(names, base.view, digest, shot.masks, shot.read)[0]
                    said += [[scores.of(key) for key in labels.keys] for scores in names.scores(rows)]
            except BadLabels:
                knows = False
        except (BadImage, BadDataset) as error:
            problems.append(str(error))
        if progress:
            progress(done, len(shots))
    if not kept:
        raise BadDataset("none of the photos can be read", remedy=problems[-1] if problems else "")
    return kept, np.concatenate(vectors), np.array(said, np.float64) if knows else None
