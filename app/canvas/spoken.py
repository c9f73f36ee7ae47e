"""What those hear who do not see the photo: where the keyboard's pointer is, what lies there, what is selected."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QTimer
from PySide6.QtWidgets import QWidget

from app.announce import announce, listening

_REST_MS = 250  # a key that is held moves the pointer thirty times a second


class Spoken:
    """`under`: what lies at an image point, in words. Costs nothing unless a screen reader is running."""

    def __init__(self, view: QWidget, under: Callable[[float, float], str]) -> None:
        self._view, self._under = view, under
        self._at = QPointF()
        self._rest = QTimer(view, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._tell)

    def pointed(self, at: QPointF) -> None:
        """The pointer is there now, image px; told once it rests."""
        if listening():
            self._at = at
            self._rest.start()

    def say(self, text: str) -> None:
        announce(self._view, text)

    def _tell(self) -> None:
        x, y = self._at.x(), self._at.y()
        what = self._under(x, y)
        self.say(f"{what}, {int(x)}, {int(y)} px" if what else f"{int(x)}, {int(y)} px")
