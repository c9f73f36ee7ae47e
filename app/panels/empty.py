"""What a list says while there is nothing in it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QAbstractItemView, QLabel

_TOP, _SIDE = 18, 16


class EmptyHint(QLabel):
    """Lies over the empty view; "" hides it. Clicks go through it."""

    def __init__(self, view: QAbstractItemView) -> None:
        super().__init__(view.viewport(), wordWrap=True)
        self._view = view
        self.setProperty("role", "muted")
        self.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        view.viewport().installEventFilter(self)
        self.hide()

    def say(self, text: str) -> None:
        self.setText(text)
        self.setVisible(bool(text))
        self._view.setAccessibleDescription(text)
        self._place()

    def _place(self) -> None:
        width = max(self._view.viewport().width() - 2 * _SIDE, 40)
        self.setGeometry(_SIDE, _TOP, width, self.heightForWidth(width))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)
