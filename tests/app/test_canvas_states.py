"""What the canvas says and shows about the state it is in: cursor, hint, whisper, brush."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from studio_driver import wait_until

from sscore import edits, masks
from sscore.types import UNKNOWN, Annotation, Scores

CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)


def rectangle(x0, y0, x1, y1):
    return masks.polygon_fill([(x0, y0), (x1, y0), (x1, y1), (x0, y1)])


@pytest.fixture
def two(studio):
    """Two objects, none selected."""
    page = studio.session.page
    for x in (50, 220):
        page = edits.add(page, Annotation(0, rectangle(x, 50, x + 100, 150), "Bar"))
    studio.session.edit("two", page)
    studio.settle()
    studio.window.settings.set("brush_px", 10.0)
    return studio


def cursor(studio):
    return studio.canvas.viewport().cursor().shape()


def hint(studio):
    QApplication.processEvents()
    return studio.canvas.hint._text.text() if studio.canvas.hint.isVisible() else ""


def point(studio, x, y):
    QTest.mouseMove(studio.canvas.viewport(), studio.at(x, y))


def test_the_cursor_tells_drawing_from_picking_and_moving(two):
    assert two.canvas.tool == "box" and cursor(two) == Qt.CursorShape.CrossCursor
    two.key("v")
    assert cursor(two) == Qt.CursorShape.ArrowCursor
    two.click(100, 100)
    point(two, 110, 110)
    assert cursor(two) == Qt.CursorShape.SizeAllCursor
    point(two, 250, 110)
    assert cursor(two) == Qt.CursorShape.ArrowCursor
    point(two, 110, 110)
    two.key("h", CTRL)
    point(two, 111, 110)
    assert cursor(two) == Qt.CursorShape.ArrowCursor
    two.canvas.show_guide("empty")
    two.key("w")
    assert cursor(two) == Qt.CursorShape.ArrowCursor


def test_the_brush_is_seen_as_soon_as_it_is_taken(two):
    point(two, 100, 100)
    two.key("b", SHIFT)
    assert two.canvas.stage.sketch._brush is not None
    two.key("v")
    assert two.canvas.stage.sketch._brush is None


def test_nothing_to_accept_is_said(two):
    two.key("f")
    assert "no mask to accept" in two.canvas.whisper.text
    two.canvas.whisper.hide()
    two.session.select((1,))
    two.key("f")
    assert not two.canvas.whisper.text


def test_a_key_that_can_do_nothing_says_what_it_needs(two):
    for key, keys, word in (
        ("t", Qt.KeyboardModifier.NoModifier, "Select an object"),
        (Qt.Key.Key_Delete, Qt.KeyboardModifier.NoModifier, "Select an object"),
        ("f", SHIFT, "no proposals"),
        ("b", Qt.KeyboardModifier.NoModifier, "no prompt"),
        ("y", CTRL, "nothing to redo"),
    ):
        two.canvas.whisper.hide()
        two.key(key, keys)
        assert word in two.canvas.whisper.text, key
    two.canvas.whisper.hide()
    two.key("j")
    assert not two.canvas.whisper.text
    two.session.select((1,))
    two.key("o")
    assert not two.canvas.whisper.text and two.session.page.find(1).extra


def test_an_object_that_nobody_was_sure_of_is_not_called_decided_by_hand(two):
    labels = ("Pipe", "Bar")
    unsure = Scores(labels, np.array([0.2, 0.1], np.float32))
    page = edits.relabel(two.session.page, [1], UNKNOWN, scores=unsure)
    certainty = two.window.objects.list.itemDelegate()._certainty
    assert certainty(page.find(1)) == "unsure"
    assert certainty(edits.relabel(page, [1], "Bar").find(1)) == "by hand"


def test_the_corners_of_a_tiny_object_are_all_there(two):
    page = edits.add(two.session.page, Annotation(0, rectangle(200, 200, 201, 201), "Bar"))
    two.session.edit("tiny", page, select=(3,))
    (ring,) = two.canvas.drawing.rings(64.0)
    assert len(ring.points) == 4


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_in_the_smallest_window_nothing_is_cut_off(two, lang):
    window, view = two.window, two.canvas.viewport()
    if lang != "en":
        window.settings.set("language", lang)
    two.session.select((1,))
    window.resize(window.minimumSize())
    for key, keys in (("b", SHIFT), ("p", Qt.KeyboardModifier.NoModifier), ("k", SHIFT)):
        two.key(key, keys)
        QApplication.processEvents()
        hint = two.canvas.hint
        assert hint.isVisible() and view.rect().contains(hint.geometry())
        label = hint._text
        assert label.height() >= label.heightForWidth(label.width()) > 0
        assert label.width() >= label.fontMetrics().horizontalAdvance(label.text()) or label.wordWrap()
    for action in window.chrome.rail.actions():
        button = window.chrome.rail.widgetForAction(action)
        assert button.isVisible() and window.chrome.rail.rect().contains(button.geometry()), action.text()
    for panel in (window.labels, window.objects, window.models):
        assert panel.height() >= panel.minimumSizeHint().height()


def test_the_hint_is_as_wide_as_its_words(two):
    two.window.resize(1280, 720)
    widths = {}
    for key, keys in (("b", SHIFT), ("h", CTRL), ("h", CTRL), ("b", SHIFT), ("p", Qt.KeyboardModifier.NoModifier)):
        two.key(key, keys)
        words = hint(two)
        label = two.canvas.hint._text
        widths[words] = label.width()
        assert label.width() - label.fontMetrics().horizontalAdvance(words) < 12, words
    assert len(set(widths.values())) > 1


def test_objects_that_are_not_shown_are_remembered(two):
    two.key("h", CTRL)
    assert "not shown" in hint(two)
    two.key("h", CTRL)
    assert not hint(two)


def test_a_hidden_object_in_hand_is_said_to_be_hidden(two):
    two.session.select((1,))
    two.key("h", CTRL | SHIFT)
    assert [n.text for n in two.window.messages.notices] == ["1 hidden; Ctrl+Alt+H shows them again."]
    two.key(Qt.Key.Key_Tab)
    assert two.session.selection == (1,) and "hidden" in hint(two)
    two.key("h", CTRL | ALT)
    assert not hint(two)
    assert [n.text for n in two.window.messages.notices] == ["1 shown again."]
    two.key("h", CTRL | ALT)
    assert [n.text for n in two.window.messages.notices] == ["No object is hidden."]


def test_the_hint_knows_what_is_selected(two):
    two.key("b", SHIFT)
    assert "new object" in hint(two)
    two.session.select((1,))
    assert "Adds to the selected" in hint(two)
    two.session.select((1, 2))
    assert "Several are selected" in hint(two)
    two.key("k", CTRL)
    assert "locked" in hint(two)
    two.key("k", CTRL)
    two.key("p", SHIFT)
    assert "Click the object" in hint(two)
    two.session.select((2,))
    assert "Drag corners" in hint(two)


def test_undo_in_the_middle_of_a_drag_calls_off_the_drag_alone(two):
    two.session.select((1,))
    for key, keys in (("b", SHIFT), ("l", Qt.KeyboardModifier.NoModifier), ("p", SHIFT)):
        two.key(key, keys)
        before = two.session.page
        two.press(50, 50)
        two.move(90, 200)
        two.key("z", CTRL)
        two.move(120, 220)
        two.release(120, 220)
        two.settle()
        assert two.session.page is before, key
    two.key("z", CTRL)
    assert two.labels == []


def test_the_other_button_does_not_break_into_a_stroke(two):
    view = two.canvas.viewport()
    two.session.select((1,))
    two.key("b", SHIFT)
    two.press(100, 100)
    two.move(100, 200)
    QTest.mousePress(view, Qt.MouseButton.RightButton, Qt.KeyboardModifier.NoModifier, two.at(100, 200))
    two.move(180, 200)
    QTest.mouseRelease(view, Qt.MouseButton.RightButton, Qt.KeyboardModifier.NoModifier, two.at(180, 200))
    two.move(180, 240)
    two.release(180, 240)
    painted = two.session.page.find(1).mask.full(300, 400)
    assert painted[195, 100] and painted[200, 150] and painted[238, 180]


def test_the_polygon_shows_what_a_click_on_its_first_corner_closes(two):
    two.key("p")
    for x, y in ((60, 200), (160, 200), (160, 280)):
        two.click(x, y)
    sketch = two.canvas.stage.sketch
    two.move(120, 260)
    assert sketch._sketch.kind == "corners"
    two.move(61, 201)
    assert sketch._sketch.kind == "area" and len(sketch._sketch.points) == 3
    two.click(61, 201)
    assert len(two.labels) == 3


def test_an_accepted_mask_that_is_still_in_the_making_says_so(two):
    two.shelf.segmenters["nano"].gate.clear()
    two.key("w")
    two.drag(60, 180, 160, 280)
    wait_until(lambda: "Working" in hint(two))
    two.key("f")
    assert "as soon as it is there" in hint(two)
    two.shelf.segmenters["nano"].gate.set()
    wait_until(lambda: len(two.labels) == 3)
    two.settle()


def test_names_of_small_objects_wait_until_one_is_close(two):
    page = edits.add(two.session.page, Annotation(0, rectangle(200, 200, 212, 212), "Bar"))
    two.session.edit("small", page, select=())
    two.window.settings.set("show_names", True)
    two.canvas.zoom_at(1.0 / two.canvas.zoom, two.canvas.zoom_about())
    tags = two.canvas.stage.tags
    assert tags.shown == {1, 2}
    two.session.select((3,))
    assert tags.shown >= {3}
    two.session.select(())
    assert tags.shown == {1, 2}
    two.canvas.zoom_at(16.0, two.canvas.zoom_about())
    assert tags.shown == {1, 2, 3}


def test_no_name_lies_over_another_and_the_larger_and_those_in_hand_come_first(two):
    """A heap of 40 pieces, one as near to the next as their names are high."""
    page = two.session.page
    for n in range(40):
        x, y, size = 10 + 40 * (n % 8), 30 + 12 * (n // 8), 60 + 2 * n
        page = edits.add(page, Annotation(0, rectangle(x, y, x + size, y + size), "Plate"))
    two.session.edit("heap", page, select=())
    two.settle()
    two.window.settings.set("show_names", True)
    tags, at = two.canvas.stage.tags, two.canvas.zoom_about()

    def overlaps() -> int:
        areas = tags.areas
        return sum(one.intersects(other) for i, one in enumerate(areas) for other in areas[:i])

    few = None
    for zoom in (0.7, 1.0, 1.7, 4.0, 9.0):
        two.canvas.zoom_at(zoom / two.canvas.zoom, at)
        assert not overlaps(), zoom
        assert few is None or len(tags.shown) >= few, "closer, there is room for more"
        few = len(tags.shown)
    two.canvas.zoom_at(1.0 / two.canvas.zoom, at)
    ids = [a.id for a in two.session.page.annotations]
    assert ids[-1] in tags.shown and ids[2] not in tags.shown, "the largest, not the smallest"
    before = tags.shown
    two.canvas._pan(QPoint(120, 40))
    assert tags.shown == before, "none comes or goes while the photo is pushed about"
    two.session.select((ids[2],))
    assert ids[2] in tags.shown and not overlaps()
    two.canvas.stage.set_hovered(ids[3])
    assert {ids[2], ids[3]} <= tags.shown and not overlaps()
    two.canvas.stage.set_hovered(None)
    two.session.select(())
    assert tags.shown == before


def test_a_name_stands_where_its_object_is(two):
    """Painted at its place at any zoom, and beside the object while that is dragged."""
    tags = two.canvas.stage.tags
    two.session.select((1,))
    for zoom in (1.0, 3.0):
        two.canvas.zoom_at(zoom / two.canvas.zoom, two.canvas.zoom_about())
        two.canvas.look_at(QPointF(100, 60))
        (area,) = tags.areas
        corner = two.canvas.mapFromScene(QPointF(0, 0))
        middle = (area.translated(corner.x(), corner.y()).center() + QPointF(0, area.height() / 2 - 2)).toPoint()
        assert two.canvas.viewport().grab().toImage().pixelColor(middle).lightness() < 60, "the dark of a tag"
    two.canvas.stage.shift_selected(10, 0)
    assert tags.areas[0].left() == pytest.approx(area.left() + 30)


def test_a_right_click_on_an_object_offers_what_can_be_done(two):
    asked = []
    two.canvas.menu_wanted.disconnect()
    two.canvas.menu_wanted.connect(asked.append)
    two.key("v")
    two.click(250, 100, button=Qt.MouseButton.RightButton)
    assert two.session.selection == (2,)
    assert asked == [two.canvas.viewport().mapToGlobal(two.at(250, 100))]
    two.session.select((1, 2))
    two.click(100, 100, button=Qt.MouseButton.RightButton)
    assert two.session.selection == (1, 2) and len(asked) == 2
    two.click(190, 250, button=Qt.MouseButton.RightButton)
    assert two.session.selection == () and len(asked) == 2


def test_colours_of_the_status_are_explained(two):
    legend = two.window.editing.legend
    assert legend.isHidden()
    two.key("c")
    two.key("c")
    assert two.window.settings.get("colour_by") == "status" and legend.isVisible()
    assert two.canvas.viewport().rect().contains(legend.geometry())
    two.key("d")
    wait_until(lambda: two.session.page is not None)
    assert legend.isHidden()
    two.key("a")
    wait_until(lambda: legend.isVisible())
    two.key("c")
    assert legend.isHidden()


def test_delete_takes_the_prompt_in_hand_first(two):
    two.session.select((1,))
    two.box(60, 180, 160, 280)
    two.key(Qt.Key.Key_Delete)
    assert two.assistant.pending.empty and len(two.labels) == 2
    two.key("z", CTRL)
    two.settle()
    assert two.assistant.pending.mask is not None
    two.key("b")
    two.session.select((1,))
    two.key(Qt.Key.Key_Delete)
    assert len(two.labels) == 1


def test_tab_says_when_there_is_no_other_mask(two, monkeypatch):
    model = two.shelf.segmenters["nano"]
    predict = model.predict
    monkeypatch.setattr(model, "predict", lambda *a, **k: predict(*a, **k)[:1])
    two.box(60, 180, 160, 280)
    two.key(Qt.Key.Key_Tab)
    assert "no other mask" in two.canvas.whisper.text
    assert two.assistant.pending.mask is not None and two.session.selection == ()


def test_the_preview_says_that_it_is_on(two):
    two.key("q", SHIFT)
    assert "follows the mouse" in two.canvas.whisper.text
    two.key("q", SHIFT)
    assert "No mask" in two.canvas.whisper.text


def test_paint_beside_the_photo_does_not_reach_it(two):
    two.key("0", CTRL)
    two.key("b", SHIFT)
    two.drag(-60, 80, -30, 200)
    two.key("l")
    two.press(-60, 80)
    for x, y in ((-20, 90), (-10, 200), (-60, 190)):
        two.move(x, y)
    two.release(-60, 80)
    two.settle()
    assert two.labels == ["Bar", "Bar"]
    two.key("b", SHIFT)
    two.drag(-6, 200, -6, 240)
    two.settle()
    box = two.session.page.annotations[-1].mask.box
    assert (box.x0, box.x1) == (0, 4)


def test_the_preview_of_a_photo_that_was_left_is_not_shown(two):
    model = two.shelf.segmenters["nano"]
    two.window.settings.set("hover_preview", True)
    two.key("q")
    model.gate.clear()
    point(two, 180, 250)
    wait_until(lambda: two.canvas._hover._asked is not None)
    two.key("d")
    wait_until(lambda: two.session.page is not None and two.assistant.photo is not None)
    seen = []
    two.canvas._hover.changed.connect(lambda mask: seen.append(mask))
    point(two, 60, 60)
    model.gate.set()
    wait_until(lambda: two.canvas._hover.mask is not None)
    two.settle()
    assert all(mask is None or abs(mask.box.centre[0] - 60) < 5 for mask in seen)
