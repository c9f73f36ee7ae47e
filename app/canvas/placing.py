"""Where a card covers the least: beside what it speaks of, over as little as possible of everything else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPoint, QRect, QSize

from sscore.types import FloatArray

_GAPS = (14, 40, 80, 140)  # px between the card and what it speaks of: as few as will do
# What a px² of each costs under the card, and a px of distance: beyond those gaps one has to look for it.
_POINT, _OWN, _OTHER, _PHOTO, _AFAR, _LOST = 20_000.0, 1_000.0, 4.0, 0.2, 40.0, 600.0
_SIDES = 5
_FREE, _SAME = 4.0, 4_000.0  # gain for each px of room on that side, and for staying on the side of before


@dataclass(frozen=True, slots=True, eq=False)
class Surroundings:
    """All in px of the viewport. own: boxes of what the card speaks of; points: prompts it must not cover; others:
    (n, 4) x0 y0 x1 y1 of what lies about; photo: where the photo is; room: where the card may be."""

    own: Sequence[QRect]
    points: Sequence[QRect]
    others: FloatArray
    photo: QRect
    room: QRect


def best_place(size: QSize, around: Surroundings, side: int = -1) -> tuple[QRect, int]:
    """The card's place and the number of its side, which is given back the next time so that it does not leap about."""
    area = QRect()
    for part in (*around.own, *around.points):
        area = area.united(part)
    room = around.room
    best, least, found = QRect(), float("inf"), 0
    for number, (spot, free) in enumerate(_spots(area, size, room)):
        place = QRect(_clamped(spot, size, room), size)
        cost = _cost(place, area, around) - _FREE * max(free, 0) - _SAME * (number % _SIDES == side)
        if cost < least:
            best, least, found = place, cost, number % _SIDES
    return best, found


def _spots(area: QRect, size: QSize, room: QRect) -> list[tuple[QPoint, int]]:
    """Right, left, below, above and a corner of the room, and so on, nearer and farther; with the free px there."""
    width, height = size.width(), size.height()
    down = (area.top(), area.center().y() - height // 2, area.bottom() + 1 - height)
    across = (area.left(), area.center().x() - width // 2, area.right() + 1 - width)
    corners = (room.topLeft(), room.topRight(), room.bottomLeft(), room.bottomRight())
    spots: list[tuple[QPoint, int]] = []
    for gap, corner in zip(_GAPS, corners, strict=True):
        for x, y in zip(across, down, strict=True):
            spots += (
                (QPoint(area.right() + 1 + gap, y), room.right() - area.right()),
                (QPoint(area.left() - gap - width, y), area.left() - room.left()),
                (QPoint(x, area.bottom() + 1 + gap), room.bottom() - area.bottom()),
                (QPoint(x, area.top() - gap - height), area.top() - room.top()),
                (corner, 0),
            )
    return spots


def _cost(place: QRect, area: QRect, around: Surroundings) -> float:
    own = sum(_shared(place, part) for part in around.own)
    points = sum(_shared(place, part) for part in around.points)
    aside = max(area.left() - place.right(), place.left() - area.right(), 0)
    apart = max(area.top() - place.bottom(), place.top() - area.bottom(), 0)
    far = max(aside + apart - _GAPS[0], 0)
    covered = _OTHER * _covered(place, around.others) + _PHOTO * _shared(place, around.photo)
    return _POINT * points + _OWN * own + covered + _AFAR * far + _LOST * max(far - _GAPS[-1], 0)


def _covered(place: QRect, boxes: FloatArray) -> float:
    """px² of the boxes under the place, all of it at most."""
    wide = np.minimum(boxes[:, 2], place.right() + 1) - np.maximum(boxes[:, 0], place.left())
    high = np.minimum(boxes[:, 3], place.bottom() + 1) - np.maximum(boxes[:, 1], place.top())
    return float(min((wide.clip(0) * high.clip(0)).sum(), place.width() * place.height()))


def _clamped(spot: QPoint, size: QSize, room: QRect) -> QPoint:
    x = max(min(spot.x(), room.right() + 1 - size.width()), room.left())
    y = max(min(spot.y(), room.bottom() + 1 - size.height()), room.top())
    return QPoint(x, y)


def _shared(one: QRect, other: QRect) -> int:
    shared = one.intersected(other)
    return max(shared.width(), 0) * max(shared.height(), 0)
