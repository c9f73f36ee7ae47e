"""The list of models: two lines each, greyed where the weights are not on this computer."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app import model_words, rows
from app.look import Look
from app.stock import Row, Stock

_HEIGHT = 50
_ROW = Qt.ItemDataRole.UserRole
_Index = QModelIndex | QPersistentModelIndex


class ModelList(QListWidget):
    """Rows of the stock. `current_changed` tells the id of the row in hand; several can be selected for a pack."""

    current_changed = Signal(str)

    def __init__(self, stock: Stock, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stock, self._look = stock, look
        self.in_use: frozenset[str] = frozenset()
        self.setObjectName("models")
        self.setItemDelegate(_Delegate(self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.currentItemChanged.connect(lambda *_: self.current_changed.emit(self.current_id))

    @property
    def current_id(self) -> str:
        item = self.currentItem()
        return item.data(_ROW).card.id if item is not None else ""

    @property
    def chosen(self) -> list[Row]:
        return [item.data(_ROW) for item in self.selectedItems()]

    def show_rows(self, in_use: frozenset[str]) -> None:
        """Take the rows of the stock, those that can be used first; who was selected stays selected."""
        self.in_use = in_use
        rows = sorted(self._stock.rows, key=lambda row: not row.here)
        if [self.item(i).data(_ROW).card.id for i in range(self.count())] != [row.card.id for row in rows]:
            current, chosen = self.current_id, {row.card.id for row in self.chosen}
            self.clear()
            for row in rows:
                item = QListWidgetItem()
                item.setData(_ROW, row)
                self.addItem(item)
                item.setSelected(row.card.id in chosen)
            self.go(current)
        for index, row in enumerate(rows):
            item = self.item(index)
            item.setData(_ROW, row)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{row.card.id}, {model_words.place(row)}")
        self.viewport().update()

    def go(self, model_id: str) -> None:
        """Make this the row in hand, or the first one."""
        ids = [self.item(i).data(_ROW).card.id for i in range(self.count())]
        if ids:
            self.setCurrentRow(ids.index(model_id) if model_id in ids else 0)
            self.scrollToItem(self.currentItem())

    def draw(self, painter: QPainter, area: QRect, row: Row, *, chosen: bool, hovered: bool, focused: bool) -> None:
        colours = self._look.colours
        work = self._stock.work_on(row.card.id)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        back = area.adjusted(6, 1, -6, -1)
        rows.draw_ground(painter, back, colours, selected=chosen, hovered=hovered, focused=focused)
        inner = area.adjusted(18, 7, -18, -7)
        name, line = QRect(inner), QRect(inner)
        name.setHeight(18)
        line.setTop(name.bottom() + 1)
        font = QFont(painter.font())
        font.setPixelSize(13)
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        absent = colours.muted if chosen else colours.faint
        painter.setPen(QColor(colours.text if row.here else absent))
        painter.drawText(name, _LEFT, row.card.id)
        small = QFont(font)
        small.setPixelSize(12)
        small.setWeight(QFont.Weight.Normal)
        painter.setFont(small)
        used = row.card.id in self.in_use
        painter.setPen(QColor(colours.ok if used else colours.muted if row.here or work else absent))
        place = self.tr("in use") if used else model_words.place(row)
        text = (
            model_words.progress_short(work)
            if work
            else " · ".join(part for part in (place, model_words.size(row.state.bytes)) if part)
        )
        painter.drawText(line, _LEFT, QFontMetrics(small).elidedText(text, Qt.TextElideMode.ElideRight, line.width()))
        if work is not None and work.total:
            _draw_bar(painter, QRectF(back.x() + 12, back.bottom() - 4, back.width() - 24, 2.5), work.done / work.total,
                      colours.pressed, colours.accent)  # fmt: skip
        painter.restore()


class _Delegate(QStyledItemDelegate):
    def __init__(self, view: ModelList) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:  # noqa: N802 (Qt's name)
        return QSize(200, _HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        state = option.state  # type: ignore[attr-defined]
        self._view.draw(
            painter,
            option.rect,  # type: ignore[attr-defined]
            index.data(_ROW),
            chosen=bool(state & QStyle.StateFlag.State_Selected),
            hovered=bool(state & QStyle.StateFlag.State_MouseOver),
            focused=bool(state & QStyle.StateFlag.State_HasFocus),
        )


def _draw_bar(painter: QPainter, track: QRectF, share: float, ground: str, colour: str) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(ground))
    painter.drawRoundedRect(track, 1.2, 1.2)
    painter.setBrush(QColor(colour))
    painter.drawRoundedRect(QRectF(track.x(), track.y(), track.width() * min(share, 1.0), track.height()), 1.2, 1.2)


_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
