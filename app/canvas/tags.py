"""Name tags of objects: one size on the screen whatever the zoom."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from app import rows
from sscore.labels import LabelSet
from sscore.types import Annotation, Mask

_HEIGHT, _GAP = 20, 4
_ROOM = 0.75  # of a tag's length that its object must have on the screen


def tag_text(annotation: Annotation, labels: LabelSet, lang: str) -> str:
    """ "H-beam  92 %": the name, and the probability where the classifier thought so too."""
    name = rows.name_of(labels, annotation.label, lang)
    scores = annotation.scores
    if scores is None or scores.best != annotation.label:
        return name
    return f"{name}  {rows.percent(float(scores.values[0]))}"


class TagItem(QGraphicsItem):
    """A dark label at the top left corner of a mask: above it, or inside where the photo ends. Unless it is there
    `always`, it waits until its object is large enough on the screen: tags of small pieces would cover a pile."""

    def __init__(self, mask: Mask, text: str, colour: str, font: QFont) -> None:
        super().__init__()
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations)
        self.setZValue(900_000)
        self._font = rows.font_like(font, side=12, strong=True)[0]
        self._text, self._colour = text, colour
        self._always = True
        box = mask.box
        self._length = max(box.width, box.height)
        self._home = (box.x0, box.y0)
        self.setPos(*self._home)
        top = _GAP if box.y0 < 24 else -_HEIGHT - _GAP
        self._area = QRectF(0, top, QFontMetricsF(self._font).horizontalAdvance(text) + 28, _HEIGHT)

    def set_always(self, always: bool) -> None:
        if always != self._always:
            self._always = always
            self.update()

    def has_room(self, scale: float) -> bool:
        """scale: screen px per image px."""
        return self._always or self._length * scale >= _ROOM * self._area.width()

    def shift(self, dx: float, dy: float) -> None:
        """Beside its object while that is dragged."""
        self.setPos(self._home[0] + dx, self._home[1] + dy)

    def boundingRect(self) -> QRectF:  # noqa: N802 (Qt's name)
        return self._area.adjusted(-1, -1, 1, 1)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        views = self.scene().views()
        if views and not self.has_room(views[0].transform().m11()):
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(12, 14, 18, 215))
        painter.drawRoundedRect(self._area, 5, 5)
        rows.draw_swatch(painter, self._colour, self._area.x() + 6, self._area.center().y(), 9)
        painter.setFont(self._font)
        painter.setPen(QColor("#ffffff"))
        painter.drawText(self._area.adjusted(20, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self._text)
