"""What is there already is not written over, and what cannot be written is found before the work."""

import errno
import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from sscore import cli
from sscore.cli import outputs
from sscore.errors import BadOption


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "废钢 照片"
    place.mkdir()
    return place


def test_a_file_that_is_there_stays_unless_it_is_to_be_replaced(folder):
    out = folder / "结果.json"
    outputs.check_file(out, replace=False)
    assert list(folder.iterdir()) == []
    out.touch()
    outputs.check_file(out, replace=False)
    out.write_text("{}")
    with pytest.raises(BadOption, match=r"结果.json: is there already \(.*--replace"):
        outputs.check_file(out, replace=False)
    outputs.check_file(out, replace=True)


@pytest.mark.parametrize(
    ("name", "forms", "says"),
    [
        ("", "", "is a folder"),
        ("a.JPG", "", "is the name of a photo"),
        ("a.txt", ".png .json", "must end in .png or .json"),
        ("file/a.json", "", "a file is where a folder is needed"),
        ("file/b/a.json", "", "a file is where a folder is needed"),
    ],
)
def test_a_name_of_no_use_is_refused_also_with_replace(folder, name, forms, says):
    (folder / "file").write_text("")
    with pytest.raises(BadOption, match=says):
        outputs.check_file(folder / name, replace=True, forms=forms)


@pytest.mark.skipif(os.name == "nt", reason="NUL is no path of its own there")
def test_a_device_is_no_file_to_replace():
    with pytest.raises(BadOption, match="/dev/null: is a device"):
        outputs.check_file(Path(os.devnull), replace=True)


def test_a_folder_may_hold_other_things(folder):
    (folder / "notes.txt").write_text("mine")
    outputs.check_folder(folder, ("report.html",), replace=False)
    outputs.check_folder(folder / "new" / "one", ("report.html",), replace=False)
    (folder / "report.html").write_text("")
    with pytest.raises(BadOption, match=r"report.html: is there already \(give another folder"):
        outputs.check_folder(folder, ("report.html",), replace=False)
    outputs.check_folder(folder, ("report.html",), replace=True)
    with pytest.raises(BadOption, match=r"notes.txt: is a file \(give a folder"):
        outputs.check_folder(folder / "notes.txt", (), replace=True)


def test_a_disk_that_takes_nothing_is_found_first(folder, monkeypatch):
    def refuse(dir):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(outputs.tempfile, "TemporaryFile", refuse)
    with pytest.raises(BadOption, match="新.json: cannot be written: Read-only file system"):
        outputs.check_file(folder / "新.json", replace=False)
    monkeypatch.undo()
    monkeypatch.setattr(outputs.shutil, "disk_usage", lambda place: SimpleNamespace(free=0))
    with pytest.raises(BadOption, match="the disk is full"):
        outputs.check_folder(folder / "新", (), replace=False)


@pytest.mark.parametrize(
    "words",
    [
        ["label", ".", "--out", "there.json"],
        ["classify", ".", "--out", "there.json"],
        ["segment", "a.jpg", "--everything", "--out", "there.json"],
        ["export", ".", "--out", "there.json"],
        ["scenes", "--out", "."],
        ["stats", ".", "--csv", "."],
        ["report", "segmentation", "."],
        ["report", "segmentation", ".", "--out", "."],
        ["report", "classification", ".", "--out", "."],
        ["models", "pack", "mobile-sam", "--out", "there.zip"],
        ["models", "export", "nano", "--out", "."],
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_every_verb_that_writes_asks_first(folder, monkeypatch, capsys, words):
    names = ("there.json", "there.zip", "annotations.json", "classes.csv", "report.html", "report/report.html")
    for name in (*names, "nano-all.onnx"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("mine")
    monkeypatch.chdir(folder)
    assert cli.run(words) == 2
    assert "is there already" in (said := capsys.readouterr().err) and "--replace" in said and said.count("\n") == 1
    assert {file.read_text() for file in folder.rglob("*.*") if file.is_file()} == {"mine"}
