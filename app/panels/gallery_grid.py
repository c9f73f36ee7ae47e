"""The grid of the gallery: one picture for each instance, and the keys that mean something to it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QKeySequence, QPainter, QPen
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app import rows
from app.crops import SIDE, Crops
from app.look import Look
from app.panels.row_model import RowModel
from app.session import Session
from app.theme import Palette
from sscore.facts import Fact
from sscore.types import UNKNOWN

Index = QModelIndex | QPersistentModelIndex
_CELL = QSize(SIDE + 12, SIDE + 32)
MARKS = {"proposed": "warn", "reviewed": "ok", "rejected": "danger"}
"""States that a picture shows, and the entry of the palette: each has a form of its own, too."""
BADGE = 14  # px of such a mark


class Pictures:
    """Instances in the order of their pictures, and where each is; made away from the window's thread."""

    def __init__(self, facts: list[Fact]) -> None:
        self.facts = facts
        self.rows = {(fact.image, fact.id): row for row, fact in enumerate(facts)}
        self.ids: dict[str, list[int]] = {}
        for fact in facts:
            self.ids.setdefault(fact.image, []).append(fact.id)


class GalleryModel(RowModel):
    """One picture for each instance. A row stays where it is while its instance is edited."""

    def __init__(self, crops: Crops, describe: Callable[[Fact], str], parent: QWidget) -> None:
        """describe: an instance in words."""
        super().__init__(parent)
        self._all, self._describe = Pictures([]), describe
        crops.ready.connect(self._on_crop)

    @property
    def facts(self) -> list[Fact]:
        return self._all.facts

    def show_all(self, these: Pictures) -> None:
        self._all = these
        self.reset_rows(len(these.facts))

    def lost(self, image: str, there: set[int]) -> bool:
        """Whether a row shows an instance of this photo that is not there any more."""
        return any(number not in there for number in self._all.ids.get(image, ()))

    def renew(self, fact: Fact) -> None:
        row = self._all.rows.get((fact.image, fact.id))
        if row is not None and self.facts[row] != fact:
            self.facts[row] = fact
            self.touched.emit(self.index(row))

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        fact = self.facts[index.row()]
        if role == Qt.ItemDataRole.UserRole:
            return fact
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._describe(fact)
        return None

    def _on_crop(self, image: str, number: int) -> None:
        row = self._all.rows.get((image, number))
        if row is not None:
            self.touched.emit(self.index(row))


def draw_mark(painter: QPainter, colours: Palette, status: str, x: float, y: float) -> None:
    """A ring for what is proposed, a tick for what is reviewed, a cross for what is rejected."""
    where, strong = QRectF(x, y, BADGE, BADGE), QColor(getattr(colours, MARKS[status]))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colours.surface))
    painter.drawEllipse(where)
    if status == "proposed":
        painter.setPen(QPen(strong, 2.5))
        painter.drawEllipse(where.adjusted(3, 3, -3, -3))
        return
    painter.setBrush(strong)
    painter.drawEllipse(where.adjusted(1, 1, -1, -1))
    painter.setPen(QPen(QColor(colours.surface), 1.8, c=Qt.PenCapStyle.RoundCap))
    for line in _TICK if status == "reviewed" else _CROSS:
        painter.drawPolyline([QPointF(x + right, y + down) for right, down in line])


_TICK = (((4.0, 7.3), (6.3, 9.6), (10.2, 4.9)),)
_CROSS = (((4.8, 4.8), (9.2, 9.2)), ((9.2, 4.8), (4.8, 9.2)))


class PictureDelegate(QStyledItemDelegate):
    def __init__(self, session: Session, crops: Crops, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._crops, self._look = session, crops, look

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802 (Qt's name)
        return _CELL

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        fact: Fact = index.data(Qt.ItemDataRole.UserRole)
        colours, labels = self._look.colours, self._session.labels
        area: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(area.x() + 6, area.y() + 5, SIDE, SIDE)
        picture = self._crops.get(fact)
        if picture is None or picture.isNull():
            painter.fillRect(frame, QColor(colours.hover))
        else:
            painter.drawImage(frame, picture)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(QPen(QColor(colours.accent), 3))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(frame.adjusted(-1.5, -1.5, 1.5, 1.5), 3, 3)
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(QPen(QColor(colours.faint), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(frame)
        if fact.status in MARKS:
            draw_mark(painter, colours, fact.status, frame.right() - BADGE - 4, frame.top() + 4)
        middle = frame.bottom() + 12
        rows.draw_swatch(painter, rows.colour_of(labels, fact.label), frame.x() + 1, middle, 9)
        font = QFont(option.font)
        font.setPixelSize(12)
        painter.setFont(font)
        # The margin is that of the classifier's name, and says nothing of another one that a person gave.
        shown = fact.margin is not None and fact.label in (fact.guess, UNKNOWN)
        value = f"{fact.margin:.2f}" if shown else ""
        metrics = QFontMetrics(font)
        taken = metrics.horizontalAdvance(value) + 4
        line = QRectF(frame.x() + 14, middle - 9, frame.width() - 14, 18)
        painter.setPen(QColor(colours.faint))
        painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, value)
        painter.setPen(QColor(colours.text))
        name = rows.name_of(labels, fact.label, self._look.lang)
        name = metrics.elidedText(name, Qt.TextElideMode.ElideRight, int(line.width() - taken))
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
        painter.restore()


class Grid(QListView):
    """`pressed_key` for keys that mean something here: a digit, "return", "right", "wrong" or "undo"."""

    pressed_key = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setUniformItemSizes(True)
        self.setGridSize(_CELL)
        self.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        text, pressed = event.text(), QKeySequence(event.keyCombination())
        own = {action: self._look.keys(action) for action in ("right", "wrong", "undo", "redo")}
        meant = (action for action, keys in own.items() if pressed in map(QKeySequence, keys))
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.pressed_key.emit("return")
        elif plain and text and text in "0123456789":
            self.pressed_key.emit(text)
        elif action := next(meant, ""):
            self.pressed_key.emit(action)
        else:
            super().keyPressEvent(event)
