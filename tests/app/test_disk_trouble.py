"""A disk that is full, read-only or gone: the window says so once, keeps the work, and saves as soon as it can."""

from __future__ import annotations

import errno
import os

import pytest
from studio_driver import wait_until

from sscore import edits, paths
from sscore.project import Project


def said(studio) -> list[str]:
    return [f"{notice.kind}: {notice.text} {notice.detail}" for notice in studio.window.messages.notices]


def refusing(monkeypatch, number: int) -> None:
    """The system refuses what is written from now on."""

    def refuse(_handle):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", refuse)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "The disk is full"),
        (errno.EDQUOT, "used up"),
        (errno.EROFS, "may not be written"),
        (errno.EACCES, "no right to write"),
        (errno.EIO, "does not answer"),
    ],
)
def test_what_the_disk_refuses_is_kept_and_saved_later(studio, monkeypatch, number, words):
    studio.add(20, 20, 120, 120)
    with monkeypatch.context() as patch:
        refusing(patch, number)
        studio.add(150, 20, 220, 120)
        (notice,) = said(studio)
        assert notice.startswith("error: Not saved yet: your work is kept here")
        assert words in notice
        assert "Errno" not in notice
        assert studio.session.project.folder.name in notice
        assert studio.window.status._saved.text() == "Not saved"
        assert len(studio.session.page.annotations) == 2
    assert len(studio.on_disk().annotations) == 1
    studio.session.saver.save_now()
    studio.settle()
    assert said(studio) == ["done: Everything is saved again "]
    assert studio.window.status._saved.text() == "All saved"
    assert len(studio.on_disk().annotations) == 2


def test_it_is_tried_again_by_itself_and_said_only_once(studio, monkeypatch):
    saver = studio.session.saver
    saver._retry.setInterval(30)
    tried = []
    saver.state_changed.connect(tried.append)
    with monkeypatch.context() as patch:
        refusing(patch, errno.ENOSPC)
        studio.add(20, 20, 120, 120)
        studio.key("d")
        studio.settle()
        studio.add(20, 20, 120, 120)
        for message in list(studio.window.messages._shown):
            studio.window.messages.dismiss(message)
        assert "The disk is full" in studio.window.status._saved.toolTip()
        tried.clear()
        wait_until(lambda: len(tried) >= 6, what="trying again")
        assert set(tried) == {"failed"}
        assert said(studio) == []
        assert saver.failing == 2
    wait_until(lambda: not saver.failing, what="saving by itself")
    studio.settle()
    assert [len(studio.on_disk(rel).annotations) for rel in ("a.jpg", "b.jpg")] == [1, 1]


def test_a_folder_that_vanishes_and_comes_back(studio, folder):
    studio.session.saver._retry.setInterval(30)
    studio.add(20, 20, 120, 120)
    away = folder.with_name("unplugged")
    folder.rename(away)
    studio.add(150, 20, 220, 120)
    assert "The folder is not there. Connect the drive again" in said(studio)[0]
    assert not folder.exists(), "nothing is written where the folder was"
    away.rename(folder)
    wait_until(lambda: not studio.session.saver.failing, what="saving by itself")
    studio.settle()
    assert len(studio.on_disk().annotations) == 2


def test_closing_right_after_an_edit_waits_for_the_disk(studio, monkeypatch):
    """The disk fills up with the very last edit: it is not lost without a word."""
    asked = []
    monkeypatch.setattr("app.window.leave_unsaved", lambda _parent, count: bool(asked.append(count)))
    studio.box(20, 20, 120, 120)
    with monkeypatch.context() as patch:
        refusing(patch, errno.ENOSPC)
        studio.key("f")
        studio.window.close()
        assert asked == [1]
        assert studio.window.isVisible()
    studio.window.close()
    assert not studio.window.isVisible()
    assert asked == [1]
    assert len(studio.on_disk().annotations) == 1


