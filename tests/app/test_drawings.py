"""Drawings of masks: those in sight stay, others only as long as there is room for them."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QApplication
from studio_driver import wait_until

from app.canvas import drawings, paint
from app.canvas.paint import Art
from sscore import edits
from sscore.masks import tight
from sscore.types import Annotation, Page


def masks_of(count: int):
    return [tight(np.ones((100, 100), bool), 100 * n, 0) for n in range(count)]


def test_what_is_not_on_screen_goes_once_it_takes_much_room(app: QApplication, monkeypatch):
    monkeypatch.setattr(drawings, "_SPARE_BYTES", 10 * Art(masks_of(1)[0]).bytes)
    masks, kept, page = masks_of(40), drawings.Drawings(), Page("a.jpg", 5000, 200)
    for mask in masks[:5]:
        page = edits.add(page, Annotation(0, mask, "Bar"))
    left = []
    for mask in masks:
        kept.keep(Art(mask))
        left += kept.take_spare(page)
    assert all(mask in kept for mask in masks[:5]), "the page is drawn without waiting"
    assert sum(mask in kept for mask in masks) <= 5 + 10
    assert len(left) == sum(mask not in kept for mask in masks)
    kept.leave()
    assert len(kept.take_spare(Page("b.jpg", 5000, 200))) > 0, "nor is a large photo's page that was left"


def test_a_large_page_is_not_gone_through_at_every_edit(app: QApplication, monkeypatch):
    masks, kept, page = masks_of(30), drawings.Drawings(), Page("a.jpg", 5000, 200)
    monkeypatch.setattr(drawings, "_SPARE_BYTES", 4 * Art(masks[0]).bytes)
    times = []
    for mask in masks:
        page = edits.add(page, Annotation(0, mask, "Bar"))
        kept.keep(Art(mask))
        before = kept._needed
        assert kept.take_spare(page) == []
        times.append(kept._needed != before)
    assert sum(times) <= 30 / 4
    assert all(mask in kept for mask in masks)


def test_one_outline_without_memory_for_it_does_not_stop_all_others(studio, monkeypatch):
    trace, asked = paint.outline, []

    def fails_once(mask, *more):
        asked.append(mask)
        if len(asked) == 1:
            raise MemoryError
        return trace(mask, *more)

    monkeypatch.setattr(paint, "outline", fails_once)
    for left in (20, 200):
        mask = tight(np.ones((60, 80), bool), left, 40)
        studio.session.edit("add", edits.add(studio.session.page, Annotation(0, mask, "Bar")))
        wait_until(lambda: studio.canvas.grab() is not None and bool(asked), what="the wish for an outline")
        studio.settle()
    wait_until(lambda: studio.canvas.grab() is not None and studio.canvas.stage._items[2].art.traced, what="the second")
    assert studio.canvas.stage._untraced == []
