"""When things go wrong the window says so, loses nothing and goes on."""

from __future__ import annotations

import json
import sys

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from studio_driver import wait_until

from app.__main__ import _reporter
from app.notices import Notice
from sscore import edits
from sscore.errors import BadProject
from sscore.project import Project

CTRL = Qt.KeyboardModifier.ControlModifier


def texts(studio) -> str:
    return "\n".join(f"{n.text} {n.detail}" for n in studio.window.messages.notices)


def test_an_unreadable_photo_is_explained_in_its_place(studio, folder):
    (folder / "b.jpg").write_bytes(b"not a photo")
    studio.window.photos.clear()
    studio.key("d")
    studio.settle()
    assert studio.canvas.guide.isVisible()
    assert "b.jpg" in studio.canvas.guide._line.text()
    line = studio.canvas.guide._line
    assert line.height() >= line.heightForWidth(line.width()), "the whole of a long error can be read"
    studio.key("d")
    studio.settle()
    assert not studio.canvas.guide.isVisible()


def test_a_page_damaged_while_it_is_on_screen_is_gone_until_it_can_be_read(studio):
    studio.add(20, 20, 120, 120)
    session, file = studio.session, studio.session.project.page_path("a.jpg")
    text = file.read_bytes()
    file.write_bytes(text[:40])
    session.refresh()
    studio.settle()
    assert session.page is None and session.selection == () and studio.window.objects.model.rowCount() == 0
    assert "cannot be read" in studio.window.messages.notices[0].text
    studio.key("1")
    studio.settle()
    assert file.read_bytes() == text[:40]
    file.write_bytes(text)
    session.refresh()
    studio.settle()
    assert [a.label for a in session.page.annotations] == ["Pipe"] and studio.window.objects.model.rowCount() == 1


def test_a_damaged_page_is_shown_but_never_overwritten(make_studio, folder):
    page = folder / "pages" / "a.jpg.json"
    page.parent.mkdir()
    page.write_text("{ broken", encoding="utf-8")
    studio = make_studio()
    studio.open(folder)
    assert studio.session.page is None
    assert studio.session.state("a.jpg").damaged
    assert "cannot be read" in texts(studio)
    studio.key("w")
    studio.drag(20, 20, 90, 90)
    studio.key("f")
    studio.settle()
    assert page.read_text(encoding="utf-8") == "{ broken"


def test_a_page_changed_by_somebody_else_keeps_both(studio, folder):
    studio.add(20, 20, 120, 120)
    other = Project.open(folder)
    other.save(edits.relabel(other.load("a.jpg"), [1], "U"), edit="their edit", author="other")
    studio.key("2")
    wait_until(lambda: studio.labels == ["U"], what="their version")
    studio.settle()
    assert "Somebody else changed" in texts(studio)
    (kept,) = [p for p in (folder / "pages").iterdir() if "@" in p.name]
    ours = json.loads(kept.read_text(encoding="utf-8"))
    assert [c["name"] for c in ours["categories"] if c["id"] == ours["annotations"][0]["category_id"]] == ["Bar"]
    studio.key("z", CTRL)
    studio.settle()
    assert studio.labels == ["Bar"]
    assert studio.on_disk().annotations[0].label == "Bar"


def test_a_refused_save_keeps_the_work_and_is_tried_again(studio, monkeypatch):
    monkeypatch.setattr(studio.session.project, "save", _refuse)
    studio.add(20, 20, 120, 120)
    assert "disk is full" in texts(studio)
    assert studio.window.status._saved.text() == "Not saved"
    studio.key("d")
    studio.settle()
    studio.key("a")
    studio.settle()
    assert studio.labels == ["Pipe"]
    monkeypatch.undo()
    studio.key("s", CTRL)
    studio.settle()
    assert [a.label for a in studio.on_disk().annotations] == ["Pipe"]
    assert studio.window.status._saved.text() == "All saved"


def test_work_of_a_folder_that_was_left_is_still_saved(studio, folder, tmp_path, monkeypatch):
    project = studio.session.project
    monkeypatch.setattr(project, "save", _refuse)
    studio.add(20, 20, 120, 120)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    studio.window.open_folder(elsewhere)
    studio.window.messages.notices[0].run()  # open it all the same
    wait_until(lambda: studio.session.project.folder == elsewhere)
    assert studio.session.saver.failing == 1
    monkeypatch.undo()
    studio.key("s", CTRL)
    studio.settle()
    assert [a.label for a in Project.open(folder).load("a.jpg").annotations] == ["Pipe"]


