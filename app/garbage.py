"""Python's search for garbage: in the window's thread alone, and not before the models are there."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication

if TYPE_CHECKING:
    from app.window import Window

_EVERY_MS = 500


class Garbage(QObject):
    """By itself Python searches in whichever thread asks for memory, and what it finds it ends there: a widget that a
    thread of a lane takes down while the window paints can take the program with it."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._clock = QTimer(self, interval=_EVERY_MS)
        self._clock.timeout.connect(self._search)

    def begin(self) -> None:
        """What is there by now is never looked at again: a search through all of it takes 30 ms."""
        if not self._clock.isActive():
            gc.freeze()
            self._clock.start()

    def _search(self) -> None:
        """As far as Python itself would by now, but through everything only while no mouse button is down."""
        count, limit = gc.get_count(), gc.get_threshold()
        if count[0] < limit[0]:
            return
        if count[1] < limit[1]:
            gc.collect(0)
        elif count[2] < limit[2] or QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton:
            gc.collect(1)
        else:
            gc.collect(2)


def spare_collections(window: Window) -> None:
    """No search while the window starts."""
    garbage = Garbage(window)

    def at_rest() -> None:
        if not window.assistant.loading:
            garbage.begin()

    window.assistant.models_changed.connect(at_rest)
