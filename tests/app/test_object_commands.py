"""Objects merged, split, cut, ordered, flagged, hidden and copied: one undo step each, saved at once."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from studio_driver import wait_until

from app import object_commands
from app.canvas import stage
from sscore import edits, masks
from sscore.types import Annotation

CTRL, SHIFT, ALT = (getattr(Qt.KeyboardModifier, f"{name}Modifier") for name in ("Control", "Shift", "Alt"))


def rectangle(x0, y0, x1, y1):
    return masks.polygon_fill([(x0, y0), (x1, y0), (x1, y1), (x0, y1)])


@pytest.fixture
def three(studio):
    """1 and 2 overlap; 3 lies apart and has a hole and a speck."""
    page = studio.session.page
    holed = masks.subtract(rectangle(200, 40, 260, 100), rectangle(220, 60, 240, 80))
    for mask in (
        rectangle(20, 20, 120, 120),
        rectangle(80, 80, 160, 160),
        masks.union(holed, rectangle(270, 40, 272, 42)),
    ):
        page = edits.add(page, Annotation(0, mask, "Bar"))
    studio.session.edit("three objects", page)
    studio.settle()
    studio.key("v")
    return studio


def do(studio, action: str) -> None:
    studio.window.actions_.by_key[action].trigger()
    studio.settle()


def ids(studio) -> list[int]:
    return [a.id for a in studio.session.page.annotations]


def area(studio, annotation_id: int) -> int:
    return studio.session.page.find(annotation_id).mask.area


def last_words(studio) -> str:
    return studio.window.messages.notices[-1].text


def test_merge_and_split_are_one_step_each(three):
    three.session.select((1, 2))
    three.key("g", CTRL)
    three.settle()
    assert ids(three) == [1, 3]
    assert area(three, 1) == 10000 + 6400 - 1600
    assert len(three.on_disk().annotations) == 2
    three.key("z", CTRL)
    three.session.select((3,))
    three.key("g", CTRL | SHIFT)
    three.settle()
    assert ids(three) == [1, 2, 3, 4]
    assert three.session.selection == (3, 4)
    three.key("z", CTRL)
    assert ids(three) == [1, 2, 3]
    three.session.select((1,))
    three.key("g", CTRL)
    assert "two or more" in last_words(three)


def test_the_last_selected_is_cut_out_of_the_others(three):
    three.session.select((2,))
    do(three, "cut_out")
    assert area(three, 1) == 10000 - 1600
    three.key("z", CTRL)
    three.session.select((3, 1))
    do(three, "cut_out")
    assert "overlaps no other" in last_words(three)
    assert area(three, 2) == 6400


def test_the_others_keep_what_they_share_with_the_last(three):
    three.session.select((1,))
    three.key("i", CTRL | SHIFT)
    assert "two or more" in last_words(three)
    three.session.select((1, 3, 2))
    three.key("i", CTRL | SHIFT)
    three.settle()
    assert [area(three, i) for i in (1, 2, 3)] == [1600, 6400, 3204]
    assert three.on_disk().find(1).mask.area == 1600
    three.key("i", CTRL | SHIFT)
    assert "share no pixel" in three.window.messages.notices[0].text
    three.key("z", CTRL)
    assert area(three, 1) == 10000


def test_holes_specks_and_edges(three):
    three.session.select((3,))
    three.key("h", SHIFT)
    assert area(three, 3) == 3600 + 4
    three.key("l", SHIFT)
    assert area(three, 3) == 3600
    three.key("l", SHIFT)
    assert "nothing to change" in last_words(three)
    three.key("s", SHIFT)
    assert 3500 < area(three, 3) < 3600
    for wanted in (3600, 3604, 3204):
        three.key("z", CTRL)
        assert area(three, 3) == wanted


def test_order_decides_what_a_click_takes(three):
    three.click(100, 100)
    assert three.session.selection == (2,)
    do(three, "to_back")
    assert ids(three) == [2, 1, 3]
    three.click(100, 100)
    assert three.session.selection == (1,)
    do(three, "forward")
    assert ids(three) == [2, 3, 1]
    assert [a.id for a in three.on_disk().annotations] == [2, 3, 1]


def test_locked_objects_stay(three):
    three.session.select((1,))
    three.key("k", CTRL)
    assert three.window.actions_.by_key["lock"].isChecked()
    three.key(Qt.Key.Key_Delete)
    assert ids(three) == [1, 2, 3]
    assert "Locked" in three.canvas.whisper.text
    three.session.select((1, 2))
    three.key("g", CTRL)
    assert ids(three) == [1, 2, 3]
    three.session.select((2,))
    do(three, "cut_out")
    assert area(three, 1) == 10000
    assert three.on_disk().find(1).extra[edits.LOCKED] is True
    three.session.select((1,))
    three.key("k", CTRL)
    three.key(Qt.Key.Key_Delete)
    assert ids(three) == [2, 3]


def test_partly_hidden_is_kept_with_the_object(three):
    three.session.select((1, 3))
    three.key("o")
    three.settle()
    assert [a.extra.get(edits.OCCLUDED) for a in three.on_disk().annotations] == [True, None, True]
    three.key("o")
    assert not any(a.extra for a in three.session.page.annotations)


def test_hidden_objects_are_neither_seen_nor_picked(three):
    three.click(150, 150)
    three.key("h", CTRL | SHIFT)
    assert three.session.selection == ()
    three.click(150, 150)
    assert three.session.selection == ()
    assert not three.canvas.stage._items[2].visible
    assert len(three.on_disk().annotations) == 3
    three.key("h", CTRL | ALT)
    three.click(150, 150)
    assert three.session.selection == (2,)


def test_copies_on_the_same_and_on_the_next_photo(three):
    three.session.select((1,))
    three.key("c", CTRL)
    three.key("v", CTRL)
    assert three.session.selection == (4,)
    assert three.session.page.find(4).mask.left > three.session.page.find(1).mask.left
    three.key("d", CTRL)
    assert ids(three) == [1, 2, 3, 4, 5]
    three.session.select((1, 2))
    three.key("d", SHIFT)
    three.settle()
    assert three.session.image == "b.jpg"
    assert [a.mask.left for a in three.session.page.annotations] == [20, 80]
    assert len(three.session.selection) == 2
    assert three.window.objects.model.rowCount() == 2
    three.key("v", CTRL)
    assert three.session.page.annotations[-1].mask.left == 20
    three.settle()
    assert len(three.on_disk("b.jpg").annotations) == 3
    three.key("z", CTRL)
    three.key("z", CTRL)
    assert three.labels == []


def test_colours_and_outlines(three):
    seen = {three.canvas.stage._items[1].colour.name()}
    for _ in range(2):
        three.key("c")
        seen.add(three.canvas.stage._items[1].colour.name())
    assert len(seen) == 3
    assert three.canvas.stage._items[1].colour.name() == "#4c8dff"
    three.session.select(())
    inside = three.at(60, 60)
    tinted = three.canvas.viewport().grab().toImage().pixelColor(inside)
    three.key("m", CTRL)
    assert three.canvas.viewport().grab().toImage().pixelColor(inside) != tinted
    assert three.window.actions_.by_key["outline_only"].isChecked()


def test_large_objects_are_merged_away_from_the_window(three, monkeypatch):
    monkeypatch.setattr(object_commands, "_AT_ONCE_PX", 0)
    three.session.select((1, 2))
    do_now(three, "merge")
    assert ids(three) == [1, 2, 3]
    three.session.edit("another", edits.add(three.session.page, Annotation(0, rectangle(0, 0, 9, 9), "Bar")))
    three.settle()
    assert ids(three) == [1, 3, 4]  # and what was drawn meanwhile is still there
    three.key("z", CTRL)
    three.settle()
    assert ids(three) == [1, 2, 3, 4]


def test_what_is_asked_next_does_not_take_the_place_of_a_large_merge(three, monkeypatch):
    monkeypatch.setattr(object_commands, "_AT_ONCE_PX", 0)
    three.session.select((1, 2))
    do_now(three, "merge")
    three.session.select((3,))
    do_now(three, "split")
    three.settle()
    assert ids(three) == [1, 3, 4]
    assert area(three, 1) == 10000 + 6400 - 1600


def test_objects_gone_before_they_are_merged_are_told_of(three, monkeypatch):
    monkeypatch.setattr(object_commands, "_AT_ONCE_PX", 0)
    three.session.select((1, 2))
    do_now(three, "merge")
    three.session.edit("remove", edits.remove(three.session.page, [2]))
    three.settle()
    assert ids(three) == [1, 3]
    assert "changed meanwhile" in last_words(three)


@pytest.mark.parametrize(("action", "left"), [("split", 4), ("cut_out", 3), ("intersect", 3)])
def test_what_is_worked_out_away_from_the_window_is_the_same(three, monkeypatch, action, left):
    three.session.select((3,) if action == "split" else (1, 2))
    do(three, action)
    at_once = three.session.page
    three.key("z", CTRL)
    three.settle()
    monkeypatch.setattr(object_commands, "_AT_ONCE_PX", 0)
    do(three, action)
    after = three.session.page
    assert len(after.annotations) == left
    assert all(a.mask.same_as(b.mask) for a, b in zip(after.annotations, at_once.annotations, strict=True))
    assert ids(three) == [a.id for a in at_once.annotations]


def do_now(studio, action: str) -> None:
    studio.window.actions_.by_key[action].trigger()


def test_a_large_object_is_shown_as_it_was_until_its_new_drawing_is_ready(three, monkeypatch):
    monkeypatch.setattr(stage, "_AT_ONCE_PX", 0)
    items = three.canvas.stage._items
    old = items[1].annotation.mask
    new = rectangle(20, 20, 60, 60)
    three.session.edit("smaller", edits.reshape(three.session.page, 1, new))
    assert items[1].annotation.mask is old
    three.settle()
    wait_until(lambda: items[1].annotation.mask is new, what="the new drawing")
    assert list(items) == [1, 2, 3]
    three.key("z", CTRL)
    wait_until(lambda: items[1].annotation.mask is old, what="the old one")
