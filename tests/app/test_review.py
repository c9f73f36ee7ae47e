"""The review queue: the most uncertain first, verdicts by key, comments, and what is kept in the page."""

from __future__ import annotations

import pytest
from labelled import label
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from studio_driver import wait_until

from sscore import review
from sscore.project import Project

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def queue(make_studio, folder):
    label(folder)
    studio = make_studio()
    studio.open(folder)
    studio.key(Qt.Key.Key_F8)
    panel = studio.window.side.page("review")
    wait_until(lambda: studio.window.flow.index.ready and len(panel.list.facts.entries) == 5, what="the queue")
    return studio, panel


def listed(panel) -> list[tuple[str, int]]:
    return [(entry.image, entry.fact.id) for entry in panel.list.facts.entries]


def at(studio, image: str, number: int) -> bool:
    return studio.session.image == image and studio.session.selection == (number,)


def test_the_most_uncertain_come_first(queue):
    _, panel = queue
    assert listed(panel) == [("b.jpg", 2), ("a.jpg", 2), ("a.jpg", 1), ("a.jpg", 3), ("b.jpg", 1)]
    assert "5 waiting, 0 of 5" in panel._count.text()


def test_newcomers_see_no_tabs(studio):
    assert not studio.window.side.tabs.isVisible()
    studio.key(Qt.Key.Key_F8)
    assert studio.window.side.tabs.isVisible()
    studio.window.side.close_page("review")
    assert not studio.window.side.tabs.isVisible()
    assert studio.window.side.current == "photos"


def test_verdicts_by_key_lead_through_the_queue(queue, folder):
    studio, panel = queue
    studio.key("n")
    wait_until(lambda: at(studio, "b.jpg", 2), what="the first")
    assert studio.canvas.zoom > 1.5  # large enough to judge
    studio.key("x")
    wait_until(lambda: at(studio, "a.jpg", 2), what="the second")
    studio.key("y")
    wait_until(lambda: at(studio, "a.jpg", 1), what="the third")
    studio.settle()
    fact = studio.on_disk("b.jpg").annotations[1]
    assert fact.status == "rejected"
    assert fact.extra["review"]["by"] == studio.window.settings.get("author")
    assert studio.on_disk("a.jpg").annotations[1].status == "reviewed"
    assert len(listed(panel)) == 3


def test_a_verdict_can_be_taken_back(queue):
    studio, panel = queue
    studio.key("n")
    wait_until(lambda: at(studio, "b.jpg", 2))
    studio.key("x")
    wait_until(lambda: at(studio, "a.jpg", 2))
    studio.session.go("b.jpg")
    wait_until(lambda: studio.session.page is not None)
    studio.key("z", CTRL)
    wait_until(lambda: len(listed(panel)) == 5)
    assert studio.session.page.annotations[1].status == "accepted"


def test_ctrl_z_goes_back_along_the_queue(queue):
    studio, panel = queue
    studio.key("n")
    wait_until(lambda: at(studio, "b.jpg", 2), what="the first")
    studio.key("x")
    wait_until(lambda: at(studio, "a.jpg", 2), what="the second")
    studio.key("y")
    wait_until(lambda: at(studio, "a.jpg", 1), what="the third")
    studio.key("z", CTRL)
    wait_until(lambda: at(studio, "a.jpg", 2), what="the second again")
    studio.key("z", CTRL)
    wait_until(lambda: at(studio, "b.jpg", 2), what="the first again")
    wait_until(lambda: len(listed(panel)) == 5, what="the whole queue")
    studio.settle()
    assert {a.status for a in studio.on_disk("a.jpg").annotations} == {"accepted"}
    assert studio.on_disk("b.jpg").annotations[1].status == "accepted"
    studio.key("y", CTRL)
    assert studio.session.page.annotations[1].status == "rejected"


