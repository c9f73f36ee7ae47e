"""Our own Hausdorff distance and rank test against scipy's, whose import alone costs more than all tests of theirs."""

import numpy as np
import pytest
from scipy import stats
from scipy.spatial.distance import directed_hausdorff

from sscore import metrics
from sscore.evaluate.intervals import wilcoxon


def scipy_hausdorff(a, b):
    a, b = np.argwhere(a), np.argwhere(b)
    return max(directed_hausdorff(a, b)[0], directed_hausdorff(b, a)[0])


def test_hausdorff_is_scipys():
    rng = np.random.default_rng(0)
    compared = 0
    for _ in range(120):
        shape = rng.integers(1, 50, 2)
        a, b = (rng.random(shape) < rng.random() ** 4 for _ in range(2))
        if a.any() and b.any():
            assert metrics.hausdorff(a, b) == scipy_hausdorff(a, b)
            compared += 1
    assert compared > 60


@pytest.mark.parametrize("by", [(0, 3), (5, 0), (7, 4), (30, 90)])
def test_hausdorff_of_pieces_that_differ_in_places(by):
    """Several far places, near and wide apart; the farthest need not be where a rough distance says."""
    a = np.zeros((130, 170), dtype=bool)
    a[20:60, 10:150] = a[70:100, 30:50] = True
    b = np.roll(a, by, axis=(0, 1))
    b[64, 100] = a[110, 5] = True
    assert metrics.hausdorff(a, b) == scipy_hausdorff(a, b)


@pytest.mark.parametrize("seed", range(6))
def test_wilcoxon_is_scipys(seed):
    rng = np.random.default_rng(seed)
    values = np.round(rng.normal(0.2, 1, 40), seed % 3)  # rounding makes ties and zeros
    expected = stats.wilcoxon(values, zero_method="wilcox", correction=False, method="asymptotic").pvalue
    assert wilcoxon(values) == pytest.approx(expected, rel=1e-9)
