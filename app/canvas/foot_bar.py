"""What bars at the foot of the canvas share: their place, and how they fit into a narrow window."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QGridLayout, QHBoxLayout, QLabel, QLayout, QPushButton, QWidget

_EDGE, _BELOW = 8, 14  # px to the edges of the canvas
_ENTER, _TABS = (Qt.Key.Key_Return, Qt.Key.Key_Enter), (Qt.Key.Key_Tab, Qt.Key.Key_Backtab)


class FootBar(QFrame):
    """`groups` stand side by side where there is room for that, else one below the other; below them goes `foot`.
    `wrapping`: labels that may take several lines then.

    While one of its controls has the keyboard, Tab goes from one to the next and then back to the canvas, Enter presses
    a button or means the bar, Esc leaves it, and letters are the keys of the window."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self._flow = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._wrapping: tuple[QLabel, ...] = ()

    def arrange(self, *groups: tuple[QWidget, ...], foot: QLayout | QWidget, wrapping: tuple[QLabel, ...]) -> None:
        """To be called once, when the widgets have been made."""
        self._flow.setSpacing(12)
        for group in groups:
            line = QHBoxLayout()
            line.setSpacing(10)
            for widget in group:
                line.addWidget(widget)
            self._flow.addLayout(line)
        self._wrapping = wrapping
        grid = QGridLayout(self)
        grid.setContentsMargins(16, 10, 12, 10)
        grid.setVerticalSpacing(6)
        grid.addLayout(self._flow, 0, 0)
        if isinstance(foot, QLayout):
            grid.addLayout(foot, 1, 0)
        else:
            grid.addWidget(foot, 1, 0)
        for control in self._controls():
            control.installEventFilter(self)

    def entered(self) -> None:
        """Enter in a field."""

    def left(self) -> None:
        """Esc in a control."""
        self.parentWidget().setFocus(Qt.FocusReason.OtherFocusReason)

    def take_focus(self) -> bool:
        """Give the keyboard to the first control; False when there is none to use."""
        usable = self._usable()
        if usable:
            usable[0].setFocus(Qt.FocusReason.TabFocusReason)
        return bool(usable)

    def _controls(self) -> list[QWidget]:
        direct = self.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
        return [one for one in direct if one.focusPolicy().value & Qt.FocusPolicy.TabFocus.value]

    def _usable(self) -> list[QWidget]:
        return [one for one in self._controls() if one.isVisible() and one.isEnabled()]

    def _step(self, here: QWidget, step: int) -> None:
        usable = self._usable()
        at = usable.index(here) + step if here in usable else 0
        if 0 <= at < len(usable):
            usable[at].setFocus(Qt.FocusReason.TabFocusReason if step > 0 else Qt.FocusReason.BacktabFocusReason)
        else:
            self.parentWidget().setFocus(Qt.FocusReason.TabFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        if not isinstance(event, QKeyEvent) or not isinstance(watched, QWidget):
            return super().eventFilter(watched, event)
        key, plain = event.key(), not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier
        ours = key in _ENTER or key in _TABS or key == Qt.Key.Key_Escape
        if event.type() == QEvent.Type.ShortcutOverride:
            if ours:
                event.accept()  # not the window's accept and cancel
            elif plain and Qt.Key.Key_A <= key <= Qt.Key.Key_Z:
                event.ignore()  # a field of numbers has no use for letters
                return True
        elif event.type() == QEvent.Type.KeyPress and ours:
            if key in _TABS:
                self._step(watched, -1 if key == Qt.Key.Key_Backtab else 1)
            elif key == Qt.Key.Key_Escape:
                self.left()
            elif isinstance(watched, QPushButton):
                watched.click()
            else:
                self.entered()
            return True
        return super().eventFilter(watched, event)

    def place_in(self, room: QRect) -> None:
        """At the foot of the canvas, in the middle."""
        most = room.width() - 2 * _EDGE
        self._stack(False)
        if self.sizeHint().width() > most:
            self._stack(True)
        wanted = self.sizeHint()
        width = max(min(wanted.width(), most), self.minimumSizeHint().width())
        layout = self.layout()
        height = layout.heightForWidth(width) if layout.hasHeightForWidth() else wanted.height()
        self.setGeometry((room.width() - width) // 2, room.height() - height - _BELOW, width, height)

    def _stack(self, on: bool) -> None:
        for label in self._wrapping:
            label.setWordWrap(on)
        down, across = QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight
        self._flow.setDirection(down if on else across)
        self._flow.setSpacing(6 if on else 12)
        self.layout().activate()
