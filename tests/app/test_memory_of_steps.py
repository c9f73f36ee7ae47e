"""Steps can be taken back without end, so what only they hold must take little room."""

from __future__ import annotations

import numpy as np
from studio_driver import wait_until

from sscore import edits
from sscore.masks import tight
from sscore.types import Annotation


def packed(mask) -> bool:
    """Without waking it."""
    try:
        object.__getattribute__(mask, "bits")
    except AttributeError:
        return True
    return False


def add(studio, left: int):
    mask = tight(np.ones((40, 50), bool), left, 20)
    studio.session.edit("add", edits.add(studio.session.page, Annotation(0, mask, "Bar")))
    return studio.session.page.annotations[-1].mask


def test_masks_of_a_photo_that_was_left_rest_and_wake_when_it_is_shown_again(studio):
    masks = [add(studio, 20 * n) for n in range(3)]
    studio.settle()
    assert not any(map(packed, masks)), "on screen"
    before = [mask.bits.copy() for mask in masks]
    studio.key("d")
    studio.settle()
    assert all(map(packed, masks))
    studio.key("a")
    studio.settle()
    assert [a.mask for a in studio.session.page.annotations] == masks, "the very same, so that undo goes on"
    assert all(np.array_equal(mask.bits, bits) for mask, bits in zip(masks, before, strict=True))


def test_masks_that_only_undo_holds_rest_while_one_works_on(studio):
    one = add(studio, 20)
    bits = one.bits.copy()
    past = []
    for n in range(40):
        past.append(studio.session.page.annotations[0].mask)
        grown = tight(np.ones((40, 51 + n), bool), 20, 20)
        studio.session.edit("reshape", edits.reshape(studio.session.page, 1, grown))
    studio.settle()
    assert sum(map(packed, past)) >= 30
    assert not packed(studio.session.page.annotations[0].mask)
    for _ in range(40):
        studio.session.undo_group.undo()
    studio.settle()
    assert studio.session.page.annotations[0].mask is one and np.array_equal(one.bits, bits)


def test_proposals_of_a_photo_that_was_left_rest_and_are_drawn_again_when_it_is_shown(studio):
    """Also those that were decided on: undo still holds them."""
    studio.key("g")
    studio.settle()
    finder, layer = studio.window.finder, studio.canvas._finds_layer
    shown = finder.shown
    assert len(shown) > 8, "more than are made while painting"
    outlines = [np.array(find.mask.bits) for find in shown]
    finder.reject(shown[:1])
    studio.key("d")
    studio.settle()
    assert all(find.art.resting and packed(find.mask) for find in shown)
    studio.key("a")
    studio.settle()
    wait_until(lambda: len(layer._items) == len(shown) - 1, what="the drawings")
    assert not any(find.art.resting for find in shown[1:])
    studio.session.undo_group.undo()
    studio.settle()
    assert finder.shown == shown and len(layer._items) == len(shown)
    assert all(np.array_equal(find.mask.bits, bits) for find, bits in zip(shown, outlines, strict=True))
