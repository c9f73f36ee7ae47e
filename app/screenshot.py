"""A picture of the real window, for the guide and for looking at one's work."""

from __future__ import annotations

import time
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from app.window import Window

_LOOK_MS, _QUIET_LOOKS, _PATIENCE_S = 100, 5, 90.0


def grab_when_settled(window: Window, file: Path) -> None:
    """Once nothing has been read, computed or written for half a second: save the picture and quit."""
    started = time.monotonic()
    quiet = 0
    clock = QTimer(window, interval=_LOOK_MS)

    def look() -> None:
        nonlocal quiet
        quiet = quiet + 1 if window.settled and window.session.project is not None else 0
        if quiet >= _QUIET_LOOKS or time.monotonic() - started > _PATIENCE_S:
            clock.stop()
            file.parent.mkdir(parents=True, exist_ok=True)
            saved = window.grab().save(str(file))
            window.close()
            QApplication.exit(0 if saved else 1)

    clock.timeout.connect(look)
    clock.start()
