"""A pointer for those who work without a mouse: arrow keys move it, other keys are its buttons."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QCursor, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from app.canvas.items import LIGHT, SHADE
from app.canvas.viewport import Viewport

ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_STEP, _FAR = 8.0, 64.0  # screen px of an arrow key, and with Shift
_FINE_FAR = 10.0  # image px with Ctrl and Shift, with Ctrl alone one
_AHEAD, _BESIDE = 72, 24  # screen px to see beyond the pointer, and beyond the photo's edge
_BUMP = 6  # screen px: a mouse that moves less was touched, not used
_NONE, _LEFT = Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton
_PLAIN = Qt.KeyboardModifier.NoModifier


class CrossItem(QGraphicsItem):
    """Where the pointer is; with a ring while a button is held down."""

    def __init__(self, pressed: Callable[[], bool]) -> None:
        super().__init__()
        self._pressed = pressed
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations)
        self.setZValue(2_000_000)

    def boundingRect(self) -> QRectF:  # noqa: N802 (Qt's name)
        return QRectF(-24, -24, 48, 48)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pressed = self._pressed()
        if pressed:
            painter.setBrush(QColor(59, 130, 246, 70))
        for colour, width in ((SHADE, 5.0), (LIGHT, 2.2)):
            painter.setPen(QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            for dx, dy in ARROWS.values():
                painter.drawLine(QPointF(5 * dx, 5 * dy), QPointF(20 * dx, 20 * dy))
            painter.drawPoint(QPointF(0, 0))
            if pressed:
                painter.drawEllipse(QPointF(0, 0), 11, 11)


class KeyPointer(QObject):
    """While it is shown, `play` gets the same presses, moves and releases that a mouse would make, so no tool knows
    of it. `dragging`: whether the tool waits for a release; `room`: the part of the viewport that nothing covers.
    `changed`: it was shown or put away. It costs nothing until it is shown for the first time."""

    changed = Signal()

    def __init__(
        self,
        view: Viewport,
        play: Callable[[QMouseEvent], None],
        dragging: Callable[[], bool],
        room: Callable[[], QRect],
    ) -> None:
        super().__init__(view)
        self._view, self._play, self._dragging, self._room = view, play, dragging, room
        self.on = False
        self._cross: CrossItem | None = None
        self._at: QPointF | None = None  # image px
        self._arrows: set[int] = set()  # that are held
        self._button, self._keys = _LEFT, _PLAIN  # of the drag under way
        self._mouse = QPointF()  # of the screen: where the real one rests

    @property
    def place(self) -> QPointF:
        """Where it is, px of the viewport."""
        return self._view.viewportTransform().map(self._at or QPointF())

    # --- shown and put away ------------------------------------------------------------------------------------

    def switch(self) -> None:
        """From elsewhere its key leads to it first."""
        if not (self._view.hasFocus() and self.put_away()):
            self.show()

    def show(self) -> None:
        """Where it was if that is in sight, else in the middle of what is seen of the photo."""
        self._view.setFocus(Qt.FocusReason.OtherFocusReason)
        photo = self._view.photo_rect
        if self.on or photo.isEmpty():
            return
        seen = self._view.mapToScene(self._view.viewport().rect()).boundingRect().intersected(photo)
        if self._at is None or not seen.contains(self._at):
            middle = (seen if not seen.isEmpty() else photo).center()
            self._at = QPointF(math.floor(middle.x()) + 0.5, math.floor(middle.y()) + 0.5)
        if self._cross is None:
            self._cross = CrossItem(self._dragging)
            self._view.scene().addItem(self._cross)
        self._mouse = QPointF(QCursor.pos())
        self._arrows.clear()
        self.on = True
        self._cross.setVisible(True)
        self.changed.emit()
        self.settle()

    def put_away(self) -> bool:
        """False when it is not shown."""
        if not self.on or self._cross is None:
            return False
        self.on = False
        self._cross.setVisible(False)
        self.changed.emit()
        return True

    def gives_way(self, event: QMouseEvent) -> bool:
        """To the real mouse, once that is used; False: it was only touched."""
        moved = event.type() == QEvent.Type.MouseMove
        if self.on and moved and (event.globalPosition() - self._mouse).manhattanLength() <= _BUMP:
            return False
        self.put_away()
        return True

    def rest(self, *, away: bool) -> None:
        """The keyboard belongs to another part of the window (away), or is back."""
        self._arrows.clear()
        if self._cross is not None:
            self._cross.setVisible(self.on and not away)

    def advice(self) -> tuple[str, str]:
        """An action and the words beside its key, see `guide.advice`."""
        translate = QCoreApplication.translate
        if not self.on:
            return "pointer", translate("Hint", "Press for a pointer on the photo that the arrow keys move")
        if self._dragging():
            return "cancel", translate("Hint", "Arrow keys draw, Space ends it here. Press to call it off")
        text = translate("Hint", "Arrow keys move, Space clicks, {pointer_right} right-clicks. Press to put it away")
        return "pointer", text

    def renew(self) -> None:
        """A drag began, ended or was called off."""
        if self._cross is not None:
            self._cross.update()

    # --- moving ------------------------------------------------------------------------------------------------

    def arrow(self, event: QKeyEvent) -> None:
        """An arrow key; two held together go aslant."""
        keys = event.modifiers()
        self._arrows.add(event.key())
        far = bool(keys & Qt.KeyboardModifier.ShiftModifier)
        if keys & Qt.KeyboardModifier.ControlModifier:
            step = _FINE_FAR if far else 1.0
        else:
            step = (_FAR if far else _STEP) / self._view.zoom
        held = [ARROWS[Qt.Key(key)] for key in self._arrows]
        self._move(step * sum(dx for dx, _ in held), step * sum(dy for _, dy in held))

    def let_go(self, key: int) -> None:
        self._arrows.discard(key)

    def settle(self) -> None:
        """Another photo, or the view has changed: it stays on the photo and in sight."""
        if self.on:
            self._move(0.0, 0.0)

    def _move(self, dx: float, dy: float) -> None:
        photo, at = self._view.photo_rect, self._at
        if self._cross is None or at is None or photo.isEmpty():
            return
        x = min(max(at.x() + dx, photo.left()), photo.right())
        y = min(max(at.y() + dy, photo.top()), photo.bottom())
        self._at = QPointF(x, y)
        self._cross.setPos(self._at)
        self._follow(photo)
        self._send(QEvent.Type.MouseMove, _NONE, held=self._dragging())

    def _follow(self, photo: QRectF) -> None:
        """Push the photo so that there is something to see ahead, as long as it goes on there."""
        room, here = QRectF(self._room()), self.place
        edge = self._view.viewportTransform().mapRect(photo).adjusted(-_BESIDE, -_BESIDE, _BESIDE, _BESIDE)
        across = _push(here.x(), room.left(), room.right(), edge.left(), edge.right())
        down = _push(here.y(), room.top(), room.bottom(), edge.top(), edge.bottom())
        if across or down:
            self._view.push(-across, -down)

    # --- pressing ----------------------------------------------------------------------------------------------

    def press(self, button: Qt.MouseButton = _LEFT, keys: Qt.KeyboardModifier = _PLAIN) -> None:
        """What a click there would do; where a drag begins the button stays down until the next press."""
        if not self.on:
            return
        self._view.setFocus(Qt.FocusReason.OtherFocusReason)
        if not self.finish():
            self._button, self._keys = button, keys
            self._send(QEvent.Type.MouseButtonPress, button, held=True)
            if not self._dragging():
                self._send(QEvent.Type.MouseButtonRelease, button, held=False)
        self.renew()

    def finish(self) -> bool:
        """End the drag under way here; False when there is none."""
        if not self.on or not self._dragging():
            return False
        self._send(QEvent.Type.MouseButtonRelease, self._button, held=False)
        self.renew()
        return True

    def _send(self, kind: QEvent.Type, button: Qt.MouseButton, *, held: bool) -> None:
        here = self.place
        moving = kind == QEvent.Type.MouseMove and not held
        down, keys = self._button if held else _NONE, _PLAIN if moving else self._keys
        self._play(QMouseEvent(kind, here, self._view.viewport().mapToGlobal(here), button, down, keys))


def _push(at: float, low: float, high: float, begin: float, end: float) -> int:
    """How far to scroll so that `at` stays away from low and high, unless the photo (begin..end) ends before."""
    ahead = min(_AHEAD, (high - low) / 4)
    if at > high - ahead:
        return round(max(min(at - (high - ahead), end - high), 0.0))
    if at < low + ahead:
        return -round(max(min(low + ahead - at, low - begin), 0.0))
    return 0
