"""From mouse and keyboard to the tool in hand: what the canvas does with events."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QCursor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QResizeEvent,
    QWheelEvent,
)

from app.canvas.card import PendingCard
from app.canvas.focus_ring import FocusRing
from app.canvas.gestures import Gestures
from app.canvas.guide import Guide
from app.canvas.key_pointer import ARROWS, KeyPointer
from app.canvas.minimap import MiniMap
from app.canvas.spoken import Spoken
from app.canvas.viewport import Viewport
from app.canvas.whisper import Whisper
from app.session import Session

_PUSH = 48  # px that an arrow key pushes the photo


class EventView(Viewport):
    """Hands the mouse, and the pointer of the keyboard in the same way, to `gestures`. The parts are made by the class
    built upon it. `pointer_moved`: the image px pointed at, or None."""

    pointer_moved = Signal(object)
    menu_wanted = Signal(QPoint)
    card: PendingCard
    gestures: Gestures
    guide: Guide
    minimap: MiniMap
    pointer: KeyPointer
    spoken: Spoken
    whisper: Whisper
    _session: Session
    _ring: FocusRing
    _mouse: QPoint | None = None  # px of the viewport; None outside
    _peeking = False

    def _restyle(self) -> None:
        """Objects are shown in another way."""
        raise NotImplementedError

    def _teach(self) -> None:
        """The hint may be another one."""
        raise NotImplementedError

    def _ready(self) -> bool:
        return self._session.page is not None and not self.guide.isVisible()

    def _play(self, event: QMouseEvent) -> None:
        """What the pointer of the keyboard does, as if it were the mouse."""
        if event.type() == QEvent.Type.MouseMove:
            self._move(event)
            self.minimap.make_way(self._mouse)
            self.spoken.pointed(self.image_at(event.position()))
        elif event.type() == QEvent.Type.MouseButtonPress:
            self._press(event)
        else:
            self._release(event)
        self._teach()

    def _on_pointer(self) -> None:
        """It has been shown, or put away with the drag it had begun."""
        if self.pointer.on:
            self._ring.hide()
        else:
            self.gestures.cancel()
            self.leave()
            self.minimap.make_way(None)
        self._hold_space(False)
        self._teach()

    def _press(self, event: QMouseEvent) -> None:
        self._mouse = event.position().toPoint()
        self.whisper.hide()
        if not self._pan_press(event) and self._ready():
            self.gestures.press(event)
        event.accept()

    def _move(self, event: QMouseEvent) -> None:
        self._mouse = event.position().toPoint()
        self.card.make_way(self._mouse)
        if self._pan_move(event):
            return
        at = self.image_at(event.position())
        inside = self.photo_rect.contains(at)
        self.pointer_moved.emit((int(at.x()), int(at.y())) if inside else None)
        if self._ready():
            movable = self.gestures.movable
            self.gestures.move(event)
            if self.gestures.movable != movable:
                self.set_cursor()

    def _release(self, event: QMouseEvent) -> None:
        if not self._pan_release(event) and self._ready():
            self.gestures.release(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name, as below)
        self.pointer.put_away()
        if self._ring.isVisible():
            self._ring.hide()
            self._teach()
        self._press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if self.pointer.gives_way(event):
            self._move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if not self.pointer.on:
            self._release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self.mousePressEvent(event)  # two fast clicks are two points

    def leave(self) -> None:
        """Nothing points at the photo any more."""
        self._mouse = None
        self.card.make_way(None)
        self.pointer_moved.emit(None)
        self.gestures.leave()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        if not self.pointer.on:
            self.leave()
        super().leaveEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """With the brush in hand the wheel sets its size, and zooms with Ctrl."""
        notches, ctrl = event.angleDelta().y() / 120, event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if self.gestures.tool == "brush" and not ctrl:
            self.gestures.resize_brush(notches)
            event.accept()
        else:
            super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        key, keys = event.key(), event.modifiers()
        if key == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self._space_pressed()
        elif key == Qt.Key.Key_H and not keys:
            self._peek(True)
        elif key == Qt.Key.Key_Control and not self.pointer.on:
            self._show_brush(keys | Qt.KeyboardModifier.ControlModifier)
        elif key == Qt.Key.Key_Backspace:
            self.gestures.step_back()
        elif key in ARROWS and self.pointer.on:
            self.pointer.arrow(event)
        elif key in ARROWS:
            self._arrow(
                *ARROWS[Qt.Key(key)], far=bool(keys & Qt.KeyboardModifier.ShiftModifier), on=event.isAutoRepeat()
            )
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.isAutoRepeat():
            return
        if event.key() == Qt.Key.Key_Space:
            self._hold_space(False)
        elif event.key() == Qt.Key.Key_H:
            self._peek(False)
        elif event.key() in ARROWS:
            self.pointer.let_go(event.key())
        elif event.key() == Qt.Key.Key_Control and not self.pointer.on:
            self._show_brush(event.modifiers() & ~Qt.KeyboardModifier.ControlModifier)
        super().keyReleaseEvent(event)

    def _space_pressed(self) -> None:
        """The hand that pushes the photo, or the button of the pointer."""
        if self.pointer.on:
            self.pointer.press()
        else:
            self._hold_space(True)

    def _arrow(self, dx: int, dy: int, *, far: bool, on: bool) -> None:
        """What is selected is moved, else the view over the photo. on: the key is held."""
        if self._session.selection:
            self.gestures.nudge(dx, dy, far=far, on=on)
        else:
            step = _PUSH * (4 if far else 1)
            self.push(-dx * step, -dy * step)

    def _show_brush(self, keys: Qt.KeyboardModifier) -> None:
        at = self.viewport().mapFromGlobal(QCursor.pos())
        if self.viewport().rect().contains(at):
            self.gestures.show_brush(at.toPointF(), keys, Qt.MouseButton.NoButton)

    def _peek(self, held: bool) -> None:
        """H held: the photo without its objects."""
        self._peeking = held
        self._restyle()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        self._hold_space(False)
        if self._peeking:
            self._peek(False)
        passing = (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.MenuBarFocusReason)
        self._ring.hide()
        self._teach()
        self.pointer.rest(away=event.reason() not in (*passing, Qt.FocusReason.ActiveWindowFocusReason))
        super().focusOutEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        self.pointer.rest(away=False)
        self._ring.came(event, self.viewport().geometry())
        self._teach()
        super().focusInEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._ring.fit(self.viewport().geometry())
        self.pointer.settle()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        """The menu key; a right click is the tool's."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard and self._session.selection:
            at = self.pointer.place.toPoint() if self.pointer.on else self.viewport().rect().center()
            self.menu_wanted.emit(self.viewport().mapToGlobal(at))
        event.accept()

    def zoom_about(self) -> QPointF:
        return self.pointer.place if self.pointer.on else super().zoom_about()

    def tool_cursor(self) -> Qt.CursorShape:
        """An arrow where nothing is drawn; four where a drag moves what is selected; none beside the keyboard's."""
        if self.pointer.on:
            return Qt.CursorShape.BlankCursor
        if self.gestures.tool != "select" and not self.guide.isVisible():
            return Qt.CursorShape.CrossCursor
        return Qt.CursorShape.SizeAllCursor if self.gestures.movable else Qt.CursorShape.ArrowCursor
