"""What lies over the photo and does not move with it: guide, hint, card, bars, overview map, each in its place."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QObject, QRect, QRectF

from app.canvas.card import PendingCard
from app.canvas.guide import Guide, Hint
from app.canvas.minimap import MiniMap
from app.canvas.viewport import Viewport
from app.pending import Pending


class Bar(Protocol):
    """What a bar at the foot of the canvas can do."""

    def place_in(self, room: QRect) -> None: ...

    def take_focus(self) -> bool: ...

    def isHidden(self) -> bool: ...  # noqa: N802 (Qt's names)

    def geometry(self) -> QRect: ...


class Overlays(QObject):
    """Places them whenever the view has moved or one of them has come or gone."""

    def __init__(self, view: Viewport, guide: Guide, hint: Hint, card: PendingCard, minimap: MiniMap, bar: Bar) -> None:
        super().__init__(view)
        self._view, self._guide, self._hint, self._card, self._minimap = view, guide, hint, card, minimap
        self._bars: list[Bar] = [bar]
        self._pending = Pending()
        self._room = QRect()

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
        """What no bar covers, px of the viewport."""
        return self._view.viewport().rect() if self._room.isNull() else self._room

    def show_pending(self, pending: Pending) -> None:
        self._pending = pending
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
        """Beside the mask and its prompt."""
        pending = self._pending
        if pending.mask is None or self._card.isHidden():
            return
        area = QRectF()
        for box in (pending.mask.box, pending.prompt.box):
            if box is not None:
                area = area.united(QRectF(box.x0, box.y0, box.width, box.height))
        for x, y in pending.prompt.points.tolist():
            area = area.united(QRectF(x - 0.5, y - 0.5, 1, 1))
        on_screen = self._view.mapFromScene(area).boundingRect()
        self._card.place_beside(on_screen, self._view.viewport().rect().adjusted(8, 8, -8, -8))
