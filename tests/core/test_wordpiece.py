"""sscore.models.wordpiece: the token numbers that Chinese BERT was trained with (from the cn-clip package 1.6.0)."""

import hashlib

import numpy as np
import pytest

from sscore import paths
from sscore.models import wordpiece

TOKENS = {
    "": [],
    "一张角钢的照片": [671, 2476, 6235, 7167, 4638, 4212, 4275],
    "钢筋/棒材": [7167, 5025, 120, 3472, 3332],
    "钢筋／棒材": [7167, 5025, 8027, 3472, 3332],
    "槽钢/U型钢": [3553, 7167, 120, 163, 1798, 7167],
    "H型钢": [150, 1798, 7167],
    "H 型钢": [150, 1798, 7167],
    "Ｈ型钢": [8058, 1798, 7167],
    "“角钢”": [100, 6235, 7167, 100],
    "100×50角钢": [8135, 9569, 8474, 6235, 7167],
    "Φ12钢筋": [229, 8455, 7167, 5025],
}


@pytest.mark.parametrize(("text", "numbers"), TOKENS.items())
def test_token_numbers(text, numbers):
    row = wordpiece.tokenize([text])[0]
    wanted = [101, *numbers, 102]
    assert row.dtype == np.int64 and row.tolist() == wanted + [0] * (52 - len(wanted))
    assert wordpiece.length(text) == len(wanted)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Résumé", ["re", "##su", "##me"]),
        ("钢\u3000管\t\n", ["钢", "管"]),
        ("钢\u200b\0\ufffd管", ["钢", "管"]),
        ("a+b=$5", ["a", "+", "b", "=", "$", "5"]),
        ("😀钢", ["[UNK]", "钢"]),
        ("x" * 201, ["[UNK]"]),
    ],
)
def test_pieces(text, pieces):
    assert wordpiece.pieces(text) == pieces


def test_what_is_too_long_loses_its_end():
    assert wordpiece.length("钢" * 60) == 62
    assert wordpiece.tokenize(["钢" * 60])[0].tolist() == [101, *[7167] * 50, 102]
    assert wordpiece.tokenize(["钢" * 60, "钢"], context=6).tolist() == [
        [101, *[7167] * 4, 102],
        [101, 7167, 102, 0, 0, 0],
    ]
    assert wordpiece.tokenize([]).shape == (0, 52)


def test_the_vocabulary_is_the_published_one_with_its_licence():
    path = paths.resources() / "vocabulary" / "bert_chinese.txt"
    data = path.read_bytes().replace(b"\r\n", b"\n")
    assert hashlib.sha256(data).hexdigest() == "45bbac6b341c319adc98a532532882e91a9cefc0329aa57bac9ae761c27b291c"
    assert len(wordpiece.vocabulary()) == 21128 and wordpiece.vocabulary()["[PAD]"] == 0
    assert "Apache License" in path.with_name("LICENSE-Apache-2.0.txt").read_text(encoding="utf-8")
