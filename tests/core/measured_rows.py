"""Rows of an evaluation for tests, with what a test does not name left plain."""

from sscore.evaluate.rows import Row, table_of
from sscore.evaluate.summary import Columns

PLAIN = {
    "segmenter": "a",
    "engine": "",
    "strategy": "S5",
    "shift": "none",
    "repeat": 0,
    "image": "1.png",
    "annotation": 1,
    "label": "Bar",
    "area": 500,
    "dice": 0.5,
    "jaccard": 0.4,
    "hausdorff": 3.0,
    "dice_first": 0.5,
    "predicted_iou": 0.9,
    "candidate": 0,
    "clicks": 2,
    "seconds_encode": 0.1,
    "seconds_predict": 0.2,
    "mask": "",
}


def row(**values) -> Row:
    return Row(**{**PLAIN, **values})


def columns(*rows: Row) -> Columns:
    return Columns.of(table_of(rows))
