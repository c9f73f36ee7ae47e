"""Is a classifier as sure as it is right? Measured on pieces whose class a person confirmed; mended by one number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sscore.errors import BadOption
from sscore.naming import powered

Chances = npt.NDArray[np.float64]
Classes = npt.NDArray[np.int64]

LEAST = 20
"""Fewer confirmed pieces than this say nothing about how sure a classifier may be."""

_FOLDS = 5
_WORST = -float(np.log(1e-30))  # loss of a piece whose right class was thought impossible


@dataclass(frozen=True, slots=True)
class Bin:
    """Pieces whose first probability lies in [low, high): how many, how sure on average, what share was right."""

    low: float
    high: float
    count: int
    confidence: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """temperature: fitted on all pieces. accuracy: of the first class. bins, error: as the classifier speaks; after,
    error_after: with a temperature fitted without the photo in question. threshold: the least sureness from which on
    `wanted` of the names are right (None: no sureness reaches that); named: the share of pieces that have it."""

    count: int
    accuracy: float
    temperature: float
    error: float
    error_after: float
    bins: tuple[Bin, ...]
    after: tuple[Bin, ...]
    wanted: float
    threshold: float | None
    named: float


def calibrate(chances: Chances, truth: Classes, groups: Sequence[str], *, wanted: float = 0.9) -> Calibration:
    """chances: (n, k) probabilities; truth: (n,) right columns; groups: the photo of each piece.

    What is said of the result is honest: each piece is judged with a temperature fitted on other photos. Raises
    BadOption for too few pieces.
    """
    if len(truth) < LEAST:
        raise BadOption(
            f"{len(truth)} accepted instances are too few to tell how sure the classifier may be",
            remedy=f"accept at least {LEAST}, of several photos",
        )
    if not 0 < wanted <= 1:
        raise BadOption(f"a share of {wanted} right names cannot be wanted", remedy="give one from 0 to 1, such as 0.9")
    temperature = fitted_temperature(chances, truth)
    fold_of = {group: place % _FOLDS for place, group in enumerate(dict.fromkeys(groups))}
    folds = np.array([fold_of[group] for group in groups])
    honest = chances.copy()
    for fold in set(folds.tolist()):
        here, others = folds == fold, folds != fold
        # Of a single photo nothing can be learned about others: its pieces stay as they are.
        honest[here] = powered(chances[here], fitted_temperature(chances[others], truth[others]) if others.any() else 1)
    right = chances.argmax(1) == truth
    before, after = reliability(chances.max(1), right), reliability(honest.max(1), right)
    sure = powered(chances, temperature).max(1)
    threshold = threshold_for(sure, right, wanted)
    named = 0.0 if threshold is None else float((sure >= threshold).mean())
    accuracy = float(right.mean())
    errors = calibration_error(before), calibration_error(after)
    return Calibration(len(truth), accuracy, temperature, *errors, before, after, wanted, threshold, named)


def fitted_temperature(chances: Chances, truth: Classes) -> float:
    """The divisor of the logits that makes the truth most likely (Guo et al., 2017, "On calibration of modern neural
    networks"): the best of a fine grid from 0.1 to 10."""
    grid = np.logspace(-1, 1, 161)
    rows = np.arange(len(truth))
    logs = np.log(np.maximum(chances, 1e-30))
    logs -= logs.max(1, keepdims=True)
    own = logs[rows, truth]
    # As `powered`, but of the right class alone and without taking logarithms for every temperature.
    losses = [np.minimum(np.log(np.exp(logs / t).sum(1)) - own / t, _WORST).mean() for t in grid]
    return round(float(grid[int(np.argmin(losses))]), 4)


def reliability(sure: Chances, right: npt.NDArray[np.bool_], bins: int = 10) -> tuple[Bin, ...]:
    """First probabilities (n,) and whether they were right, in equal bins of sureness; empty bins are left out."""
    places = np.minimum((sure * bins).astype(int), bins - 1)
    return tuple(
        Bin(b / bins, (b + 1) / bins, int(here.sum()), float(sure[here].mean()), float(right[here].mean()))
        for b in range(bins)
        if (here := places == b).any()
    )


def calibration_error(bins: Sequence[Bin]) -> float:
    """Expected calibration error: how far sureness and share of right names lie apart, on average over the pieces."""
    total = sum(b.count for b in bins)
    return sum(abs(b.confidence - b.accuracy) * b.count for b in bins) / total if total else 0.0


def threshold_for(sure: Chances, right: npt.NDArray[np.bool_], wanted: float) -> float | None:
    """The least sureness such that, of all pieces at least as sure, the share `wanted` is right; None when none is,
    or when too few pieces are that sure to believe it."""
    order = np.argsort(-sure, kind="stable")
    shares = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    # Pieces equally sure are kept or left together: only the last of them counts.
    last = np.append(sure[order][1:] < sure[order][:-1], True)
    good = np.flatnonzero((shares >= wanted) & last & (np.arange(1, len(order) + 1) >= min(LEAST, len(order))))
    return float(np.floor(sure[order][good[-1]] * 1000) / 1000) if len(good) else None
