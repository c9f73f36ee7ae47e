"""Boxes, points and their history."""

from __future__ import annotations

import time

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from studio_driver import wait_until

from app.effort import Effort
from sscore.types import Box, Prompt

RIGHT, SHIFT = Qt.MouseButton.RightButton, Qt.KeyboardModifier.ShiftModifier
CTRL = Qt.KeyboardModifier.ControlModifier


def test_left_is_part_of_it_and_right_or_shift_is_not(studio):
    studio.key("q")
    studio.click(100, 100)
    studio.click(150, 100, RIGHT)
    studio.click(100, 150, modifier=SHIFT)
    prompt = studio.assistant.pending.prompt
    assert prompt.positive.tolist() == [True, False, False]
    assert prompt.points[0] == pytest.approx([100, 100], abs=1)


def test_box_and_points_make_one_prompt(studio):
    studio.box(100, 60, 220, 180)
    studio.key("q")
    studio.click(150, 120)
    prompt = studio.assistant.pending.prompt
    assert prompt.box is not None
    assert len(prompt.points) == 1
    assert studio.shelf.segmenters["nano"].asked[-1] is prompt


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, "b"])
def test_a_prompt_that_was_dropped_comes_back_with_undo(studio, key):
    studio.box(100, 60, 220, 180)
    studio.key("q")
    studio.click(150, 120)
    before = studio.assistant.pending
    studio.key(key)
    assert studio.assistant.pending.mask is None
    studio.key("y", CTRL)
    assert studio.assistant.pending.empty
    studio.key("z", CTRL)
    studio.settle()
    assert studio.assistant.pending.prompt is before.prompt
    assert studio.assistant.pending.mask.same_as(before.mask)
    studio.key("z", CTRL)
    assert studio.assistant.pending.at == before.at - 1
    studio.key("f")
    studio.settle()
    assert studio.labels == ["Pipe"]
    studio.key("z", CTRL)
    assert studio.labels == [] and studio.assistant.pending.empty


def test_a_prompt_dropped_before_a_step_of_the_page_stays_dropped(studio):
    studio.add(100, 60, 220, 180)
    studio.box(240, 60, 300, 180)
    studio.key(Qt.Key.Key_Escape)
    studio.key(Qt.Key.Key_Tab)
    studio.key("2")
    studio.key("z", CTRL)
    assert studio.labels == ["Pipe"] and studio.assistant.pending.empty
    studio.key("z", CTRL)
    assert studio.labels == [] and studio.assistant.pending.empty


def test_a_click_on_a_point_takes_it_away(studio):
    studio.key("q")
    studio.click(100, 100)
    studio.click(150, 100)
    studio.click(101, 100)
    assert len(studio.assistant.pending.prompt.points) == 1


def test_undo_takes_back_the_last_prompt_step_first(studio):
    studio.add(20, 20, 90, 90)
    studio.box(100, 60, 220, 180)
    studio.key("q")
    studio.click(150, 120)
    studio.key("z", CTRL)
    studio.settle()
    assert len(studio.assistant.pending.prompt.points) == 0
    assert studio.assistant.pending.mask is not None
    studio.key("y", CTRL)
    studio.settle()
    assert len(studio.assistant.pending.prompt.points) == 1
    studio.key("z", CTRL)
    studio.key("z", CTRL)
    assert studio.assistant.pending.empty
    assert studio.labels == ["Pipe"]
    studio.key("z", CTRL)
    assert studio.labels == []


def test_tab_shows_the_other_masks_with_their_scores(studio):
    studio.box(100, 60, 220, 180)
    large = studio.assistant.pending.mask.area
    studio.key(Qt.Key.Key_Tab)
    studio.settle()
    pending = studio.assistant.pending
    assert pending.choice == 1
    assert pending.mask.area < large
    assert pending.current_scores.best == "Pipe"
    studio.key(Qt.Key.Key_Backtab)
    assert studio.assistant.pending.choice == 0
    studio.key(Qt.Key.Key_Tab)
    studio.key("f")
    studio.settle()
    (kept,) = studio.session.page.annotations
    assert kept.mask.area < large
    assert kept.made_by["candidate"] == 1


def test_b_clears_and_escape_cancels(studio):
    studio.box(100, 60, 220, 180)
    studio.key("b")
    assert studio.assistant.pending.empty
    studio.box(100, 60, 220, 180)
    studio.key(Qt.Key.Key_Escape)
    assert studio.assistant.pending.empty
    assert not studio.canvas.card.isVisible()


