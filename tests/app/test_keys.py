"""Keys: no two actions share one, Tab stays with the canvas, everything has a name for screen readers."""

from __future__ import annotations

from collections import Counter

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QListView
from studio_driver import wait_until

from app import actions


def test_no_key_is_used_twice():
    counted = Counter(key for row in actions.TABLE for key in row.keys)
    assert [key for key, count in counted.items() if count > 1] == []
    assert not counted.keys() & set("0123456789")


def test_every_action_does_something(studio):
    assert studio.window.actions_.by_key.keys() == {row.key for row in actions.TABLE}


def test_tooltips_name_the_key(studio):
    assert studio.window.actions_.by_key["box"].toolTip().startswith("Draw a box  (W)\n")


def test_undo_says_what_and_is_off_when_there_is_nothing(studio):
    undo = studio.window.actions_.by_key["undo"]
    button = studio.window.chrome.bar.widgetForAction(undo)
    QCoreApplication.processEvents()
    assert not undo.isEnabled()
    studio.window.commands.toggle_done()
    assert undo.isEnabled()  # at once, for a key that follows quickly
    wait_until(lambda: "mark as done" in button.toolTip())
    studio.window.commands.undo()
    wait_until(lambda: not undo.isEnabled())
    assert button.toolTip() == "Undo  (Ctrl+Z)"


def test_tools_by_key(studio):
    for key, tool in (("v", "select"), ("w", "box"), ("q", "points")):
        studio.key(key)
        assert studio.canvas.tool == tool
        assert studio.window.actions_.by_key[tool].isChecked()


def test_f6_walks_through_the_window(studio):
    window = studio.window
    seen = []
    for _ in range(5):
        QTest.keyClick(window.focusWidget() or window, Qt.Key.Key_F6)
        seen.append(window.focusWidget())
    assert seen[-1] is studio.canvas
    assert len(set(seen)) == 5


def test_keys_still_work_when_a_list_has_the_focus(studio):
    studio.window.images.list.setFocus()
    QTest.keyClick(studio.window.images.list, "d")
    studio.settle()
    assert studio.session.image == "b.jpg"


def test_controls_have_names(studio):
    window = studio.window
    nameless = [
        widget
        for kind in (QAbstractButton, QComboBox, QListView)
        for widget in window.findChildren(kind)
        if widget.isVisible() and not (widget.accessibleName() or getattr(widget, "text", str)() or widget.toolTip())
    ]
    assert nameless == []
