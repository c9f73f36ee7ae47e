"""The things on the canvas: photo, masks, the mask being made with its prompt. They paint and nothing else."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QTransform
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from app.canvas import paint
from app.canvas.paint import Art
from sscore.types import Annotation, ByteArray, Prompt

_CRISP_FROM = 1.5  # screen dots per image px: from here on pixels are shown as squares
_TRACED_FROM = 2.0  # from here on few objects are in sight and outlines are drawn exactly
_FINE_FROM = 6.0  # from here on outlines follow every pixel
_DRAWN = 3
Wish = Callable[[Art, bool], None]
"""Called with an art whose outline is needed and not yet traced, and whether the fine one."""
LIGHT = QColor(255, 255, 255, 235)
SHADE = QColor(0, 0, 0, 150)
_POSITIVE = QColor("#22b573")
_OPAQUE = QImage.Format.Format_RGB32
_NEGATIVE = QColor("#e5484d")


def _scale(painter: QPainter) -> float:
    """Screen px (as the desktop counts them) per image px."""
    return float(painter.worldTransform().m11())


def _density(painter: QPainter) -> float:
    """Dots of the screen per image px: twice the scale on a dense screen."""
    return _scale(painter) * painter.device().devicePixelRatio()


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

    def set_levels(self, levels: tuple[QImage, ...]) -> None:
        self.prepareGeometryChange()
        self._levels = levels
        self._toned.clear()
        self._bounds = QRectF(levels[0].rect()) if levels else QRectF()
        self.update()

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
        density = _density(painter)
        level = self._levels[paint.level_for(self._levels, density)]
        target = option.exposedRect.adjusted(-1, -1, 1, 1).intersected(self._bounds)
        across, down = level.width() / self._bounds.width(), level.height() / self._bounds.height()
        source = QRectF(target.x() * across, target.y() * down, target.width() * across, target.height() * down)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, density < _CRISP_FROM)
        if self._table is None:
            painter.drawImage(target, level, source)
            return
        # Only what is in sight, so that a slider answers at once on any photo.
        part = source.toAlignedRect().intersected(level.rect())
        place = QRectF(part.x() / across, part.y() / down, part.width() / across, part.height() / down)
        painter.drawImage(place, paint.toned(level.copy(part), self._table))


class MaskItem(QGraphicsItem):
    """One instance: tinted pixels and its border. Far away the border is part of the stencil, which is quick for
    hundreds of objects; close by, and for the few in hand, it is the exact outline. `wish` is called with an art whose
    outline is needed and not yet traced."""

    def __init__(self, annotation: Annotation, art: Art, colour: QColor, opacity: float, wish: Wish) -> None:
        super().__init__()
        self.annotation = annotation
        self._wish = wish
        self._art = art
        self._colour = colour
        self._opacity = opacity
        self._hovered = False
        self._selected = False
        self._traced = False
        self._depth = 0
        self._place = art.place
        # Outlines are up to 5 screen px wide; at fit zoom of a large photo that is many image px.
        self._bounds = self._place.adjusted(-12, -12, 12, 12)
        self._drawn: dict[tuple[int, bool], QImage] = {}  # tinted stencils by index and whether the outline is extra
        # Pushing the photo about paints pixels that Qt has kept: hundreds of objects are asked nothing (see Stage).
        self.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)

    def set_depth(self, depth: int) -> None:
        if depth != self._depth:
            self._depth = depth
            self.setZValue(depth)

    def restyle(self, annotation: Annotation, colour: QColor, opacity: float) -> None:
        """The same mask with another label or opacity."""
        self.annotation, self._colour, self._opacity = annotation, colour, opacity
        self._drawn.clear()
        self.update()

    def set_state(self, *, hovered: bool, selected: bool, traced: bool) -> None:
        """traced: draw the exact outline at any zoom (for a few objects)."""
        if (hovered, selected, traced) != (self._hovered, self._selected, self._traced):
            self._hovered, self._selected, self._traced = hovered, selected, traced
            self._drawn.clear()
            self.update()

    def boundingRect(self) -> QRectF:  # noqa: N802
        return self._bounds

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        density = _density(painter)
        exact = self._traced or density > _TRACED_FROM
        fine = density > _FINE_FROM
        if exact and not self._art.traced(fine=fine):  # drawn with the stencil's border until then
            self._wish(self._art, fine)
            exact = False
        level = paint.level_for(self._art.stencils, density)
        tinted = self._drawn.get((level, exact))
        if tinted is None:
            if len(self._drawn) >= _DRAWN:
                self._drawn.clear()
            tinted = self._drawn[(level, exact)] = self._tinted(level, exact)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, density < _CRISP_FROM)
        painter.drawImage(self._place, tinted)
        if not exact:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        outline = self._art.outline(fine=fine)
        if self._selected:
            set_pen(painter, SHADE, 5)
            painter.drawPath(outline)
            set_pen(painter, LIGHT, 2.4)
        else:
            colour = self._colour.lighter(118) if self._hovered else self._colour
            set_pen(painter, colour, 2.4 if self._hovered or not self._opacity else 1.6)
        painter.drawPath(outline)

    def _tinted(self, level: int, exact: bool) -> QImage:
        opacity = min(self._opacity + 0.18, 0.8) if self._hovered else self._opacity
        border = QColor(LIGHT if self._selected else self._colour)
        if exact:
            border = QColor(self._colour)
            border.setAlphaF(opacity)
        return paint.tinted(self._art.stencils[level], self._colour, opacity, border)


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

    def _tint(self) -> QImage:
        """In full size: there is only one of it. Bordered in white until the outline is traced."""
        if self._art is not None and (self._tinted is None or self._bordered == self._art.traced()):
            border = QColor(self._colour)
            border.setAlphaF(0.45)
            self._bordered = not self._art.traced()
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
            painter.drawImage(self._art.place, self._tint())
            if self._art.traced():
                set_pen(painter, SHADE, 4)
                painter.drawPath(self._art.outline())
                set_pen(painter, LIGHT, 2)
                painter.drawPath(self._art.outline())
            else:
                self._wish(self._art, False)
        box = self._prompt.box
        if box is not None:
            frame = QRectF(box.x0, box.y0, box.width, box.height)
            set_pen(painter, SHADE, 3)
            painter.drawRect(frame)
            set_pen(painter, LIGHT, 1.4, Qt.PenStyle.DashLine)
            painter.drawRect(frame)
        unit = 1 / _scale(painter)
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
