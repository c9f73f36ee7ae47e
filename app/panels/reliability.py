"""The reliability figure: how sure a classifier said it was, against how often it was right."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy

from app import rows
from app.look import Look
from app.panels.charts import Chart
from sscore.calibration import Bin

_SMALL, _LARGE = 3.0, 8.0  # radius of a dot, px: it grows with the objects it stands for
_CENTRE = Qt.AlignmentFlag.AlignCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class Reliability(Chart):
    """Two lines of dots in a square, as the classifier says and corrected; on the diagonal it is as sure as right."""

    def __init__(self, look: Look, said: str, right: str, plain: str, corrected: str) -> None:
        """The words: of the axis across, of the axis upwards, of both lines."""
        super().__init__(look, 270)
        self._axes, self._names = (said, right), (plain, corrected)
        self._bins: tuple[Sequence[Bin], Sequence[Bin]] = ((), ())
        self._threshold: float | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name, as below)
        return QSize(340, 300)

    def show_bins(self, plain: Sequence[Bin], corrected: Sequence[Bin], threshold: float | None) -> None:
        """threshold: the suggested one, drawn upright."""
        self._bins, self._threshold = (plain, corrected), threshold
        said = [f"{rows.percent(b.confidence)} → {rows.percent(b.accuracy)} ({b.count})" for b in corrected]
        self.setAccessibleDescription(f"{self._names[1]}: {'; '.join(said)}")
        self.update()

    @property
    def shown(self) -> int:
        """Dots of the corrected line."""
        return len(self._bins[1])

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        painter, metrics = self.begin()
        colours, high = self.look.colours, metrics.height()
        left, top = metrics.horizontalAdvance("100 %") + 10, 2 * high + 12
        side = min(self.width() - left - 16, self.height() - top - 2 * high - 10)
        area = QRectF(left, top, side, side)

        def at(across: float, up: float) -> QPointF:
            return QPointF(area.left() + across * side, area.bottom() - up * side)

        for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
            painter.setPen(QPen(QColor(colours.border), 1))
            painter.drawLine(at(tick, 0), at(tick, 1))
            painter.drawLine(at(0, tick), at(1, tick))
            if tick in (0.0, 0.5, 1.0):
                painter.setPen(QColor(colours.muted))
                painter.drawText(QRectF(0, at(0, tick).y() - 8, left - 6, 16), _RIGHT, rows.percent(tick))
                painter.drawText(QRectF(at(tick, 0).x() - 30, area.bottom() + 2, 60, high), _CENTRE, rows.percent(tick))
        painter.setPen(QColor(colours.muted))
        painter.drawText(QRectF(left, area.bottom() + high + 2, side, high + 2), _CENTRE, self._axes[0])
        painter.drawText(QRectF(0, high + 6, self.width(), high), _LEFT, self._axes[1])
        painter.setPen(QPen(QColor(colours.muted), 1, Qt.PenStyle.DashLine))
        painter.drawLine(at(0, 0), at(1, 1))
        if self._threshold is not None:
            painter.setPen(QPen(QColor(colours.warn), 1.5, Qt.PenStyle.DotLine))
            painter.drawLine(at(self._threshold, 0), at(self._threshold, 1))
        x = 0.0
        for name, colour, filled in zip(self._names, (colours.muted, colours.accent), (False, True), strict=True):
            self._dot(painter, QPointF(x + 6, high / 2 + 1), 4, colour, filled=filled)
            painter.setPen(QColor(colours.text))
            painter.drawText(QRectF(x + 16, 1, 400, high), _LEFT, name)
            x += 16 + metrics.horizontalAdvance(name) + 20
        most = max((b.count for line in self._bins for b in line), default=1)
        for line, colour, filled in zip(self._bins, (colours.muted, colours.accent), (False, True), strict=True):
            points = [at(b.confidence, b.accuracy) for b in line]
            painter.setPen(QPen(QColor(colour), 1.5))
            painter.drawPolyline(points)
            for point, b in zip(points, line, strict=True):
                radius = _SMALL + (_LARGE - _SMALL) * math.sqrt(b.count / most)
                self._dot(painter, point, radius, colour, filled=filled)
        painter.end()

    def _dot(self, painter: QPainter, where: QPointF, radius: float, colour: str, *, filled: bool) -> None:
        painter.setPen(QPen(QColor(colour), 1.5))
        painter.setBrush(QColor(colour if filled else self.look.colours.window))
        painter.drawEllipse(where, radius, radius)
        painter.setBrush(Qt.BrushStyle.NoBrush)
