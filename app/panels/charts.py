"""Small drawings of figures: bars, a line, a map, a table of confusions. Each has a description for screen readers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QLinearGradient,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app.look import Look

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_CENTRE = Qt.AlignmentFlag.AlignCenter
_SCALE = 10  # px, width of a scale of colours


class Chart(QWidget):
    """What all share: the look, the font, a description."""

    def __init__(self, look: Look, height: int) -> None:
        super().__init__()
        self.look = look
        self.setMinimumHeight(height)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        look.changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        return QSize(320, self.minimumHeight())

    def begin(self) -> tuple[QPainter, QFontMetrics]:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self.small())
        return painter, QFontMetrics(self.small())

    def small(self) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(12)
        return font


@dataclass(frozen=True, slots=True)
class Bar:
    """One row: parts are (value, colour), drawn one after the other; count and note stand in columns at the right."""

    name: str
    parts: tuple[tuple[float, str], ...]
    count: str
    note: str = ""


class Bars(Chart):
    """Rows of stacked bars on one scale."""

    _ROW = 26

    def __init__(self, look: Look) -> None:
        super().__init__(look, 60)
        self._bars: Sequence[Bar] = ()

    def show_bars(self, bars: Sequence[Bar]) -> None:
        self._bars = bars
        self.setMinimumHeight(max(len(bars), 1) * self._ROW + 4)
        self.setAccessibleDescription("; ".join(f"{bar.name}: {bar.count} {bar.note}".strip() for bar in bars))
        self.updateGeometry()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        painter, metrics = self.begin()
        colours = self.look.colours
        names = _widest(metrics, [bar.name for bar in self._bars])
        counts = _widest(metrics, [bar.count for bar in self._bars])
        notes = _widest(metrics, [bar.note for bar in self._bars])
        room = self.width() - names - counts - notes
        most = max((sum(value for value, _ in bar.parts) for bar in self._bars), default=0) or 1
        for row, bar in enumerate(self._bars):
            y = row * self._ROW
            painter.setPen(QColor(colours.text))
            painter.drawText(QRectF(0, y, names, self._ROW), _LEFT, bar.name)
            x = float(names)
            for value, colour in bar.parts:
                width = room * value / most
                painter.fillRect(QRectF(x, y + 6, width, self._ROW - 12), QColor(colour))
                x += width
            painter.drawText(QRectF(names + room, y, counts, self._ROW), _RIGHT, bar.count)
            painter.setPen(QColor(colours.muted))
            painter.drawText(QRectF(self.width() - notes, y, notes, self._ROW), _RIGHT, bar.note)
        painter.end()


def _widest(metrics: QFontMetrics, texts: Sequence[str]) -> int:
    """px of a column of texts, and some room beside it."""
    return max((metrics.horizontalAdvance(text) for text in texts), default=0) + 12


class Line(Chart):
    """A growing total over days."""

    def __init__(self, look: Look) -> None:
        super().__init__(look, 190)
        self._points: Sequence[tuple[str, int]] = ()

    def show_points(self, points: Sequence[tuple[str, int]]) -> None:
        """points: (day, total), oldest first."""
        self._points = points
        self.setAccessibleDescription("; ".join(f"{day}: {total}" for day, total in points[-30:]))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        painter, metrics = self.begin()
        colours = self.look.colours
        if self._points:
            most = max(total for _, total in self._points) or 1
            left = metrics.horizontalAdvance(str(most)) + 8
            area = QRectF(left, 8, self.width() - left - 8, self.height() - 32)
            painter.setPen(QPen(QColor(colours.border), 1))
            for share in (0.0, 0.5, 1.0):
                y = area.bottom() - share * area.height()
                painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(QColor(colours.muted))
            painter.drawText(QRectF(0, area.top() - 8, left - 6, 16), _RIGHT, str(most))
            painter.drawText(QRectF(0, area.bottom() - 8, left - 6, 16), _RIGHT, "0")
            below = QRectF(area.left(), area.bottom() + 4, area.width(), 18)
            painter.drawText(below, _LEFT, self._points[0][0])
            if len(self._points) > 1:
                painter.drawText(below, _RIGHT, self._points[-1][0])
            step = area.width() / max(len(self._points) - 1, 1)
            line = [
                QPointF(area.left() + at * step, area.bottom() - total / most * area.height())
                for at, (_, total) in enumerate(self._points)
            ]
            shape = QPainterPath(QPointF(area.left(), area.bottom()))
            for point in line:
                shape.lineTo(point)
            shape.lineTo(line[-1].x(), area.bottom())
            ground = QColor(colours.accent)
            ground.setAlpha(50)
            painter.fillPath(shape, ground)
            painter.setPen(QPen(QColor(colours.accent), 2))
            painter.drawPolyline(line)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.accent))
            painter.drawEllipse(line[-1], 3.5, 3.5)
        painter.end()


class HeatMap(Chart):
    """Counts on the photo's area: where pieces lie."""

    def __init__(self, look: Look) -> None:
        super().__init__(look, 190)
        self._table: npt.NDArray[np.int64] = np.zeros((1, 1), np.int64)

    def show_table(self, table: npt.NDArray[np.int64]) -> None:
        """table: (rows, columns), the first row at the top."""
        self._table = table
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        painter, metrics = self.begin()
        rows, columns = self._table.shape
        most = max(int(self._table.max()), 1)
        scale = _SCALE + metrics.horizontalAdvance(str(most)) + 22
        height = self.height() - 2
        width = min(self.width() - 2 - scale, height * 3 // 2)
        painter.fillRect(QRectF(0, 0, width, height), QColor(self.look.colours.hover))
        colour = QColor(self.look.colours.accent)
        for row, column in np.argwhere(self._table).tolist():
            colour.setAlphaF(_strength(float(self._table[row, column]) / most))
            cell = QRectF(column * width / columns, row * height / rows, width / columns, height / rows)
            painter.fillRect(cell, colour)
        if self._table.any():
            self._draw_scale(painter, QRectF(width + 14, 0, _SCALE, height), most)
        painter.end()

    def _draw_scale(self, painter: QPainter, where: QRectF, most: int) -> None:
        """What a colour stands for: 0 at the foot, `most` at the top."""
        painter.fillRect(where, QColor(self.look.colours.hover))
        ramp, colour = QLinearGradient(where.bottomLeft(), where.topLeft()), QColor(self.look.colours.accent)
        for share in (0.0, 1.0):
            colour.setAlphaF(_strength(share))
            ramp.setColorAt(share, colour)
        painter.fillRect(where, ramp)
        painter.setPen(QColor(self.look.colours.muted))
        beside = QRectF(where.right() + 6, where.y(), 60, where.height())
        painter.drawText(beside, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, str(most))
        painter.drawText(beside, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, "0")


def _rgb(colour: QColor) -> tuple[float, float, float]:
    return colour.redF(), colour.greenF(), colour.blueF()


def mixed(over: str, below: str, share: float) -> QColor:
    """share: of the upper colour, 0..1."""
    one, other = QColor(over), QColor(below)
    red, green, blue = (share * up + (1 - share) * down for up, down in zip(_rgb(one), _rgb(other), strict=True))
    return QColor.fromRgbF(red, green, blue)


def ink_on(ground: QColor) -> QColor:
    """Black or white, whichever is read better on it (contrast 4.5 at least)."""
    light = (v / 12.92 if v <= 0.03928 else ((v + 0.055) / 1.055) ** 2.4 for v in _rgb(ground))
    bright = sum(weight * v for weight, v in zip((0.2126, 0.7152, 0.0722), light, strict=True))
    return QColor("black" if bright > 0.179 else "white")


def _strength(share: float) -> float:
    """How opaque the colour of a field is, from its share of the most."""
    return 0.12 + 0.88 * share


class Matrix(Chart):
    """Rows: what people said; columns: what the model said. `picked`: (row, column) of a cell that was clicked, or gone
    to by arrow keys and chosen with Enter or Space."""

    picked = Signal(int, int)
    _NARROW, _BROAD, _HIGH = 36, 88, 28

    def __init__(self, look: Look) -> None:
        super().__init__(look, 120)
        self._table: npt.NDArray[np.int64] = np.zeros((0, 0), np.int64)
        self._names: Sequence[str] = ()
        self._short: Sequence[str] = ()
        self._at = (-1, -1)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def show_table(self, table: npt.NDArray[np.int64], names: Sequence[str], short: Sequence[str], tip: str) -> None:
        """short: over columns that are too narrow for the name."""
        self._table, self._names, self._short = table, names, short
        self.setToolTip(tip)
        self.setMinimumHeight((len(names) + 1) * self._HIGH + 6)
        wrong = [(int(table[r, c]), r, c) for r, c in np.argwhere(table).tolist() if r != c]
        said = sorted(wrong, reverse=True)[:12]
        self.setAccessibleDescription("; ".join(f"{names[r]} → {names[c]}: {n}" for n, r, c in said))
        self.updateGeometry()
        self.update()

    def _left(self, metrics: QFontMetrics) -> int:
        return max((metrics.horizontalAdvance(name) for name in self._names), default=0) + 10

    def _wide(self, left: int) -> int:
        """Width of a column: as the room allows."""
        return min(max((self.width() - left) // max(len(self._names), 1), self._NARROW), self._BROAD)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        painter, metrics = self.begin()
        colours, left, high = self.look.colours, self._left(metrics), self._HIGH
        wide = self._wide(left)
        for at, (name, brief) in enumerate(zip(self._names, self._short, strict=True)):
            painter.setPen(QColor(colours.muted))
            head = name if metrics.horizontalAdvance(name) <= wide - 2 else brief
            head = metrics.elidedText(head, Qt.TextElideMode.ElideRight, wide - 2)
            painter.drawText(QRectF(left + at * wide, 0, wide - 2, high), _CENTRE, head)
            painter.setPen(QColor(colours.text))
            painter.drawText(QRectF(0, (at + 1) * high, left - 8, high), _RIGHT, name)
        most = max(int(self._table.max()) if self._table.size else 1, 1)
        for row in range(len(self._names)):
            for column in range(len(self._names)):
                count = int(self._table[row, column])
                where = QRectF(left + column * wide, (row + 1) * high, wide - 2, high - 2)
                strong = colours.ok if row == column else colours.danger
                ground = mixed(strong, colours.raised, 0.18 + 0.6 * count / most) if count else QColor(colours.hover)
                painter.setBrush(ground)
                framed = (row, column) == self._at and (count or self.hasFocus())
                painter.setPen(QPen(QColor(colours.accent), 2) if framed else Qt.PenStyle.NoPen)
                painter.drawRoundedRect(where, 3, 3)
                if count:
                    painter.setPen(ink_on(ground))
                    painter.drawText(where, _CENTRE, str(count))
        painter.end()

    def _cell_at(self, at: QPointF) -> tuple[int, int]:
        left = self._left(QFontMetrics(self.small()))
        column = int((at.x() - left) // self._wide(left))
        row = int(at.y() // self._HIGH) - 1
        size = len(self._names)
        return (row, column) if 0 <= row < size and 0 <= column < size else (-1, -1)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        at = self._cell_at(event.position())
        if at != self._at:
            self._at = at
            hand = at[0] >= 0 and self._table[at]
            self.setCursor(Qt.CursorShape.PointingHandCursor if hand else Qt.CursorShape.ArrowCursor)
            if hand:
                said = f"{self._names[at[0]]} → {self._names[at[1]]}: {self._table[at]}\n{self.toolTip()}"
                QToolTip.showText(event.globalPosition().toPoint(), said, self)
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        row, column = self._cell_at(event.position())
        if row >= 0 and self._table[row, column]:
            self.picked.emit(row, column)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        size, step = len(self._names), _STEPS.get(Qt.Key(event.key()))
        if step is not None and size:
            row, column = (min(max(old + more, 0), size - 1) for old, more in zip(self._at, step, strict=True))
            self._at = (row, column)
            self.setAccessibleName(f"{self._names[row]} → {self._names[column]}: {self._table[row, column]}")
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._at[0] >= 0:
            if self._table[self._at]:
                self.picked.emit(*self._at)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        self._at = (max(self._at[0], 0), max(self._at[1], 0))
        self.update()
        super().focusInEvent(event)


_STEPS = {
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
}
