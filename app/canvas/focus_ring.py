"""A line around the photo when the keyboard has come to it by a key, so that one sees where one is."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFocusEvent, QPainter, QPaintEvent, QRegion
from PySide6.QtWidgets import QWidget

from app.look import Look

_WIDTH = 2  # px
_BY_KEY = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason)


class FocusRing(QWidget):
    """Lies over the view, which must not be the viewport: that would push it along with the photo."""

    def __init__(self, look: Look, view: QWidget) -> None:
        super().__init__(view)
        self._look = look
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def came(self, event: QFocusEvent, area: QRect) -> None:
        """The view has got the focus. area: of the viewport, px of the view."""
        if event.reason() in _BY_KEY:
            self.fit(area)
            self.show()
            self.raise_()

    def fit(self, area: QRect) -> None:
        self.setGeometry(area)
        inner = self.rect().adjusted(_WIDTH, _WIDTH, -_WIDTH, -_WIDTH)
        self.setMask(QRegion(self.rect()) - QRegion(inner))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        QPainter(self).fillRect(self.rect(), QColor(self._look.colours.accent))
