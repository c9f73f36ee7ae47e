"""A short table to read: as wide as its words, as high as its rows, nothing to select."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class ReadTable(QTreeWidget):
    """The columns after the first are numbers, the last as well unless `words` says that it has words."""

    def __init__(self, name: str, heads: Sequence[str], *, words: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setHeaderLabels(list(heads))
        self.header().setStretchLastSection(words)
        self.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        if not words:
            self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self._numbers = range(1, len(heads) - words)
        for column in self._numbers:
            self.headerItem().setTextAlignment(column, _RIGHT)

    def add(self, texts: Sequence[str], last_colour: str = "") -> None:
        item = QTreeWidgetItem(list(texts))
        for column in self._numbers:
            item.setTextAlignment(column, _RIGHT)
        if last_colour:
            item.setForeground(len(texts) - 1, QBrush(QColor(last_colour)))
        for column, text in enumerate(texts):
            item.setToolTip(column, text)
        self.addTopLevelItem(item)

    def fit(self, most: int) -> None:
        """As high as its rows, of which `most` are seen at once."""
        count = min(self.topLevelItemCount(), most)
        row = self.sizeHintForRow(0) if count else 0
        self.setFixedHeight(self.header().sizeHint().height() + count * row + 2 * self.frameWidth() + 2)
