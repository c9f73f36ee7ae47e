"""The small card beside the pending mask: what the classifier thinks and what the keys do."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from app import rows
from app.canvas.placing import Surroundings, best_place
from app.look import Look
from app.pending import Pending
from sscore.labels import LabelSet

_WIDTH, _ROW, _PAD, _FOOT = 264, 26, 8, 30
_NEAR, _ASIDE = 8, 0.1  # px around it where the pointer is at work, and how much of it is seen then


class PendingCard(QWidget):
    """Top three classes, margin, candidate number. The mouse goes through it."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._rows: list[rows.ClassRow] = []
        self._head = ""
        self._foot = ""
        self._side = -1
        self.aside = False
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFont(parent.font())
        self.hide()

    def show_pending(self, pending: Pending, labels: LabelSet, label: str) -> None:
        """Fill from the pending mask; hidden while there is nothing to say."""
        if pending.mask is None or pending.draft is not None:
            self.hide()
            if pending.mask is None:
                self._side = -1
            return
        lang = self._look.lang
        scores = pending.current_scores
        listed = list(zip(scores.labels[:3], scores.values[:3].tolist(), strict=True)) if scores else []
        if label not in [key for key, _ in listed]:
            listed = [(label, scores.of(label) if scores and label in scores.labels else None), *listed[:2]]
        self._rows = [
            rows.ClassRow(
                rows.name_of(labels, key, lang),
                rows.colour_of(labels, key),
                value,
                rows.key_of(labels, key),
                strong=key == label,
            )
            for key, value in listed
        ]
        count = len([c for c in pending.candidates if c.mask is not None])
        facts = []
        if scores is not None:
            facts.append(self.tr("Margin {value}").format(value=f"{scores.margin:.2f}"))
        score = f"{pending.candidate.score:.2f}" if pending.candidate is not None else ""
        if count > 1:
            text = self.tr("Mask {number} of {count}: {score} ({next_mask})")
            facts.append(self._look.told(text, number=pending.choice + 1, count=count, score=score))
        elif score:
            facts.append(self.tr("Mask {score}").format(score=score))
        self._head = "  ·  ".join(facts)
        does = (("accept", self.tr("{accept} accept")), ("clear", self.tr("{clear} clear")))
        self._foot = "   ·   ".join(self._look.told(text) for action, text in does if self._look.key(action))
        self.setFixedSize(self.sizeHint())
        self.show()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        return QSize(_WIDTH, _PAD + _ROW * len(self._rows) + (20 if self._head else 0) + _FOOT)

    def place_among(self, around: Surroundings) -> None:
        """Beside the mask and its prompt, where it covers the least."""
        place, self._side = best_place(self.size(), around, self._side)
        self.move(place.topLeft())

    def make_way(self, at: QPoint | None) -> None:
        """Hardly to be seen while the pointer (px of the parent) is at work there; None: it is elsewhere."""
        near = at is not None and self.geometry().adjusted(-_NEAR, -_NEAR, _NEAR, _NEAR).contains(at)
        if near != self.aside:
            self.aside = near
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        colours = self._look.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setOpacity(_ASIDE if self.aside else 1.0)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        ground = QColor(colours.surface)
        ground.setAlphaF(0.96)
        painter.setPen(QPen(QColor(colours.border), 1))
        painter.setBrush(ground)
        painter.drawRoundedRect(frame, 9, 9)
        y = _PAD
        for row in self._rows:
            area = QRect(2, y, self.width() - 4, _ROW)
            rows.draw(painter, area, row, colours, keycaps=True)
            y += _ROW
        font = QFont(painter.font())
        font.setPixelSize(11)
        painter.setFont(font)
        painter.setPen(QColor(colours.muted))
        if self._head:
            painter.drawText(QRect(14, y + 2, self.width() - 28, 18), Qt.AlignmentFlag.AlignVCenter, self._head)
            y += 20
        painter.setPen(QColor(colours.faint))
        painter.drawText(QRect(14, y + 3, self.width() - 28, 20), Qt.AlignmentFlag.AlignVCenter, self._foot)
        painter.end()
