"""How sure a mean is, and whether a difference is more than noise."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_SAMPLES = 2000
_SEED = 20260118


def interval(values: Floats, groups: npt.NDArray[np.int64]) -> tuple[float, float]:
    """95 % bootstrap interval (percentiles) of the mean of float64 (n,) values.

    groups: int64 (n,), which photo each value is from. Photos are drawn, not values: objects of one photo share light,
    ground and focus, and counting them as independent would make the interval too narrow (cluster bootstrap; Davison
    and Hinkley, Bootstrap methods and their application, 1997, section 3.8). NaN with fewer than two photos. The same
    input gives the same interval.
    """
    photos, place = np.unique(groups, return_inverse=True)
    if len(photos) < 2:
        return math.nan, math.nan
    sums = np.bincount(place, weights=values, minlength=len(photos))
    counts = np.bincount(place, minlength=len(photos)).astype(np.float64)
    share = np.full(len(photos), 1 / len(photos))
    drawn = np.random.default_rng(_SEED).multinomial(len(photos), share, size=_SAMPLES).astype(np.float64)
    low, high = np.percentile((drawn @ sums) / (drawn @ counts), [2.5, 97.5])
    return float(low), float(high)


def wilcoxon(differences: Floats) -> float:
    """Two-sided p of Wilcoxon's signed-rank test that float64 (n,) differences lie around 0.

    Normal approximation with the correction for ties, zeros left out, as scipy.stats.wilcoxon(method="asymptotic")
    does; for n of 10 or more. NaN when no difference is left.
    """
    values = differences[differences != 0]
    n = len(values)
    if not n:
        return math.nan
    _, place, counts = np.unique(np.abs(values), return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    ranks = (last - (counts - 1) / 2)[place]  # equal values share the mean of their ranks
    smaller = min(ranks[values > 0].sum(), ranks[values < 0].sum())
    ties = float((counts.astype(np.float64) ** 3 - counts).sum())
    spread = math.sqrt((n * (n + 1) * (2 * n + 1) - ties / 2) / 24)
    return math.erfc(abs(smaller - n * (n + 1) / 4) / spread / math.sqrt(2))


def holm(ps: Sequence[float]) -> list[float]:
    """p values corrected for being many: Holm's step-down method (1979). NaN stays, and does not count."""
    order = sorted((i for i, p in enumerate(ps) if not math.isnan(p)), key=lambda i: ps[i])
    out, least = list(ps), 0.0
    for place, i in enumerate(order):
        least = max(least, min(1.0, ps[i] * (len(order) - place)))
        out[i] = least
    return out
