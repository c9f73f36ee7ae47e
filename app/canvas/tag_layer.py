"""The name tags of a photo's objects in one item of the scene: none over another, the more important ones first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QPainter, QPixmap
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from app.canvas.tags import GAP, HEIGHT, draw_tag, tag_font, tag_width
from sscore.types import Annotation, Box

_ROOM = 0.75  # of a tag's length that its object must have on the screen: tags of small pieces would cover a pile
_APART = 2.0  # screen px between two tags
_CELL_WIDTH, _CELL_HEIGHT = 128, 24  # screen px, about a tag
_BEYOND = 1000  # screen px around the photo that tags may cover
_PIECES = 32  # from so many changed tags on, all in sight is painted anew
_DRAWN = 1000
_Rect = tuple[float, float, float, float]  # left, top, right, bottom, screen px from the photo's corner


@dataclass(slots=True)
class _Tag:
    annotation: Annotation
    text: str
    colour: str
    width: float  # screen px
    box: Box  # image px
    dx: float = 0.0  # image px, while its object is dragged
    dy: float = 0.0

    @property
    def length(self) -> float:
        return max(self.box.width, self.box.height)

    def places(self, scale: float, *, below: bool = False) -> Iterator[_Rect]:
        """Where it may be, the best first: over the object's upper left corner or inside. below: else there, which may
        look as if it were of the next object."""
        x, y = (self.box.x0 + self.dx) * scale, (self.box.y0 + self.dy) * scale
        height = self.box.height * scale
        if y >= HEIGHT + GAP:
            yield x, y - HEIGHT - GAP, x + self.width, y - GAP
        if height >= HEIGHT + 2 * GAP or y < HEIGHT + GAP:
            yield x, y + GAP, x + self.width, y + GAP + HEIGHT
        if below:
            yield x, y + height + GAP, x + self.width, y + height + GAP + HEIGHT


class _Taken:
    """Where tags are, found by the cell they lie in."""

    def __init__(self) -> None:
        self._cells: defaultdict[tuple[int, int], list[_Rect]] = defaultdict(list)

    def free(self, rect: _Rect) -> bool:
        return not any(_meet(rect, one) for cell in _cells(rect) for one in self._cells.get(cell, ()))

    def add(self, rect: _Rect) -> None:
        for cell in _cells(rect):
            self._cells[cell].append(rect)


def _meet(one: _Rect, other: _Rect) -> bool:
    return (
        one[0] < other[2] + _APART
        and other[0] < one[2] + _APART
        and one[1] < other[3] + _APART
        and other[1] < one[3] + _APART
    )


def _cells(rect: _Rect) -> list[tuple[int, int]]:
    left, right = int((rect[0] - _APART) // _CELL_WIDTH), int((rect[2] + _APART) // _CELL_WIDTH)
    top, bottom = int((rect[1] - _APART) // _CELL_HEIGHT), int((rect[3] + _APART) // _CELL_HEIGHT)
    return [(across, down) for across in range(left, right + 1) for down in range(top, bottom + 1)]


class TagLayer(QGraphicsItem):
    """Which tags there is room for depends on the zoom alone, so none comes or goes while the photo is pushed about.
    The larger an object, the sooner its tag is placed; those in hand have theirs whatever lies there. `words`: an
    object's text and colour "#RRGGBB"."""

    def __init__(self, words: Callable[[Annotation], tuple[str, str]]) -> None:
        super().__init__()
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)  # a true exposedRect
        self.setZValue(900_000)
        self._words = words
        self._font = tag_font(QFont())
        self._tags: dict[int, _Tag] = {}
        self._marked: tuple[int, ...] = ()
        self._photo = QRectF()
        self._scale = 1.0
        self._placed: dict[int, _Rect] | None = None  # without regard to what is in hand
        self._shown: dict[int, _Rect] = {}
        self._drawn: dict[tuple[str, str, float], QPixmap] = {}

    # --- what is shown -----------------------------------------------------------------------------------------

    def show_tags(self, wanted: Mapping[int, Annotation], marked: Sequence[int], photo: QRectF, font: QFont) -> None:
        """wanted: objects by id; marked: those in hand, the most important first; photo: image px."""
        if photo != self._photo:
            self.prepareGeometryChange()
            self._photo = photo
        self._font = tag_font(font)
        gone = [i for i, tag in self._tags.items() if wanted.get(i) is not tag.annotation]
        fresh = [i for i in wanted if i not in self._tags or i in gone]
        for i in gone:
            del self._tags[i]
        for i in fresh:
            text, colour = self._words(wanted[i])
            self._tags[i] = _Tag(wanted[i], text, colour, tag_width(text, font), wanted[i].mask.box)
        now = tuple(i for i in marked if i in self._tags)
        if gone or fresh:
            self._placed = None
        elif now == self._marked:
            return
        self._marked = now
        self._renew(fresh)

    def clear(self) -> None:
        """Words or colours are others now."""
        self._tags, self._placed, self._marked = {}, None, ()
        self._drawn.clear()
        self._renew()

    def rescale(self, scale: float) -> None:
        """scale: screen px per image px; everything is painted anew then anyway."""
        if scale != self._scale:
            self.prepareGeometryChange()
            self._scale, self._placed = scale, None
            self._shown = self._arranged()

    def shift(self, ids: Iterable[int], dx: float, dy: float) -> None:
        """Beside their objects while these are dragged, image px."""
        for i in ids:
            if i in self._tags:
                self._tags[i].dx, self._tags[i].dy = dx, dy
                if i not in self._marked:
                    self._placed = None
        self._renew()

    @property
    def shown(self) -> set[int]:
        """Objects that bear their tags at this zoom."""
        return set(self._shown)

    @property
    def areas(self) -> list[QRectF]:
        """Of the tags that are shown, screen px from the photo's upper left corner."""
        return [QRectF(x0, y0, x1 - x0, y1 - y0) for x0, y0, x1, y1 in self._shown.values()]

    def _renew(self, fresh: Sequence[int] = ()) -> None:
        """Arrange them, and paint where something is another."""
        before, after = self._shown, self._arranged()
        self._shown = after
        other = [i for i in before.keys() | after.keys() if before.get(i) != after.get(i)]
        other += [i for i in fresh if before.get(i) == after.get(i)]
        if len(other) > _PIECES:
            self.update()
            return
        for i in other:
            for x0, y0, x1, y1 in (rects[i] for rects in (before, after) if i in rects):
                area = QRectF(x0 - 2, y0 - 2, x1 - x0 + 4, y1 - y0 + 4)
                self.update(QRectF(area.topLeft() / self._scale, area.size() / self._scale))

    def _arranged(self) -> dict[int, _Rect]:
        """In the order in which they are painted."""
        if self._placed is None:
            self._placed = self._place()
        in_hand: dict[int, _Rect] = {}
        for i in self._marked:
            places = list(self._tags[i].places(self._scale, below=True))
            free = (place for place in places if not any(_meet(place, one) for one in in_hand.values()))
            place = next(free, None if in_hand else places[0])
            if place is not None:
                in_hand[i] = place
        if not in_hand:
            return self._placed
        others = {
            i: place
            for i, place in self._placed.items()
            if i not in in_hand and not any(_meet(place, one) for one in in_hand.values())
        }
        return {**others, **dict(reversed(in_hand.items()))}

    def _place(self) -> dict[int, _Rect]:
        scale, taken = self._scale, _Taken()
        placed: dict[int, _Rect] = {}
        for i, tag in sorted(self._tags.items(), key=lambda one: -one[1].box.width * one[1].box.height):
            if tag.length * scale < _ROOM * tag.width:
                continue
            place = next(filter(taken.free, tag.places(scale)), None)
            if place is not None:
                taken.add(place)
                placed[i] = place
        return placed

    # --- painting ----------------------------------------------------------------------------------------------

    def boundingRect(self) -> QRectF:  # noqa: N802 (Qt's name)
        beyond = _BEYOND / self._scale
        return self._photo.adjusted(-beyond, -beyond, beyond, beyond)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        if not self._shown:
            return
        there, ratio = painter.worldTransform(), painter.device().devicePixelRatio()
        exposed = there.mapRect(option.exposedRect)
        left, top, right, bottom = exposed.left(), exposed.top(), exposed.right(), exposed.bottom()
        corner = there.map(QPointF(0, 0))
        painter.save()
        painter.resetTransform()
        for i, (x0, y0, x1, y1) in self._shown.items():
            x, y = corner.x() + x0, corner.y() + y0
            if x < right and y < bottom and corner.x() + x1 > left and corner.y() + y1 > top:
                at = QPointF(round((x - 1) * ratio) / ratio, round((y - 1) * ratio) / ratio)  # dots of the screen
                painter.drawPixmap(at, self._picture(self._tags[i], ratio))
        painter.restore()

    def _picture(self, tag: _Tag, ratio: float) -> QPixmap:
        key = (tag.text, tag.colour, ratio)
        if key not in self._drawn:
            if len(self._drawn) >= _DRAWN:
                self._drawn.clear()
            picture = QPixmap(round((tag.width + 2) * ratio), round((HEIGHT + 2) * ratio))
            picture.setDevicePixelRatio(ratio)
            picture.fill(Qt.GlobalColor.transparent)
            painter = QPainter(picture)
            draw_tag(painter, QRectF(1, 1, tag.width, HEIGHT), tag.text, tag.colour, self._font)
            painter.end()
            self._drawn[key] = picture
        return self._drawn[key]
