"""What is known of files without reading them again."""

import os

import pytest

from sscore.digests import KnownDigests


@pytest.fixture
def place(tmp_path):
    return tmp_path / "缓存 夹" / "digests.jsonl"


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / "照 片.jpg"
    path.write_bytes(b"pixels")
    return path


def opened(place):
    known = KnownDigests(place)
    known.refresh()
    return known


def test_it_is_remembered_from_one_start_to_the_next(place, picture):
    known = opened(place)
    assert known.get(picture) == ""
    known.note(picture, "ab12")
    assert known.get(picture) == opened(place).get(picture) == "ab12"


def test_a_file_that_has_changed_is_not_known(place, picture):
    known = opened(place)
    known.note(picture, "ab12")
    picture.write_bytes(b"other pixels")
    assert known.get(picture) == ""
    known.note(picture, "cd34")
    assert opened(place).get(picture) == "cd34"
    picture.unlink()
    assert known.get(picture) == ""
    known.note(picture, "ef56")
    assert known.get(picture) == ""


def test_what_another_process_adds_is_seen_after_a_refresh(place, picture):
    here, there = opened(place), opened(place)
    there.note(picture, "ab12")
    assert here.get(picture) == ""
    here.refresh()
    assert here.get(picture) == "ab12"


def test_damaged_lines_are_passed_over(place, picture):
    opened(place).note(picture, "ab12")
    good = place.read_bytes()
    place.write_bytes(b'\xff\xfe\n[1]\n{"a": 2}\nnull\n[7, "x", 3, 4]\n' + good + good[:20])
    assert opened(place).get(picture) == "ab12"


def test_the_same_is_not_written_twice(place, picture):
    known = opened(place)
    known.note(picture, "ab12")
    size = place.stat().st_size
    known.note(picture, "ab12")
    KnownDigests(place).note(picture, "ab12")
    assert place.stat().st_size == size


def test_a_folder_that_cannot_be_written_does_no_harm(tmp_path, picture):
    (tmp_path / "in the way").write_text("")
    known = opened(tmp_path / "in the way" / "digests.jsonl")
    known.note(picture, "ab12")
    assert known.get(picture) == "ab12"


def test_a_file_that_has_grown_too_large_is_begun_anew(place, picture):
    opened(place).note(picture, "ab12")
    os.truncate(place, 70_000_000)
    assert opened(place).get(picture) == ""
    assert not place.exists()
