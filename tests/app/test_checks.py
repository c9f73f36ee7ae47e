"""Rules run over the project: findings are jumped to, mended with one key, or said to be right."""

from __future__ import annotations

import pytest
from labelled import label
from PySide6.QtCore import Qt
from studio_driver import wait_until


@pytest.fixture
def checks(make_studio, folder):
    label(folder)
    studio = make_studio()
    studio.open(folder)
    studio.key(Qt.Key.Key_F7)
    panel = studio.window.side.page("checks")
    done = studio.window.flow.checks
    wait_until(lambda: studio.window.flow.index.ready and not done.left and done.findings, what="the checks")
    return studio, panel


def found(panel) -> list[tuple[str, str]]:
    return [(entry.key[0], entry.image) for entry in panel.list.facts.entries]


def test_mistakes_of_all_photos_are_listed(checks):
    _, panel = checks
    assert found(panel) == [("tiny", "a.jpg"), ("label", "b.jpg"), ("empty", "c.png")]
    assert panel.list.facts.entries[0].said().line == "25 px · a.jpg"
    assert panel.kind.count() == 4


def test_a_row_speaks_of_its_photo_alone_and_names_it_once(checks):
    _, panel = checks
    titles = [entry.said().title for entry in panel.list.facts.entries]
    assert titles == ["Tiny mask", "Without a class", "Photo without objects"]
    panel.list.go(2)
    assert panel.says.text().count("c.png") == 1
    panel.list.go(0)
    assert panel.says.text().count("a.jpg") == 1


def test_the_button_names_the_class_it_would_give(checks):
    studio, panel = checks
    panel.list.go(1)
    wait_until(lambda: studio.session.image == "b.jpg" and studio.session.page is not None, what="the photo")
    wait_until(lambda: panel.mend.text() == "Call it Pipe  (M)", what="the name of the class")
    panel.mend_it()
    wait_until(lambda: ("label", "b.jpg") not in found(panel), what="the mend")
    assert studio.session.project is not None
    studio.settle()
    assert [a.label for a in studio.on_disk("b.jpg").annotations] == ["Bar", "Pipe"]


def test_one_key_mends_and_goes_on(checks):
    studio, panel = checks
    panel.next()
    wait_until(lambda: studio.session.selection == (3,), what="the jump")
    studio.key("m")
    wait_until(lambda: ("tiny", "a.jpg") not in found(panel), what="the mend")
    studio.settle()
    assert [a.id for a in studio.on_disk("a.jpg").annotations] == [1, 2]
    wait_until(lambda: studio.session.image == "b.jpg", what="the next finding")
    studio.session.go("a.jpg")
    wait_until(lambda: studio.session.page is not None)
    studio.key("z", Qt.KeyboardModifier.ControlModifier)
    wait_until(lambda: ("tiny", "a.jpg") in found(panel), what="the undo")


def test_a_finding_that_nobody_has_looked_at_is_not_mended(checks):
    """The one in hand is put right on the photo itself: its neighbour in the list is shown before a key changes it."""
    studio, panel = checks
    panel.list.go(0)
    wait_until(lambda: studio.session.selection == (3,), what="the jump")
    studio.key(Qt.Key.Key_Delete)
    wait_until(lambda: ("tiny", "a.jpg") not in found(panel), what="the rules")
    assert panel.finding is None
    studio.key("m")
    wait_until(lambda: studio.session.image == "b.jpg", what="the next finding")
    assert ("label", "b.jpg") in found(panel)
    assert panel.finding is not None and panel.finding.rule == "label"


def test_with_nothing_in_hand_the_key_takes_the_first_and_ctrl_z_comes_back_from_the_next(checks):
    studio, panel = checks
    studio.key("m")
    wait_until(lambda: studio.session.selection == (3,), what="the first finding")
    assert ("tiny", "a.jpg") in found(panel), "seen before it is mended"
    studio.key("m")
    wait_until(lambda: studio.session.image == "b.jpg" and ("tiny", "a.jpg") not in found(panel), what="the next")
    studio.key("z", Qt.KeyboardModifier.ControlModifier)
    wait_until(lambda: ("tiny", "a.jpg") in found(panel), what="the undo")
    wait_until(lambda: studio.session.image == "a.jpg" and studio.session.selection == (3,), what="where it was")
    studio.settle()
    assert len(studio.on_disk("a.jpg").annotations) == 3


def test_what_is_right_is_not_found_again(checks, make_studio, folder):
    studio, panel = checks
    panel.next()
    wait_until(lambda: studio.session.selection == (3,))
    studio.key("i")
    wait_until(lambda: ("tiny", "a.jpg") not in found(panel))
    studio.settle()
    assert studio.on_disk("a.jpg").annotations[2].extra["excused"] == ["tiny"]


def test_one_kind_at_a_time(checks):
    _, panel = checks
    panel.kind.setCurrentIndex(panel.kind.findData("empty"))
    assert found(panel) == [("empty", "c.png")]
    panel.next()
    assert "done" in panel.mend.text()


def test_an_edit_is_checked_at_once(checks):
    studio, panel = checks
    studio.session.go("c.png")
    wait_until(lambda: studio.session.page is not None and studio.assistant.photo is not None)
    studio.settle()
    studio.add(20, 20, 120, 120)
    wait_until(lambda: ("empty", "c.png") not in found(panel), what="the new check")
