"""The things on the canvas: photo, the mask being made with its prompt. They paint and nothing else."""

from __future__ import annotations

import math

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QTransform
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from app.canvas import paint
from app.canvas.outlines import in_sight
from app.canvas.paint import Art, Wish
from sscore.types import ByteArray, Prompt

CRISP_FROM = 1.5  # screen dots per image px: from here on pixels are shown as squares
LIGHT = QColor(255, 255, 255, 235)
SHADE = QColor(0, 0, 0, 150)
_POSITIVE = QColor("#22b573")
_OPAQUE = QImage.Format.Format_RGB32
_NEGATIVE = QColor("#e5484d")


def scale_of(painter: QPainter) -> float:
    """Screen px (as the desktop counts them) per image px."""
    return float(painter.worldTransform().m11())


def density_of(painter: QPainter) -> float:
    """Dots of the screen per image px: twice the scale on a dense screen."""
    return scale_of(painter) * painter.device().devicePixelRatio()


def set_pen(painter: QPainter, colour: QColor, width: float, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> None:
    """A line of `width` screen px at any zoom; cosmetic pens count dots, hence the ratio."""
    dots = width * painter.device().devicePixelRatio()
    pen = QPen(colour, dots, style, Qt.PenCapStyle.FlatCap, Qt.PenJoinStyle.RoundJoin)
    pen.setCosmetic(True)
    painter.setPen(pen)


class PhotoItem(QGraphicsItem):
    """The photo, drawn from the level that fits the zoom."""

    def __init__(self) -> None:
        super().__init__()
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)  # a true exposedRect
        self._levels: tuple[QImage, ...] = ()
        self._table: ByteArray | None = None
        self._toned: dict[int, QImage] = {}
        self._bounds = QRectF()

    def set_tone(self, table: ByteArray | None) -> None:
        """How bright the photo is shown (see paint.tone_table)."""
        self._table = table
        self._toned.clear()
        self.update()

    def set_levels(self, levels: tuple[QImage, ...]) -> list[QImage]:
        """Returns those before."""
        self.prepareGeometryChange()
        before = [*self._toned.values(), *self._levels]
        self._levels = levels
        self._toned.clear()
        self._bounds = QRectF(levels[0].rect()) if levels else QRectF()
        self.update()
        return before

    def boundingRect(self) -> QRectF:  # noqa: N802 (Qt's name)
        return self._bounds

    def texture(self, density: float) -> tuple[QImage, QTransform]:
        """The level that fits `density` (screen dots per image px), and the way from its px to image px."""
        if not self._levels:
            return QImage(1, 1, _OPAQUE), QTransform()
        index = paint.level_for(self._levels, density)
        level = self._levels[index]
        if self._table is not None:
            if index not in self._toned:
                self._toned[index] = paint.toned(level, self._table)
            level = self._toned[index]
        scale = self._bounds.width() / level.width()
        return level, QTransform.fromScale(scale, scale)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        if not self._levels:
            return
        density = density_of(painter)
        level = self._levels[paint.level_for(self._levels, density)]
        target = option.exposedRect.adjusted(-1, -1, 1, 1).intersected(self._bounds)
        across, down = level.width() / self._bounds.width(), level.height() / self._bounds.height()
        source = QRectF(target.x() * across, target.y() * down, target.width() * across, target.height() * down)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, density < CRISP_FROM)
        if self._table is None:
            painter.drawImage(target, level, source)
            return
        # Only what is in sight, so that a slider answers at once on any photo.
        part = source.toAlignedRect().intersected(level.rect())
        place = QRectF(part.x() / across, part.y() / down, part.width() / across, part.height() / down)
        painter.drawImage(place, paint.toned(level.copy(part), self._table))


