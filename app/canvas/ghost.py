"""What might be: a mask that a click would give, pixels that a clean-up would take or add."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from app.canvas import paint
from app.canvas.items import LIGHT, SHADE, density_of, set_pen
from app.canvas.outlines import in_sight
from app.canvas.paint import Art, Wish
from sscore.types import Mask


class GhostItem(QGraphicsItem):
    """Masks in given colours; `outlined` ones with a dotted border."""

    def __init__(self, wish: Wish) -> None:
        """wish: called with an art whose outline is needed and not yet traced."""
        super().__init__()
        self._wish = wish
        self.setZValue(850_000)
        self._parts: list[tuple[Art, QImage, bool]] = []
        self._bounds = QRectF()

    def show_masks(self, masks: Sequence[tuple[Mask, QColor, bool]]) -> None:
        """Each mask with its colour (as opaque as it says) and whether it gets a border."""
        self.prepareGeometryChange()
        self._parts, self._bounds = [], QRectF()
        for mask, colour, outlined in masks:
            art = Art(mask)
            self._parts.append((art, paint.tinted(art.stencils[0], colour, colour.alphaF(), colour), outlined))
            self._bounds = self._bounds.united(art.place)
        self.update()

    def boundingRect(self) -> QRectF:  # noqa: N802 (Qt's name)
        return self._bounds.adjusted(-12, -12, 12, 12) if self._parts else QRectF()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        tolerance = paint.tolerance(density_of(painter))
        for art, tinted, outlined in self._parts:
            painter.drawImage(art.place, tinted)
            outline = art.near_outline(tolerance, self._wish) if outlined else None
            line = outline.path(painter, in_sight(self)) if outline is not None else None
            if line is not None:
                set_pen(painter, SHADE, 3)
                painter.drawPath(line)
                set_pen(painter, LIGHT, 1.4, Qt.PenStyle.DotLine)
                painter.drawPath(line)
