"""The preview follows the mouse at the model's pace and never shows an old answer."""

from __future__ import annotations

import shutil

from PySide6.QtCore import Qt
from studio_driver import wait_until


def test_the_mask_changes_while_the_box_is_dragged(studio):
    studio.key("w")
    studio.press(50, 50)
    studio.move(100, 100)
    wait_until(lambda: studio.assistant.pending.mask is not None)
    small = studio.assistant.pending.mask.area
    studio.move(250, 220)
    wait_until(lambda: studio.assistant.pending.mask.area > small)
    assert studio.session.page.annotations == ()
    studio.release(250, 220)
    wait_until(lambda: studio.assistant.pending.settled)


def test_while_one_draft_runs_only_the_newest_waits(studio):
    model = studio.shelf.segmenters["nano"]
    studio.key("w")
    model.gate.clear()
    studio.press(50, 50)
    for step in range(30):
        studio.move(80 + 5 * step, 80 + 4 * step)
    studio.release(240, 210)
    model.gate.set()
    wait_until(lambda: studio.assistant.pending.settled)
    studio.settle()
    assert len(model.asked) <= 3
    box = studio.assistant.pending.prompt.box
    assert model.asked[-1].box == box
    assert abs(studio.assistant.pending.mask.box.x1 - box.x1) < 4


def test_an_answer_for_a_photo_that_was_left_is_dropped(studio):
    model = studio.shelf.segmenters["nano"]
    model.gate.clear()
    studio.key("w")
    studio.drag(100, 60, 220, 180)
    studio.key("d")
    model.gate.set()
    studio.settle()
    assert studio.session.image == "b.jpg"
    assert studio.assistant.pending.empty
    assert studio.assistant.pending.mask is None


def test_what_was_accepted_in_haste_comes_to_the_photo_that_was_left(studio):
    model = studio.shelf.segmenters["nano"]
    model.gate.clear()
    studio.key("w")
    studio.drag(100, 60, 220, 180)
    studio.key("f")
    studio.key("d")
    model.gate.set()
    studio.settle()
    assert studio.session.image == "b.jpg" and studio.labels == []
    assert studio.assistant.pending.empty
    assert not studio.window.messages.notices
    assert [a.label for a in studio.on_disk("a.jpg").annotations] == ["Pipe"]
    assert studio.on_disk("a.jpg").annotations[0].prompt.box.width > 100
    studio.key("a")
    studio.settle()
    assert studio.labels == ["Pipe"] and studio.assistant.pending.empty
    studio.key("z", Qt.KeyboardModifier.ControlModifier)
    assert studio.labels == []


def test_what_was_accepted_in_haste_does_not_come_to_another_folder(studio, folder, tmp_path):
    model = studio.shelf.segmenters["nano"]
    model.gate.clear()
    studio.key("w")
    studio.drag(100, 60, 220, 180)
    studio.key("f")
    studio.key("d")
    other = shutil.copytree(folder, tmp_path / "other")
    studio.window.open_folder(other)
    wait_until(lambda: studio.session.project.folder == other)
    model.gate.set()
    studio.settle()
    assert studio.labels == [] and studio.on_disk("a.jpg").annotations == ()


def test_nothing_found_for_what_was_accepted_in_haste_keeps_the_prompt(studio, monkeypatch):
    model = studio.shelf.segmenters["nano"]
    monkeypatch.setattr(model, "predict", lambda *a, **k: (model.gate.wait(10), ())[1])
    model.gate.clear()
    studio.key("w")
    studio.drag(100, 60, 220, 180)
    studio.key("f")
    studio.key("d")
    model.gate.set()
    studio.settle()
    assert any("kept" in notice.text for notice in studio.window.messages.notices)
    studio.key("a")
    studio.settle()
    assert studio.labels == [] and studio.assistant.pending.prompt.box is not None


def test_a_mask_begun_is_kept_for_its_photo(studio):
    studio.box(100, 60, 220, 180)
    studio.key("d")
    studio.settle()
    assert any("kept" in notice.text for notice in studio.window.messages.notices)
    studio.key("a")
    studio.settle()
    assert studio.assistant.pending.mask is not None
    studio.key("f")
    studio.settle()
    assert studio.labels == ["Pipe"]


def test_the_photo_is_encoded_once(studio):
    model = studio.shelf.segmenters["nano"]
    for x in (20, 120, 220):
        studio.add(x, 50, x + 60, 120)
    assert model.encoded == 1


def test_a_point_is_looked_at_as_large_as_the_user_sees_it(studio, monkeypatch):
    from sscore import recognize

    asked, propose = [], recognize.propose
    monkeypatch.setattr(recognize, "propose", lambda *a, **k: asked.append(k["view"]) or propose(*a, **k))
    studio.canvas.zoom_at(4.0, studio.canvas.viewport().rect().center().toPointF())
    studio.key("q")
    studio.click(160, 120)
    wait_until(lambda: studio.assistant.pending.settled)
    assert asked[-1] == studio.canvas.seen()
    assert asked[-1].x0 < 160 < asked[-1].x1 and asked[-1].width < 400