def test_a_long_job_on_the_disk_does_not_keep_saves_waiting(studio, monkeypatch):
    import threading

    go_on = threading.Event()
    studio.window.disk_lane.submit("long", lambda: go_on.wait(20))
    try:
        studio.box(20, 20, 120, 120)
        studio.key("f")
        wait_until(lambda: bool(studio.labels) and not studio.session.saver.unsaved(), what="the save")
        assert len(studio.on_disk().annotations) == 1
    finally:
        go_on.set()
    studio.settle()


def test_an_edit_made_while_their_page_is_being_read_does_not_overwrite_it(studio, folder, monkeypatch):
    """Read by the disk lane, edited in the window before the answer is there: both versions are kept."""
    import threading

    from sscore import edits

    studio.add(20, 20, 120, 120)
    theirs = Project.open(folder)
    theirs.save(edits.relabel(theirs.load("a.jpg"), [1], "U"), edit="theirs", author="wang")
    read, go_on = threading.Event(), threading.Event()
    project = studio.session.project
    real = project.read

    def slowly(rel):
        found = real(rel)
        read.set()
        assert go_on.wait(20)
        return found

    monkeypatch.setattr(project, "read", slowly)
    studio.session._load("a.jpg")
    wait_until(read.is_set, what="the reading")
    studio.session.edit("mine", edits.relabel(studio.session.page, [1], "Bar"))
    wait_until(lambda: any("@" in p.name for p in (folder / "pages").iterdir()), what="the second version")
    assert studio.on_disk().annotations[0].label == "U"
    go_on.set()
    studio.settle()
    assert studio.labels == ["U"]


def test_pages_that_were_only_looked_at_are_not_remembered_for_ever(make_studio, folder):
    for number in range(12):
        (folder / f"more {number}.jpg").write_bytes((folder / "a.jpg").read_bytes())
    studio = make_studio()
    studio.open(folder)
    for rel in studio.session.images:
        studio.session.go(rel)
        studio.settle()
    saver = studio.session.saver
    assert len(studio.session._pages) == len(saver._seen) == len(saver._stamps) == 4


def test_half_a_file_is_never_left_in_place(studio, monkeypatch, folder):
    studio.add(20, 20, 120, 120)
    before = (folder / "pages" / "a.jpg.json").read_bytes()
    with monkeypatch.context() as patch:

        def refuse(_temp, _path):
            raise OSError(errno.EIO, os.strerror(errno.EIO))

        patch.setattr(paths, "_replace", refuse)
        studio.add(150, 20, 220, 120)
        assert (folder / "pages" / "a.jpg.json").read_bytes() == before
    studio.session.saver.save_now()
    studio.settle()
    assert len(studio.on_disk().annotations) == 2
    assert [p.name for p in (folder / "pages").iterdir()] == ["a.jpg.json"]


def test_what_cannot_be_saved_can_be_put_somewhere_else(studio, monkeypatch, tmp_path, folder):
    from app.dialogs.unsaved import copy_to

    studio.add(20, 20, 120, 120)
    with monkeypatch.context() as patch:
        refusing(patch, errno.ENOSPC)
        studio.add(150, 20, 220, 120)
    stick = tmp_path / "stick"
    stick.mkdir()
    copy_to(stick, studio.session.saver.unsaved())
    assert len(Project.open(stick).look("a.jpg").annotations) == 2
    (folder / "pages" / "a.jpg.json").write_bytes((stick / "pages" / "a.jpg.json").read_bytes())
    assert len(studio.on_disk().annotations) == 2, "copied back it is a page of the project"


def test_an_edit_that_comes_while_the_window_closes_is_saved_too(studio):
    """As when the classifier's answer about an object just drawn arrives between two saves."""
    studio.add(20, 20, 120, 120)
    session, more = studio.session, []

    def add_one(state: str) -> None:
        if state == "saved" and not more:
            more.append(edits.relabel(session.page, [1], "Bar"))
            session.edit("named", more[0])

    session.saver.state_changed.connect(add_one)
    session.edit("called off", edits.relabel(session.page, [1], "U"))
    assert session.saver.finish() == 0
    assert studio.on_disk().find(1).label == "Bar"
