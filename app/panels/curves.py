"""The curves of a training as it goes: what counts is drawn strongly, what is only learnt faintly."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF

from app.look import Look
from app.panels.charts import Chart


class Curves(Chart):
    """Two curves over epochs, each on its own scale: the figure judged by (higher is better) and the loss."""

    def __init__(self, look: Look, judged: str, learnt: str) -> None:
        super().__init__(look, 170)
        self._names = judged, learnt
        self._epochs = 1
        self._judged: dict[int, float] = {}
        self._learnt: dict[int, float] = {}

    def begin_run(self, epochs: int) -> None:
        """An empty field for a run of so many epochs."""
        self._epochs = max(epochs, 1)
        self._judged.clear()
        self._learnt.clear()
        self.update()

    def add(self, epoch: int, judged: float | None, learnt: float | None) -> None:
        for points, value in ((self._judged, judged), (self._learnt, learnt)):
            if value is not None:
                points[epoch] = value
        self.setAccessibleDescription(f"{self._names[0]}: {self.best:.3f}")
        self.update()

    @property
    def points(self) -> dict[int, float]:
        """The figure judged by, by epoch."""
        return dict(self._judged)

    @property
    def best(self) -> float:
        """Of the figure judged by, 0 when there is none yet."""
        return max(self._judged.values(), default=0.0)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        painter, metrics = self.begin()
        colours = self.look.colours
        left = metrics.horizontalAdvance("0.000") + 8
        area = QRectF(left, 26, self.width() - left - 10, self.height() - 52)
        painter.setPen(QPen(QColor(colours.border), 1))
        for share in (0.0, 0.5, 1.0):
            y = area.bottom() - share * area.height()
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
        legend = ((self._names[0], colours.accent), (self._names[1], colours.muted))
        x = area.left()
        for name, colour in legend:
            painter.fillRect(QRectF(x, 11, 14, 3), QColor(colour))
            painter.setPen(QColor(colours.text))
            width = metrics.horizontalAdvance(name)
            painter.drawText(QPointF(x + 20, 16), name)
            x += width + 44
        self._curve(painter, area, self._learnt, colours.muted, 1.2)
        ends = self._curve(painter, area, self._judged, colours.accent, 2.2)
        painter.setPen(QColor(colours.muted))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for value, y in zip(ends, (area.bottom(), area.top()), strict=False):
            painter.drawText(QRectF(0, y - 8, left - 6, 16), right, f"{value:.3f}")
        painter.drawText(QRectF(area.left(), area.bottom() + 4, 40, 18), Qt.AlignmentFlag.AlignLeft, "0")
        painter.drawText(
            QRectF(area.right() - 60, area.bottom() + 4, 60, 18), Qt.AlignmentFlag.AlignRight, str(self._epochs)
        )
        painter.end()

    def _curve(
        self, painter: QPainter, area: QRectF, points: dict[int, float], colour: str, width: float
    ) -> tuple[float, float]:
        """Draws it over its own range, which it returns."""
        if not points:
            return 0.0, 1.0
        low, high = min(points.values()), max(points.values())
        room = (high - low) or 1.0
        line = [
            QPointF(area.left() + epoch / self._epochs * area.width(), area.bottom() - (v - low) / room * area.height())
            for epoch, v in sorted(points.items())
        ]
        painter.setPen(QPen(QColor(colour), width))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF(line))
        painter.setBrush(QColor(colour))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawEllipse(line[-1], 1.5 * width, 1.5 * width)
        return low, low + room
