"""One class with its probability, drawn as a row: in the class panel and beside the pending mask."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from math import ceil

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QIcon, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QLabel, QStyle, QStyleOptionViewItem

from app.theme import Palette
from sscore.labels import LabelSet
from sscore.types import UNKNOWN

# Told apart from every class also by those who see red and green alike: they differ in lightness.
UNKNOWN_COLOUR = "#d0d5dd"
_KEPT = 160  # pictures of rows
_BAR = 62  # px of a full bar


@dataclass(frozen=True, slots=True)
class ClassRow:
    """What one row says. value: probability 0..1 or None; key: its number key; strong: the present choice; mark: what
    the first probability must reach to count, 0..1 or None; words: the texts that stand for the class."""

    name: str
    colour: str
    value: float | None = None
    key: str = ""
    strong: bool = False
    mark: float | None = None
    words: tuple[str, ...] = ()


def colour_of(labels: LabelSet, label: str) -> str:
    """The colour of a label, grey for unknown and for labels of another set."""
    return labels.get(label).colour if label in labels else UNKNOWN_COLOUR


def name_of(labels: LabelSet, label: str, lang: str) -> str:
    """The name of a label in "zh" or "en"; labels of another set keep their key."""
    return labels.name(label, lang) if label in labels or label == UNKNOWN else label


def key_of(labels: LabelSet, label: str) -> str:
    """The number key of a label: 1.. in set order, 0 for unknown, "" beyond 9."""
    if label == UNKNOWN:
        return "0"
    if label not in labels:
        return ""
    index = labels.keys.index(label) + 1
    return str(index) if index <= 9 else ""


def percent(value: float) -> str:
    return f"{value * 100:.0f} %"


def time(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def states(option: QStyleOptionViewItem) -> tuple[bool, bool, bool]:
    """Whether a row is selected, under the mouse, where the keyboard is."""
    state = option.state.value
    return bool(state & _SELECTED), bool(state & _HOVERED), bool(state & _FOCUSED)


def draw_ground(
    painter: QPainter, back: QRect, colours: Palette, *, selected: bool, hovered: bool, focused: bool = False
) -> None:
    """Behind a row of a list: what is selected has a bar at its left as well, what has the keyboard a frame."""
    painter.setPen(QPen(QColor(colours.link), 1) if focused else Qt.PenStyle.NoPen)
    if selected or hovered or focused:
        ground = colours.accent_soft if selected else colours.hover if hovered else ""
        painter.setBrush(QColor(ground) if ground else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(back).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
    if selected:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.link))
        height = min(back.height() - 12, 22)
        painter.drawRoundedRect(QRectF(back.x(), back.y() + (back.height() - height) / 2, 3, height), 1.5, 1.5)


def draw_swatch(painter: QPainter, colour: str, x: float, middle: float, side: float = 12) -> None:
    painter.setPen(QPen(QColor(colour).darker(140), 1))  # a pale colour has an edge on white, too
    painter.setBrush(QColor(colour))
    painter.drawRoundedRect(QRectF(x + 0.5, middle - side / 2 + 0.5, side - 1, side - 1), 3, 3)


def swatch(colour: str) -> QIcon:
    """The colour of a class before its name, for lists that take an icon."""
    picture = QPixmap(28, 28)
    picture.fill(Qt.GlobalColor.transparent)
    picture.setDevicePixelRatio(2)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    draw_swatch(painter, colour, 1, 7, 12)
    painter.end()
    icon = QIcon(picture)
    icon.addPixmap(picture, QIcon.Mode.Selected)  # else Qt mixes it with the colour of selected rows
    return icon


_fonts: dict[tuple[str, int, bool], tuple[QFont, QFontMetrics]] = {}


def font_like(base: QFont, *, side: int = 0, strong: bool = False) -> tuple[QFont, QFontMetrics]:
    """`base` in another size (px; 0 leaves it) and weight. The same object each time: a font made anew for each text is
    looked up anew for each text, which takes longer than drawing it."""
    key = (base.key(), side, strong)
    if key not in _fonts:
        font = QFont(base)
        if side:
            font.setPixelSize(side)
        font.setWeight(QFont.Weight.DemiBold if strong else QFont.Weight.Normal)
        _fonts[key] = font, QFontMetrics(font)
    return _fonts[key]


def draw_keycap(painter: QPainter, colours: Palette, key: str, right: float, middle: float) -> None:
    painter.save()
    painter.setFont(font_like(painter.font(), side=11)[0])
    cap = QRectF(right - 18, middle - 9, 18, 18)
    painter.setPen(QPen(QColor(colours.border), 1))
    painter.setBrush(QColor(colours.raised))
    painter.drawRoundedRect(cap.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
    painter.setPen(QColor(colours.muted))
    painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, key)
    painter.restore()


def draw(painter: QPainter, area: QRect, row: ClassRow, colours: Palette, *, keycaps: bool) -> None:
    """Swatch, name, bar and percentage, and a key cap at the right."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    middle = area.center().y() + 0.5
    right = area.right() - 10
    draw_swatch(painter, row.colour, area.x() + 12, middle)
    if keycaps and row.key:
        draw_keycap(painter, colours, row.key, right, middle)
    if keycaps:
        right -= 26
    font, metrics = font_like(painter.font(), strong=row.strong)
    painter.setFont(font)
    if row.value is not None:
        painter.setPen(QColor(colours.text if row.strong else colours.muted))
        painter.drawText(QRectF(right - 44, area.y(), 44, area.height()), _RIGHT, percent(row.value))
        # Rather a short bar than a name cut short.
        room = right - 48 - 8 - (area.x() + 34) - metrics.horizontalAdvance(row.name) - 1
        wide = min(max(room, _BAR // 2), _BAR)
        track = QRectF(right - 48 - wide, middle - 2.5, wide, 5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.pressed))
        painter.drawRoundedRect(track, 2.5, 2.5)
        if row.value > 0.004:
            painter.setBrush(QColor(row.colour))
            painter.drawRoundedRect(QRectF(track.x(), track.y(), max(5.0, wide * row.value), 5), 2.5, 2.5)
        if row.mark:
            painter.setBrush(QColor(colours.muted))
            painter.drawRect(QRectF(track.x() + wide * row.mark - 0.5, track.y() - 3, 1, 11))
        right = int(track.x()) - 8
    painter.setPen(QColor(colours.text))
    left = area.x() + 34
    name = metrics.elidedText(row.name, Qt.TextElideMode.ElideRight, max(int(right - left), 10))
    painter.drawText(QRectF(left, area.y(), right - left, area.height()), _LEFT, name)
    painter.restore()


class Pictures:
    """Rows kept as pictures of theirs, on the ground of the panels: putting one on screen again takes a tenth of the
    time that drawing it takes."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, QPixmap] = {}
        self.clear = self._kept.clear  # when look or language are others

    def draw(
        self, painter: QPainter, area: QRect, ground: str, key: Hashable, draw: Callable[[QPainter, QRect], object]
    ) -> None:
        """ground: "#RRGGBB"; key: all that the row is drawn from, but its place and size; `draw` is told where on the
        picture when there is none yet."""
        ratio, size = painter.device().devicePixelRatio(), area.size()
        known = (key, size.width(), size.height(), ratio)
        picture = self._kept.get(known)
        if picture is None:
            if len(self._kept) >= _KEPT:
                self._kept.clear()
            whole = QSize(ceil(size.width() * ratio), ceil(size.height() * ratio))  # at 125 % no seam between two
            picture = self._kept[known] = QPixmap(whole)
            picture.setDevicePixelRatio(ratio)
            picture.fill(QColor(ground))
            inside = QPainter(picture)
            inside.setFont(painter.font())
            draw(inside, QRect(QPoint(0, 0), size))
            inside.end()
        painter.drawPixmap(area.x(), area.y(), picture)


class ElidedLabel(QLabel):
    """One line of text that ends in … where there is no room for all of it."""

    def minimumSizeHint(self) -> QSize:  # noqa: N802 (Qt's name, as below)
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        area = self.contentsRect()
        painter = QPainter(self)
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, _LEFT, text)
        painter.end()


# As whole numbers: a row is painted often, and Qt's flags are slow to ask.
_SELECTED, _HOVERED = QStyle.StateFlag.State_Selected.value, QStyle.StateFlag.State_MouseOver.value
_FOCUSED = QStyle.StateFlag.State_HasFocus.value
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
