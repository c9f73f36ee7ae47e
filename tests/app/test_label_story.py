"""The main job in the window: box, preview, accept, relabel, undo, redo, and everything still there afterwards."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

CTRL = Qt.KeyboardModifier.ControlModifier


def test_a_box_becomes_a_mask_with_a_class_and_is_saved(studio):
    studio.box(100, 60, 220, 180)
    pending = studio.assistant.pending
    assert pending.mask is not None
    assert pending.best_label(0.3) == "Pipe"
    assert studio.canvas.card.isVisible()

    studio.key("f")
    studio.settle()
    (kept,) = studio.on_disk().annotations
    assert kept.label == "Pipe"
    assert kept.status == "accepted"
    assert kept.mask.same_as(pending.mask)
    assert kept.prompt.box.width > 100
    assert kept.made_by["segmenter"] == "nano"
    assert kept.author
    assert studio.assistant.pending.empty
    assert studio.session.selection == (kept.id,)


def test_enter_accepts_too(studio):
    studio.box(100, 60, 220, 180)
    studio.key(Qt.Key.Key_Return)
    studio.settle()
    assert studio.labels == ["Pipe"]


def test_accept_before_the_answer_is_kept_in_mind(studio):
    gate = studio.shelf.segmenters["nano"].gate
    gate.clear()
    studio.key("w")
    studio.drag(100, 60, 220, 180)
    studio.key("f")
    assert studio.labels == []
    gate.set()
    studio.settle()
    assert studio.labels == ["Pipe"]


def test_number_keys_set_the_class(studio):
    studio.box(100, 60, 220, 180)
    studio.key("3")
    assert studio.assistant.pending.best_label(0.3) == "Billet"
    studio.key("f")
    studio.settle()
    assert studio.labels == ["Billet"]
    studio.key("7")
    assert studio.labels == ["U"]
    studio.key("0")
    assert studio.labels == ["unknown"]
    studio.settle()
    assert studio.on_disk().annotations[0].label == "unknown"


def test_everything_can_be_undone_and_redone(studio):
    studio.add(20, 20, 90, 90)
    studio.add(150, 100, 250, 200)
    studio.key("2")
    studio.key(Qt.Key.Key_Delete)
    assert studio.labels == ["Pipe"]
    studio.key("z", CTRL)
    assert studio.labels == ["Pipe", "Bar"]
    studio.key("z", CTRL)
    assert studio.labels == ["Pipe", "Pipe"]
    studio.key("z", CTRL)
    studio.key("z", CTRL)
    assert studio.labels == []
    for _ in range(2):
        studio.key("y", CTRL)
    studio.key("z", CTRL | Qt.KeyboardModifier.ShiftModifier)
    assert studio.labels == ["Pipe", "Bar"]
    studio.settle()
    assert [a.label for a in studio.on_disk().annotations] == ["Pipe", "Bar"]


def test_a_class_given_to_the_mask_in_hand_is_a_step_of_its_own(studio):
    """Taken back and given again without asking the model; a prompt dropped and brought back has its class again."""
    model = studio.shelf.segmenters["nano"]
    studio.box(100, 60, 220, 180)
    studio.key("3")
    studio.key("2")
    asked = len(model.asked)
    assert studio.assistant.pending.label == "Bar"
    for key, label in (("z", "Billet"), ("z", ""), ("y", "Billet"), ("y", "Bar")):
        studio.key(key, CTRL)
        assert studio.assistant.pending.label == label
    assert studio.assistant.pending.mask is not None and len(model.asked) == asked
    studio.key(Qt.Key.Key_Escape)
    assert studio.assistant.pending.empty
    studio.key("z", CTRL)
    studio.settle()
    assert studio.assistant.pending.label == "Bar" and studio.assistant.pending.mask is not None
    for _ in range(3):
        studio.key("z", CTRL)
    assert studio.assistant.pending.empty
    studio.box(20, 20, 90, 90)
    assert studio.assistant.pending.label == "", "a new mask has no class of an old one"


def test_undo_is_kept_while_visiting_another_photo(studio):
    studio.add(20, 20, 90, 90)
    studio.key("d")
    studio.settle()
    assert studio.session.image == "b.jpg"
    assert not studio.window.actions_.by_key["undo"].isEnabled()
    studio.key("a")
    studio.settle()
    assert studio.labels == ["Pipe"]
    studio.key("z", CTRL)
    assert studio.labels == []
    studio.settle()
    assert studio.on_disk().annotations == ()


def test_everything_is_there_after_a_restart(make_studio, folder):
    first = make_studio()
    first.open(folder)
    first.add(20, 20, 90, 90)
    first.key("5")
    first.key("4")
    first.window.close()
    second = make_studio()
    second.open(folder)
    assert second.labels == ["H"]
    assert second.session.state("a.jpg").count == 1


def test_the_interface_thread_never_runs_the_model(studio):
    studio.box(100, 60, 220, 180)
    assert studio.shelf.segmenters["nano"].threads == {"lane-model"}
    assert QApplication.instance().thread() is studio.window.thread()
