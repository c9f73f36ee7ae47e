"""The card beside a mask in the making: it covers as little as it can, and makes way."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, QSize

from app.canvas.placing import Surroundings, best_place

CARD, ROOM = QSize(260, 130), QRect(8, 8, 984, 684)
MASK = QRect(450, 300, 100, 100)


def placed(mask: QRect = MASK, *others: QRect, points: tuple[QRect, ...] = (), side: int = -1) -> tuple[QRect, int]:
    boxes = [[one.left(), one.top(), one.right() + 1, one.bottom() + 1] for one in others]
    array = np.array(boxes, np.float32).reshape(-1, 4)
    return best_place(CARD, Surroundings([mask], points, array, QRect(0, 0, 1000, 700), ROOM), side)


def meets(place: QRect, *others: QRect) -> bool:
    return any(place.intersects(other) for other in others)


@pytest.mark.parametrize("busy", ["right", "left", "both"])
def test_it_keeps_off_the_pieces_around(busy):
    right, left = QRect(560, 250, 400, 200), QRect(40, 250, 400, 200)
    others = {"right": (right,), "left": (left,), "both": (right, left)}[busy]
    place, _ = placed(MASK, *others)
    assert not meets(place, MASK, *others) and ROOM.contains(place)


def test_with_nothing_around_it_stands_where_there_is_more_room():
    assert placed(QRect(200, 300, 100, 100))[0].left() > 300
    assert placed(QRect(700, 300, 100, 100))[0].right() < 700


def test_it_stays_on_its_side_while_the_mask_grows():
    _, side = placed(QRect(440, 300, 100, 100))
    wider, again = placed(QRect(440, 300, 130, 100), side=side)
    assert again == side and not meets(wider, QRect(440, 300, 130, 100))


def test_of_a_mask_as_large_as_the_room_it_leaves_the_points_free():
    points = tuple(QRect(x, y, 24, 24) for x, y in ((60, 60), (900, 60), (60, 620)))
    place, _ = placed(ROOM, points=points)
    assert ROOM.contains(place) and not meets(place, *points)


def test_it_is_hardly_seen_where_the_pointer_works(studio):
    studio.box(100, 60, 160, 120)
    card = studio.canvas.card
    assert card.isVisible() and not card.aside
    over = studio.canvas.image_at(card.geometry().center().toPointF())
    studio.move(over.x(), over.y())
    assert card.aside
    faint = np.array(card.grab().toImage().pixelColor(QPoint(130, 4)).getRgb()[:3])
    off = studio.canvas.image_at((card.geometry().bottomRight() + QPoint(40, 40)).toPointF())
    studio.move(off.x(), off.y())
    assert not card.aside
    assert (np.array(card.grab().toImage().pixelColor(QPoint(130, 4)).getRgb()[:3]) != faint).any()


def test_it_keeps_off_accepted_pieces(studio):
    number = studio.add(170, 60, 300, 200)
    studio.box(100, 80, 160, 140)
    box = studio.session.page.find(number).mask.box
    known = QRect(studio.at(box.x0, box.y0), studio.at(box.x1, box.y1))
    mask = studio.assistant.pending.mask.box
    mine = QRect(studio.at(mask.x0, mask.y0), studio.at(mask.x1, mask.y1))
    assert not meets(studio.canvas.card.geometry(), known, mine)


def test_among_many_pieces_one_need_not_look_for_it():
    rng = np.random.default_rng(3)
    many = [QRect(int(x), int(y), 40, 40) for x, y in rng.integers((0, 150), (960, 660), (400, 2))]
    place, _ = placed(MASK, *many)
    assert not meets(place, MASK) and meets(place, MASK.adjusted(-160, -160, 160, 160))
