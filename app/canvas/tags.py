"""Name tags of objects: one size on the screen whatever the zoom."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from app import rows
from sscore.labels import LabelSet
from sscore.types import Annotation, Mask

HEIGHT, GAP = 20, 4


def tag_text(annotation: Annotation, labels: LabelSet, lang: str) -> str:
    """ "H-beam  92 %": the name, and the probability where the classifier thought so too."""
    name = rows.name_of(labels, annotation.label, lang)
    scores = annotation.scores
    if scores is None or scores.best != annotation.label:
        return name
    return f"{name}  {rows.percent(float(scores.values[0]))}"


def tag_font(font: QFont) -> QFont:
    return rows.font_like(font, side=12, strong=True)[0]


def tag_width(text: str, font: QFont) -> float:
    """font: that of which `tag_font` makes the tag's."""
    return rows.font_like(font, side=12, strong=True)[1].horizontalAdvance(text) + 28


def draw_tag(painter: QPainter, area: QRectF, text: str, colour: str, font: QFont) -> None:
    """A dark label with a swatch."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(12, 14, 18, 215))
    painter.drawRoundedRect(area, 5, 5)
    rows.draw_swatch(painter, colour, area.x() + 6, area.center().y(), 9)
    painter.setFont(font)
    painter.setPen(QColor("#ffffff"))
    painter.drawText(area.adjusted(20, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, text)


class TagItem(QGraphicsItem):
    """A tag by itself at the top left corner of a mask: above it, or inside where the photo ends."""

    def __init__(self, mask: Mask, text: str, colour: str, font: QFont) -> None:
        super().__init__()
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations)
        self.setZValue(900_000)
        self._font, self._text, self._colour = tag_font(font), text, colour
        box = mask.box
        self.setPos(box.x0, box.y0)
        top = GAP if box.y0 < HEIGHT + GAP else -HEIGHT - GAP
        self._area = QRectF(0, top, tag_width(text, font), HEIGHT)

    def boundingRect(self) -> QRectF:  # noqa: N802 (Qt's name)
        return self._area.adjusted(-1, -1, 1, 1)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        draw_tag(painter, self._area, self._text, self._colour, self._font)
