"""What bars at the foot of the canvas share: their place, and how they fit into a narrow window."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QBoxLayout, QFrame, QGridLayout, QHBoxLayout, QLabel, QLayout, QWidget

_EDGE, _BELOW = 8, 14  # px to the edges of the canvas


class FootBar(QFrame):
    """`groups` stand side by side where there is room for that, else one below the other; below them goes `foot`.
    `wrapping`: labels that may take several lines then."""

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
