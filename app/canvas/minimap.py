"""The overview map: where on the photo one is, once it no longer fits."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QMargins, QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from app.canvas.viewport import Viewport
from app.look import Look
from app.settings import Settings

_SIDE, _EDGE, _MARGIN = 168, 5, 14
_SMALLEST = 9.0  # px of the frame, so that it can be found


class MiniMap(QWidget):
    """A small picture with a frame around what is in sight. A click or drag goes there."""

    def __init__(self, view: Viewport, settings: Settings, look: Look) -> None:
        super().__init__(view.viewport())
        self._view, self._settings, self._look = view, settings, look
        self._picture = QImage()
        self._at_left = False
        self._others: Sequence[QRect] = ()
        self.setCursor(Qt.CursorShape.ArrowCursor)
        look.changed.connect(self.refresh)
        self.refresh()
        self.hide()

    def refresh(self) -> None:
        self.setAccessibleName(self.tr("Overview map"))
        self.setToolTip(self._look.told(self.tr("Click to go there. {minimap} hides it")))

    def set_levels(self, levels: tuple[QImage, ...]) -> None:
        """The photo, full size first and halved; none while there is no photo."""
        self._picture = QImage()
        if levels:
            ratio = self.devicePixelRatioF()
            side = round(_SIDE * ratio)
            smooth = Qt.TransformationMode.SmoothTransformation
            self._picture = levels[-1].scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio, smooth)
            self._picture.setDevicePixelRatio(ratio)
            self.setFixedSize(self._picture.deviceIndependentSize().toSize() + QSize(2 * _EDGE, 2 * _EDGE))

    def follow(self, others: Sequence[QRect] = ()) -> None:
        """The view has moved, or the setting has changed. others: what stands at the foot of the canvas; above it."""
        self._others = others
        photo, seen = self._view.photo_rect, self._seen()
        wanted = self._settings.get("minimap") and not self._picture.isNull() and not seen.contains(photo)
        self.setVisible(bool(wanted))
        room = self._view.viewport().rect()
        place = QRect(QPoint(0, 0), self.size())
        if self._at_left:
            place.moveBottomLeft(room.bottomLeft() + QPoint(_MARGIN, -_MARGIN))
        else:
            place.moveBottomRight(room.bottomRight() - QPoint(_MARGIN, _MARGIN))
        for other in others:
            if other.right() + _MARGIN > place.left() and other.left() - _MARGIN < place.right():
                place.moveBottom(min(place.bottom(), other.top() - _MARGIN))
        self.move(place.topLeft())
        self.update()

    def make_way(self, at: QPoint | None) -> None:
        """The keyboard points there, px of the parent, which cannot press here: to the other side if need be. None: it
        does no more."""
        away = _MARGIN + _SMALLEST
        near = (
            at is not None
            and self.isVisible()
            and self.geometry().marginsAdded(QMargins(*[int(away)] * 4)).contains(at)
        )
        if near or (at is None and self._at_left):
            self._at_left = near and not self._at_left
            self.follow(self._others)

    def _seen(self) -> QRectF:
        """What the view shows, image px."""
        return self._view.mapToScene(self._view.viewport().rect()).boundingRect()

    def _inner(self) -> QRect:
        return self.rect().adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name, as below)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._look.colours.border), 1))
        painter.setBrush(QColor(self._look.colours.surface))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 7, 7)
        inner, photo = self._inner(), self._view.photo_rect
        painter.drawImage(inner.topLeft(), self._picture)
        if not photo.isEmpty():
            scale = inner.width() / photo.width()
            seen = self._seen().intersected(photo)
            frame = QRectF(seen.x() * scale, seen.y() * scale, seen.width() * scale, seen.height() * scale)
            frame.translate(inner.topLeft())
            short = QPointF(max(_SMALLEST - frame.width(), 0) / 2, max(_SMALLEST - frame.height(), 0) / 2)
            frame.adjust(-short.x(), -short.y(), short.x(), short.y())
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(0, 0, 0, 170), 3))
            painter.drawRect(frame)
            painter.setPen(QPen(QColor(255, 255, 255), 1.4))
            painter.drawRect(frame)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self.mouseMoveEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        inner, photo = self._inner(), self._view.photo_rect
        if event.buttons() & Qt.MouseButton.LeftButton and not photo.isEmpty():
            at = (event.position() - QPointF(inner.topLeft())) * (photo.width() / max(inner.width(), 1))
            self._view.look_at(at)
        event.accept()
