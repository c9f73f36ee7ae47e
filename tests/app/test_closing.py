"""Esc closes whatever was opened beside the window, and ends what it was doing."""

from __future__ import annotations

import threading

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from studio_driver import wait_until

from sscore.errors import Cancelled
from sscore.project import Project

DIALOGS = (
    "wizard",
    "capture",
    "export",
    "evaluate",
    "train",
    "naming",
    "settings",
    "keys",
    "guide",
    "shortcuts",
    "about",
)
WINDOWS = ("gallery", "statistics", "compare")


def opened(studio, action):
    before = {w for w in studio.window.children() if w.isWidgetType() and w.isWindow()}
    studio.window.actions_.by_key[action].trigger()
    studio.settle()
    beside = next(w for w in studio.window.children() if w.isWidgetType() and w.isWindow() and w not in before)
    beside.activateWindow()
    wait_until(lambda: QApplication.activeWindow() is beside, what="its turn")
    return beside


def shown(widget) -> bool:
    return shiboken6.isValid(widget) and widget.isVisible()


@pytest.mark.parametrize("action", DIALOGS + WINDOWS)
def test_esc_closes_it(studio, action):
    beside = opened(studio, action)
    assert shown(beside)
    QTest.keyClick(beside.focusWidget() or beside, Qt.Key.Key_Escape)
    wait_until(lambda: not shown(beside), what="its end")
    assert studio.window.isVisible()


def test_the_cross_of_the_window_closes_it_too(studio):
    beside = opened(studio, "capture")
    assert beside.close() and not shown(beside)


@pytest.mark.parametrize("action", ["evaluate", "train", "naming"])
def test_esc_ends_the_process(studio, action, monkeypatch):
    beside, stopped = opened(studio, action), []
    monkeypatch.setattr(beside.child, "stop", lambda: stopped.append(True))
    QTest.keyClick(beside, Qt.Key.Key_Escape)
    assert stopped


def test_esc_stops_an_export(studio, tmp_path, monkeypatch):
    studio.add(20, 20, 120, 120)
    begun, go_on, ended = threading.Event(), threading.Event(), []

    def export(self, out, *, options, progress):
        begun.set()
        assert go_on.wait(10)
        try:
            progress(1, 2)
        except Cancelled:
            ended.append("stopped")
            raise
        ended.append("written")

    monkeypatch.setattr(Project, "export", export)
    dialog = opened(studio, "export")
    dialog.path.setText(str(tmp_path / "coco.json"))
    QTest.mouseClick(dialog.start, Qt.MouseButton.LeftButton)
    wait_until(begun.is_set, what="the export")
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    go_on.set()
    wait_until(lambda: bool(ended), what="the end of the export")
    studio.settle()
    assert ended == ["stopped"] and not studio.window.messages.notices


def test_what_is_begun_is_named_before_the_window_closes(studio, monkeypatch):
    asked, answers = [], [False, True]
    monkeypatch.setattr("app.window.leave_begun", lambda _window, begun: asked.append(begun) or answers.pop(0))
    studio.box(20, 20, 120, 120)
    studio.window.actions_.by_key["quit"].trigger()
    assert asked == [["masks that are not accepted: 1"]]
    assert studio.window.isVisible()
    assert not studio.window.assistant.pending.empty
    studio.window.actions_.by_key["quit"].trigger()
    assert not studio.window.isVisible()


def test_nothing_is_asked_when_all_is_accepted(studio, monkeypatch):
    asked = []
    monkeypatch.setattr("app.window.leave_begun", lambda _window, begun: bool(asked.append(begun)))
    studio.box(20, 20, 120, 120)
    studio.key("f")
    studio.window.actions_.by_key["quit"].trigger()
    assert asked == []
    assert not studio.window.isVisible()
