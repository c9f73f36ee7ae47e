"""What is dropped on the window is looked at before anything is left: mistakes change nothing and are told in a
sentence; another folder waits until what is begun here was named."""

from __future__ import annotations

import errno
import shutil

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from studio_driver import wait_until

from sscore import page_store
from sscore.project import Project


def drop(studio, *files):
    data = QMimeData()
    data.setUrls([file if isinstance(file, QUrl) else QUrl.fromLocalFile(str(file)) for file in files])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    studio.window.dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, buttons, keys))
    studio.settle()
    studio.settle()


def said(studio):
    return "\n".join(f"{notice.text} {notice.detail}" for notice in studio.window.messages.notices)


def button(studio):
    return next(notice for notice in studio.window.messages.notices if notice.action)


@pytest.fixture
def other(tmp_path, three_photos):
    return shutil.copytree(three_photos, tmp_path / "另一个 folder")


@pytest.fixture
def busy(studio):
    """With one object, so that there is something to undo."""
    studio.add(20, 20, 120, 120)
    return studio


def unchanged(studio, folder):
    """Same folder, same photo, same steps to undo."""
    assert studio.session.project.folder == folder
    assert studio.session.image == "a.jpg" and studio.labels == ["Pipe"]
    assert studio.session.undo_group.canUndo()
    return True


