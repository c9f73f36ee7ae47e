"""Ways of looking: overview map, a preview under the mouse, tones, pixel grid. None of them changes a page."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from studio_driver import wait_until

from app.canvas import paint

SHIFT = Qt.KeyboardModifier.ShiftModifier


def test_the_map_shows_up_close_by_and_leads_elsewhere(studio):
    canvas = studio.canvas
    assert not canvas.minimap.isVisible()
    canvas.zoom_step(12)
    assert canvas.minimap.isVisible()
    corner = QPoint(10, 10)
    QTest.mouseClick(canvas.minimap, Qt.MouseButton.LeftButton, pos=corner)
    shown = canvas.mapToScene(canvas.viewport().rect().center())
    assert shown.x() < 30 and shown.y() < 30
    studio.key(Qt.Key.Key_F9)
    assert not canvas.minimap.isVisible()


def test_the_mask_under_the_mouse_is_shown_and_is_no_object(studio):
    studio.key("q", SHIFT)
    studio.key("q")
    QTest.mouseMove(studio.canvas.viewport(), studio.at(150, 100))
    ghost = studio.canvas.stage.ghost
    wait_until(lambda: not ghost.boundingRect().isEmpty(), what="the preview")
    assert ghost.boundingRect().contains(150, 100)
    assert studio.assistant.pending.empty
    assert studio.labels == []
    QTest.mouseMove(studio.canvas.viewport(), studio.at(60, 200))
    wait_until(lambda: ghost.boundingRect().contains(60, 200), what="the newer preview")
    studio.click(60, 200)
    assert ghost.boundingRect().isEmpty()
    assert studio.assistant.pending.mask is not None


def test_only_the_newest_place_is_asked_next(studio):
    studio.key("q", SHIFT)
    studio.key("q")
    model = studio.shelf.segmenters["nano"]
    model.gate.clear()
    for x in (40, 80, 120, 160, 200):
        QTest.mouseMove(studio.canvas.viewport(), studio.at(x, 100))
    model.gate.set()
    wait_until(lambda: studio.canvas.stage.ghost.boundingRect().contains(200, 100), what="the newest preview")
    assert len(model.asked) == 2


def test_tones_change_the_screen_and_nothing_else(studio):
    rgb = studio.assistant.photo.rgb.copy()
    at = studio.at(200, 150)
    before = studio.canvas.viewport().grab().toImage().pixelColor(at)
    studio.window.editing.display.sliders["brightness"].setValue(20)
    after = studio.canvas.viewport().grab().toImage().pixelColor(at)
    assert after.lightness() == pytest.approx(min(before.lightness() + 51, 255), abs=4)
    studio.window.editing.display.reset.click()
    assert studio.canvas.viewport().grab().toImage().pixelColor(at) == before
    assert (studio.assistant.photo.rgb == rgb).all()


@pytest.mark.parametrize(
    ("tone", "value", "wanted"),
    [
        ((0, 0, 2.2), 60, 132),
        ((0.1, 0, 1), 100, 126),
        ((0, 0.5, 1), 64, 0),
        ((0, -0.5, 1), 0, 85),
        ((0, -1, 1), 3, 128),
    ],
)
def test_tone_tables(tone, value, wanted):
    table = paint.tone_table(*tone)
    assert int(table[value]) == pytest.approx(wanted, abs=1)
    assert (table[1:] >= table[:-1]).all()


def test_no_tone_costs_nothing():
    assert paint.tone_table(0.0, 0.0, 1.0) is None


def test_large_pixels_get_lines_between_them(studio):
    canvas = studio.canvas
    canvas.zoom_at(32 / canvas.zoom, QPointF(studio.at(100, 100)))
    on = canvas.viewport().grab().toImage()
    studio.window.settings.set("pixel_grid", False)
    off = canvas.viewport().grab().toImage()
    corner = studio.at(100, 100)
    assert on.pixel(corner) != off.pixel(corner) or on.pixel(corner - QPoint(1, 1)) != off.pixel(corner - QPoint(1, 1))
    assert on.pixel(corner + QPoint(16, 16)) == off.pixel(corner + QPoint(16, 16))


def test_the_display_panel_shows_what_is_set(studio):
    studio.key(Qt.Key.Key_F12)
    panel = studio.window.editing.display
    assert panel.isVisible()
    panel.checks["outline_only"].click()
    wait_until(studio.window.actions_.by_key["outline_only"].isChecked)
    panel.sliders["opacity"].setValue(70)
    assert studio.window.settings.get("opacity") == 0.7
    QTest.keyClick(panel, Qt.Key.Key_Escape)
    assert not panel.isVisible()
