"""Selecting: on the canvas, in the list, by key; the two always agree."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QItemSelectionModel, QPoint, Qt
from PySide6.QtTest import QTest
from studio_driver import wait_until

from app.dialogs.class_picker import ClassPicker

SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def two(studio):
    studio.add(20, 20, 120, 120)
    studio.add(200, 100, 300, 200)
    studio.key("v")
    return studio


def listed(studio) -> list[int]:
    indexes = studio.window.objects.list.selectionModel().selectedIndexes()
    return sorted(index.data(Qt.ItemDataRole.UserRole).id for index in indexes)


def test_a_click_selects_and_the_list_follows(two):
    two.click(70, 70)
    assert two.session.selection == (1,)
    assert listed(two) == [1]
    two.click(390, 290)
    assert two.session.selection == ()
    assert listed(two) == []


def test_shift_adds_and_takes_away(two):
    two.click(70, 70)
    two.click(250, 150, modifier=SHIFT)
    assert sorted(two.session.selection) == [1, 2]
    two.click(70, 70, modifier=SHIFT)
    assert two.session.selection == (2,)


def test_the_list_selects_on_the_canvas(two):
    view = two.window.objects
    view.list.selectionModel().select(view.model.index(0), QItemSelectionModel.SelectionFlag.ClearAndSelect)
    assert two.session.selection == (1,)


def test_tab_walks_through_the_objects(two):
    two.session.select(())
    for wanted in (1, 2, 1):
        two.key(Qt.Key.Key_Tab)
        assert two.session.selection == (wanted,)
    two.key(Qt.Key.Key_Backtab)
    assert two.session.selection == (2,)


def test_a_key_relabels_all_selected_in_one_step(two):
    two.key("a", Qt.KeyboardModifier.ControlModifier)
    two.key("6")
    assert two.labels == ["Plate", "Plate"]
    two.key("z", Qt.KeyboardModifier.ControlModifier)
    assert two.labels == ["Pipe", "Pipe"]


def test_the_object_under_the_mouse_is_found_through_holes_and_gaps(two):
    QTest.mouseMove(two.canvas.viewport(), two.at(70, 70))
    assert two.canvas.stage.hovered == 1
    QTest.mouseMove(two.canvas.viewport(), two.at(22, 22))
    assert two.canvas.stage.hovered is None


def test_a_hint_when_there_is_nothing_to_relabel(two):
    two.session.select(())
    two.key("4")
    assert "Select an object first" in two.window.messages.notices[0].text
    assert two.labels == ["Pipe", "Pipe"]


def test_hidden_objects_cannot_be_picked(two):
    two.key("h", Qt.KeyboardModifier.ControlModifier)
    two.click(70, 70)
    assert two.session.selection == ()
    two.key("h", Qt.KeyboardModifier.ControlModifier)
    two.click(70, 70)
    assert two.session.selection == (1,)


def test_the_class_panel_shows_and_sets_the_class(two):
    two.click(70, 70)
    rows = two.window.labels.list
    QTest.mouseClick(rows, Qt.MouseButton.LeftButton, pos=QPoint(60, 45))
    assert two.labels[0] == "Bar"
    wait_until(lambda: rows.accessibleDescription() == "Bar")


def test_a_class_by_its_name(two):
    two.click(70, 70)
    two.key("e", CTRL)
    picker = two.window.findChild(ClassPicker)
    QTest.keyClicks(picker.line, "pla")
    shown = [i for i in range(picker.list.count()) if not picker.list.item(i).isHidden()]
    assert [picker.list.item(i).data(Qt.ItemDataRole.UserRole) for i in shown] == ["Plate"]
    QTest.keyClick(picker.line, Qt.Key.Key_Return)
    two.settle()
    assert two.labels == ["Plate", "Pipe"]
    wait_until(lambda: two.window.findChild(ClassPicker) is None, what="the list going")


def test_the_class_list_knows_both_languages_and_arrows_and_gives_up_on_esc(two):
    two.click(70, 70)
    two.key("e", CTRL)
    picker = two.window.findChild(ClassPicker)
    picker.line.setText("钢")
    QTest.keyClick(picker.line, Qt.Key.Key_Down)
    assert not picker.list.currentItem().isHidden() and picker.list.currentRow() > 0
    QTest.keyClick(picker.line, Qt.Key.Key_Escape)
    wait_until(lambda: two.window.findChild(ClassPicker) is None, what="the list going")
    assert two.labels == ["Pipe", "Pipe"]
