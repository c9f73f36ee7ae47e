"""Cleaning up with a live preview, measuring with a scale, and the history of a photo."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from sscore import edits, masks, measure
from sscore.types import Annotation

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def rectangle(x0, y0, x1, y1):
    return masks.polygon_fill([(x0, y0), (x1, y0), (x1, y1), (x0, y1)])


@pytest.fixture
def ragged(studio):
    """One selected object: 100 x 60 px with a hole of 16 px and a speck of 9 px."""
    mask = masks.subtract(rectangle(100, 50, 200, 110), rectangle(120, 70, 124, 74))
    page = edits.add(studio.session.page, Annotation(0, masks.union(mask, rectangle(210, 60, 213, 63)), "Bar"))
    studio.session.edit("one", page, select=(1,))
    studio.settle()
    return studio


def area(studio):
    return studio.session.page.find(1).mask.area


def test_cleaning_up_is_seen_first_and_done_in_one_step(ragged):
    ragged.key("t")
    bar = ragged.window.editing.tidy
    assert bar.isVisible() and bar.specks.hasFocus()
    ragged.settle()
    assert "9 px would go" in bar.news.text()
    assert not ragged.canvas.stage.ghost.boundingRect().isEmpty()
    bar.holes.setValue(16)
    ragged.settle()
    assert "16 px would come" in bar.news.text()
    bar.specks.setValue(9)
    ragged.settle()
    assert "0 px would go" in bar.news.text()
    bar.specks.setValue(10)
    QTest.keyClick(bar.specks, Qt.Key.Key_Return)
    ragged.settle()
    assert area(ragged) == 6000
    assert not bar.isVisible()
    assert ragged.canvas.stage.ghost.boundingRect().isEmpty()
    assert ragged.on_disk().find(1).mask.area == 6000
    ragged.key("z", CTRL)
    assert area(ragged) == 6000 - 16 + 9


def test_cleaning_up_can_be_called_off(ragged):
    ragged.key("t")
    ragged.settle()
    QTest.keyClick(ragged.window.editing.tidy.specks, Qt.Key.Key_Escape)
    assert not ragged.window.editing.tidy.isVisible()
    assert area(ragged) == 6000 - 16 + 9
    assert ragged.canvas.hasFocus()
    ragged.key("t")
    ragged.session.select(())
    assert not ragged.window.editing.tidy.isVisible()


def test_tab_goes_through_the_clean_up_and_back_to_the_photo(ragged):
    ragged.key("t")
    bar = ragged.window.editing.tidy
    for field in (bar.holes, bar.smooth, bar.apply, bar.leave):
        QTest.keyClick(ragged.window.focusWidget(), Qt.Key.Key_Tab)
        assert field.hasFocus()
        assert bar.isVisible() and ragged.session.selection == (1,)
    QTest.keyClick(bar.leave, Qt.Key.Key_Backtab)
    assert bar.apply.hasFocus()
    bar.specks.setValue(20)
    ragged.settle()
    QTest.keyClick(bar.apply, Qt.Key.Key_Return)
    assert area(ragged) == 6000 - 16
    assert ragged.canvas.hasFocus()
    ragged.key("t")
    for _ in range(5):
        QTest.keyClick(ragged.window.focusWidget(), Qt.Key.Key_Tab)
    assert ragged.canvas.hasFocus()


def test_letters_are_the_keys_of_the_window_in_a_field_of_numbers(ragged):
    ragged.key("t")
    bar = ragged.window.editing.tidy
    bar.specks.setValue(20)
    ragged.settle()
    QTest.keyClick(bar.specks, "f")
    assert area(ragged) == 6000 - 16
    ragged.key("m", SHIFT)
    ragged.drag(20, 20, 50, 60)
    QTest.keyClick(ragged.window.editing.ruler.length, "w")
    assert ragged.canvas.tool == "box"
    assert ragged.canvas.hasFocus()


def test_what_is_typed_after_a_line_is_its_length(ragged):
    """Not the class of the selected object, whose keys are digits too."""
    before = ragged.labels
    ragged.key("0", CTRL)
    ragged.key("m", SHIFT)
    ragged.drag(20, 20, 50, 60)
    here = ragged.window.focusWidget()
    QTest.keyClick(here, Qt.Key.Key_Return)
    assert "true length" in ragged.canvas.whisper.text
    QTest.keyClicks(here, "125")
    QTest.keyClick(here, Qt.Key.Key_Return)
    assert measure.scale_of(ragged.session.page) == pytest.approx(2.5)
    assert ragged.labels == before
    assert ragged.canvas.hasFocus()
    ragged.drag(20, 20, 50, 20)
    assert not ragged.canvas.hasFocus()
    QTest.keyClick(ragged.window.focusWidget(), Qt.Key.Key_Escape)
    assert ragged.canvas.hasFocus() and ragged.session.selection == (1,)


def test_f6_stops_at_the_bar_on_the_photo(ragged):
    ragged.key("g")
    ragged.settle()
    ragged.key(Qt.Key.Key_F6)
    assert ragged.canvas.finds_bar.slider.hasFocus()
    QTest.keyClick(ragged.canvas.finds_bar.slider, Qt.Key.Key_F6)
    assert ragged.window.side.list.hasFocus()


def test_a_line_of_known_length_gives_the_photo_its_scale(ragged):
    bar = ragged.window.editing.ruler
    ragged.key("0", CTRL)
    ragged.key("m", SHIFT)
    assert bar.isVisible() and "100.0 px long, 60" not in bar.news.text()
    ragged.drag(20, 20, 50, 60)
    assert "50.0 px" in bar.news.text()
    bar.length.setValue(100)
    bar.put.click()
    assert measure.scale_of(ragged.session.page) == pytest.approx(2.0)
    assert "100.0 mm" in bar.news.text()
    ragged.click(150, 90)
    assert "113.0 px" in bar.news.text() and "226.0 mm" in bar.news.text()
    ragged.settle()
    assert measure.scale_of(ragged.on_disk()) == pytest.approx(2.0)
    ragged.key("d")
    ragged.settle()
    assert bar.same.isVisibleTo(bar)
    bar.same.click()
    assert measure.scale_of(ragged.session.page) == pytest.approx(2.0)
    ragged.key("z", CTRL)
    assert measure.scale_of(ragged.session.page) is None
    ragged.key("w")
    assert not bar.isVisible()


def test_the_history_goes_back_and_forth(ragged):
    ragged.key("o")
    ragged.key("2")
    ragged.key("6")
    ragged.key("y", CTRL | SHIFT)
    panel = ragged.window.objects
    assert panel.history.isVisible() and not panel.list.isVisible()
    assert ragged.window.actions_.by_key["history"].isChecked()
    history = panel.history.list
    assert history.model().rowCount() == 4
    history.setCurrentIndex(history.model().index(1, 0))
    assert ragged.labels == ["Bar"]
    assert not ragged.session.page.find(1).extra
    history.setCurrentIndex(history.model().index(3, 0))
    assert ragged.labels == ["Plate"]
    ragged.settle()
    assert ragged.on_disk().find(1).label == "Plate"
    panel.switch.click()
    assert panel.list.isVisible()


@pytest.mark.parametrize("width", [960, 1400])
def test_bars_stand_above_each_other_within_the_canvas(ragged, width):
    ragged.window.resize(width, 720)
    ragged.key("g")
    ragged.settle()
    ragged.key("m", SHIFT)
    ragged.drag(20, 20, 120, 90)
    finds, ruler = ragged.canvas.finds_bar, ragged.window.editing.ruler
    assert finds.isVisible() and ruler.isVisible()
    assert not finds.geometry().intersects(ruler.geometry())
    for bar in (finds, ruler):
        assert ragged.canvas.viewport().rect().contains(bar.geometry())
