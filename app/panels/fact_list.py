"""Instances of the whole project as a list: picture, name, one line about it. For the review queue and the checks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath
from PySide6.QtWidgets import QListView, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app import rows
from app.crops import Crops
from app.look import Look
from app.panels.row_model import RowModel
from app.session import Session
from sscore.facts import Fact

Index = QModelIndex | QPersistentModelIndex
_ROW, _SIDE, _INSET = 58, 44, 11


class Said(NamedTuple):
    """What a row says. note: a word at the right."""

    title: str
    line: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row. key: tells rows apart; fact None: the photo as a whole; said: asked when the row is painted, for of
    hundreds of rows a dozen are seen."""

    key: object
    image: str
    fact: Fact | None
    said: Callable[[], Said]


class FactModel(RowModel):
    """Rows are replaced as a whole; `touched` when a picture has come."""

    def __init__(self, crops: Crops, parent: QWidget) -> None:
        super().__init__(parent)
        self.crops = crops
        self.entries: list[Entry] = []
        self._rows: dict[tuple[str, int], list[int]] = {}
        crops.ready.connect(self._on_crop)

    def show_entries(self, entries: Sequence[Entry]) -> None:
        self.entries = list(entries)
        self._rows = {}
        for row, entry in enumerate(self.entries):
            if entry.fact is not None:
                self._rows.setdefault((entry.image, entry.fact.id), []).append(row)
        self.reset_rows(len(self.entries))

    def row_of(self, key: object) -> int:
        return next((row for row, entry in enumerate(self.entries) if entry.key == key), -1)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        entry = self.entries[index.row()]
        if role == Qt.ItemDataRole.UserRole:
            return entry
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            said = entry.said()
            return f"{said.title}, {said.line}"
        if role == Qt.ItemDataRole.ToolTipRole:
            said, number = entry.said(), f" #{entry.fact.id}" if entry.fact else ""
            return f"{said.title}\n{said.line}\n{entry.image}{number}"
        return None

    def _on_crop(self, image: str, number: int) -> None:
        for row in self._rows.get((image, number), ()):
            self.touched.emit(self.index(row))


class _Delegate(QStyledItemDelegate):
    def __init__(self, session: Session, crops: Crops, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._crops, self._look = session, crops, look

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802 (Qt's name)
        return QSize(180, _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        entry: Entry = index.data(Qt.ItemDataRole.UserRole)
        said = entry.said()
        colours, labels = self._look.colours, self._session.labels
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        area: QRect = option.rect
        selected, hovered, focused = rows.states(option)
        back = area.adjusted(6, 2, -6, -2)
        rows.draw_ground(painter, back, colours, selected=selected, hovered=hovered, focused=focused)
        frame = QRectF(area.x() + 12, area.y() + (_ROW - _SIDE) / 2, _SIDE, _SIDE)
        crop = self._crops.get(entry.fact) if entry.fact is not None else None
        _draw_picture(painter, frame, crop, colours.hover)
        if entry.fact is None:
            inner = frame.adjusted(_INSET, _INSET, -_INSET, -_INSET).topLeft()
            painter.drawPixmap(inner, self._look.pixmap("photo", "faint", _SIDE - 2 * _INSET))
        left, right = int(frame.right()) + 10, area.right() - 14
        if entry.fact is not None:
            rows.draw_swatch(painter, rows.colour_of(labels, entry.fact.label), left, area.y() + 20, 10)
        small, narrow = rows.font_like(option.font, side=12)
        font, metrics = rows.font_like(option.font, strong=selected)
        painter.setFont(font)
        painter.setPen(QColor(colours.text))
        at = left + (16 if entry.fact is not None else 0)
        noted = narrow.horizontalAdvance(said.note) + 8 if said.note else 0
        room = right - at - noted
        title = metrics.elidedText(said.title, Qt.TextElideMode.ElideRight, room)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(at, area.y() + 9, room, 20), middle, title)
        painter.setFont(small)
        painter.setPen(QColor(colours.faint))
        if said.note:
            where = QRectF(right - noted, area.y() + 9, noted, 20)
            painter.drawText(where, middle | Qt.AlignmentFlag.AlignRight, said.note)
        line = narrow.elidedText(said.line, Qt.TextElideMode.ElideRight, right - left)
        painter.drawText(QRectF(left, area.y() + 30, right - left, 18), middle, line)
        painter.restore()


def _draw_picture(painter: QPainter, frame: QRectF, picture: QImage | None, ground: str) -> None:
    shape = QPainterPath()
    shape.addRoundedRect(frame, 5, 5)
    painter.fillPath(shape, QColor(ground))
    if picture is not None and not picture.isNull():
        painter.save()
        painter.setClipPath(shape)
        painter.drawImage(frame, picture)
        painter.restore()


class FactList(QListView):
    """`wanted` carries the entry that was gone to by mouse or arrow keys."""

    wanted = Signal(object)

    def __init__(self, session: Session, crops: Crops, look: Look, name: Callable[[], str]) -> None:
        super().__init__()
        self._name = name
        self.facts = FactModel(crops, self)
        self.facts.paint_in(self)
        self.setItemDelegate(_Delegate(session, crops, look, self))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.selectionModel().currentChanged.connect(self._on_current)
        self._quiet = False
        self.refresh()

    def refresh(self) -> None:
        self.setAccessibleName(self._name())
        self.viewport().update()

    @property
    def entry(self) -> Entry | None:
        index = self.currentIndex()
        return self.facts.entries[index.row()] if index.isValid() else None

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """The entry in hand stays so; when it is not there any more, none is: nobody has looked at its neighbours."""
        before = self.entry
        self._quiet = True
        self.facts.show_entries(entries)
        self._quiet = False
        if before is not None:
            self.mark(before.key)

    def mark(self, key: object | None) -> None:
        """Quietly make this the row in hand; None: no row is."""
        self._quiet = True
        self.setCurrentIndex(QModelIndex() if key is None else self.facts.index(self.facts.row_of(key)))
        self._quiet = False

    def go(self, row: int) -> bool:
        """Go to a row, also when it is the current one already; False when there is none."""
        if not 0 <= row < len(self.facts.entries):
            return False
        self._quiet = True
        self.setCurrentIndex(self.facts.index(row))
        self._quiet = False
        self.wanted.emit(self.facts.entries[row])
        return True

    def _on_current(self, current: QModelIndex, _before: QModelIndex) -> None:
        if current.isValid() and not self._quiet:
            self.wanted.emit(self.facts.entries[current.row()])