def test_what_was_edited_since_is_undone_first_and_a_photo_that_was_chosen_keeps_its_own_steps(queue):
    studio, _ = queue
    studio.key("n")
    wait_until(lambda: at(studio, "b.jpg", 2))
    studio.key("x")
    wait_until(lambda: at(studio, "a.jpg", 2))
    studio.key("3")
    assert studio.session.page.annotations[1].label == "Billet"
    studio.key("z", CTRL)
    assert studio.session.image == "a.jpg" and studio.session.page.annotations[1].label == "Pipe"
    studio.key("z", CTRL)
    assert studio.session.image == "a.jpg"
    studio.key("y")
    wait_until(lambda: at(studio, "a.jpg", 1))
    studio.session.go("c.png")
    wait_until(lambda: studio.session.page is not None)
    assert not studio.window.actions_.by_key["undo"].isEnabled()
    studio.key("z", CTRL)
    assert studio.session.image == "c.png"
    studio.settle()
    assert studio.on_disk("a.jpg").annotations[1].status == "reviewed"


def test_a_comment_on_the_photo_is_not_that_of_an_object_and_reaches_who_mends_it(queue, make_studio, folder):
    studio, panel = queue
    studio.key("n")
    wait_until(lambda: at(studio, "b.jpg", 2))
    studio.key("k")
    panel.comment.insert("bent")
    QTest.keyClick(panel.comment, Qt.Key.Key_Return)
    assert panel.list.hasFocus(), "the keyboard goes on"
    studio.key("x", SHIFT)
    studio.settle()
    assert "comment" not in studio.on_disk("b.jpg").extra["review"]
    studio.key(Qt.Key.Key_Escape)
    assert panel.comment.text() == "" and "photo" in panel.comment.placeholderText()
    studio.key("k")
    panel.comment.insert("边缘不准")
    QTest.keyClick(panel.comment, Qt.Key.Key_Return)
    studio.key("x", SHIFT)
    studio.settle()
    assert studio.on_disk("b.jpg").extra["review"]["comment"] == "边缘不准"
    other = make_studio()
    other.open(folder)
    other.session.go("b.jpg")
    wait_until(lambda: any("边缘不准" in n.detail for n in other.window.messages.notices), what="the reason")
    other.session.go("a.jpg")
    other.settle()
    assert not [n for n in other.window.messages.notices if "Sent back" in n.text]


def test_a_comment_stays_with_its_object(queue):
    studio, panel = queue
    studio.key("n")
    wait_until(lambda: at(studio, "b.jpg", 2))
    studio.settle()
    studio.key("k")
    panel.comment.insert("弯的 bent")
    QTest.keyClick(panel.comment, Qt.Key.Key_Return)
    studio.settle()
    assert studio.on_disk("b.jpg").annotations[1].extra["review"]["comment"] == "弯的 bent"
    assert studio.on_disk("b.jpg").annotations[1].status == "accepted"


def test_a_whole_photo_is_right_or_goes_back(queue, folder):
    studio, _ = queue
    studio.key("y", SHIFT)
    studio.settle()
    page = studio.on_disk()
    assert page.extra["review"]["status"] == "reviewed" and page.extra["done"]
    assert {a.status for a in page.annotations} == {"reviewed"}
    studio.key("x", SHIFT)
    studio.settle()
    assert studio.on_disk().extra["review"]["status"] == "rejected"
    state = studio.session.state("a.jpg")
    assert state.progress == "started" and state.sent_back
    second = Project.open(folder).summary("a.jpg")
    assert second.verdict == "rejected"
    studio.window.images.filter.set("is:rejected")
    assert studio.session.listed == ["a.jpg"]


def test_disagreement_of_another_model_brings_it_up_and_is_named(queue):
    studio, panel = queue
    page = studio.session.page
    studio.session.edit("asked another", review.second_opinion(page, {1: 0.01, 3: 0.95}, segmenter="other"))
    wait_until(lambda: ("a.jpg", 1) in listed(panel)[:2], what="its place")
    said = {entry.fact.id: entry.said().line for entry in panel.list.facts.entries if entry.image == "a.jpg"}
    assert said[1].startswith("other model 0.01") and said[3].endswith("other model 0.95")


def test_a_filter_narrows_the_queue(queue):
    _, panel = queue
    panel.filter.set("class:Pipe margin<0.2")
    wait_until(lambda: listed(panel) == [("a.jpg", 2)], what="the picked")
    assert panel._count.text() == "1 waiting, 0 of 1 decided"
    panel.filter.set("iou<0.1")
    wait_until(lambda: not listed(panel) and panel.empty.isVisible(), what="nothing")
    assert "matches the line above" in panel.empty.text()


