"""What cannot be used now says why, where the mouse asks."""

from __future__ import annotations

import pytest
from labelled import label
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QToolTip, QWidget
from studio_driver import wait_until


def tip_of(widget: QWidget) -> str:
    """As shown under a mouse that rests on it."""
    QToolTip.hideText()
    at = widget.rect().center()
    QCoreApplication.sendEvent(widget, QHelpEvent(QEvent.Type.ToolTip, at, widget.mapToGlobal(at)))
    return QToolTip.text()


@pytest.fixture
def empty(make_studio, tmp_path):
    """A folder without photos."""
    place = tmp_path / "空 folder"
    place.mkdir()
    studio = make_studio()
    studio.open(place)
    return studio


def test_a_tool_that_is_off_says_what_it_needs(studio):
    chrome, act = studio.window.chrome, studio.window.actions_.by_key
    delete, undo = chrome.rail.widgetForAction(act["delete"]), chrome.bar.widgetForAction(act["undo"])
    wait_until(lambda: not delete.isEnabled() and not undo.isEnabled(), what="the first look")
    assert "Delete" in tip_of(delete) and tip_of(delete).endswith("Tab takes the next one.")
    assert tip_of(undo).endswith("nothing to undo on this photo.")
    studio.add(20, 20, 120, 120)
    wait_until(delete.isEnabled, what="an object")
    assert "Select an object" not in tip_of(delete)


def test_without_photos_every_tool_says_so(empty):
    chrome, act = empty.window.chrome, empty.window.actions_.by_key
    for bar, key in ((chrome.bar, "export"), (chrome.bar, "next"), (chrome.rail, "find_all"), (chrome.rail, "accept")):
        button = bar.widgetForAction(act[key])
        wait_until(lambda one=button: not one.isEnabled(), what=key)
        assert "There is no photo to work on." in tip_of(button), key


def test_checks_without_photos_or_a_finding_in_hand(empty, folder):
    panel = empty.window.flow.show_checks()
    wait_until(lambda: "no photos" in panel._count.text(), what="the words")
    assert not panel.mend.isEnabled() and panel.mend.toolTip() == panel.right.toolTip() == panel._count.text()
    label(folder)
    empty.open(folder)
    wait_until(lambda: panel.list.facts.entries and not empty.window.flow.checks.left, what="findings")
    assert "Choose a finding" in panel.mend.toolTip() and "Choose a finding" in panel.right.toolTip()
    panel.list.go(0)
    empty.settle()
    assert "Choose a finding" not in panel.right.toolTip() and panel.finding is not None


def test_figures_of_nothing_are_not_written(empty, folder):
    figures = empty.window.flow.show_statistics()
    wait_until(lambda: figures.figures is not None and not figures.save.isEnabled(), what="the count")
    assert "no objects" in figures.save.toolTip()
    label(folder)
    empty.open(folder)
    wait_until(figures.save.isEnabled, what="objects")
    assert "Four tables" in figures.save.toolTip()
    figures.close()


def test_dialogs_say_why_their_work_cannot_begin(studio):
    flow = studio.window.flow
    evaluate, train, learn, wizard = flow.show_evaluate(), flow.show_train(), flow.learning.show(), flow.show_wizard()
    wait_until(lambda: flow.index.ready, what="the count")
    capture = flow.show_capture()
    wait_until(lambda: "Accept some objects" in evaluate.start.toolTip(), what="the count")
    assert "too few" in train.start.toolTip() and "too few" in learn.learn.toolTip()
    assert "Choose the folder" in wizard.create.toolTip()
    assert "video" in capture.take.toolTip() and "video" in capture.play.toolTip()
    for dialog in (evaluate, train, learn, wizard, capture):
        dialog.close()
