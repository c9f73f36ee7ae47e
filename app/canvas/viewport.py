"""Looking at the photo: fit, zoom where the mouse is, push aside with Space or the middle button."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QResizeEvent, QTransform, QWheelEvent
from PySide6.QtWidgets import QFrame, QGraphicsView, QWidget

from sscore.types import Box

_LARGEST, _FIT_MARGIN = 64.0, 24
STEP = 1.25  # one notch of the wheel


class Viewport(QGraphicsView):
    """A view that zooms and pans over `photo_rect`, the scene's area in image px."""

    zoom_changed = Signal(float)
    moved = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._space = False
        self._pan_from: QPoint | None = None
        self._fitted = True
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.MinimalViewportUpdate)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontSavePainterState)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    @property
    def photo_rect(self) -> QRectF:
        """The photo in scene px: for the canvas, which has one, to say."""
        raise NotImplementedError

    # --- zoom and pan ------------------------------------------------------------------------------------------

    @property
    def zoom(self) -> float:
        """Screen px per image px."""
        return float(self.transform().m11())

    def image_at(self, at: QPointF) -> QPointF:
        """The image point at a point of the viewport, to parts of a px."""
        return self.viewportTransform().inverted()[0].map(at)

    def seen(self) -> Box:
        """What of the scene is in sight, image px; it may reach beyond the photo."""
        area = self.mapToScene(self.viewport().rect()).boundingRect()
        return Box(area.left(), area.top(), area.right(), area.bottom())

    @property
    def fitted(self) -> bool:
        """The whole photo is in sight and follows the window's size."""
        return self._fitted

    def fit(self) -> None:
        rect = self.photo_rect
        if rect.isEmpty():
            return
        room = self.viewport().rect().adjusted(_FIT_MARGIN, _FIT_MARGIN, -_FIT_MARGIN, -_FIT_MARGIN)
        scale = min(max(room.width(), 1) / rect.width(), max(room.height(), 1) / rect.height(), 4.0)
        self._set_zoom(scale)
        self.centerOn(rect.center())
        self._fitted = True
        self.moved.emit()

    def actual_size(self) -> None:
        self.zoom_at(1.0 / self.zoom, self.zoom_about())

    def zoom_step(self, notches: float) -> None:
        """In (above 0) or out."""
        self.zoom_at(STEP**notches, self.zoom_about())

    def zoom_about(self) -> QPointF:
        """What stays in its place when a key zooms, px of the viewport: the middle."""
        return QPointF(self.viewport().rect().center())

    def zoom_at(self, factor: float, at: QPointF) -> None:
        """Zoom so that the image point under `at` (viewport px) stays there."""
        rect = self.photo_rect
        if rect.isEmpty():
            return
        smallest = min(1.0, 60 / max(rect.width(), rect.height()))
        scale = min(max(self.zoom * factor, smallest), _LARGEST)
        before = self.mapToScene(at.toPoint())
        self._set_zoom(scale)
        moved = self.mapFromScene(before) - at.toPoint()
        self._pan(-moved)

    def _set_zoom(self, scale: float) -> None:
        rect = self.photo_rect
        room = self.viewport().size()
        # The photo can be pushed aside, but a strip of it always stays in sight.
        across, down = 0.85 * room.width() / scale, 0.85 * room.height() / scale
        self.setSceneRect(rect.adjusted(-across, -down, across, down))
        self.setTransform(QTransform.fromScale(scale, scale))
        self.zoom_changed.emit(scale)

    def look_at(self, at: QPointF) -> None:
        """Bring this image point to the middle."""
        self.centerOn(at)
        self._fitted = False
        self.moved.emit()

    def push(self, dx: int, dy: int) -> None:
        """Move the photo by so many screen px."""
        self._pan(QPoint(dx, dy))

    def _pan(self, by: QPoint) -> None:
        bars = self.horizontalScrollBar(), self.verticalScrollBar()
        bars[0].setValue(bars[0].value() - by.x())
        bars[1].setValue(bars[1].value() - by.y())
        self._fitted = False
        self.moved.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name, as below)
        super().resizeEvent(event)
        if self._fitted:
            self.fit()
        self.moved.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        notches = event.angleDelta().y() / 120
        if notches:
            self.zoom_at(STEP**notches, event.position())
        event.accept()

    # --- the hand ----------------------------------------------------------------------------------------------

    def _hold_space(self, held: bool) -> None:
        self._space = held
        self.set_cursor()

    def _pan_press(self, event: QMouseEvent) -> bool:
        """Whether this press begins to push the photo."""
        left = event.button() == Qt.MouseButton.LeftButton
        if event.button() != Qt.MouseButton.MiddleButton and not (left and self._space):
            return False
        self._pan_from = event.position().toPoint()
        self.set_cursor()
        return True

    def _pan_move(self, event: QMouseEvent) -> bool:
        if self._pan_from is None:
            return False
        here = event.position().toPoint()
        self._pan(here - self._pan_from)
        self._pan_from = here
        return True

    def _pan_release(self, event: QMouseEvent) -> bool:
        if self._pan_from is None or event.button() not in (Qt.MouseButton.MiddleButton, Qt.MouseButton.LeftButton):
            return False
        self._pan_from = None
        self.set_cursor()
        return True

    def tool_cursor(self) -> Qt.CursorShape:
        return Qt.CursorShape.CrossCursor

    def set_cursor(self) -> None:
        if self._pan_from is not None:
            shape = Qt.CursorShape.ClosedHandCursor
        else:
            shape = Qt.CursorShape.OpenHandCursor if self._space else self.tool_cursor()
        self.viewport().setCursor(shape)
