"""All instances of a page in one item of the scene, back to front: tinted pixels and borders.

One item, because Qt asks every item of a scene a few questions in Python for each frame; and because the drawing of all
of them can then be kept in one piece, that is pushed about with the photo and of which an edit repaints a corner.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from app.canvas import paint
from app.canvas.items import CRISP_FROM, LIGHT, SHADE, density_of, scale_of, set_pen
from app.canvas.outlines import MARGIN, areas, in_sight, margin_at
from app.canvas.paint import Art, Wish
from sscore.types import Annotation, FloatArray

TRACED_FROM = 2.0  # screen dots per image px: from here on few objects are in sight and outlines are drawn exactly
_DRAWN = 3
_TINTS = 120  # in one painting, which take 12 ms: after a jump to another zoom hundreds of objects want to be tinted
_TOUCHED = 32  # from so many places on, all in sight is painted anew: Qt takes a second to piece five hundred together
_MANY = 16  # from so many in sight on, smooth edges and exact outlines wait until the view is at rest


@dataclass(slots=True)
class Tints:
    """left: how many objects may still be tinted in this painting; wanting: some are shown as for another zoom."""

    left: int
    wanting: bool = False


class Instance:
    """How one instance is shown. Far away the border is part of the stencil, which is quick for hundreds of objects;
    close by, and for the few in hand, it is the exact outline."""

    def __init__(self, annotation: Annotation, art: Art, colour: QColor, opacity: float) -> None:
        self.annotation, self.art = annotation, art
        self.home = self.place = art.place  # image px; they differ while it is dragged
        self.corners = self.place.getCoords()
        self.visible = True
        self.colour, self._opacity = colour, opacity
        self._hovered = self._selected = self._traced = False
        self._drawn: dict[tuple[int, bool], QImage] = {}  # tinted stencils by index and whether the outline is extra

    def restyle(self, annotation: Annotation, colour: QColor, opacity: float) -> None:
        """The same mask with another label or opacity."""
        self.annotation, self.colour, self._opacity = annotation, colour, opacity
        self._drawn.clear()

    def shift(self, dx: float, dy: float) -> None:
        self.place = self.home.translated(dx, dy)
        self.corners = self.place.getCoords()

    def set_state(self, *, hovered: bool, selected: bool, traced: bool) -> bool:
        """traced: draw the exact outline at any zoom (for a few objects). Whether anything is another now."""
        if (hovered, selected, traced) == (self._hovered, self._selected, self._traced):
            return False
        self._hovered, self._selected, self._traced = hovered, selected, traced
        self._drawn.clear()
        return True

    def paint(
        self, painter: QPainter, density: float, level: int, wish: Wish, sight: QRectF, tints: Tints, *, rough: bool
    ) -> None:
        """level: of the stencils, the one that fits `density` (screen dots per image px). sight: all that can be seen,
        image px. rough: no exact outline."""
        outline = None
        if not rough and (self._traced or density > TRACED_FROM):  # drawn with the stencil's border until it is traced
            outline = self._line(painter, density, wish, sight)
        key = (min(level, len(self.art.stencils) - 1), outline is not None)
        tinted = self._drawn.get(key)
        if tinted is None and self._drawn and not tints.left:
            tinted, tints.wanting = next(reversed(self._drawn.values())), True
        elif tinted is None:
            tints.left = max(tints.left - 1, 0)
            if len(self._drawn) >= _DRAWN:
                self._drawn.clear()
            tinted = self._drawn[key] = self._tinted(*key)
        painter.drawImage(self.place, tinted)
        if outline is not None and not self.in_hand:
            self._trace(painter, outline)

    @property
    def in_hand(self) -> bool:
        """One of few that are selected: its outline is drawn by `frame`, after all others."""
        return self._selected and self._traced

    def frame(self, painter: QPainter, density: float, wish: Wish, sight: QRectF) -> None:
        """The exact outline alone, over whatever lies on top of it."""
        outline = self._line(painter, density, wish, sight)
        if outline is not None:
            self._trace(painter, outline)

    def _line(self, painter: QPainter, density: float, wish: Wish, sight: QRectF) -> QPainterPath | None:
        """The outline where it is shown, as far as it is to be painted; None where the stencil's border is to do."""
        outline = self.art.near_outline(paint.tolerance(density), wish)
        moved = None if self.place is self.home else self.place.topLeft() - self.home.topLeft()
        return None if outline is None else outline.path(painter, sight, moved)

    def _trace(self, painter: QPainter, outline: QPainterPath) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._selected:
            set_pen(painter, SHADE, 5)
            painter.drawPath(outline)
            set_pen(painter, LIGHT, 2.4)
        else:
            colour = self.colour.lighter(118) if self._hovered else self.colour
            set_pen(painter, colour, 2.4 if self._hovered or not self._opacity else 1.6)
        painter.drawPath(outline)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _tinted(self, level: int, exact: bool) -> QImage:
        opacity = min(self._opacity + 0.18, 0.8) if self._hovered else self._opacity
        border = QColor(LIGHT if self._selected else self.colour)
        if exact:
            border = QColor(self.colour)
            border.setAlphaF(opacity)
        return paint.tinted(self.art.stencils[level], self.colour, opacity, border)


