"""Outlines: along pixel edges, and of large ragged masks only what is in sight is drawn."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from app.canvas import outlines, paint
from sscore import edits, masks
from sscore.types import Annotation

SIDE = 400


@pytest.fixture
def ragged(app):
    """A mask of some ten thousand border points, with holes and islands."""
    noise = np.random.default_rng(5).random((SIDE, SIDE)).astype(np.float32)
    return masks.tight(cv2.GaussianBlur(noise, (0, 0), 1.5) > 0.5)


def draw(mask, part: QRect, sight: QRectF, moved: QPointF | None = None) -> QImage:
    """What is painted into one part of the picture."""
    image = QImage(SIDE, SIDE, QImage.Format.Format_RGB32)
    image.fill(0)
    painter = QPainter(image)
    painter.setClipRect(part)
    painter.setPen(QPen(QColor("white"), 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap, Qt.PenJoinStyle.RoundJoin))
    painter.drawPath(paint.outline(mask, 0.0).path(painter, sight, moved))
    painter.end()
    return image.copy(part)


def test_outlines_follow_pixel_edges_and_holes(app):
    bits = np.ones((20, 20), bool)
    bits[5:10, 5:10] = False
    image = QImage(40, 40, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    path = paint.outline(masks.tight(bits, 3, 4)).path(painter, QRectF(0, 0, 40, 40))
    painter.end()
    assert path.boundingRect().getRect() == (3, 4, 20, 20)
    assert not path.contains(QPointF(3 + 7, 4 + 7))
    assert path.contains(QPointF(3 + 2, 4 + 2))


@pytest.mark.parametrize("part", [QRect(0, 0, 90, 70), QRect(160, 150, 110, 130), QRect(330, 0, 70, 300)])
def test_a_part_of_a_large_outline_looks_as_the_whole_does(ragged, part, monkeypatch):
    seen, moved = QRectF(part), QPointF(7, -5)
    parts = draw(ragged, part, seen), draw(ragged, part, seen, moved)
    monkeypatch.setattr(outlines, "_WHOLE", 10**9)
    assert parts == (draw(ragged, part, seen), draw(ragged, part, seen, moved))
    assert parts[0] != parts[1]


def test_more_than_can_be_drawn_in_a_frame_is_left_to_the_stencil(ragged):
    image = QImage(SIDE, SIDE, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    line = paint.outline(ragged, 0.0)
    assert line.count > outlines._MOST
    assert line.path(painter, QRectF(0, 0, SIDE, SIDE)) is None
    assert 0 < line.path(painter, QRectF(0, 0, 60, 60)).elementCount() < line.count
    painter.end()


def test_a_large_selected_object_keeps_a_border_at_every_zoom(studio, ragged, monkeypatch):
    """Whether by its outline or by the stencil."""
    monkeypatch.setattr(outlines, "_WHOLE", 100)
    monkeypatch.setattr(outlines, "_MOST", 400)
    page = studio.session.page
    mask = masks.clip(ragged, page.height, page.width)
    studio.session.edit("ragged", edits.add(page, Annotation(0, mask, "Bar")), select=(1,))
    for zoom in (1.0, 8.0):
        studio.canvas.zoom_at(zoom / studio.canvas.zoom, studio.canvas.zoom_about())
        studio.settle()
        shot = studio.canvas.viewport().grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
        width, height = shot.width(), shot.height()
        pixels = np.frombuffer(shot.constBits(), np.uint8).reshape(height, shot.bytesPerLine())[:, : 3 * width]
        assert (pixels.reshape(height, width, 3).min(axis=2) > 225).sum() > 500
