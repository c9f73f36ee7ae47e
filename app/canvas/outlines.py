"""The border of a mask as a line, of which only what is in sight is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPainterPath, QPolygonF
from PySide6.QtWidgets import QGraphicsItem

from sscore.types import FloatArray

_WHOLE = 1000  # points of an outline that is always drawn whole, which is quicker than to look what is in sight
_PIECE = 40  # points
_FAR = 1e7  # image px
_RECTS = 8  # an area of more pieces is painted as one
MARGIN, _MARGIN_ON_SCREEN = 12.0, 4.0  # image px and screen px
_MOST = 6000  # points in sight: Qt needs 2 ms to draw a thousand of them, twice, as wide lines


class Outline:
    """rings: (n, 2) xy of closed lines in image px, the first point not repeated. A large ragged mask has a hundred
    thousand points, and Qt follows them all however little of them is in sight."""

    def __init__(self, rings: Sequence[FloatArray]) -> None:
        self.count = sum(len(ring) for ring in rings)
        self._whole: QPainterPath | None = None
        self._cut: list[FloatArray] = []  # the points of each piece, the last one also of the next
        self._ends: list[tuple[int, int]] = []  # of each ring, the first of its pieces and that behind the last
        self._paths: dict[int, QPainterPath] = {}
        if self.count <= _WHOLE:
            self._whole = QPainterPath()
            for ring in rings:
                self._whole.addPolygon(_polygon(ring))
                self._whole.closeSubpath()
            return
        for ring in rings:
            closed, before = np.concatenate([ring, ring[:1]]), len(self._cut)
            self._cut += [closed[at : at + _PIECE + 1] for at in range(0, len(ring), _PIECE)]
            self._ends.append((before, len(self._cut)))
        self._ring = np.repeat(np.arange(len(rings)), [last - first for first, last in self._ends])
        ends = [np.concatenate([points.min(0), points.max(0)]) for points in self._cut]
        self._boxes = np.array(ends, dtype=np.float32)
        self._lengths = np.array([len(points) for points in self._cut])

    def path(self, painter: QPainter, sight: QRectF, moved: QPointF | None = None) -> QPainterPath | None:
        """What `painter` is to paint of it. sight: all that can be seen, image px; moved: where it is shown, aside of
        its place. None where more is in sight than can be drawn in the time of a frame: so far away the border of a
        stencil looks the same."""
        if self._whole is not None:
            return self._whole if moved is None else self._whole.translated(moved)
        margin, back = margin_at(painter.worldTransform().m11()), -(moved or QPointF())
        if self._lengths[self._within(sight.translated(back), margin)].sum() > _MOST:
            return None
        inside = np.zeros(len(self._cut), dtype=bool)
        for area in areas(painter):
            inside |= self._within(area.intersected(sight).translated(back), margin)
        found = QPainterPath()
        for ring in np.unique(self._ring[inside]).tolist():
            first, last = self._ends[ring]
            wanted = np.flatnonzero(inside[first:last]).tolist()
            gap = next((n for n, (one, other) in enumerate(pairwise(wanted)) if other - one > 1), -1) + 1
            following, count = -1, last - first
            for at in (*wanted[gap:], *wanted[:gap]):  # from behind a gap on, so that corners are joined
                join = found.connectPath if at == following else found.addPath
                join(self._piece(first + at))
                following = (at + 1) % count
            if len(wanted) == count:
                found.closeSubpath()
        return found if moved is None else found.translated(moved)

    def _piece(self, at: int) -> QPainterPath:
        if at not in self._paths:
            self._paths[at] = QPainterPath()
            self._paths[at].addPolygon(_polygon(self._cut[at]))
        return self._paths[at]

    def _within(self, area: QRectF, margin: float) -> np.ndarray:
        """bool (n,): the pieces whose boxes reach into it."""
        left, top, right, bottom = area.adjusted(-margin, -margin, margin, margin).getCoords()
        x0, y0, x1, y1 = self._boxes.T
        return (x0 < right) & (x1 > left) & (y0 < bottom) & (y1 > top)


def in_sight(item: QGraphicsItem) -> QRectF:
    """What the view shows of the scene, image px; all of it without a view."""
    scene = item.scene()
    if scene is None or not scene.views():
        return QRectF(-_FAR, -_FAR, 2 * _FAR, 2 * _FAR)
    view = scene.views()[0]
    return view.mapToScene(view.viewport().rect()).boundingRect()


def areas(painter: QPainter) -> list[QRectF]:
    """Where `painter` paints at all, in its own coordinates."""
    device = painter.device()
    ratio = device.devicePixelRatio()
    whole = QRectF(0, 0, device.width() / ratio, device.height() / ratio)
    whole = painter.worldTransform().inverted()[0].mapRect(whole)
    if not painter.hasClipping():
        return [whole]
    clip = painter.clipRegion()
    parts = clip if clip.rectCount() <= _RECTS else [clip.boundingRect()]
    return [whole.intersected(QRectF(rect)) for rect in parts]


def margin_at(scale: float) -> float:
    """Image px around a mask that its outline may cover: it is up to 5 screen px wide, many image px far away."""
    return max(MARGIN, _MARGIN_ON_SCREEN / max(scale, 1e-6))


def _polygon(points: FloatArray) -> QPolygonF:
    return QPolygonF([QPointF(x, y) for x, y in points.tolist()])
