"""A day without a mouse: from the folder to the verdict, and out of every window again."""

from __future__ import annotations

from labelled import label
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from studio_driver import Studio, wait_until
from test_accessible import PLACES

KEY, PLAIN = Qt.Key, Qt.KeyboardModifier.NoModifier
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


def press(studio: Studio, key: KEY | str, keys: Qt.KeyboardModifier = PLAIN, times: int = 1) -> None:
    """To whatever has the keyboard, as a keyboard does."""
    for _ in range(times):
        QTest.keyClick(studio.window.focusWidget(), key, keys)
    wait_until(lambda: studio.window.settled)


def test_a_piece_from_box_to_verdict(studio):
    page = lambda: studio.session.page  # noqa: E731
    for key in ("e", "w", KEY.Key_Space):
        press(studio, key)
    press(studio, KEY.Key_Right, SHIFT)
    press(studio, KEY.Key_Down, SHIFT)
    press(studio, KEY.Key_Space)
    press(studio, "q")
    press(studio, KEY.Key_Left, times=3)
    press(studio, KEY.Key_Up, times=3)
    press(studio, KEY.Key_Space)
    assert studio.assistant.pending.prompt.box is not None and len(studio.assistant.pending.prompt.points) == 1
    press(studio, KEY.Key_Return)
    press(studio, "3")
    assert [a.label for a in page().annotations] == ["Billet"]
    assert page().annotations[0].extra["effort"]["clicks"] == 2
    press(studio, KEY.Key_Escape)
    press(studio, "p")
    for way in (KEY.Key_Left, KEY.Key_Up, KEY.Key_Right):
        press(studio, KEY.Key_Space)
        press(studio, way, SHIFT)
    press(studio, KEY.Key_Space)
    press(studio, "f")
    assert len(page().annotations) == 2
    press(studio, KEY.Key_Delete)
    assert len(page().annotations) == 1
    press(studio, "d")
    wait_until(lambda: studio.session.image == "b.jpg")
    press(studio, "a")
    wait_until(lambda: page() is not None and page().image == "a.jpg")
    press(studio, KEY.Key_F8)
    press(studio, "n")
    press(studio, "y")
    assert page().annotations[0].status == "reviewed"
    press(studio, KEY.Key_F6, times=9)
    press(studio, "e")  # from wherever that was
    assert studio.canvas.hasFocus()


def test_proposals_one_by_one_and_with_the_pointer(studio):
    press(studio, "e")
    press(studio, "g")
    wait_until(lambda: studio.window.finder.shown != (), what="proposals")
    there = len(studio.window.finder.shown)
    press(studio, KEY.Key_Tab)
    press(studio, "f")
    assert len(studio.session.page.annotations) == 1
    press(studio, KEY.Key_Tab)
    press(studio, KEY.Key_Delete)
    assert len(studio.window.finder.shown) == there - 2
    press(studio, KEY.Key_F6)
    assert studio.window.focusWidget() is studio.canvas.finds_bar.slider
    press(studio, KEY.Key_Escape)
    assert studio.canvas.hasFocus() and studio.canvas.pointer.on


def test_tab_goes_through_every_window_and_is_caught_in_none(studio, folder):
    label(folder)
    studio.open(folder)
    wait_until(lambda: studio.session.page is not None)
    caught = []
    for name, opened in PLACES.items():
        place = opened(studio)
        studio.settle()
        top = place.window()
        if top is studio.window:
            continue
        place.activateWindow()
        QTest.keyClick(top.focusWidget() or top, KEY.Key_Tab)
        first = last = top.focusWidget()
        for _ in range(60):
            QTest.keyClick(last, KEY.Key_Tab)
            before, last = last, top.focusWidget()
            if last is first or last is before:
                break
        if last is not first:
            caught.append((name, last))
        place.close()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert caught == []


def test_tab_and_f6_lead_from_the_lists_to_the_photo_and_on(studio):
    press(studio, KEY.Key_F6)
    assert studio.window.focusWidget() is studio.window.images.list
    for _ in range(40):
        press(studio, KEY.Key_Tab)
        if studio.canvas.hasFocus():
            break
    assert studio.canvas.hasFocus()
    press(studio, KEY.Key_F6)
    assert not studio.canvas.hasFocus()


def test_without_a_photo_tab_leads_to_what_can_be_done(make_studio, tmp_path):
    studio = make_studio()
    studio.window.open_folder(tmp_path / "is not there")
    wait_until(lambda: studio.canvas.guide._again.isVisible(), what="the offer to try again")
    studio.canvas.setFocus()
    QTest.keyClick(studio.canvas, KEY.Key_Tab)
    assert studio.window.focusWidget() is studio.canvas.guide._again
    QTest.keyClick(studio.canvas.guide._again, KEY.Key_Tab)
    assert studio.window.focusWidget() is studio.canvas.guide._open
