"""Zoom, pan and what is drawn."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from studio_driver import wait_until

from app.canvas import layer, paint
from sscore import edits, masks
from sscore.types import Annotation

CTRL = Qt.KeyboardModifier.ControlModifier


def wheel(studio, at: QPoint, notches: int) -> None:
    viewport = studio.canvas.viewport()
    event = QWheelEvent(
        QPointF(at),
        QPointF(viewport.mapToGlobal(at)),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(viewport, event)


def test_the_wheel_zooms_where_the_mouse_is(studio):
    at = studio.at(100, 80)
    before, zoom = studio.canvas.mapToScene(at), studio.canvas.zoom
    wheel(studio, at, 4)
    after = studio.canvas.mapToScene(at)
    assert studio.canvas.zoom == pytest.approx(zoom * 1.25**4)
    assert (after.x(), after.y()) == pytest.approx((before.x(), before.y()), abs=1)


def test_fit_and_one_to_one(studio):
    fitted = studio.canvas.zoom
    studio.key("0", CTRL)
    assert studio.canvas.zoom == 1.0
    assert studio.window.status._zoom.text() == "100 %"
    studio.key("f", CTRL)
    assert studio.canvas.zoom == pytest.approx(fitted)


@pytest.mark.parametrize("by_space", [True, False])
def test_space_or_middle_button_moves_the_photo(studio, by_space):
    studio.key("0", CTRL)
    viewport, start = studio.canvas.viewport(), studio.at(200, 150)
    button = Qt.MouseButton.LeftButton if by_space else Qt.MouseButton.MiddleButton
    if by_space:
        QTest.keyPress(studio.canvas, Qt.Key.Key_Space)
    QTest.mousePress(viewport, button, pos=start)
    QTest.mouseMove(viewport, start + QPoint(40, 25))
    QTest.mouseRelease(viewport, button, pos=start + QPoint(40, 25))
    if by_space:
        QTest.keyRelease(studio.canvas, Qt.Key.Key_Space)
    assert studio.at(200, 150) == start + QPoint(40, 25)
    assert studio.assistant.pending.empty


def test_the_photo_cannot_be_lost(studio):
    for _ in range(60):
        studio.canvas._pan(QPoint(200, 200))
    shown = studio.canvas.mapToScene(studio.canvas.viewport().rect()).boundingRect()
    assert shown.intersects(studio.canvas.stage.photo_rect)


def test_pixels_are_squares_close_by(studio):
    studio.canvas.zoom_at(32 / studio.canvas.zoom, QPointF(studio.at(100, 100)))
    image = studio.canvas.viewport().grab().toImage()
    corner = studio.at(100, 100)
    inside = {image.pixel(corner + QPoint(dx, dy)) for dx in range(4, 28, 6) for dy in range(4, 28, 6)}
    assert len(inside) == 1


def test_objects_are_drawn_in_the_colour_of_their_class(studio):
    studio.add(100, 60, 220, 180)
    studio.session.select(())
    with_mask = studio.canvas.viewport().grab().toImage().pixelColor(studio.at(160, 120))
    studio.key("h", CTRL)
    without = studio.canvas.viewport().grab().toImage().pixelColor(studio.at(160, 120))
    pipe = QColor("#0072B2")
    share = 0.38
    for part in ("red", "green", "blue"):
        wanted = getattr(without, part)() * (1 - share) + getattr(pipe, part)() * share
        assert getattr(with_mask, part)() == pytest.approx(wanted, abs=6)


def test_the_hint_teaches_until_the_first_object(studio):
    assert studio.canvas.hint.isVisible()
    studio.add(100, 60, 220, 180)
    assert not studio.canvas.hint.isVisible()


def test_stencils_halve_and_keep_the_area():
    yy, xx = np.mgrid[:101, :141]
    bits = (((xx - 70) / 70) ** 2 + ((yy - 50) / 50) ** 2) <= 1
    mask = masks.tight(bits, 7, 9)
    art = paint.Art(mask)
    sizes = [(s.width(), s.height()) for s in art.stencils]
    assert sizes[:2] == [(141, 101), (71, 51)]
    for level, image in enumerate(art.stencils):
        inside = sum(image.pixelIndex(x, y) > 0 for x in range(image.width()) for y in range(image.height()))
        assert inside * 4**level == pytest.approx(mask.area, rel=0.15)


def test_a_broken_border_leaves_the_inside_as_it_is():
    stencil = paint.Art(masks.tight(np.ones((30, 40), bool))).stencils[0]
    broken = paint.dashed(stencil)
    spots = [(x, y) for x in range(40) for y in range(30)]
    border = [spot for spot in spots if stencil.pixelIndex(*spot) == 2]
    gaps = [spot for spot in spots if broken.pixelIndex(*spot) == 3]
    assert set(gaps) < set(border) and 0.3 < len(gaps) / len(border) < 0.7
    assert all(broken.pixelIndex(*spot) == stencil.pixelIndex(*spot) for spot in set(spots) - set(gaps))


def test_many_objects_are_drawn_in_full_once_the_zoom_is_at_rest(studio):
    page = studio.session.page
    for i in range(40):
        page = edits.add(page, Annotation(0, masks.tight(np.ones((20, 20), bool), 9 * i, 5 * i), "Pipe"))
    studio.session.edit("many", page)
    studio.settle()
    studio.canvas.zoom_step(1)
    QApplication.processEvents()
    rough = studio.canvas.grab().toImage()
    assert studio.canvas.stage.layer._rough
    wait_until(lambda: not studio.canvas.stage.layer._moving, what="the rest")
    QApplication.processEvents()
    assert studio.canvas.grab().toImage() != rough


def test_after_a_jump_to_another_zoom_objects_are_tinted_in_turns(studio, monkeypatch):
    """In the end it looks as if they had been at once."""
    page = studio.session.page
    for n in range(12):
        disc = np.hypot(*(np.mgrid[-24:24, -24:24] + 0.5)) < 24
        page = edits.add(page, Annotation(0, masks.tight(disc, 20 * n, 40), "Bar"))
    studio.session.edit("discs", page)
    studio.settle()
    looks = []
    for count in (100, 3):
        monkeypatch.setattr(layer, "_TINTS", count)
        studio.session.edit("none", edits.remove(page, [a.id for a in page.annotations]))
        studio.session.edit("discs", page)
        studio.settle()
        shown = studio.canvas.stage.layer._shown
        studio.canvas.grab()
        studio.canvas.zoom_at(0.25 / studio.canvas.zoom, studio.canvas.zoom_about())
        studio.canvas.grab()
        if count < 12:
            assert studio.canvas.stage.layer._wanting
        wait_until(lambda: not studio.canvas.stage.layer._moving, what="the rest")
        wait_until(lambda: not studio.canvas.stage.layer._wanting, what="all tints")
        studio.settle()
        assert len(shown) == 12
        looks.append(studio.canvas.grab().toImage())
        studio.canvas.zoom_at(1.0 / studio.canvas.zoom, studio.canvas.zoom_about())
    assert looks[0] == looks[1]


def test_what_was_changed_before_the_view_went_elsewhere_looks_as_painted_anew(studio):
    """Whether little or all was changed, in sight or not, and however far the view went: nothing old is left."""
    canvas, page = studio.canvas, studio.session.page
    for n in range(8):
        page = edits.add(
            page, Annotation(0, masks.polygon_fill([(40 * n, 10), (40 * n + 30, 10), (40 * n, 190)]), "Bar")
        )
    studio.session.edit("triangles", page)
    studio.settle()
    canvas.zoom_at(4.0 / canvas.zoom, canvas.zoom_about())
    canvas.look_at(QPointF(60, 60))
    studio.settle()
    labels, rng = ("Pipe", "H", "Plate", "U"), np.random.default_rng(2)
    for step in range(24):
        for _ in range(rng.integers(1, 3)):
            chosen = rng.choice(range(1, 9), int(rng.integers(1, 9)), replace=False).tolist()
            studio.session.edit("name", edits.relabel(studio.session.page, chosen, labels[step % 4]))
            canvas.push(*(int(by) for by in rng.integers(-300, 300, 2)))
        if step % 3 == 0:
            canvas.stage.layer.renew()
            canvas.push(5, 0)
        canvas.viewport().repaint()
        kept = canvas.grab().toImage()
        canvas.stage.layer.renew()
        assert canvas.grab().toImage() == kept, step


def test_the_level_has_at_least_a_pixel_for_every_screen_pixel():
    levels = tuple(QImage(size, size, QImage.Format.Format_RGB32) for size in (800, 400, 200))
    assert [paint.level_for(levels, scale) for scale in (2, 1, 0.6, 0.5, 0.3, 0.25, 0.01)] == [0, 0, 0, 1, 1, 2, 2]


def test_arrow_keys_push_the_photo_when_nothing_is_selected(studio):
    canvas = studio.canvas
    canvas.zoom_at(8.0 / canvas.zoom, canvas.zoom_about())
    moved = []
    canvas.moved.connect(lambda: moved.append(canvas.mapFromScene(QPointF(0, 0))))
    before = canvas.mapFromScene(QPointF(0, 0))
    studio.key(Qt.Key.Key_Right)
    studio.key(Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    assert moved == [before - QPoint(48, 0), before - QPoint(48, -192)]  # map and card go along