def test_what_is_accepted_joins_the_queue_with_its_effort(queue):
    studio, panel = queue
    studio.session.go("c.png")
    wait_until(lambda: studio.session.page is not None and studio.assistant.photo is not None)
    studio.settle()
    studio.box(20, 20, 120, 120)
    studio.key("q")
    studio.click(60, 60)
    studio.key("f")
    wait_until(lambda: ("c.png", 1) in listed(panel))
    effort = studio.on_disk("c.png").annotations[0].extra["effort"]
    assert effort["clicks"] == 2 and 0 <= effort["seconds"] < 60


def highlighted(panel) -> tuple[str, int] | None:
    """The row in hand, as it is painted."""
    rows = panel.list.selectionModel().selectedIndexes()
    assert [index.row() for index in rows] == ([panel.list.currentIndex().row()] if panel.list.entry else [])
    return panel.list.entry.key if panel.list.entry else None


def test_the_row_in_hand_is_the_object_selected_on_the_canvas(queue):
    studio, panel = queue
    studio.key("n")
    wait_until(lambda: at(studio, "b.jpg", 2), what="the first")
    assert highlighted(panel) == ("b.jpg", 2)
    studio.session.select((1,))
    assert highlighted(panel) == ("b.jpg", 1)
    studio.session.select((1, 2))
    assert highlighted(panel) == ("b.jpg", 1)
    studio.session.select(())
    assert highlighted(panel) is None
    studio.key("n")
    wait_until(lambda: at(studio, "b.jpg", 2), what="round to the first")
    studio.session.go("c.png")
    studio.settle()
    assert highlighted(panel) is None


def test_a_filter_that_leaves_out_the_object_in_hand_highlights_none(queue):
    studio, panel = queue
    for _ in range(2):
        studio.key("n")
        studio.settle()
    wait_until(lambda: at(studio, "a.jpg", 2), what="the second")
    panel.filter.set("photo:b.jpg")
    wait_until(lambda: listed(panel) == [("b.jpg", 2), ("b.jpg", 1)], what="two rows")
    studio.settle()
    assert studio.session.selection == (2,) and studio.session.image == "a.jpg"
    assert highlighted(panel) is None, "neither of these is on screen"
    studio.key("n")
    wait_until(lambda: at(studio, "b.jpg", 1), what="the row at the place of the one that was in hand")
    assert highlighted(panel) == ("b.jpg", 1)
    panel.filter.set("")
    wait_until(lambda: len(listed(panel)) == 5, what="all rows")
    assert highlighted(panel) == ("b.jpg", 1)
    studio.key("y")
    studio.settle()
    wait_until(lambda: highlighted(panel) == (studio.session.image, *studio.session.selection), what="the next")


def test_with_nothing_to_judge_the_verdicts_are_off_and_say_why(studio):
    studio.key(Qt.Key.Key_F8)
    panel = studio.window.side.page("review")
    wait_until(lambda: panel.empty.isVisible() and "Nothing to review yet" in panel.empty.text(), what="the words")
    for button in (panel.right, panel.wrong):
        assert not button.isEnabled() and button.toolTip() == panel.empty.text()
    studio.add(20, 20, 120, 120)
    wait_until(lambda: not panel.empty.isVisible() and panel.right.isEnabled(), what="one that waits")
    studio.session.select(())
    assert panel.wrong.isEnabled() and "first that waits" in panel.wrong.toolTip()
    QTest.mouseClick(panel.wrong, Qt.MouseButton.LeftButton)
    wait_until(lambda: at(studio, "a.jpg", 1), what="the first that waits")
    assert "reject" in panel.wrong.toolTip()
    QTest.mouseClick(panel.right, Qt.MouseButton.LeftButton)
    wait_until(lambda: "Everything is decided" in panel.empty.text(), what="the end")
    assert panel.right.isEnabled(), "what was decided last can be decided otherwise"
    studio.session.select(())
    assert not panel.right.isEnabled() and "Ctrl+Shift+E" in panel.right.toolTip()


def test_a_folder_without_photos_has_nothing_to_say_a_verdict_or_comment_on(make_studio, tmp_path):
    place = tmp_path / "empty"
    place.mkdir()
    studio = make_studio()
    studio.open(place)
    panel = studio.window.flow.show_review()
    wait_until(lambda: "no photos" in panel.empty.text(), what="the words")
    assert not (panel.right.isEnabled() or panel.wrong.isEnabled() or panel.comment.isEnabled())
