"""What is said of the rows."""

from __future__ import annotations

import csv
import math

import numpy as np
import pytest
from measured_rows import columns, row

from sscore.evaluate import summary
from sscore.evaluate.rows import table_of


def test_means_drops_and_robust_accuracy():
    rows = columns(
        row(image="1.png", dice=0.8, hausdorff=2.0),
        row(image="2.png", dice=0.6, hausdorff=float("inf"), candidate=-1),
        row(image="1.png", shift="0-10", repeat=1, dice=0.7),
        row(image="2.png", shift="0-10", repeat=1, dice=0.5),
        row(image="1.png", shift="10-20", repeat=1, dice=0.2),
        row(image="2.png", shift="10-20", repeat=1, dice=0.4),
        row(strategy="NoC", repeat=1, dice=0.1),
    )
    plain, near, far = summary.summary(rows)
    assert [one["shift"] for one in (plain, near, far)] == ["none", "0-10", "10-20"]
    assert (plain["n"], plain["dice_mean"], plain["dice_median"]) == (2, pytest.approx(0.7), pytest.approx(0.7))
    assert plain["dice_std"] == pytest.approx(math.sqrt(0.02)) and plain["missed"] == 1
    assert plain["hausdorff_mean"] == 2.0 and plain["dice_drop"] is None
    assert near["dice_drop"] == pytest.approx(10) and far["dice_drop"] == pytest.approx(40)
    assert plain["robust_accuracy"] == pytest.approx(0.7 - (0.1 + 0.4) / 2) and near["robust_accuracy"] is None
    assert plain["dice_low"] == pytest.approx(0.6) and plain["dice_high"] == pytest.approx(0.8)


def test_shifts_come_in_their_order():
    names = ["100-200", "none", "20-30", "0-10", "Bar", "nan"]
    assert sorted(names, key=summary.shift_order) == ["none", "0-10", "20-30", "100-200", "Bar", "nan"]


def test_by_class_and_area():
    rows = columns(
        row(label="Bar", area=100, dice=0.2),
        row(label="H", area=1024, dice=0.4),
        row(label="H", area=10**6, dice=0.8),
        row(label="H", shift="0-10", dice=0.0),
    )
    assert [(one["class"], one["n"], one["dice_mean"]) for one in summary.by_class(rows)] == [
        ("Bar", 1, pytest.approx(0.2)),
        ("H", 2, pytest.approx(0.6)),
    ]
    assert [(one["area"], one["dice_mean"]) for one in summary.by_area(rows)] == [
        ("small", pytest.approx(0.2)),
        ("medium", pytest.approx(0.4)),
        ("large", pytest.approx(0.8)),
    ]


def _two(gain, photos=30, noise=0.05):
    rng = np.random.default_rng(3)
    base = rng.uniform(0.4, 0.8, photos)
    better = base + gain + rng.normal(0, noise, photos)
    for number in range(photos):
        yield row(segmenter="a", image=f"{number}.png", dice=float(base[number]))
        yield row(segmenter="b", image=f"{number}.png", dice=float(better[number]))


def test_a_clear_difference_and_noise():
    (clear,) = summary.pairs(columns(*_two(0.1)))
    assert (clear["first"], clear["second"], clear["n"], clear["better"]) == ("a", "b", 30, "b")
    assert clear["low"] < clear["difference"] < clear["high"] < 0 and clear["p"] < 0.001
    (noise,) = summary.pairs(columns(*_two(0.0)))
    assert noise["better"] == ""


def test_pairs_compare_the_same_objects_and_average_repeats():
    (pair,) = summary.pairs(
        columns(
            row(segmenter="a", shift="0-10", repeat=1, dice=0.2),
            row(segmenter="a", shift="0-10", repeat=2, dice=0.4),
            row(segmenter="b", shift="0-10", repeat=1, dice=0.6),
            row(segmenter="b", shift="0-10", repeat=1, annotation=2, dice=0.0),
        )
    )
    assert (pair["n"], pair["difference"]) == (1, pytest.approx(-0.3)) and pair["better"] == ""


def test_clicks():
    def click(number, iou, annotation=1):
        return row(strategy="NoC", repeat=number, jaccard=iou, annotation=annotation, seconds_predict=0.5)

    rows = [click(1, 0.3), click(2, 0.86), click(3, 0.95), *(click(n, 0.5, 2) for n in range(1, 21))]
    (one,) = summary.clicks(columns(*rows))
    assert (one["n"], one["noc_85"], one["noc_90"]) == (2, (2 + 20) / 2, (3 + 20) / 2)
    assert (one["failed_85"], one["failed_90"]) == (1, 1)
    assert one["seconds_85"] == pytest.approx((2 * 0.5 + 20 * 0.5) / 2)


def test_files(tmp_path):
    folder = tmp_path / "废钢 照片"
    summary.write(table_of([row(), row(shift="0-10", repeat=1, label="角钢")]), folder)
    assert sorted(path.name for path in folder.iterdir()) == ["by_area.csv", "by_class.csv", "summary.csv"]
    with open(folder / "summary.csv", encoding="utf-8-sig", newline="") as text:
        plain, shifted = csv.DictReader(text)
    assert plain["dice_low"] == "" and plain["dice_drop"] == "" and float(shifted["dice_drop"]) == 0.0
