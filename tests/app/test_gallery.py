"""The gallery: every object as a picture, the doubtful first, renamed many at a time, taken back as one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from labelled import label
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QTest
from studio_driver import wait_until

from app import theme
from app.crops import SIDE, cut_out
from app.panels.gallery_grid import BADGE, MARKS, draw_mark
from app.panels.gallery_list import COUNT
from sscore.facts import Fact
from sscore.types import Mask


@pytest.fixture
def gallery(make_studio, folder):
    label(folder)
    studio = make_studio()
    studio.open(folder)
    studio.key(Qt.Key.Key_F2)
    shown = studio.window.flow._gallery
    wait_until(lambda: shown.model.rowCount() == 5, what="the pictures")
    return studio, shown


def listed(shown) -> list[tuple[str, int, str]]:
    return [(fact.image, fact.id, fact.label) for fact in shown.model.facts]


def select(shown, *rows: int) -> None:
    for row in rows:
        shown.grid.selectionModel().select(shown.model.index(row), QItemSelectionModel.SelectionFlag.Select)


def test_classes_have_their_counts_and_marks_their_meaning(gallery):
    """A mark is told by its form, not by its colour alone; a legend names them all."""
    _, shown = gallery
    rows = [shown.classes.item(at) for at in range(shown.classes.count())]
    wait_until(lambda: {row.text(): row.data(COUNT) for row in rows}.get("Pipe") == 2, what="the counts")
    assert rows[0].data(COUNT) == 5 and rows[0].data(Qt.ItemDataRole.AccessibleTextRole) == "All, 5"
    assert [name.text() for _, name in shown._marks.values()] == ["proposed", "reviewed", "rejected"]
    forms = set()
    for status in MARKS:
        picture = QImage(BADGE, BADGE, QImage.Format.Format_ARGB32)
        picture.fill(0)
        painter = QPainter(picture)
        draw_mark(painter, replace(theme.DARK, ok="#808080", warn="#808080", danger="#808080"), status, 0, 0)
        painter.end()
        forms.add(bytes(picture.constBits()))
    assert len(forms) == 3


def test_the_doubtful_come_first_or_class_by_class(gallery):
    _, shown = gallery
    assert listed(shown)[:2] == [("b.jpg", 2, "unknown"), ("a.jpg", 2, "Pipe")]
    shown.order.setCurrentIndex(1)
    wait_until(lambda: [name for _, _, name in listed(shown)] == ["unknown", "Bar", "Pipe", "Pipe", "Plate"])
    shown.classes.setCurrentRow(6)
    wait_until(lambda: [name for _, _, name in listed(shown)] == ["Pipe", "Pipe"])


def test_a_picture_says_in_words_what_a_person_and_what_the_model_called_it(gallery):
    studio, shown = gallery
    row = listed(shown).index(("b.jpg", 1, "Bar"))
    index = shown.model.index(row)
    tip = shown.model.data(index, Qt.ItemDataRole.ToolTipRole).split("\n")
    said = shown.model.facts[row]
    assert tip == [
        "Bar, proposed",
        f"The model: Pipe {said.score:.0%}, margin {said.margin:.2f}".replace("%", " %"),
        "b.jpg #1",
    ]
    select(shown, row)
    shown.grid.setFocus()
    QTest.keyClick(shown.grid, Qt.Key.Key_4)
    wait_until(lambda: shown.model.facts[row].label == "H", what="the new name")
    assert shown.model.data(index, Qt.ItemDataRole.AccessibleTextRole).startswith("H-beam, proposed\n")


def test_pictures_come_by_themselves(gallery):
    studio, shown = gallery
    wait_until(lambda: all(studio.window.flow.crops.get(fact) is not None for fact in shown.model.facts))
    assert studio.window.flow.crops.get(shown.model.facts[0]).width() == SIDE


def test_pictures_are_kept_for_the_next_time(gallery, monkeypatch):
    studio, shown = gallery
    crops, project = studio.window.flow.crops, studio.session.project
    wait_until(lambda: all(crops.get(fact) is not None for fact in shown.model.facts))
    crops.open(project)
    monkeypatch.setattr(type(project), "image_path", lambda self, rel: self.photos / rel)
    monkeypatch.setattr("app.crops.images.read", lambda path: pytest.fail("the photo was read again"))
    wait_until(lambda: all(crops.get(fact) is not None for fact in shown.model.facts))


def test_number_keys_rename_the_selection_on_all_photos(gallery):
    studio, shown = gallery
    select(shown, 0, 1)
    QTest.keyClick(shown.grid, "7")
    wait_until(lambda: [name for _, _, name in listed(shown)[:2]] == ["U", "U"], what="the new names")
    studio.settle()
    assert studio.on_disk("b.jpg").annotations[1].label == "U"
    assert studio.on_disk("a.jpg").annotations[1].label == "U"
    assert shown.undo.isEnabled()
    QTest.keyClick(shown.grid, "z", Qt.KeyboardModifier.ControlModifier)
    wait_until(lambda: listed(shown)[0][2] == "unknown", what="the undo")
    studio.settle()
    assert studio.on_disk("b.jpg").annotations[1].label == "unknown"
    assert studio.on_disk("a.jpg").annotations[1].label == "Pipe"


def test_an_edit_elsewhere_can_be_undone_on_its_own_photo(gallery):
    studio, shown = gallery
    select(shown, 0)
    QTest.keyClick(shown.grid, "1")
    wait_until(lambda: listed(shown)[0][2] == "Angle")
    studio.session.go("b.jpg")
    wait_until(lambda: studio.session.page is not None)
    assert studio.session.page.annotations[1].label == "Angle"
    studio.window.actions_.by_key["undo"].trigger()
    assert studio.session.page.annotations[1].label == "unknown"
    wait_until(lambda: listed(shown)[0][2] == "unknown")


def test_going_there_at_once_loses_nothing(gallery):
    """The photo is opened while its page is being read for the edit."""
    studio, shown = gallery
    for key, name in (("7", "U"), ("2", "Bar"), ("3", "Billet")):
        studio.session.go("c.png")
        select(shown, 0)
        QTest.keyClick(shown.grid, key)
        studio.session.go("b.jpg")
        studio.settle()
        wait_until(lambda: studio.session.page is not None and studio.session.image == "b.jpg")
        assert studio.session.page.annotations[1].label == name
        assert studio.on_disk("b.jpg").annotations[1].label == name
        shown.grid.selectionModel().setCurrentIndex(shown.model.index(0), QItemSelectionModel.SelectionFlag.Clear)


def test_review_from_the_gallery(gallery):
    studio, shown = gallery
    select(shown, 1, 2)
    QTest.keyClick(shown.grid, "y")
    wait_until(lambda: [fact.status for fact in shown.model.facts].count("reviewed") == 2)
    studio.settle()
    assert [a.status for a in studio.on_disk("a.jpg").annotations] == ["reviewed", "reviewed", "accepted"]


def test_return_shows_it_on_its_photo(gallery):
    studio, shown = gallery
    select(shown, 0)
    QTest.keyClick(shown.grid, Qt.Key.Key_Return)
    wait_until(lambda: studio.session.image == "b.jpg" and studio.session.selection == (2,))


def test_a_conflict_keeps_both_versions(gallery, folder):
    """Somebody else changes a page between reading and renaming."""
    from sscore import edits
    from sscore.project import Project

    studio, shown = gallery
    other = Project.open(folder)
    theirs = edits.remove(other.load("b.jpg"), [1])
    other.save(theirs, edit="removed", author="wu")
    select(shown, 0)
    QTest.keyClick(shown.grid, "2")
    studio.settle()
    wait_until(lambda: studio.on_disk("b.jpg").find(2).label == "Bar", what="the save")
    assert studio.on_disk("b.jpg").find(1) is None


def test_a_picture_dims_what_is_not_the_piece():
    rgb = np.full((100, 100, 3), 200, np.uint8)
    bits = np.zeros((40, 40), bool)
    bits[:, :20] = True
    fact = Fact("a", 1, "Pipe", "accepted", 800, (30, 30, 20, 40))
    crop = cut_out(rgb, fact, Mask(bits[:, :20], 30, 30))
    assert crop.shape == (SIDE, SIDE, 3)
    assert crop[SIDE // 2, SIDE // 2].min() > 190 and crop[SIDE // 2, 5].max() < 100
    outside = cut_out(rgb, Fact("a", 1, "Pipe", "accepted", 9, (96, 96, 4, 4)), None)
    assert outside[-1, -1].max() == 0