def test_closing_with_unsaved_work_asks_first(studio, monkeypatch):
    monkeypatch.setattr(studio.session.project, "save", _refuse)
    studio.add(20, 20, 120, 120)
    asked = []
    monkeypatch.setattr("app.window.leave_unsaved", lambda _parent, count: bool(asked.append(count)))
    studio.window.close()
    assert asked
    assert studio.window.isVisible()
    monkeypatch.undo()
    studio.key("s", CTRL)
    studio.settle()
    studio.window.close()
    assert not studio.window.isVisible()


def _refuse(*_args, **_kwargs):
    raise BadProject("the disk is full", remedy="free some space")


def test_an_empty_folder_teaches(studio, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    studio.open(empty)
    assert studio.canvas.guide.isVisible()
    assert "no photos" in studio.canvas.guide._heading.text()


def test_somebody_else_in_the_folder_is_named(make_studio, folder):
    holder = {"user": "wang", "host": "lab-7", "pid": 1, "time": _now()}
    (folder / ".here").mkdir()
    (folder / ".here" / "lab-7-1.json").write_text(json.dumps(holder), encoding="utf-8")
    studio = make_studio()
    studio.open(folder)
    assert "wang" in texts(studio)
    assert "lab-7" in texts(studio)


def test_an_unforeseen_error_is_said_kindly_and_logged(studio, capsys):
    report = _reporter(studio.window)
    try:
        raise ValueError("surprise")
    except ValueError:
        report(*sys.exc_info())
    assert "Something went wrong" in texts(studio)
    assert "surprise" in capsys.readouterr().err
    studio.add(20, 20, 120, 120)
    assert studio.labels == ["Pipe"]


def test_a_model_that_breaks_does_not_take_the_window_down(studio, monkeypatch, caplog):
    def explode(*_args, **_kwargs):
        raise RuntimeError("out of memory on the device")

    model = studio.shelf.segmenters["nano"]
    monkeypatch.setattr(model, "predict", explode)
    studio.box(20, 20, 120, 120)
    assert "out of memory on the device" in texts(studio)
    assert "Traceback" in caplog.text
    monkeypatch.undo()
    studio.key("b")
    studio.add(20, 20, 120, 120)
    assert studio.labels == ["Pipe"]


def test_a_photo_that_changed_under_its_annotations_is_reported(make_studio, folder):
    first = make_studio()
    first.open(folder)
    first.add(20, 20, 120, 120)
    first.window.close()
    (folder / "a.jpg").write_bytes((folder / "b.jpg").read_bytes())
    second = make_studio()
    second.open(folder)
    assert "was changed" in texts(second)


def _now() -> str:
    from datetime import UTC, datetime

    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_messages_are_reached_and_answered_by_keyboard(studio):
    bar, ran = studio.window.messages, []
    bar.show_notice(Notice("warning", "older", "", "a"))
    bar.show_notice(Notice("info", "with an offer", "", "b", "Bring them back", lambda: ran.append(1)))
    studio.canvas.setFocus()
    studio.key(Qt.Key.Key_F6)
    offer = studio.window.focusWidget()
    assert isinstance(offer, QPushButton) and offer.text() == "Bring them back"
    QTest.keyClick(offer, Qt.Key.Key_Return)
    assert ran == [1] and [n.text for n in bar.notices] == ["older"] and studio.canvas.hasFocus()
    studio.key(Qt.Key.Key_F6)
    QTest.keyClick(studio.window.focusWidget(), Qt.Key.Key_Escape)
    assert not bar.notices and studio.canvas.hasFocus()
    studio.key(Qt.Key.Key_F6)
    assert studio.window.side.list.hasFocus()


def test_small_talk_does_not_push_an_error_away(studio):
    bar = studio.window.messages
    bar.show_notice(Notice("error", "not saved"))
    bar.show_notice(Notice("warning", "sent back"))
    for number in range(3):
        bar.show_notice(Notice("info", f"by the way {number}"))
    assert [n.text for n in bar.notices] == ["by the way 2", "sent back", "not saved"]
    bar.show_notice(Notice("error", "full"))
    bar.show_notice(Notice("error", "gone"))
    assert [n.text for n in bar.notices] == ["gone", "full", "not saved"]
