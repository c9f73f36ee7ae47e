"""Windows no larger than the screen they open on, such as 1366 × 768 at 125 %."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

_FRAME = QSize(16, 40)  # that the desktop draws around a window


def open_at(window: QWidget, width: int, height: int) -> None:
    """Of this size (px), where the screen has room for it."""
    window.resize(QSize(width, height).boundedTo(window.screen().availableSize() - _FRAME))