class InstanceLayer(QGraphicsItem):
    """`wish` is called with an art whose outline is needed and not yet traced."""

    def __init__(self, wish: Wish) -> None:
        super().__init__()
        self._wish = wish
        self._shown: Sequence[Instance] = ()
        self._boxes: FloatArray | None = None
        self._photo = self._bounds = QRectF()
        self._moving = self._rough = False
        self._touched = 0
        self._seen = QRectF()  # image px, when it was painted last
        self._wanting = False
        self.setZValue(1)
        self.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)

    def show_instances(self, shown: Sequence[Instance], width: int, height: int, same: int = 0) -> None:
        """shown: back to front, on a photo of this size, image px; the first `same` of them were shown before. Whatever
        is new or gone is to be touched as well."""
        if self._boxes is not None:
            self._boxes = np.concatenate([self._boxes[:same], _boxes(shown[same:])])
        self._shown = shown
        photo = QRectF(0, 0, width, height)
        if photo != self._photo:
            self._photo = photo
            self._fit()

    def set_moving(self, moving: bool) -> None:
        """While the view is being zoomed, many instances are drawn as they are drawn quickest."""
        self._moving = moving
        if self._rough and not moving:
            self._rough = False
            self.renew()

    def renew(self) -> None:
        """All in sight is painted anew. What Qt keeps is thrown away, since it would forget `update()` when the view is
        scrolled before it paints."""
        self._touched = _TOUCHED
        self.setCacheMode(QGraphicsItem.CacheMode.NoCache)
        self.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)

    def _tint_on(self) -> None:
        self._wanting = False
        self.renew()

    def touch(self, place: QRectF) -> None:
        """What lies there (image px) looks different now."""
        if self._touched >= _TOUCHED:
            return
        margin = self._margin()
        area, sight = place.adjusted(-margin, -margin, margin, margin), in_sight(self)
        if area.intersects(sight):
            self._touched += 1
            self.update(area.intersected(sight))
        if self._touched == _TOUCHED or (not self._touched and area.intersects(self._seen)):
            self.renew()

    def scrolled(self) -> None:
        """The view shows another part. Of places that wait to be painted Qt would make one picture together with what
        has come into sight, however far they are apart."""
        if 0 < self._touched < _TOUCHED:
            self.renew()

    def shift(self, some: Sequence[Instance], dx: float, dy: float) -> None:
        """Show these beside their places, image px."""
        before = [one.place for one in some]
        for one in some:
            one.shift(dx, dy)
        after = [one.place for one in some]
        self._boxes = None
        self._fit(after)
        for place in (*before, *after):
            self.touch(place)

    def _fit(self, others: Sequence[QRectF] = ()) -> None:
        """Bounds: the photo, and what is dragged beyond it."""
        bounds = QRectF(self._photo)
        for other in others:
            bounds = bounds.united(other)
        bounds = bounds.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)
        if bounds != self._bounds:
            self.prepareGeometryChange()
            self._bounds = bounds

    def _margin(self) -> float:
        views = self.scene().views() if self.scene() else []
        return margin_at(views[0].transform().m11() if views else 1.0)

    def boundingRect(self) -> QRectF:  # noqa: N802 (Qt's name)
        return self._bounds

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        self._touched, self._seen = 0, in_sight(self)
        density = density_of(painter)
        level = paint.halvings(density)
        inside = self._within(areas(painter), margin_at(scale_of(painter)))
        rough = self._moving and len(inside) > _MANY
        self._rough |= rough
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, density < CRISP_FROM and not rough)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        sight, tints = self._seen, Tints(_TINTS)
        for index in inside:
            one = self._shown[index]
            if one.visible:
                one.paint(painter, density, level, self._wish, sight, tints, rough=rough)
        if tints.wanting and not self._wanting:
            self._wanting = True
            QTimer.singleShot(0, self.scene(), self._tint_on)
        if not rough:
            for one in (self._shown[index] for index in inside):
                if one.visible and one.in_hand:  # in a pile it is seen whole
                    one.frame(painter, density, self._wish, sight)

    def _within(self, areas: Sequence[QRectF], margin: float) -> list[int]:
        """Indices of the instances that reach into one of these areas."""
        if self._boxes is None:
            self._boxes = _boxes(self._shown)
        x0, y0, x1, y1 = self._boxes.T
        inside = np.zeros(len(self._boxes), dtype=bool)
        for area in areas:
            left, top, right, bottom = area.adjusted(-margin, -margin, margin, margin).getCoords()
            inside |= (x0 < right) & (x1 > left) & (y0 < bottom) & (y1 > top)
        return np.flatnonzero(inside).tolist()


def _boxes(some: Sequence[Instance]) -> FloatArray:
    """float32 (n, 4): x0 y0 x1 y1, image px."""
    return np.array([one.corners for one in some], dtype=np.float32).reshape(-1, 4)
