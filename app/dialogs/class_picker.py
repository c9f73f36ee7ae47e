"""A class by its name: type a few letters, press Enter. For sets with more classes than number keys."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from app import rows
from app.look import Look
from sscore.labels import LabelSet
from sscore.types import UNKNOWN

_WIDTH, _ROW, _AT_MOST = 230, 28, 10
_FRAME = 6  # px around the rows


class ClassPicker(QFrame):
    """Closes itself; `chosen` is called with the label. Both languages, the key and the number find a class."""

    def __init__(self, labels: LabelSet, look: Look, chosen: Callable[[str], object], parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("card")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._chosen = chosen
        self.line = QLineEdit(placeholderText=self.tr("Class…"))
        self.line.setAccessibleName(self.tr("Part of the class's name"))
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Classes"))
        self.list.setIconSize(QSize(14, 14))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._found_by: list[str] = []
        for label in (*labels.keys, UNKNOWN):
            name, number = rows.name_of(labels, label, look.lang), rows.key_of(labels, label)
            item = QListWidgetItem(rows.swatch(rows.colour_of(labels, label)), f"{name}  {number}" if number else name)
            item.setData(Qt.ItemDataRole.UserRole, label)
            item.setSizeHint(QSize(0, _ROW))
            self.list.addItem(item)
            words = (label, labels.name(label, "en"), labels.name(label, "zh"), number)
            self._found_by.append("\n".join(words).lower())
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.addWidget(self.line)
        column.addWidget(self.list)
        self.setFixedWidth(_WIDTH)
        self.list.setFixedHeight(_ROW * min(self.list.count(), _AT_MOST) + 2 * _FRAME)
        self.line.textChanged.connect(self._filter)
        self.line.returnPressed.connect(self._take)
        self.list.itemClicked.connect(self._take)
        self.list.setCurrentRow(0)

    def open_at(self, at: QPoint) -> None:
        """at: the middle of its upper edge, on the screen."""
        self.adjustSize()
        room = self.parentWidget().screen().availableGeometry()
        spot = at - QPoint(self.width() // 2, 0)
        right, below = room.right() - self.width(), room.bottom() - self.height()
        self.move(max(min(spot.x(), right), room.left()), max(min(spot.y(), below), room.top()))
        self.show()
        self.line.setFocus(Qt.FocusReason.PopupFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Up and Down move through the list while the line is written in."""
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            shown = [row for row in range(self.list.count()) if not self.list.item(row).isHidden()]
            if shown:
                at = shown.index(self.list.currentRow()) if self.list.currentRow() in shown else 0
                self.list.setCurrentRow(shown[(at + (1 if event.key() == Qt.Key.Key_Down else -1)) % len(shown)])
        else:
            super().keyPressEvent(event)

    def _filter(self, text: str) -> None:
        wanted = text.strip().lower()
        shown = [row for row, words in enumerate(self._found_by) if wanted in words]
        for row in range(self.list.count()):
            self.list.item(row).setHidden(row not in shown)
        # What begins so goes before what only holds it.
        first = [row for row in shown if any(one.startswith(wanted) for one in self._found_by[row].split("\n"))]
        self.list.setCurrentRow((first or shown or [-1])[0])

    def _take(self, *_: object) -> None:
        item = self.list.currentItem()
        self.close()
        if item is not None and not item.isHidden():
            self._chosen(item.data(Qt.ItemDataRole.UserRole))