WRONG = {
    "notes.txt": (b"three bars", "notes.txt is nothing to open here"),
    "archive.zip": (b"PK", "archive.zip is nothing to open here"),
    "broken.jpg": (b"no photo at all", "This photo cannot be used"),
    "coco.json": (b"{}", "This data set cannot be read"),
    "cut.json": (b"{", "This data set cannot be read"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_file_changes_nothing_and_is_told(busy, folder, tmp_path, name):
    data, words = WRONG[name]
    (tmp_path / name).write_bytes(data)
    drop(busy, tmp_path / name)
    wait_until(lambda: words in said(busy), what=words)
    assert name in said(busy) and unchanged(busy, folder)


def test_a_link_of_a_browser_opens_nothing(busy, folder):
    drop(busy, QUrl("https://example.org/a.jpg"))
    assert unchanged(busy, folder) and said(busy) == ""


def test_a_photo_of_the_open_folder_is_shown(busy, folder):
    drop(busy, folder / "b.jpg", folder / "c.png")
    assert busy.session.image == "b.jpg" and said(busy) == ""
    busy.session.go("a.jpg")
    busy.settle()
    assert unchanged(busy, folder)


def test_a_photo_that_has_come_since_is_listed_also_from_a_folder_below(busy, folder):
    (folder / "later").mkdir()
    for name in ("later/d.jpg", "later/e.jpg"):
        shutil.copy(folder / "b.jpg", folder / name)
    drop(busy, folder / "later" / "e.jpg")
    assert busy.session.image == "later/e.jpg"
    assert busy.session.images == ["a.jpg", "b.jpg", "c.png", "later/d.jpg", "later/e.jpg"]
    drop(busy, folder / "later")
    assert busy.session.image == "later/d.jpg"
    busy.session.go("a.jpg")
    busy.settle()
    drop(busy, folder)
    assert unchanged(busy, folder)


def test_a_picture_that_is_no_photo_of_the_folder_is_refused(busy, folder):
    (folder / ".trash").mkdir()
    shutil.copy(folder / "b.jpg", folder / ".trash" / "x.jpg")
    drop(busy, folder / ".trash" / "x.jpg")
    assert "x.jpg is nothing to open here" in said(busy) and unchanged(busy, folder)


def test_a_photo_of_another_folder_opens_that(busy, other):
    drop(busy, other / "c.png", other / "a.jpg")
    wait_until(lambda: busy.session.image == "c.png", what="the photo")
    assert busy.session.project.folder == other and said(busy) == ""


def test_a_photo_below_another_project_opens_the_whole_of_it(busy, other):
    (other / "2024").mkdir()
    shutil.move(other / "b.jpg", other / "2024" / "b.jpg")
    Project.create(other)
    drop(busy, other / "2024" / "b.jpg")
    wait_until(lambda: busy.session.image == "2024/b.jpg", what="the photo")
    assert busy.session.project.folder == other


def test_more_than_one_thing_is_refused(busy, folder, other, tmp_path):
    third = shutil.copytree(other, tmp_path / "third")
    for files in ((other, third), (other / "a.jpg", third / "a.jpg"), (other, other / "a.jpg")):
        drop(busy, *files)
        assert "more than one thing" in said(busy) and unchanged(busy, folder)


def test_what_lies_beside_photos_is_left_aside_and_named(busy, other):
    (other / "read me.txt").write_text("hello")
    drop(busy, *sorted(other.iterdir()))
    assert busy.session.project.folder == other
    assert "Left aside: read me.txt" in said(busy)


def test_a_folder_without_photos_is_not_opened_unless_one_insists(busy, folder, tmp_path):
    empty = tmp_path / "empty"
    (empty / "below").mkdir(parents=True)
    drop(busy, empty)
    assert "no photos in empty" in said(busy) and unchanged(busy, folder)
    button(busy).run()
    busy.settle()
    assert busy.session.project.folder == empty


@pytest.mark.parametrize("text", ["labels = ", 'labels = "nowhere.toml"', 'images = "gone"'])
def test_a_damaged_project_is_told_and_leaves_the_present_one(busy, folder, other, text):
    (other / "project.toml").write_text(text, encoding="utf-8")
    drop(busy, other)
    assert "cannot be opened" in said(busy) and ".toml" in said(busy) and unchanged(busy, folder)
    (other / "project.toml").unlink()
    assert button(busy).action == "Try again"
    button(busy).run()
    busy.settle()
    assert busy.session.project.folder == other


def test_a_mask_in_the_making_and_proposals_are_named_before_they_would_go(studio, folder, other):
    studio.window.finder.ask(studio_box(200, 40))
    studio.settle()
    studio.box(20, 20, 120, 120)
    studio.key("d")
    studio.settle()
    studio.box(20, 20, 120, 120)
    drop(studio, other)
    assert studio.session.project.folder == folder and studio.assistant.pending.mask is not None
    assert "masks that are not accepted: 2" in said(studio)
    assert "proposals nobody has decided on: 1" in said(studio)
    studio.key("f")
    studio.settle()
    studio.key("a")
    studio.settle()
    studio.key("f")
    studio.settle()
    studio.window.finder.discard()
    drop(studio, other)
    assert studio.session.project.folder == other
    assert len(Project.open(folder).load("a.jpg").annotations) == 1


def studio_box(x, y):
    from sscore.types import Box

    return Box(x, y, x + 80, y + 80)


def test_one_may_insist(studio, other):
    studio.box(20, 20, 120, 120)
    drop(studio, other)
    button(studio).run()
    studio.settle()
    assert studio.session.project.folder == other and said(studio) == ""


def test_a_folder_that_cannot_be_saved_is_not_left_unseen(studio, folder, other, monkeypatch):
    """Insisted on, its pages are still kept and saved as soon as the disk lets them."""
    with monkeypatch.context() as patch:

        def refuse(*_args, **_more):
            raise OSError(errno.ENOSPC, "No space left on device")

        patch.setattr(page_store, "write_atomic", refuse)
        studio.add(20, 20, 120, 120)
        drop(studio, other)
        assert "photos that are not saved: 1" in said(studio) and "disk is full" in said(studio)
        assert studio.session.project.folder == folder
        next(n for n in studio.window.messages.notices if n.action == "Open it all the same").run()
        studio.settle()
        assert studio.session.project.folder == other
        assert studio.window.status._saved.text() == "Not saved"
    studio.session.saver.save_now()
    studio.settle()
    assert studio.window.status._saved.text() == "All saved"
    assert len(Project.open(folder).load("a.jpg").annotations) == 1


@pytest.mark.parametrize("name", ["found.json", "belt.mp4"])
def test_what_needs_an_open_folder_says_so_when_there_is_none(make_studio, tmp_path, name):
    (tmp_path / name).write_bytes(b"{}")
    studio = make_studio()
    studio.window.start(tmp_path / name)
    studio.settle()
    assert studio.session.project is None
    shown = studio.canvas.guide
    assert shown.isVisible() and f"{name} needs an open folder" in shown._heading.text()
