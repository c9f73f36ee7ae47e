"""The photo without a mouse: a pointer that arrow keys move and that does all a mouse does."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from studio_driver import Studio, wait_until

from app.canvas.key_pointer import CrossItem
from app.notices import Notice

KEY = Qt.Key
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
SPACE, ENTER, ESC = KEY.Key_Space, KEY.Key_Return, KEY.Key_Escape
LEFT, RIGHT, UP, DOWN = KEY.Key_Left, KEY.Key_Right, KEY.Key_Up, KEY.Key_Down


@pytest.fixture
def shown(studio) -> Studio:
    """The pointer is shown, on a photo of 400 × 300 px."""
    studio.key("e")
    return studio


def place(studio: Studio) -> tuple[float, float]:
    at = studio.canvas.image_at(studio.canvas.pointer.place)
    return round(at.x(), 3), round(at.y(), 3)


def go(studio: Studio, x: int, y: int) -> None:
    """With keys alone to the middle of this pixel."""
    here = place(studio)
    for wanted, now, back, on in ((x, here[0], LEFT, RIGHT), (y, here[1], UP, DOWN)):
        far, near = divmod(abs(round(wanted + 0.5 - now)), 10)
        key = on if wanted > now else back
        for _ in range(far):
            studio.key(key, CTRL | SHIFT)
        for _ in range(near):
            studio.key(key, CTRL)


def drag(studio: Studio, x0: int, y0: int, x1: int, y1: int, button: KEY | str = SPACE) -> None:
    go(studio, x0, y0)
    studio.key(button)
    go(studio, x1, y1)
    studio.key(button)


def crosses(studio: Studio) -> list[CrossItem]:
    return [item for item in studio.canvas.scene().items() if isinstance(item, CrossItem)]


def select_one(studio: Studio) -> int:
    """An object from a box, selected."""
    studio.key("w")
    drag(studio, 100, 60, 220, 180)
    wait_until(lambda: studio.assistant.pending.settled, what="the mask")
    studio.key("f")
    studio.settle()
    assert studio.session.selection
    return studio.session.selection[0]


def area(studio: Studio, number: int = 1) -> int:
    return studio.session.page.find(number).mask.area


# --- moving ----------------------------------------------------------------------------------------------------


def test_until_it_is_asked_for_there_is_none(studio):
    studio.key(RIGHT)
    assert not studio.canvas.pointer.on and crosses(studio) == []
    assert not studio.window.actions_.by_key["pointer_right"].isEnabled()


def test_it_begins_in_the_middle_and_says_where_it_is(shown):
    assert place(shown) == (200.5, 150.5)
    assert shown.window.status._place.text() == "200, 150 px"
    assert [item.isVisible() for item in crosses(shown)] == [True]
    wait_until(lambda: shown.window.actions_.by_key["pointer"].isChecked(), what="its tick")


def test_steps_are_those_of_the_screen_or_of_the_photo(shown):
    shown.canvas.zoom_at(2.0 / shown.canvas.zoom, shown.canvas.zoom_about())
    shown.key(RIGHT)
    assert place(shown) == (204.5, 150.5)
    shown.key(LEFT, SHIFT)
    assert place(shown) == (172.5, 150.5)
    shown.key(DOWN, CTRL)
    assert place(shown) == (172.5, 151.5)
    shown.key(UP, CTRL | SHIFT)
    assert place(shown) == (172.5, 141.5)
    assert shown.window.status._place.text() == "172, 141 px"


def test_one_pixel_of_the_photo_is_a_step_however_small_it_is_shown(shown):
    shown.canvas.zoom_at(0.2 / shown.canvas.zoom, shown.canvas.zoom_about())
    shown.key("q")
    shown.key(RIGHT, CTRL)
    shown.key(SPACE)
    assert shown.assistant.pending.prompt.points[0] == pytest.approx([201.5, 150.5], abs=0.01)


def test_two_arrows_held_go_aslant(shown):
    before = place(shown)
    QTest.keyPress(shown.canvas, RIGHT, CTRL)
    QTest.keyPress(shown.canvas, DOWN, CTRL)
    QTest.keyRelease(shown.canvas, RIGHT, CTRL)
    QTest.keyRelease(shown.canvas, DOWN, CTRL)
    shown.key(DOWN, CTRL)
    assert place(shown) == (before[0] + 2, before[1] + 2)


def test_it_stays_on_the_photo_and_the_view_goes_along(shown):
    canvas = shown.canvas
    canvas.zoom_at(8.0 / canvas.zoom, canvas.zoom_about())
    for _ in range(60):
        shown.key(RIGHT, SHIFT)
        shown.key(DOWN, SHIFT)
        assert canvas.viewport().rect().contains(canvas.pointer.place.toPoint())
    assert place(shown) == (400, 300)
    left = canvas.viewport().width() - canvas.mapFromScene(QPointF(400, 300)).x()
    assert 0 < left < 60  # no more of what is beside the photo than needed


def test_while_all_is_in_sight_the_photo_does_not_move(shown):
    before = shown.canvas.mapFromScene(QPointF(0, 0))
    go(shown, 0, 0)
    go(shown, 399, 299)
    assert shown.canvas.mapFromScene(QPointF(0, 0)) == before


def test_keys_zoom_about_it(shown):
    go(shown, 60, 40)
    before = shown.canvas.pointer.place
    shown.key("=", CTRL)
    assert (shown.canvas.pointer.place - before).manhattanLength() <= 2
    assert place(shown) == (60.5, 40.5)


def test_on_the_next_photo_it_is_still_there(shown):
    go(shown, 390, 290)
    shown.key("d")
    wait_until(lambda: shown.session.image == "b.jpg" and shown.canvas.photo_rect.width() == 320, what="the photo")
    shown.settle()
    assert place(shown) == (320, 200)
    assert shown.canvas.pointer.on


# --- pressing --------------------------------------------------------------------------------------------------


def test_a_box_and_points(shown):
    shown.key("w")
    drag(shown, 100, 60, 220, 180)
    shown.key("q")
    go(shown, 150, 120)
    shown.key(SPACE)
    go(shown, 110, 70)
    shown.key("s")
    prompt = shown.assistant.pending.prompt
    box = prompt.box
    assert [box.x0, box.y0, box.x1, box.y1] == pytest.approx([100.5, 60.5, 220.5, 180.5])
    assert prompt.positive.tolist() == [True, False]
    wait_until(lambda: shown.assistant.pending.settled, what="the mask")
    shown.key("f")
    shown.settle()
    assert shown.labels == ["Pipe"]


def test_the_mask_follows_the_box_while_it_is_drawn(shown):
    shown.key("w")
    go(shown, 100, 60)
    shown.key(SPACE)
    assert shown.canvas.gestures.dragging
    go(shown, 200, 160)
    assert shown.assistant.pending.draft is not None
    wait_until(lambda: shown.assistant.pending.mask is not None, what="the preview")


def test_enter_ends_a_drag_before_it_accepts(shown):
    shown.key("w")
    go(shown, 100, 60)
    shown.key(SPACE)
    go(shown, 220, 180)
    shown.key(ENTER)
    wait_until(lambda: shown.assistant.pending.settled, what="the mask")
    assert shown.labels == []
    shown.key(ENTER)
    shown.settle()
    assert shown.labels == ["Pipe"]


def test_a_held_space_is_one_press(shown):
    shown.key("w")
    for again in (False, True, True):
        pressed = QKeyEvent(QEvent.Type.KeyPress, SPACE, Qt.KeyboardModifier.NoModifier, " ", again)
        QApplication.sendEvent(shown.canvas, pressed)
    assert shown.canvas.gestures.dragging


def test_box_after_box(shown):
    shown.key("w")
    drag(shown, 40, 40, 120, 120, "z")
    drag(shown, 200, 40, 300, 140, "z")
    wait_until(lambda: len(shown.window.finder.shown) == 2, what="two proposals")
    go(shown, 80, 80)
    shown.key(SPACE)
    shown.key(SPACE)
    assert shown.labels == ["Pipe"]
    go(shown, 250, 90)
    shown.key("s")
    assert shown.window.finder.shown == () and shown.labels == ["Pipe"]


def test_brush_and_eraser(shown):
    select_one(shown)
    before = area(shown)
    shown.key("b", SHIFT)
    drag(shown, 220, 120, 260, 120)
    painted = area(shown)
    assert painted > before
    drag(shown, 120, 120, 200, 120, "s")
    assert area(shown) < painted
    erased = area(shown)
    drag(shown, 120, 100, 200, 100, "z")
    assert area(shown) < erased


def test_lasso_and_polygon(shown):
    shown.key("l")
    go(shown, 20, 20)
    shown.key(SPACE)
    for x, y in ((80, 20), (80, 80), (20, 80)):
        go(shown, x, y)
    shown.key(SPACE)
    assert area(shown) == pytest.approx(3600, rel=0.1)
    shown.key(ESC)
    shown.key("p")
    for x, y in ((200, 100), (260, 100), (260, 160), (200, 160)):
        go(shown, x, y)
        shown.key(SPACE)
    shown.key(ENTER)
    assert area(shown, 2) == pytest.approx(3600, rel=0.1)


def test_the_knife(shown):
    select_one(shown)
    shown.key("k", SHIFT)
    drag(shown, 160, 40, 160, 200)
    assert len(shown.session.page.annotations) == 2


def test_corners(shown):
    select_one(shown)
    shown.key("p", SHIFT)
    x, y = map(int, shown.canvas.gestures._drawing.rings(shown.canvas.zoom)[0].points[0].tolist())
    corners = len(shown.canvas.gestures._drawing.rings(shown.canvas.zoom)[0].points)
    drag(shown, x, y, x, max(y - 40, 1))
    rings = shown.canvas.gestures._drawing.rings(shown.canvas.zoom)
    assert [x + 0.5, max(y - 40, 1) + 0.5] in [[round(v, 1) for v in p] for p in rings[0].points.tolist()]
    shown.key("s")
    assert len(shown.canvas.gestures._drawing.rings(shown.canvas.zoom)[0].points) == corners - 1


def test_the_ruler(shown):
    measured = []
    shown.canvas.measured.connect(measured.append)
    shown.key("m", SHIFT)
    drag(shown, 50, 50, 150, 50)
    assert measured[-1] == (pytest.approx((50.5, 50.5)), pytest.approx((150.5, 50.5)))


def test_picking_moving_and_what_can_be_done(shown):
    select_one(shown)
    box = shown.session.page.find(1).mask.box
    shown.key(ESC)
    shown.key("v")
    go(shown, 160, 120)
    shown.key(SPACE)
    assert shown.session.selection == (1,)
    drag(shown, 160, 120, 180, 130)
    assert shown.session.page.find(1).mask.box.x0 == box.x0 + 20
    wanted = []
    shown.canvas.menu_wanted.connect(wanted.append)
    shown.key("s")
    shown.window.chrome.menus["object"].close()
    assert wanted == [shown.canvas.viewport().mapToGlobal(shown.canvas.pointer.place).toPoint()]


def test_the_mask_under_the_pointer_is_shown_beforehand(shown):
    shown.window.settings.set("hover_preview", True)
    shown.key("q")
    shown.key(RIGHT)
    wait_until(lambda: shown.canvas._hover.mask is not None, what="the preview")


# --- going away ------------------------------------------------------------------------------------------------


def test_escape_calls_off_the_drag_then_what_is_in_hand_then_the_pointer(shown):
    shown.key("w")
    drag(shown, 100, 60, 220, 180)
    shown.key(SPACE)
    shown.key(RIGHT, SHIFT)
    shown.key(ESC)
    assert not shown.canvas.gestures.dragging and not shown.assistant.pending.empty
    shown.key(ESC)
    assert shown.assistant.pending.empty and shown.canvas.pointer.on
    shown.key(ESC)
    assert not shown.canvas.pointer.on
    assert shown.window.status._place.text() == ""
    assert [item.isVisible() for item in crosses(shown)] == [False]


def test_the_same_key_puts_it_away_and_brings_it_back_where_it_was(shown):
    go(shown, 60, 70)
    shown.key("e")
    assert not shown.canvas.pointer.on
    shown.key("e")
    assert place(shown) == (60.5, 70.5)


def test_it_gives_way_to_the_mouse_but_not_to_a_touch_of_it(shown):
    canvas = shown.canvas
    shown.key("w")
    shown.key(SPACE)
    shown.key(RIGHT, SHIFT)
    rests = canvas.pointer._mouse.toPoint()
    shown.move(*_image(shown, rests + QPoint(1, 1)))
    assert canvas.pointer.on and canvas.gestures.dragging
    shown.move(*_image(shown, rests + QPoint(40, 40)))
    assert not canvas.pointer.on and not canvas.gestures.dragging
    assert canvas.viewport().cursor().shape() == Qt.CursorShape.CrossCursor


def _image(studio: Studio, at: QPoint) -> tuple[float, float]:
    point = studio.canvas.image_at(studio.canvas.viewport().mapFromGlobal(at).toPointF())
    return point.x(), point.y()


def test_without_it_arrows_move_what_is_selected_and_space_is_the_hand(shown):
    select_one(shown)
    left = shown.session.page.find(1).mask.left
    shown.key("e")
    shown.key(RIGHT)
    assert shown.session.page.find(1).mask.left == left + 1
    QTest.keyPress(shown.canvas, SPACE)
    assert shown.canvas.viewport().cursor().shape() == Qt.CursorShape.OpenHandCursor
    QTest.keyRelease(shown.canvas, SPACE)


def test_it_is_not_seen_while_a_list_has_the_keyboard(shown):
    shown.window.images.list.setFocus()
    assert [item.isVisible() for item in crosses(shown)] == [False]
    shown.canvas.setFocus()
    assert [item.isVisible() for item in crosses(shown)] == [True]


# --- the keyboard on the photo and beside it -------------------------------------------------------------------


def test_a_key_that_leads_to_the_photo_shows_where_one_is(studio):
    ring = studio.canvas._ring
    assert not ring.isVisible()
    studio.window.models.combos["segmenter"].setFocus()
    QTest.keyClick(studio.window.focusWidget(), KEY.Key_F6)
    assert studio.canvas.hasFocus() and ring.isVisible()
    assert ring.geometry() == studio.canvas.viewport().geometry()
    wait_until(lambda: "arrow keys" in studio.canvas.hint._text.text(), what="what can be done here")
    studio.click(50, 50)
    assert not ring.isVisible()


def test_the_menu_key_offers_what_can_be_done_with_the_selection(studio):
    wanted = []
    studio.canvas.menu_wanted.connect(wanted.append)
    asked = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(5, 5), studio.canvas.mapToGlobal(QPoint(5, 5)))
    QApplication.sendEvent(studio.canvas, asked)
    assert wanted == []
    studio.add(100, 60, 220, 180)
    QApplication.sendEvent(studio.canvas, asked)
    assert len(wanted) == 1
    studio.window.chrome.menus["object"].close()


def test_escape_in_the_comment_leaves_comment_and_selection_as_they_were(studio):
    number = studio.add(100, 60, 220, 180)
    studio.key("k")
    line = studio.window.flow.review.comment
    line.setFocus()
    QTest.keyClicks(line, "bent")
    QTest.keyClick(line, ESC)
    assert not line.hasFocus() and line.text() == ""
    assert studio.session.selection == (number,)
    assert "review" not in studio.session.page.find(number).extra
    assert "review" not in studio.session.page.extra


def test_what_lies_over_the_photo_makes_way(shown):
    canvas = shown.canvas
    canvas.zoom_at(8.0 / canvas.zoom, canvas.zoom_about())
    shown.session.notice.emit(Notice("warning", "something", key="x"))
    assert canvas.minimap.isVisible() and shown.window.messages.isVisible()
    for way in (DOWN, RIGHT, UP, LEFT, DOWN, RIGHT):
        for _ in range(50):
            shown.key(way, SHIFT)
            at = canvas.pointer.place.toPoint()
            assert not canvas.minimap.geometry().contains(at), way
            assert not shown.window.messages.geometry().contains(at), way
    shown.key("e")
    assert canvas.minimap.geometry().right() > canvas.viewport().width() - 40


def test_its_keys_say_what_they_are_for_while_it_is_not_shown(studio):
    studio.key("s")
    assert studio.canvas.whisper.text == "This is for the keyboard pointer: E shows it."
    assert studio.assistant.pending.empty


def test_what_is_in_the_way_is_said_rather_than_how_the_pointer_goes(shown):
    select_one(shown)
    wait_until(lambda: "Space" in shown.canvas.hint._text.text(), what="how it goes")
    shown.key("h", CTRL)
    wait_until(lambda: "not shown" in shown.canvas.hint._text.text(), what="what is in the way")
