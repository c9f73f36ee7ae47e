"""The list of classes beside the gallery: how many objects each has, in a column at the right."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app import rows
from app.look import Look

Index = QModelIndex | QPersistentModelIndex
COUNT = Qt.ItemDataRole.UserRole + 1
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class CountDelegate(QStyledItemDelegate):
    """The row as the stylesheet has it, and its COUNT."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        count, (_, _, focused) = index.data(COUNT), rows.states(option)
        area: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if focused:
            rows.draw_ground(painter, area, self._look.colours, selected=False, hovered=False, focused=True)
        painter.setFont(rows.font_like(option.font, side=12)[0])
        painter.setPen(QColor(self._look.colours.muted))
        painter.drawText(area.adjusted(0, 0, -10, 0), _RIGHT, "" if count is None else str(count))
        painter.restore()
