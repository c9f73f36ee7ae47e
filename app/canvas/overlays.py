"""What lies over the photo and does not move with it: guide, hint, card, bars, overview map, each in its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

import numpy as np
from PySide6.QtCore import QObject, QRect, QRectF
from PySide6.QtWidgets import QWidget

from app.canvas.card import PendingCard
from app.canvas.guide import Guide, Hint
from app.canvas.minimap import MiniMap
from app.canvas.placing import Surroundings
from app.canvas.viewport import Viewport
from app.pending import Pending
from sscore.types import Box, FloatArray, Mask

_EDGE, _POINT = 8, 12  # px: between the card and the edges, and around a point of the prompt


class Bar(Protocol):
    """What a bar at the foot of the canvas can do."""

    def place_in(self, room: QRect) -> None: ...

    def take_focus(self) -> bool: ...

    def isHidden(self) -> bool: ...  # noqa: N802 (Qt's names)

    def geometry(self) -> QRect: ...


class Overlays(QObject):
    """Places them whenever the view has moved or one of them has come or gone. `neighbours`: all other pieces that are
    known on the photo. `above`: what stands along the top, placed by others."""

    def __init__(
        self,
        view: Viewport,
        guide: Guide,
        hint: Hint,
        card: PendingCard,
        minimap: MiniMap,
        bar: Bar,
        neighbours: Callable[[], Iterable[Mask]],
    ) -> None:
        super().__init__(view)
        self._view, self._guide, self._hint, self._card, self._minimap = view, guide, hint, card, minimap
        self._bars: list[Bar] = [bar]
        self._pending = Pending()
        self._neighbours = neighbours
        self._around: FloatArray | None = None  # their boxes, image px
        self._room = QRect()
        self.above: QWidget | None = None

    def add(self, bar: Bar) -> None:
        self._bars.append(bar)

    @property
    def free(self) -> bool:
        """No bar stands at the foot of the canvas."""
        return all(bar.isHidden() for bar in self._bars)

    def take_focus(self) -> bool:
        """Give the keyboard to the bar that came last; False when there is none."""
        return any(bar.take_focus() for bar in reversed(self._bars) if not bar.isHidden())

    def room(self) -> QRect:
        """What is not covered, neither at the foot nor along the top, px of the viewport."""
        room = self._view.viewport().rect() if self._room.isNull() else self._room
        top = self.above.geometry().bottom() + 1 if self.above is not None and self.above.isVisible() else 0
        return room.adjusted(0, top, 0, 0) if top < room.height() // 2 else room

    def show_pending(self, pending: Pending) -> None:
        self._pending, self._around = pending, None
        self._place_card()

    def place(self) -> None:
        room = self._view.viewport().rect()
        self._guide.setGeometry(room)
        if not self.free:
            self._hint.hide()
        if self._hint.isVisible():
            self._hint.fit(room.width() - 32)
            self._hint.move((room.width() - self._hint.width()) // 2, room.height() - self._hint.height() - 16)
        foot: list[QRect] = []
        for bar in self._bars:
            if not bar.isHidden():
                bar.place_in(room)
                foot.append(bar.geometry())
                room = room.adjusted(0, 0, 0, foot[-1].top() - room.height())  # the next one stands above it
        self._room = room
        self._minimap.follow([*foot, self._hint.geometry()] if self._hint.isVisible() else foot)
        self._place_card()

    def _place_card(self) -> None:
        """Beside the mask and its prompt, and off the pieces around as far as can be."""
        pending = self._pending
        if pending.mask is None or self._card.isHidden():
            return
        if self._around is None:
            self._around = _boxes(self._neighbours())
        turn = self._view.viewportTransform()

        def on_screen(box: Box, grow: int = 0) -> QRect:
            there = turn.mapRect(QRectF(box.x0, box.y0, box.width, box.height))
            return there.toAlignedRect().adjusted(-grow, -grow, grow, grow)

        own = [on_screen(box) for box in (pending.mask.box, pending.prompt.box) if box is not None]
        points = [on_screen(Box(x, y, x, y), _POINT) for x, y in pending.prompt.points.tolist()]
        others = self._around * np.float32(turn.m11()) + np.array([turn.dx(), turn.dy()] * 2, np.float32)
        if self._minimap.isVisible():
            place = self._minimap.geometry()
            corners = [place.left(), place.top(), place.right() + 1, place.bottom() + 1]
            others = np.concatenate([others, np.array([corners], np.float32)])
        photo = turn.mapRect(self._view.photo_rect).toAlignedRect()
        room = self.room().adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE)
        self._card.place_among(Surroundings(own, points, others, photo, room))


def _boxes(neighbours: Iterable[Mask]) -> FloatArray:
    """(n, 4) x0 y0 x1 y1, image px."""
    boxes = [(m.left, m.top, m.left + m.bits.shape[1], m.top + m.bits.shape[0]) for m in neighbours]
    return np.array(boxes, np.float32).reshape(-1, 4)