def test_escape_in_the_middle_of_a_drag_goes_back_to_the_prompt_before(studio):
    studio.box(100, 60, 220, 180)
    before = studio.assistant.pending.prompt
    studio.press(10, 10)
    studio.move(60, 60)
    assert studio.assistant.pending.draft is not None
    studio.key(Qt.Key.Key_Escape)
    studio.release(60, 60)
    studio.settle()
    assert studio.assistant.pending.prompt is before
    assert studio.assistant.pending.mask is not None


def test_a_box_outside_the_photo_is_cut_to_it(studio):
    studio.box(350, 250, 900, 900)
    box = studio.assistant.pending.prompt.box
    assert (box.x1, box.y1) == (400, 300)


def test_nothing_found_is_said_kindly(studio):
    studio.key("q")
    studio.click(100, 100, RIGHT)
    wait_until(lambda: studio.assistant.pending.settled)
    studio.key("f")
    assert "Nothing was found" in studio.window.messages.notices[0].text
    assert studio.labels == []


def test_a_further_point_refines_the_mask_in_sight(studio):
    model = studio.shelf.segmenters["nano"]
    studio.box(100, 60, 220, 180)
    studio.key("q")
    studio.click(150, 150)
    wait_until(lambda: studio.assistant.pending.settled, what="the refined mask")
    assert model.asked[-1].logits is not None
    studio.key("f")
    studio.settle()
    assert studio.on_disk().annotations[0].prompt.logits is None
    studio.window.settings.set("refine", False)
    studio.click(300, 200)
    wait_until(lambda: studio.assistant.pending.settled, what="a mask")
    studio.click(310, 210)
    wait_until(lambda: studio.assistant.pending.settled, what="the mask again")
    assert model.asked[-1].logits is None


def test_a_click_beside_the_photo_means_its_edge(studio):
    studio.key("q")
    studio.click(404, 306)
    wait_until(lambda: studio.assistant.pending.settled, what="the mask")
    (point,) = studio.assistant.pending.prompt.points.tolist()
    assert 399 < point[0] < 400 and 299 < point[1] < 300


def owe(studio, x: int) -> None:
    """A box, a point and F, before the model has answered."""
    studio.key("w")
    studio.drag(x, 60, x + 80, 180)
    studio.key("q")
    QTest.mouseClick(studio.canvas.viewport(), Qt.MouseButton.LeftButton, pos=studio.at(x + 30, 120))
    studio.key("f")


def step(studio, key: str, image: str) -> None:
    studio.key(key)
    wait_until(lambda: studio.session.page is not None and studio.session.page.image == image, what=image)
    wait_until(lambda: studio.assistant.photo is not None, what="the photo")


def test_what_is_accepted_before_it_is_there_comes_with_its_effort_to_the_photo_that_was_left(studio):
    gate = studio.shelf.segmenters["nano"].gate
    gate.clear()
    owe(studio, 20)
    step(studio, "d", "b.jpg")
    gate.set()
    studio.settle()
    (made,) = studio.on_disk("a.jpg").annotations
    assert made.extra["effort"]["clicks"] == 2 and 0 <= made.extra["effort"]["seconds"] < 30


def test_two_masks_may_be_owed_to_one_photo(studio):
    gate = studio.shelf.segmenters["nano"].gate
    gate.clear()
    owe(studio, 20)
    step(studio, "d", "b.jpg")
    step(studio, "a", "a.jpg")
    owe(studio, 200)
    step(studio, "d", "b.jpg")
    gate.set()
    studio.settle()
    made = studio.on_disk("a.jpg").annotations
    assert [a.extra["effort"]["clicks"] for a in made] == [2, 2]


def test_a_mask_left_and_taken_up_again_keeps_its_effort_but_not_the_time_between(studio, monkeypatch):
    studio.box(100, 60, 220, 180)
    step(studio, "d", "b.jpg")
    later = time.monotonic() + 50
    monkeypatch.setattr(Effort.until_now, "__defaults__", (lambda: later,))
    step(studio, "a", "a.jpg")
    wait_until(lambda: studio.assistant.pending.settled, what="the mask")
    studio.key("q")
    studio.click(150, 120)
    studio.key("f")
    studio.settle()
    effort = studio.session.page.annotations[0].extra["effort"]
    assert effort["clicks"] == 2 and effort["seconds"] < 30


def test_a_pause_counts_as_a_minute_at_most():
    box, clock = Prompt(box=Box(0, 0, 9, 9)), iter([0.0, 2.0, 500.0, 501.0])
    effort = Effort()
    for prompt in (None, box, box, box):
        effort = effort.until_now(prompt, lambda: next(clock))
    assert effort.note == {"effort": {"seconds": 63.0, "clicks": 1}}
