"""Intervals and tests of differences."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sscore.evaluate.intervals import holm, interval, wilcoxon


def test_wilcoxon_without_differences():
    assert math.isnan(wilcoxon(np.zeros(5))) and math.isnan(wilcoxon(np.array([])))


def test_the_interval_is_about_the_normal_one_where_photos_are_objects():
    values = np.random.default_rng(1).normal(0.8, 0.1, 200)
    low, high = interval(values, np.arange(200))
    half = 1.96 * 0.1 / math.sqrt(200)
    assert low == pytest.approx(values.mean() - half, abs=0.003) and high == pytest.approx(
        values.mean() + half, abs=0.003
    )
    assert interval(values, np.arange(200)) == (low, high)


def test_objects_of_one_photo_count_as_one():
    values = np.repeat(np.random.default_rng(2).normal(0.8, 0.1, 20), 12)
    wide, narrow = (np.diff(interval(values, groups))[0] for groups in (np.repeat(np.arange(20), 12), np.arange(240)))
    assert wide > 3 * narrow


def test_one_photo_tells_nothing():
    assert all(math.isnan(end) for end in interval(np.array([0.1, 0.9]), np.array([3, 3])))


def test_holm_by_hand():
    assert holm([0.01, 0.04, 0.03, math.nan]) == pytest.approx([0.03, 0.06, 0.06, math.nan], nan_ok=True)
    assert holm([0.9, 0.8]) == [1.0, 1.0] and holm([]) == []