class PendingItem(QGraphicsItem):
    """The mask being made and its prompt: dashed outline, box, plus and minus points."""

    def __init__(self, wish: Wish) -> None:
        super().__init__()
        self.setZValue(1_000_000)
        self._wish = wish
        self._art: Art | None = None
        self._tinted: QImage | None = None
        self._bordered = False
        self._prompt = Prompt()
        self._colour = QColor("#3b82f6")
        self._bounds = QRectF()

    def show_prompt(self, prompt: Prompt) -> None:
        self._prompt = prompt
        self._refit()

    def show_mask(self, art: Art | None, colour: QColor) -> None:
        if (art, colour) != (self._art, self._colour):
            self._art, self._colour, self._tinted = art, colour, None
            self._refit()

    def _tint(self, bordered: bool) -> QImage:
        """In full size: there is only one of it. Bordered in white where no outline is drawn."""
        if self._art is not None and (self._tinted is None or self._bordered != bordered):
            border = QColor(self._colour)
            border.setAlphaF(0.45)
            self._bordered = bordered
            edge = LIGHT if self._bordered else border
            self._tinted = paint.tinted(self._art.stencils[0], self._colour, 0.45, edge)
        return self._tinted or QImage()

    def _refit(self) -> None:
        bounds = self._art.place if self._art else QRectF()
        box = self._prompt.box
        if box is not None:
            bounds = bounds.united(QRectF(box.x0, box.y0, max(box.width, 0.1), max(box.height, 0.1)))
        for x, y in self._prompt.points.tolist():
            bounds = bounds.united(QRectF(x - 0.5, y - 0.5, 1, 1))
        self.prepareGeometryChange()
        self._bounds = bounds
        self.update()

    def boundingRect(self) -> QRectF:  # noqa: N802
        views = self.scene().views() if self.scene() else []
        margin = 14 / max(views[0].transform().m11(), 1e-6) if views else 14
        return self._bounds.adjusted(-margin, -margin, margin, margin) if not self._bounds.isNull() else QRectF()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._art is not None:
            outline = self._art.near_outline(paint.tolerance(density_of(painter)), self._wish)
            line = outline.path(painter, in_sight(self)) if outline is not None else None
            painter.drawImage(self._art.place, self._tint(line is None))
            if line is not None:
                set_pen(painter, SHADE, 4)
                painter.drawPath(line)
                set_pen(painter, LIGHT, 2)
                painter.drawPath(line)
        box = self._prompt.box
        if box is not None:
            frame = QRectF(box.x0, box.y0, box.width, box.height)
            set_pen(painter, SHADE, 3)
            painter.drawRect(frame)
            set_pen(painter, LIGHT, 1.4, Qt.PenStyle.DashLine)
            painter.drawRect(frame)
        unit = 1 / scale_of(painter)
        for (x, y), positive in zip(self._prompt.points.tolist(), self._prompt.positive.tolist(), strict=True):
            _draw_point(painter, QPointF(x, y), positive, unit)


def _draw_point(painter: QPainter, at: QPointF, positive: bool, unit: float) -> None:
    """A dot of 7 screen px with plus or minus, so that it does not rest on colour alone."""
    set_pen(painter, LIGHT, 1.8)
    painter.setBrush(_POSITIVE if positive else _NEGATIVE)
    painter.drawEllipse(at, 7 * unit, 7 * unit)
    painter.drawLine(QPointF(at.x() - 3.2 * unit, at.y()), QPointF(at.x() + 3.2 * unit, at.y()))
    if positive:
        painter.drawLine(QPointF(at.x(), at.y() - 3.2 * unit), QPointF(at.x(), at.y() + 3.2 * unit))
    painter.setBrush(Qt.BrushStyle.NoBrush)


def draw_grid(painter: QPainter, area: QRectF) -> None:
    """Thin lines along the edges of the pixels in `area`, image px."""
    set_pen(painter, QColor(128, 128, 128, 110), 1)
    left, right, top, bottom = area.left(), area.right(), area.top(), area.bottom()
    across = [QLineF(x, top, x, bottom) for x in range(math.ceil(left), math.floor(right) + 1)]
    painter.drawLines([*across, *(QLineF(left, y, right, y) for y in range(math.ceil(top), math.floor(bottom) + 1))])
