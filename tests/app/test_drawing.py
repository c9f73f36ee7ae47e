"""Brush, lasso, polygon and corners on the mask itself; moving by drag and arrow keys. Each is one undo step."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from studio_driver import wait_until

from sscore import edits, masks
from sscore.types import Annotation

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
NONE = Qt.KeyboardModifier.NoModifier


def rectangle(x0, y0, x1, y1):
    return masks.polygon_fill([(x0, y0), (x1, y0), (x1, y1), (x0, y1)])


def drag(studio, *points, button=LEFT, keys=NONE):
    """Press at the first point, move over all, release at the last."""
    view = studio.canvas.viewport()
    QTest.mousePress(view, button, keys, studio.at(*points[0]))
    for x, y in points[1:]:
        here = studio.at(x, y).toPointF()
        event = QMouseEvent(QEvent.Type.MouseMove, here, view.mapToGlobal(here), Qt.MouseButton.NoButton, button, keys)
        QCoreApplication.sendEvent(view, event)
    QTest.mouseRelease(view, button, keys, studio.at(*points[-1]))


@pytest.fixture
def one(studio):
    """One object from (50, 50) to (150, 150), selected."""
    page = edits.add(studio.session.page, Annotation(0, rectangle(50, 50, 150, 150), "Bar"))
    studio.session.edit("one", page, select=(1,))
    studio.settle()
    studio.window.settings.set("brush_px", 10.0)
    return studio


def mask(studio, annotation_id=1):
    return studio.session.page.find(annotation_id).mask


def pixel(studio, x, y, annotation_id=1):
    return bool(mask(studio, annotation_id).full(300, 400)[y, x])


def undo(studio):
    studio.key("z", CTRL)


def test_the_brush_adds_and_erases(one):
    one.key("b", SHIFT)
    drag(one, (140, 100), (200, 100))
    assert pixel(one, 200, 105) and pixel(one, 205, 100) and not pixel(one, 200, 115)
    drag(one, (60, 60), (60, 140), keys=CTRL)
    assert not pixel(one, 60, 100)
    drag(one, (100, 60), (100, 140), button=RIGHT)
    assert not pixel(one, 100, 100)
    one.settle()
    assert one.on_disk().find(1).mask.same_as(mask(one))
    for _ in range(3):
        undo(one)
    assert mask(one).same_as(rectangle(50, 50, 150, 150))
    one.key("y", CTRL)
    assert pixel(one, 200, 105)


def test_the_stroke_is_seen_before_it_is_done(one):
    one.key("b", SHIFT)
    at = one.at(100, 100)
    QTest.mousePress(one.canvas.viewport(), LEFT, CTRL, at)
    seen = one.canvas.viewport().grab().toImage().pixelColor(at)
    one.key("h", CTRL)
    plain = one.canvas.viewport().grab().toImage().pixelColor(at)
    assert max(abs(seen.red() - plain.red()), abs(seen.green() - plain.green())) <= 8
    QTest.mouseRelease(one.canvas.viewport(), LEFT, CTRL, at)


def test_wheel_and_brackets_size_the_brush(one):
    one.key("b", SHIFT)
    zoom, view = one.canvas.zoom, one.canvas.viewport()
    for keys in (NONE, CTRL):
        event = QWheelEvent(
            QPointF(50, 50),
            QPointF(view.mapToGlobal(QPoint(50, 50))),
            QPoint(),
            QPoint(0, 120),
            Qt.MouseButton.NoButton,
            keys,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(view, event)
        if keys == NONE:
            assert one.canvas.zoom == zoom
    assert one.window.settings.get("brush_px") == pytest.approx(12)
    assert one.canvas.zoom > zoom
    one.key("]")
    one.key("[")
    one.key("[")
    assert one.window.settings.get("brush_px") == pytest.approx(10)


def test_with_nothing_selected_a_stroke_is_a_new_object_and_gets_its_class(one):
    one.session.select(())
    one.key("b", SHIFT)
    drag(one, (250, 200), (300, 200))
    wait_until(lambda: one.labels == ["Bar", "Pipe"], what="the class")
    assert one.session.selection == (2,)
    drag(one, (300, 200), (300, 230))
    assert len(one.labels) == 2
    one.settle()
    made = one.on_disk().find(2)
    assert (made.status, made.scores.best, made.author) == ("accepted", "Pipe", one.window.settings.get("author"))
    undo(one)
    undo(one)
    assert one.labels == ["Bar"]


def test_drawing_on_a_mask_in_the_making_accepts_it(one):
    one.box(200, 100, 260, 160)
    one.key("b", SHIFT)
    drag(one, (255, 130), (290, 130))
    assert one.labels == ["Bar", "Pipe"]
    assert pixel(one, 290, 130, 2) and pixel(one, 230, 130, 2)
    assert one.assistant.pending.empty


def test_lasso_adds_and_takes_away(one):
    one.key("l")
    drag(one, (140, 60), (200, 60), (200, 100), (140, 100), (140, 62))
    assert pixel(one, 190, 80)
    drag(one, (60, 60), (90, 60), (90, 90), (60, 90), (60, 62), keys=CTRL)
    assert not pixel(one, 75, 75) and pixel(one, 100, 75)
    one.click(390, 290)
    assert one.session.selection == ()


def test_polygon_by_clicks_and_keys(one):
    one.key("p")
    for x, y in ((150, 60), (200, 60), (390, 290)):
        one.click(x, y)
    one.key(Qt.Key.Key_Backspace)
    one.click(200, 100)
    one.click(150, 100)
    one.key(Qt.Key.Key_Return)
    assert mask(one).area == 100 * 100 + 50 * 40
    one.click(60, 60)
    one.key(Qt.Key.Key_Escape)
    for x, y in ((50, 50), (70, 50), (70, 70), (50, 70)):
        one.click(x, y)
    one.click(50, 50, modifier=CTRL)
    assert mask(one).area == 100 * 100 + 50 * 40 - 400
    one.click(250, 250)
    one.click(300, 252, modifier=SHIFT)
    one.click(300, 290)
    one.key("z", CTRL)
    assert one.canvas.gestures.polygon.drawing
    one.click(300, 290)
    one.session.select(())
    one.key("f")
    wait_until(lambda: len(one.labels) == 2, what="the new object")
    assert mask(one, 2).box.y0 == 250


def test_corners_move_come_and_go(one):
    one.key("p", SHIFT)
    assert len(one.canvas.stage.sketch._rings[0].points) == 4
    drag(one, (150, 150), (170, 170), (180, 180))
    assert pixel(one, 170, 170)
    drag(one, (50, 100), (40, 100), (30, 100))
    assert pixel(one, 40, 100) and len(one.canvas.stage.sketch._rings[0].points) == 5
    one.click(30, 100, RIGHT)
    assert not pixel(one, 40, 100)
    one.settle()
    assert one.on_disk().find(1).mask.same_as(mask(one))
    for _ in range(3):
        undo(one)
    assert mask(one).same_as(rectangle(50, 50, 150, 150))
    assert len(one.canvas.stage.sketch._rings[0].points) == 4


def test_a_selected_object_is_moved_by_dragging_and_by_arrows(one):
    one.key("0", CTRL)
    one.key("v")
    drag(one, (100, 100), (120, 100), (130, 110))
    assert mask(one).box.as_tuple() == (80, 60, 180, 160)
    one.key(Qt.Key.Key_Left)
    one.key(Qt.Key.Key_Up, SHIFT)
    assert mask(one).box.as_tuple() == (79, 50, 179, 150)
    for _ in range(3):
        undo(one)
    assert mask(one).box.as_tuple() == (50, 50, 150, 150)


def test_locked_objects_are_not_drawn_on(one):
    one.key("k", CTRL)
    one.key("b", SHIFT)
    drag(one, (140, 100), (200, 100))
    assert mask(one).area == 10000
    assert "locked" in one.canvas.whisper.text
    words = one.canvas.whisper
    assert words.geometry().adjusted(-24, -24, 24, 24).contains(one.at(200, 100))
    one.key("v")
    one.click(300, 200)
    assert words.text == ""
    one.click(100, 100)
    drag(one, (100, 100), (130, 110))
    assert mask(one).box.x0 == 50
    assert "locked" in words.text
    one.key("p", SHIFT)
    one.click(100, 100)
    assert "locked" in words.text


def test_erasing_all_removes_the_object_and_says_so(one):
    one.window.settings.set("brush_px", 200.0)
    one.key("b", SHIFT)
    drag(one, (100, 100), (101, 100), keys=CTRL)
    assert one.labels == []
    assert "undo brings it back" in one.canvas.whisper.text
    undo(one)
    assert one.labels == ["Bar"]


def test_h_held_shows_the_bare_photo(one):
    at = one.at(100, 100)
    tinted = one.canvas.viewport().grab().toImage().pixelColor(at)
    QTest.keyPress(one.canvas, Qt.Key.Key_H)
    assert one.canvas.viewport().grab().toImage().pixelColor(at) != tinted
    QTest.keyRelease(one.canvas, Qt.Key.Key_H)
    assert one.canvas.viewport().grab().toImage().pixelColor(at) == tinted


def test_the_knife_parts_the_selected_object(one):
    one.key("k", SHIFT)
    drag(one, (100, 30), (100, 90), (110, 170))
    assert one.labels == ["Bar", "Bar"]
    assert one.session.selection == (1, 2)
    assert not pixel(one, 60, 100, 2) and pixel(one, 60, 100) and pixel(one, 140, 100, 2)
    assert mask(one).area + mask(one, 2).area == 100 * 100
    undo(one)
    assert one.labels == ["Bar"] and mask(one).same_as(rectangle(50, 50, 150, 150))


def test_the_knife_needs_no_selection_and_says_when_it_parts_nothing(one):
    one.key("k", SHIFT)
    one.click(300, 200)
    assert one.session.selection == ()
    drag(one, (60, 60), (90, 90))
    assert "from side to side" in one.canvas.whisper.text
    drag(one, (30, 100), (60, 105), (170, 120), keys=SHIFT)
    assert len(one.labels) == 2
    one.session.select((1,))
    one.key("k", CTRL)
    drag(one, (100, 30), (100, 170))
    assert len(one.labels) == 2
