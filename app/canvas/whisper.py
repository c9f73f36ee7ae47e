"""A few words beside the mouse: why what was just tried there did nothing."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

_MS = 3500
_AWAY = QPoint(16, 20)  # px from the mouse


class Whisper(QFrame):
    """It goes by itself, and never takes the mouse."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._text = QLabel()
        line = QHBoxLayout(self)
        line.setContentsMargins(10, 6, 10, 6)
        line.addWidget(self._text)
        self._clock = QTimer(self, singleShot=True, interval=_MS)
        self._clock.timeout.connect(self.hide)
        self.hide()

    @property
    def text(self) -> str:
        return self._text.text() if not self.isHidden() else ""

    def say(self, text: str, at: QPoint) -> None:
        """at: the mouse, px of the parent; the words stay within the parent."""
        self._text.setText(text)
        self.setAccessibleName(text)
        self.adjustSize()
        room = self.parentWidget().rect()
        spot = at + _AWAY
        if spot.x() + self.width() > room.right():
            spot.setX(max(at.x() - _AWAY.x() - self.width(), 0))
        if spot.y() + self.height() > room.bottom():
            spot.setY(max(at.y() - _AWAY.y() - self.height(), 0))
        self.move(spot)
        self.show()
        self.raise_()
        self._clock.start()
