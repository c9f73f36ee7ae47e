"""The line in which a dialog says how it goes, and the height that its wrapped lines need."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QLabel, QLayout, QPushButton, QWidget

from app.look import Look

_FRAME = 40  # px that a window's title takes at most
_LINE = 3  # px by which the words of a box to tick stand lower than those of a label


class Says(QLabel):
    """Not seen until something is said."""

    def __init__(self, look: Look) -> None:
        super().__init__(wordWrap=True)
        self._look = look
        self.setProperty("role", "title")
        self.hide()

    def say(self, text: str, colour: str) -> None:
        """colour: an entry of the palette."""
        self.setText(text)
        self.setStyleSheet(f"color: {getattr(self._look.colours, colour)};")
        self.show()


def room(window: QWidget) -> int:
    """px that the screen leaves for the height of a window, without its frame."""
    return window.screen().availableGeometry().height() - _FRAME


def fit_height(window: QWidget, *, shrink: bool = False) -> None:
    """As tall as its wrapped lines need, which a window does not become by itself; no taller than the screen. Without
    `shrink`, never less tall than it is."""
    layout = window.layout()
    assert layout is not None
    layout.activate()
    needed = min(layout.totalHeightForWidth(window.width()), room(window))
    least = window.minimumHeight() if shrink else window.height()
    window.resize(window.width(), max(needed, least))


def beside_first(form: QFormLayout, field: QLayout) -> None:
    """The name of a field of several lines stands beside the first of them."""
    label = form.labelForField(field)
    assert label is not None
    label.setContentsMargins(0, _LINE, 0, 0)
    form.setAlignment(label, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)


def lead(first: QPushButton, *buttons: QPushButton) -> None:
    """One of the buttons stands out: what comes next."""
    for button in buttons:
        wanted = "true" if button is first else "false"
        if button.property("primary") != wanted:
            button.setProperty("primary", wanted)
            button.style().unpolish(button)
            button.style().polish(button)
