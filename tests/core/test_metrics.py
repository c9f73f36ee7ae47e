"""sscore.metrics against their definitions, by hand, with every empty case."""

import numpy as np
import pytest
from drawn_masks import bits

from sscore import metrics
from sscore.errors import BadLabels

A = bits("##..", "##..", "....")
B = bits(".##.", ".##.", "....")
EMPTY = np.zeros((3, 4), dtype=bool)


def test_overlap_by_hand():
    assert metrics.dice(A, B) == 0.5 and metrics.jaccard(A, B) == 1 / 3
    assert metrics.dice(A, A) == metrics.jaccard(A, A) == 1
    assert metrics.dice(A, bits("..##", "..##", "....")) == 0


def test_empty_masks():
    for metric, both, one in ((metrics.dice, 1, 0), (metrics.jaccard, 1, 0), (metrics.hausdorff, 0, np.inf)):
        assert metric(EMPTY, EMPTY) == both
        assert metric(A, EMPTY) == metric(EMPTY, A) == one


@pytest.mark.parametrize("metric", [metrics.dice, metrics.jaccard, metrics.hausdorff])
def test_shapes_must_agree(metric):
    for other in (np.ones((4, 3), bool), np.ones(12, bool), np.ones((1, 4), bool)):
        with pytest.raises(ValueError, match="one shape"):
            metric(A, other)


def defined_hausdorff(a, b):
    """Over all pairs of pixels, as it is written in books."""
    apart = np.linalg.norm(np.argwhere(a)[:, None] - np.argwhere(b), axis=2)
    return max(apart.min(0).max(), apart.min(1).max())


def test_hausdorff_is_its_definition():
    rng = np.random.default_rng(1)
    compared = 0
    for _ in range(90):
        shape = rng.integers(1, 14, 2)
        a, b = (rng.random(shape) < rng.random() ** 4 for _ in range(2))
        if a.any() and b.any():
            assert metrics.hausdorff(a, b) == defined_hausdorff(a, b)
            compared += 1
    assert compared > 30


def test_hausdorff_far_apart_is_exact():
    a, b = np.zeros((300, 500), dtype=bool), np.zeros((300, 500), dtype=bool)
    a[3:9, 5:12] = True
    b[290:299, 490:499] = True
    # The far corner of b is 290 rows and 487 columns from the nearest corner of a.
    assert metrics.hausdorff(a, b) == metrics.hausdorff(b, a) == np.hypot(290, 487)


def test_hausdorff_takes_the_worse_direction():
    whole, small = np.ones((9, 9), bool), np.zeros((9, 9), bool)
    small[0, 0] = True
    assert metrics.hausdorff(whole, small) == metrics.hausdorff(small, whole) == np.hypot(8, 8)


def test_hausdorff_of_views():
    a = np.zeros((20, 30), dtype=bool)
    a[2:9, 4:20] = True
    assert metrics.hausdorff(a[::2, ::2], a.T[::2, ::2].T) == 0 and metrics.hausdorff(a.T, a.T) == 0


def test_robust_accuracy_is_dice_less_the_mean_drop():
    assert metrics.robust_accuracy(0.9, [0.8, 0.7]) == pytest.approx(0.9 - 0.15)
    assert metrics.robust_accuracy(0.9, [0.95]) == pytest.approx(0.95)
    assert metrics.robust_accuracy(0.9, []) == 0.9


TRUE = ["H", "H", "H", "U", "U", "Bar"]
PRED = ["H", "H", "U", "U", "H", "H"]


def test_confusion_has_the_truth_in_rows():
    table = metrics.confusion(TRUE, PRED, ["H", "U", "Bar", "Pipe"])
    assert table.tolist() == [[2, 1, 0, 0], [1, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0]]
    assert metrics.accuracy(table) == 0.5


def test_macro_scores_by_hand():
    precision, recall, f1 = metrics.macro_prf(metrics.confusion(TRUE, PRED, ["H", "U", "Bar", "Pipe"]))
    assert precision == pytest.approx((2 / 4 + 1 / 2 + 0) / 3)  # Pipe occurs nowhere and does not count
    assert recall == pytest.approx((2 / 3 + 1 / 2 + 0) / 3)
    assert f1 == pytest.approx((4 / 7 + 1 / 2 + 0) / 3)


def test_perfect_and_predicted_only():
    assert metrics.macro_prf(np.diag([3, 0, 2])) == (1, 1, 1)
    assert metrics.macro_prf(metrics.confusion(["A"], ["B"], ["A", "B"])) == (0, 0, 0)


def test_nothing_to_compare():
    table = metrics.confusion([], [], ["A", "B"])
    assert table.tolist() == [[0, 0], [0, 0]] and metrics.accuracy(table) == 0 and metrics.macro_prf(table) == (0, 0, 0)


def test_confusion_refusals():
    with pytest.raises(BadLabels, match="'unknown' is not among"):
        metrics.confusion(["A"], ["unknown"], ["A"])
    with pytest.raises(ValueError, match="2 true labels but 1"):
        metrics.confusion(["A", "A"], ["A"], ["A"])
