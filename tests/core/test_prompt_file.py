"""Prompts files: what is read, and what each mistake is called."""

import json

import pytest

from sscore import prompt_file
from sscore.errors import BadDataset
from sscore.types import Box


def write(tmp_path, data):
    path = tmp_path / "废钢 照片" / "prompts.json"
    path.parent.mkdir()
    path.write_text(data if isinstance(data, str) else json.dumps(data, ensure_ascii=False), encoding="utf-8")
    return path


def test_boxes_points_and_both_in_order(tmp_path):
    entries = [
        {"box": [1, 2, 3.5, 4]},
        {"points": [[5, 6, 1], [7, 8, 0], [9, 10]]},
        {"box": [0, 0, 9, 9], "points": [[1, 1]]},
    ]
    prompts = prompt_file.read(write(tmp_path, {"子 夹/照片.jpg": entries, "empty.jpg": []}))
    assert list(prompts) == ["子 夹/照片.jpg", "empty.jpg"] and prompts["empty.jpg"] == []
    first, second, third = prompts["子 夹/照片.jpg"]
    assert first.box == Box(1, 2, 3.5, 4) and len(first.points) == 0
    assert second.points.tolist() == [[5, 6], [7, 8], [9, 10]] and second.positive.tolist() == [True, False, True]
    assert third.box == Box(0, 0, 9, 9) and third.points.tolist() == [[1, 1]]


def test_a_byte_order_mark_does_not_hurt(tmp_path):
    assert list(prompt_file.read(write(tmp_path, '\ufeff{"a.jpg": []}'))) == ["a.jpg"]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ("", "the file is empty"),
        ("{", "cut off at line 1"),
        ("[" * 100_000, "nested too deeply"),
        ([], "form of a prompts file"),
        ({}, "form of a prompts file"),
        ({"a.jpg": {"box": [1, 2, 3, 4]}}, "form of a prompts file"),
        ({"a.jpg": [{}]}, "a.jpg, entry 1"),
        ({"a.jpg": [{"box": [1, 2, 3, 4]}, {"boxes": [1, 2, 3, 4]}]}, "a.jpg, entry 2"),
        ({"a.jpg": [{"box": [1, 2, 3]}]}, "four numbers"),
        ({"a.jpg": [{"box": [1, 2, 3, "4"]}]}, "four numbers"),
        ({"a.jpg": [{"box": [1, 2, 3, 10**400]}]}, "four numbers"),
        ('{"a.jpg": [{"box": [1, 2, 3, NaN]}]}', "four numbers"),
        ({"a.jpg": [{"box": [5, 5, 1, 1]}]}, "turned over"),
        ({"a.jpg": [{"points": [[1]]}]}, "a point is"),
        ({"a.jpg": [{"points": [1, 2, 1]}]}, "a point is"),
        ({"a.jpg": [{"points": 7}]}, "a point is"),
        ({"a.jpg": [{"points": [[1, 2, 2]]}]}, "third value"),
        ({"a.jpg": [{"points": []}]}, "neither a box nor a point"),
    ],
)
def test_mistakes_are_named(tmp_path, data, says):
    path = write(tmp_path, data)
    with pytest.raises(BadDataset) as caught:
        prompt_file.read(path)
    assert says in str(caught.value) and str(path) in str(caught.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(BadDataset, match=r"nowhere\.json: cannot be read"):
        prompt_file.read(tmp_path / "nowhere.json")
