"""Every metric, once. Masks are bool (H, W) of the same shape; sizes and distances in px."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from sscore.errors import BadLabels
from sscore.types import BoolArray

IntArray = npt.NDArray[np.int64]


def dice(a: BoolArray, b: BoolArray) -> float:
    """2 |A and B| / (|A| + |B|), 0..1. Two empty masks agree: 1; one empty: 0."""
    common, count_a, count_b = _counts(a, b)
    return 2 * common / (count_a + count_b) if count_a + count_b else 1.0


def jaccard(a: BoolArray, b: BoolArray) -> float:
    """Intersection over union, |A and B| / |A or B|, 0..1. Two empty masks agree: 1; one empty: 0."""
    common, count_a, count_b = _counts(a, b)
    either = count_a + count_b - common
    return common / either if either else 1.0


def _counts(a: BoolArray, b: BoolArray) -> tuple[int, int, int]:
    """Pixels in both, in a, in b."""
    _same_shape(a, b)
    return int(np.count_nonzero(a & b)), int(np.count_nonzero(a)), int(np.count_nonzero(b))


def _same_shape(a: BoolArray, b: BoolArray) -> None:
    if a.shape != b.shape or a.ndim != 2:
        raise ValueError(f"masks must be (H, W) of one shape, not {a.shape} and {b.shape}")


def hausdorff(a: BoolArray, b: BoolArray) -> float:
    """Symmetric Hausdorff distance in px: the farthest any pixel centre of one mask is from the nearest pixel centre of
    the other (Euclidean; max of both directions). Two empty masks: 0; one empty: infinity.
    """
    _same_shape(a, b)
    boxes = [cv2.boundingRect(np.ascontiguousarray(mask, dtype=np.bool_).view(np.uint8)) for mask in (a, b)]
    empty = [w == 0 for _, _, w, _ in boxes]
    if any(empty):
        return 0.0 if all(empty) else float("inf")
    # Nothing outside both boxes matters.
    x0, y0 = min(box[0] for box in boxes), min(box[1] for box in boxes)
    x1, y1 = max(x + w for x, _, w, _ in boxes), max(y + h for _, y, _, h in boxes)
    a, b = a[y0:y1, x0:x1], b[y0:y1, x0:x1]
    return max(_directed(a, b), _directed(b, a))


def _directed(a: BoolArray, b: BoolArray) -> float:
    """The farthest pixel of a from the nearest of b. Neither is empty.

    A quick distance transform, off by less than 2 %, tells where the farthest pixel can be; the exact one, several
    times slower, is made around there only.
    """
    outside = a & ~b
    if not outside.any():
        return 0.0
    ground = (~b).view(np.uint8)
    rough = cv2.distanceTransform(ground, cv2.DIST_L2, cv2.DIST_MASK_5)
    most = cv2.minMaxLoc(rough, outside.view(np.uint8))[1]
    x, y, w, h = cv2.boundingRect(((rough >= 0.95 * most) & outside).view(np.uint8))
    reach = int(most / 0.97) + 1  # every pixel of a in that window has its nearest pixel of b within this
    top, left = max(y - reach, 0), max(x - reach, 0)
    near = np.ascontiguousarray(ground[top : y + h + reach, left : x + w + reach])
    exact = cv2.distanceTransform(near, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    farthest = float(exact[y - top : y - top + h, x - left : x - left + w][outside[y : y + h, x : x + w]].max())
    # Squared distances between pixels are whole numbers: rounding takes the float32 error away.
    return float(np.sqrt(np.rint(farthest * farthest)))


def robust_accuracy(base_dice: float, shifted_dices: Sequence[float]) -> float:
    """DICE of the unshifted prompt less the mean drop under shifted ones; `base_dice` itself when there are none.

    (Which is the mean DICE under shifted prompts: a rise counts as a negative drop.)
    """
    if not len(shifted_dices):
        return float(base_dice)
    return float(base_dice - np.mean([base_dice - shifted for shifted in shifted_dices]))


def confusion(true: Sequence[str], pred: Sequence[str], labels: Sequence[str]) -> IntArray:
    """int64 (k, k) counts over `labels`, rows the truth, columns the prediction. All zero for no pairs.

    Raises BadLabels for a label that is not listed (list "unknown" too where it can be predicted).
    """
    if len(true) != len(pred):
        raise ValueError(f"{len(true)} true labels but {len(pred)} predictions")
    place = {label: i for i, label in enumerate(labels)}
    table = np.zeros((len(labels), len(labels)), dtype=np.int64)
    for t, p in zip(true, pred, strict=True):
        for label in (t, p):
            if label not in place:
                raise BadLabels(f"{label!r} is not among the labels compared", remedy=f"they are {', '.join(labels)}")
        table[place[t], place[p]] += 1
    return table


def accuracy(table: IntArray) -> float:
    """Share of pairs on the diagonal of a confusion table (k, k), 0..1; 0 for an empty table."""
    total = int(table.sum())
    return int(np.trace(table)) / total if total else 0.0


def macro_prf(table: IntArray) -> tuple[float, float, float]:
    """Macro precision, recall and F1 of a confusion table (k, k), rows the truth: means over the classes that occur in
    truth or prediction. A class never predicted has precision 0, one that never occurs recall 0, and F1 is 0 where both
    are; all are 0 for an empty table. F1 is the mean of the classes' F1, not the F1 of the means."""
    hits = np.diag(table).astype(np.float64)
    occur, predicted = table.sum(axis=1), table.sum(axis=0)
    seen = (occur + predicted) > 0
    if not seen.any():
        return 0.0, 0.0, 0.0
    precision = hits[seen] / np.maximum(predicted[seen], 1)
    recall = hits[seen] / np.maximum(occur[seen], 1)
    f1 = 2 * hits[seen] / (occur + predicted)[seen]
    return float(precision.mean()), float(recall.mean()), float(f1.mean())
