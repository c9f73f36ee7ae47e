"""What disks do under Windows and on shared drives, played on any system: files held for a moment, coarse clocks, paths
that are too long, marks in front of texts."""

import errno
import json
import os
import tempfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from sample_pages import FOLDER, rectangle

from sscore import catalogue, edits, file_lock, frames, paths
from sscore.coco import ExportOptions
from sscore.errors import BadProject, FolderGone
from sscore.project import Project
from sscore.types import Annotation


@pytest.fixture(autouse=True)
def windows(monkeypatch):
    monkeypatch.setattr(paths, "_WINDOWS", True)
    monkeypatch.setattr(os, "fsync", lambda fd: None)


@pytest.fixture
def pauses(monkeypatch):
    """How long was waited, without waiting."""
    waited = []
    monkeypatch.setattr(paths.time, "sleep", waited.append)
    return waited


@pytest.fixture
def folder(tmp_path):
    top = tmp_path / FOLDER
    top.mkdir()
    Image.new("RGB", (200, 150)).save(top / "照片 1.jpg")
    return top


def held(times, work):
    """`work`, refused as often as that before."""
    left = [times]

    def refused(*arguments, **options):
        if left[0]:
            left[0] -= 1
            raise PermissionError(13, "The process cannot access the file because it is being used by another process")
        return work(*arguments, **options)

    return refused


def page(folder, status="accepted"):
    piece = Annotation(0, rectangle(10, 10, 50, 40), "Bar", status=status)
    return edits.add(Project.open(folder).load("照片 1.jpg"), piece)


def test_a_file_that_a_scanner_holds_is_replaced_and_read_a_moment_later(folder, monkeypatch, pauses):
    project = Project.open(folder)
    monkeypatch.setattr(os, "replace", held(3, os.replace))
    project.save(page(folder), edit="add")
    assert len(pauses) == 3
    monkeypatch.setattr(Path, "read_bytes", held(2, Path.read_bytes))
    assert len(Project.open(folder).load("照片 1.jpg").annotations) == 1
    assert len(pauses) == 5


def test_a_file_that_stays_held_is_an_error_in_the_end_and_leaves_nothing(folder, monkeypatch, pauses):
    monkeypatch.setattr(os, "replace", held(99, os.replace))
    monkeypatch.setattr(os, "unlink", held(99, os.unlink))  # the scanner has the unfinished file too
    with pytest.raises(PermissionError, match="being used"):
        paths.write_atomic(folder / "a.json", b"new")
    assert sum(pauses) < 2.0
    monkeypatch.undo()
    assert not (folder / "a.json").exists()


def test_elsewhere_refusals_are_believed_at_once(folder, monkeypatch, pauses):
    monkeypatch.setattr(paths, "_WINDOWS", False)
    monkeypatch.setattr(os, "replace", held(1, os.replace))
    with pytest.raises(PermissionError):
        paths.write_atomic(folder / "a.json", b"new")
    assert not pauses and os.listdir(folder) == ["照片 1.jpg"]


def test_a_lock_file_that_is_just_being_removed_is_taken_a_moment_later(folder, monkeypatch, pauses):
    monkeypatch.setattr(os, "open", held(1, os.open))
    with file_lock.only_one(folder / "目录.toml"):
        assert pauses == [0.01]


def test_a_review_in_the_same_second_is_seen(folder):
    """A stick counts time in two seconds, and "accepted" is as long as "reviewed"."""
    ours, theirs = Project.open(folder), Project.open(folder)
    first = page(folder)
    ours.save(first, edit="add")
    assert ours.summary("照片 1.jpg").statuses == {"accepted": 1}
    file = ours.page_path("照片 1.jpg")
    before = file.stat()
    loaded = theirs.load("照片 1.jpg")
    reviewed = replace(loaded.annotations[0], status="reviewed")
    theirs.save(replace(loaded, annotations=(reviewed,)), edit="review")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert file.stat().st_size == before.st_size
    assert ours.summary("照片 1.jpg").statuses == {"reviewed": 1}


def test_a_path_that_is_too_long_is_told_as_such(folder, monkeypatch):
    monkeypatch.setattr(paths, "_LONGEST", len(str(folder)))
    project, made = Project.open(folder), page(folder)

    def not_found(*_arguments):
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr(os, "replace", not_found)
    with pytest.raises(BadProject, match="too long for Windows"):
        project.save(made, edit="add")


def test_texts_that_notepad_has_saved_are_read(tmp_path, monkeypatch):
    monkeypatch.setenv("SSC_HOME", str(tmp_path))
    row = replace(catalogue.card("nano"), id="our-nano", embedded=False)
    (tmp_path / "catalogue.toml").write_bytes(b"\xef\xbb\xbf" + catalogue.as_toml(row).replace("\n", "\r\n").encode())
    assert catalogue.card("our-nano") == row
    catalogue.append(replace(row, id="second"))
    assert catalogue.user_ids() == ["our-nano", "second"]


def test_a_video_gets_an_ascii_name_also_where_the_user_has_a_chinese_one(tmp_path, monkeypatch):
    """For readers that take names in the system's code page only."""
    mine, public = tmp_path / "张三" / "Temp", tmp_path / "Public"
    for place in (mine, public):
        place.mkdir(parents=True)
    monkeypatch.setattr(tempfile, "tempdir", str(mine))
    monkeypatch.setenv("PUBLIC", str(public))
    video = tmp_path / "炉前.mp4"
    video.write_bytes(b"frames")
    opened = []

    class OldReader:
        def __init__(self, name):
            opened.append(name)

        def isOpened(self):  # noqa: N802 (OpenCV's names)
            return opened[-1].isascii()

        def get(self, _property):
            return 0

        def release(self):
            pass

    monkeypatch.setattr(frames.cv2, "VideoCapture", OldReader)
    with frames.Frames(video):
        assert opened[1].startswith(str(public)) and opened[1].endswith("video.mp4")
        assert Path(opened[1]).read_bytes() == b"frames"
    assert not any(public.iterdir())


def test_a_network_that_goes_while_one_works_is_a_folder_that_is_gone(folder, monkeypatch):
    """Windows then answers "invalid argument"."""
    project, made = Project.open(folder), page(folder)
    real = os.stat

    def gone(path, *arguments, **options):
        if str(path).startswith(str(folder)):
            raise OSError(errno.EINVAL, "The specified network name is no longer available")
        return real(path, *arguments, **options)

    monkeypatch.setattr(os, "stat", gone)
    with pytest.raises(FolderGone, match="connect the drive again"):
        project.save(made, edit="add")
    with pytest.raises(BadProject, match="there is no such folder"):
        Project.open(folder)


def test_a_photo_whose_capitals_changed_is_exported_once(folder, monkeypatch):
    """A copy of a camera's card may turn .JPG into .jpg; on the disks of Windows the page is found by either name."""
    project, exists = Project.open(folder), os.path.exists
    project.save(page(folder), edit="add")
    with suppress(FileExistsError):  # such a disk has it under both names already
        os.link(folder / "照片 1.jpg", folder / "照片 1.JPG")
    monkeypatch.setattr(project, "images", lambda: ["照片 1.JPG"])
    monkeypatch.setattr(os.path, "exists", lambda path: exists(path) or exists(str(path).replace(".JPG", ".jpg")))
    project.export(folder / "coco.json", options=ExportOptions(include_empty=True))
    assert len(json.loads((folder / "coco.json").read_bytes())["images"]) == 1
