"""Ways of looking: overview map, a preview under the mouse, tones, pixel grid. None of them changes a page."""

from __future__ import annotations

from conftest import wait_until
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

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
