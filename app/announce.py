"""Words for a screen reader, where one is running."""

from __future__ import annotations

from PySide6 import QtGui
from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible


def listening() -> bool:
    return QAccessible.isActive()


def announce(place: QObject, text: str) -> None:
    """Read out after what is being read; nothing with a Qt before 6.8, which cannot."""
    event = getattr(QtGui, "QAccessibleAnnouncementEvent", None)
    if text and event is not None and listening():
        QAccessible.updateAccessibility(event(place, text))
