"""What is being drawn right now: a stroke, a lasso, a polygon, the corners of an outline, a ruler."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from app.canvas.items import LIGHT, SHADE, PhotoItem, set_pen
from sscore.polygons import Ring

Point = tuple[float, float]
_ADD, _ERASE = QColor("#3b82f6"), QColor("#e5484d")


@dataclass(frozen=True, slots=True)
class Sketch:
    """kind "stroke": `radius` px along the points; "area": closed line; "corners": open line; "ruler": two points;
    "": nothing. knobs: corners to show. Image px."""

    kind: Literal["stroke", "area", "corners", "ruler", ""] = ""
    points: tuple[Point, ...] = ()
    erase: bool = False
    radius: float = 0.0
    knobs: tuple[Point, ...] = ()


NO_SKETCH = Sketch()


class SketchItem(QGraphicsItem):
    """Paints the sketch, the corners that can be taken hold of, and the brush around the mouse. A stroke is painted
    as if it were done: erasing shows the photo again, adding shows the tint."""

    def __init__(self, photo: PhotoItem) -> None:
        super().__init__()
        self.setZValue(950_000)
        self._photo = photo
        self._sketch = NO_SKETCH
        self._path = QPainterPath()
        self._rings: tuple[Ring, ...] = ()
        self._brush: tuple[float, float, float, bool] | None = None
        self._tint, self._opacity = QColor(_ADD), 0.4
        self._bounds = QRectF()

    def show_sketch(self, sketch: Sketch) -> None:
        self._sketch = sketch
        self._path = QPainterPath()
        if sketch.points:
            self._path.addPolygon(QPolygonF([QPointF(x, y) for x, y in sketch.points]))
            if sketch.kind == "area":
                self._path.closeSubpath()
        self._refit()

    def forget_ruler(self) -> None:
        """The line stays while the ruler is in hand, and no longer."""
        if self._sketch.kind == "ruler":
            self.show_sketch(NO_SKETCH)

    def show_rings(self, rings: Sequence[Ring]) -> None:
        """Outlines whose corners can be moved."""
        if tuple(rings) != self._rings:
            self._rings = tuple(rings)
            self._refit()

    def show_brush(self, brush: tuple[float, float, float, bool] | None) -> None:
        """brush: x, y and radius, image px, and whether it erases; None when the mouse is elsewhere."""
        if brush != self._brush:
            self._brush = brush
            self._refit()

    def resize_brush(self, radius: float) -> None:
        if self._brush is not None:
            self.show_brush((*self._brush[:2], radius, self._brush[3]))

    def set_tint(self, colour: QColor, opacity: float) -> None:
        """What adding pixels looks like on the selected object."""
        self._tint, self._opacity = QColor(colour), opacity

    def _refit(self) -> None:
        bounds = self._path.boundingRect() if self._sketch.points else QRectF()
        if self._sketch.points:
            grow = self._sketch.radius + 0.5
            bounds = bounds.adjusted(-grow, -grow, grow, grow)
        for ring in self._rings:
            (x0, y0), (x1, y1) = ring.points.min(axis=0).tolist(), ring.points.max(axis=0).tolist()
            bounds = bounds.united(QRectF(x0, y0, x1 - x0, y1 - y0))
        if self._brush is not None:
            x, y, radius, _ = self._brush
            bounds = bounds.united(QRectF(x - radius, y - radius, 2 * radius, 2 * radius))
        self.prepareGeometryChange()
        self._bounds = bounds
        self.update()

    def boundingRect(self) -> QRectF:  # noqa: N802 (Qt's name)
        views = self.scene().views() if self.scene() else []
        margin = 10 / max(views[0].transform().m11(), 1e-6) if views else 10
        return self._bounds.adjusted(-margin, -margin, margin, margin) if not self._bounds.isNull() else QRectF()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        unit = 1 / max(float(painter.worldTransform().m11()), 1e-6)
        self._paint_rings(painter, unit)
        if self._sketch.kind == "stroke":
            self._paint_stroke(painter)
        elif self._sketch.kind == "ruler":
            self._paint_ruler(painter, unit)
        elif self._sketch.kind:
            colour = QColor(_ERASE if self._sketch.erase else _ADD)
            if self._sketch.kind == "area":
                fill = QColor(colour)
                fill.setAlphaF(0.16)
                painter.fillPath(self._path, fill)
            _line(painter, self._path, QColor("#ff9a9c") if self._sketch.erase else LIGHT)
        for number, (x, y) in enumerate(self._sketch.knobs):
            _knob(painter, x, y, (5.5 if number == 0 else 4.5) * unit, strong=True)
        if self._brush is not None:
            self._paint_brush(painter)

    def _paint_stroke(self, painter: QPainter) -> None:
        path = self._path
        if len(self._sketch.points) == 1:  # a dot: a line too short to be seen, with round ends
            path = QPainterPath(path)
            path.lineTo(path.currentPosition() + QPointF(0.01, 0))
        painter.save()
        painter.setClipRect(self._photo.boundingRect())  # the texture has no end
        level, transform = self._photo.texture(float(painter.worldTransform().m11()))
        texture = QBrush(level)
        texture.setTransform(transform)
        brushes = [texture]
        if not self._sketch.erase:
            tint = QColor(self._tint)
            tint.setAlphaF(self._opacity)
            brushes.append(QBrush(tint))
        for brush in brushes:
            pen = QPen(brush, max(2 * self._sketch.radius, 0.1))
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            painter.setPen(pen)
            painter.drawPath(path)
        painter.restore()

    def _paint_brush(self, painter: QPainter) -> None:
        assert self._brush is not None
        x, y, radius, erase = self._brush
        circle = QPainterPath()
        circle.addEllipse(QPointF(x, y), radius, radius)
        _line(painter, circle, QColor("#ff9a9c") if erase else LIGHT, 1.2)

    def _paint_rings(self, painter: QPainter, unit: float) -> None:
        for ring in self._rings:
            path = QPainterPath()
            path.addPolygon(QPolygonF([QPointF(x, y) for x, y in ring.points.tolist()]))
            path.closeSubpath()
            _line(painter, path, LIGHT, 1.4)
            for x, y in ring.points.tolist():
                _knob(painter, x, y, 3.6 * unit)

    def _paint_ruler(self, painter: QPainter, unit: float) -> None:
        (x0, y0), (x1, y1) = self._sketch.points
        length = max(math.hypot(x1 - x0, y1 - y0), 1e-6)
        nx, ny = -(y1 - y0) / length * 7 * unit, (x1 - x0) / length * 7 * unit
        path = QPainterPath(QPointF(x0, y0))
        path.lineTo(x1, y1)
        for x, y in ((x0, y0), (x1, y1)):
            path.moveTo(x - nx, y - ny)
            path.lineTo(x + nx, y + ny)
        _line(painter, path, QColor("#ffd60a"), 2.0)


def _line(painter: QPainter, path: QPainterPath, colour: QColor, width: float = 1.6) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    set_pen(painter, SHADE, width + 2)
    painter.drawPath(path)
    set_pen(painter, colour, width)
    painter.drawPath(path)


def _knob(painter: QPainter, x: float, y: float, half: float, *, strong: bool = False) -> None:
    set_pen(painter, SHADE, 2.4)
    painter.setBrush(_ADD if strong else LIGHT)
    painter.drawRect(QRectF(x - half, y - half, 2 * half, 2 * half))
    set_pen(painter, LIGHT if strong else _ADD, 1.2)
    painter.drawRect(QRectF(x - half, y - half, 2 * half, 2 * half))
