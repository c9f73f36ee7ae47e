"""Models side by side on the prompt of the selected object; the better mask is taken by key; all prompts replayed."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from labelled import label
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from studio_driver import wait_until

from app.dialogs.compare_tile import part_to_show
from sscore.images import write_image
from sscore.types import Box, Prompt


@pytest.fixture
def compared(make_studio, folder):
    label(folder)
    studio = make_studio()
    studio.open(folder)
    wait_until(lambda: studio.assistant.photo is not None and studio.session.page is not None)
    studio.session.select((1,))
    studio.key(Qt.Key.Key_F3)
    dialog = studio.window.flow._compare
    for name in list(dialog.chosen):
        dialog.choose(name, False)
    for name in ("nano", "other"):
        dialog.choose(name)
    dialog.ask()
    wait_until(lambda: [answer.segmenter.card.id for answer in dialog.answers] == ["nano", "other"], what="answers")
    return studio, dialog


def test_two_answers_with_their_figures(compared):
    _, dialog = compared
    assert [tile.name.text() for tile in dialog.tiles[:2]] == ["nano", "other"]
    said = dialog.tiles[0].figures.text()
    assert said.startswith("DICE 0.") and "  ·  predicted IoU 0.90  ·  " in said and "s" in said
    assert not dialog.tiles[2].isVisible()
    before = dialog.tiles[0]._picture.toImage()
    dialog.differ.setChecked(True)
    assert dialog.tiles[0]._picture.toImage() != before


def test_the_legend_names_what_the_difference_is_to(compared):
    studio, dialog = compared
    dialog.differ.setChecked(True)
    assert "only the mask of the object" in dialog.legend.text()
    dialog.follow.setChecked(False)
    studio.box(150, 40, 250, 120)
    dialog.ask()
    wait_until(lambda: dialog._of is not None and dialog._of[2] is None and len(dialog.answers) == 2, what="answers")
    assert "only nano" in dialog.legend.text()


def test_models_to_download_are_told_so_in_the_menu(compared, monkeypatch):
    """They cannot be chosen, and the manager is a click away."""
    _, dialog = compared
    row = SimpleNamespace(here=False, state=SimpleNamespace(place="to download"))
    monkeypatch.setattr(dialog._stock, "row", lambda name: row if name == "missing" else None)
    dialog._stock.changed.emit()
    *models, _line, manage = dialog.menu.actions()
    assert [action.isEnabled() for action in models] == [True, True, False]
    assert models[-1].text().startswith("missing") and "download" in models[-1].text()
    asked = []
    dialog.manager_wanted.connect(lambda: asked.append(1))
    manage.trigger()
    assert asked


def test_with_nothing_to_compare_the_tiles_say_what_to_do(make_studio, folder):
    studio = make_studio()
    studio.open(folder)
    wait_until(lambda: studio.session.page is not None)
    studio.key(Qt.Key.Key_F3)
    dialog = studio.window.flow._compare
    assert all("draw a box" in tile.picture.text() for tile in dialog.tiles[: len(dialog.chosen)])
    dialog.close()


def test_pictures_fill_their_tiles_and_show_the_same_place(compared):
    studio, dialog = compared
    box = studio.session.page.find(1).mask.box
    for size in ((1040, 640), (700, 800)):
        dialog.resize(*size)

        def filled(tile):
            room, shown = tile.picture.size(), tile.picture.pixmap().size()
            return shown.width() > 0.85 * room.width() and shown.height() > 0.85 * room.height()

        wait_until(lambda: all(filled(tile) for tile in dialog.tiles[:2]), what="full tiles")
        assert dialog.tiles[0]._picture.size() == dialog.tiles[1]._picture.size()
    x0, y0, x1, y1 = part_to_show(np.zeros((300, 400, 3), np.uint8), [], Prompt(box=box), 1.0)
    assert x0 <= box.x0 and y0 <= box.y0 and x1 >= box.x1 and y1 >= box.y1 and abs((x1 - x0) - (y1 - y0)) <= 1
    assert part_to_show(np.zeros((30, 400, 3), np.uint8), [], Prompt(box=Box(390, 0, 400, 10)), 1.0)[2:] == (400, 15)


def test_all_of_it_by_keyboard(compared):
    """Space and Enter are for the control in hand; the rest has keys of its own."""
    studio, dialog = compared
    dialog.activateWindow()
    wait_until(lambda: QApplication.activeWindow() is dialog, what="its turn")
    QTest.keyClick(dialog, "d")
    assert dialog.differ.isChecked()
    dialog.follow.setFocus()
    QTest.keyClick(dialog.follow, Qt.Key.Key_Space)
    assert not dialog.follow.isChecked() and dialog.differ.isChecked()
    QTest.keyClick(dialog, Qt.Key.Key_F5, Qt.KeyboardModifier.ShiftModifier)
    wait_until(lambda: "mean DICE" in dialog.says.text(), what="all objects")
    QTest.keyClick(dialog, "2")
    assert "Taken" in dialog.says.text()
    QTest.keyClick(dialog, "z", Qt.KeyboardModifier.ControlModifier)
    assert "Taken" not in dialog.says.text()


def test_the_better_mask_is_taken_by_key(compared):
    studio, dialog = compared
    before = studio.session.page.find(1).mask
    QTest.keyClick(dialog, "2")
    wait_until(lambda: studio.session.page.find(1).mask is not before, what="the mask")
    studio.settle()
    taken = studio.on_disk().find(1)
    assert taken.made_by["segmenter"] == "other" and taken.label == "Pipe"
    QTest.keyClick(dialog, "z", Qt.KeyboardModifier.ControlModifier)
    assert studio.session.page.find(1).mask.same_as(before)


def test_a_slow_model_does_not_hold_up_the_others_and_a_missing_one_is_told(compared):
    studio, dialog = compared
    dialog.choose("missing")
    slow = studio.shelf.segmenters["other"].gate
    slow.clear()
    dialog.ask()
    wait_until(lambda: [one.segmenter.card.id for one in dialog.answers] == ["nano"], what="the quick one")
    assert "other" in dialog.says.text() and dialog.tiles[0].button.isEnabled()
    slow.set()
    wait_until(lambda: "missing" in dialog.says.text() and len(dialog.answers) == 2, what="the others")
    assert "not on this computer" in dialog.says.text() and dialog.tiles[1].button.isEnabled()


def test_it_follows_the_selection(compared):
    studio, dialog = compared
    studio.session.select((2,))
    wait_until(lambda: dialog._of[2].id == 2, what="the other object")


def test_the_mask_being_made_is_compared_and_accepted(compared):
    studio, dialog = compared
    studio.window.activateWindow()
    studio.session.select(())
    studio.box(300, 20, 380, 100)
    wait_until(lambda: dialog._of[2] is None, what="the pending mask")
    dialog.take(0)
    assert len(studio.session.page.annotations) == 4
    assert studio.assistant.pending.empty


def test_all_prompts_of_the_photo_note_disagreement(compared):
    studio, dialog = compared
    QTest.mouseClick(dialog.replay, Qt.MouseButton.LeftButton)
    wait_until(lambda: "mean DICE" in dialog.says.text(), what="the figures")
    studio.settle()
    noted = studio.on_disk().find(1).extra["second_opinion"]
    assert noted["segmenter"] == "other" and 0 < noted["iou"] < 1


def test_at_most_four(compared):
    _, dialog = compared
    for name in ("a", "b", "c", "d", "e"):
        dialog.choose(name)
    assert dialog.chosen == ["b", "c", "d", "e"]


def test_masks_of_another_folder_are_not_taken(compared, tmp_path):
    studio, dialog = compared
    other = tmp_path / "other"
    other.mkdir()
    write_image(other / studio.session.image, np.zeros((90, 90, 3), np.uint8))
    studio.open(other)
    wait_until(lambda: studio.session.page is not None)
    dialog.take(0)
    assert not dialog.answers and studio.session.page.annotations == ()


def test_a_mask_that_was_taken_is_given_back_and_taken_again_from_here(compared):
    studio, dialog = compared
    before = studio.session.page.find(1).mask
    dialog.take(1)
    taken = studio.session.page.find(1).mask
    dialog.activateWindow()
    for key, mask in (("z", before), ("y", taken), ("z", before)):
        QTest.keyClick(dialog, key, Qt.KeyboardModifier.ControlModifier)
        assert studio.session.page.find(1).mask.same_as(mask)
    assert not taken.same_as(before)


def test_several_models_are_ticked_with_one_opening_of_the_menu(compared):
    studio, dialog = compared
    studio.shelf.segmenters["third"] = type(studio.shelf.segmenters["nano"])("third")
    cards = [*studio.assistant.cards, studio.shelf.segmenters["third"].card]
    cards += [type(cards[0])(name, "segmenter", "fake") for name in ("fourth", "fifth")]
    studio.assistant.cards = cards
    studio.assistant.models_changed.emit()
    dialog.menu.popup(dialog.mapToGlobal(dialog.rect().center()))
    row = {action.text(): action for action in dialog.menu.actions()}

    def click(name):
        QTest.mouseClick(dialog.menu, Qt.MouseButton.LeftButton, pos=dialog.menu.actionGeometry(row[name]).center())

    click("third")
    assert dialog.menu.isVisible() and dialog.chosen == ["nano", "other", "third"] and row["third"].isChecked()
    dialog.menu.setActiveAction(row["fourth"])
    QTest.keyClick(dialog.menu, Qt.Key.Key_Space)
    assert dialog.menu.isVisible() and dialog.chosen[-1] == "fourth"
    assert not row["fifth"].isEnabled() and "Four at most" in row["fifth"].toolTip()
    click("fourth")
    assert row["fifth"].isEnabled() and not row["fourth"].isChecked()
    studio.assistant.models_changed.emit()
    assert row["third"] in dialog.menu.actions(), "nothing jumps under the mouse"
    QTest.keyClick(dialog.menu, Qt.Key.Key_Escape)
    assert not dialog.menu.isVisible()
    wait_until(
        lambda: [one.segmenter.card.id for one in dialog.answers] == ["nano", "other", "third"], what="all three"
    )
    for name in list(dialog.chosen):
        dialog.choose(name, False)
    assert not dialog.run.isEnabled() and "Tick a model" in dialog.run.toolTip()
