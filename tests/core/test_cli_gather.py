"""Which photos a command line means, and which photo an entry of a file means."""

import unicodedata
from pathlib import Path

import pytest
from fake_models import photo, save

from sscore.cli.gather import gather, match
from sscore.errors import BadDataset, BadImage

FILE = Path("prompts.json")


@pytest.fixture
def yard(tmp_path):
    for name in ("一/a2.png", "一/a10.png", "二/b.png", "二/deep/a2.png"):
        save(tmp_path / "废钢 照片" / name, photo(4, 4))
    return tmp_path / "废钢 照片"


def test_names_are_relative_to_the_folder_given(yard):
    gathered = gather([yard])
    assert list(gathered.photos) == ["一/a2.png", "一/a10.png", "二/b.png", "二/deep/a2.png"]
    assert gathered.root == yard and gathered.photos["二/b.png"] == yard / "二" / "b.png"


def test_one_photo_is_named_by_itself(yard):
    assert list(gather([yard / "二" / "b.png"]).photos) == ["b.png"]


def test_several_folders_and_photos_share_their_common_folder(yard):
    gathered = gather([yard / "一", yard / "二" / "b.png", yard / "一" / "a2.png"])
    assert gathered.root == yard
    assert list(gathered.photos) == ["一/a2.png", "一/a10.png", "二/b.png"]


def test_relative_paths_work(yard, monkeypatch):
    monkeypatch.chdir(yard / "一")
    assert gather([Path("."), Path("../二/b.png")]).root == yard


@pytest.mark.parametrize("name", ["nowhere", "nowhere.jpg"])
def test_missing_paths_are_named(yard, name):
    with pytest.raises(BadImage, match=name):
        gather([yard, yard / name])


def test_a_folder_without_photos_is_named(tmp_path):
    (tmp_path / "空").mkdir()
    with pytest.raises(BadImage, match="空.*no photos"):
        gather([tmp_path / "空"])


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("一/a2.png", "一/a2.png"),
        ("./一/a2.png", "一/a2.png"),
        ("一\\a2.png", "一/a2.png"),
        ("b.png", "二/b.png"),
        ("deep/a2.png", "二/deep/a2.png"),
        ("elsewhere/二/b.png", "二/b.png"),
        ("c.png", None),
        ("ab.png", None),
    ],
)
def test_entries_find_their_photo(yard, key, name):
    matched, unmatched = match([key], gather([yard]), path=FILE)
    assert (matched, unmatched) == (({key: name}, []) if name else ({}, [key]))


def test_entries_may_be_relative_to_one_of_the_folders_given(yard):
    assert match(["b.png", "a10.png"], gather([yard / "二", yard / "一"]), path=FILE) == (
        {"b.png": "二/b.png", "a10.png": "一/a10.png"},
        [],
    )


def test_absolute_entries_and_decomposed_letters_are_understood(yard):
    save(yard / "é.png", photo(4, 4))
    key = str(yard / unicodedata.normalize("NFD", "é.png"))
    assert match([key], gather([yard]), path=FILE) == ({key: "é.png"}, [])


def test_an_entry_that_fits_two_photos_is_refused(yard):
    with pytest.raises(BadDataset, match="fits several photos"):
        match(["a2.png"], gather([yard]), path=FILE)


def test_two_entries_for_one_photo_are_refused(yard):
    with pytest.raises(BadDataset, match="same photo"):
        match(["b.png", "二/b.png"], gather([yard]), path=FILE)


def test_formats_nobody_reads_are_named_once_each(yard):
    for name in ("子 夹/b.HEIC", "a.heic", "x.gif"):
        (yard / name).parent.mkdir(exist_ok=True)
        (yard / name).write_bytes(b"")
    found = dict(gather([yard]).left_out)
    assert found["a.heic"] == "2 of the photos end in .heic, which cannot be read; save them as JPEG"
    assert found["x.gif"].startswith("1 of the photos end in .gif") and len(found) == 2


def test_a_folder_of_nothing_else_says_so(tmp_path):
    (tmp_path / "a.heic").write_bytes(b"")
    with pytest.raises(BadImage, match=r"no photos there \(1 are of formats such as .heic, which"):
        gather([tmp_path])
