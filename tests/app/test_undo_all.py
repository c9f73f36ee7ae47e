"""Whatever is done to a photo is one step with a name in the history, taken back exactly and given again, wherever one
has been meanwhile."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QMouseEvent, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QStyleOptionViewItem
from studio_driver import wait_until

from sscore import edits, masks
from sscore.coco import page_to_json
from sscore.project import Project
from sscore.types import Annotation, Box, Mask, Page, Prompt, Scores

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
NONE, LEFT = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton


def ragged() -> Mask:
    """Two parts, the larger one with a hole and a spike."""
    bits = np.zeros((300, 400), bool)
    bits[40:120, 40:140] = True
    bits[60:70, 60:70] = False
    bits[120:140, 80:82] = True
    bits[40:50, 160:170] = True
    return masks.tight(bits)


def rectangle(x0, y0, x1, y1) -> Mask:
    return Mask(np.ones((y1 - y0, x1 - x0), bool), x0, y0)


def pages(folder) -> None:
    """a.jpg: a ragged bar in front of nothing, a proposed pipe over it, a plate aside; b.jpg: one tiny proposed bar."""
    project = Project.open(folder)
    page, scores = Page("a.jpg", 400, 300), Scores(("Pipe", "Bar"), np.array([0.6, 0.4], np.float32))
    made = {"made_by": {"segmenter": "nano", "predicted_iou": 0.9}, "scores": scores}
    for one in (
        Annotation(0, ragged(), "Bar", status="accepted", prompt=Prompt(box=Box(35, 35, 175, 145)), **made),
        Annotation(0, rectangle(100, 60, 200, 160), "Pipe", status="proposed", **made),
        Annotation(0, rectangle(260, 200, 340, 260), "Plate", status="accepted", **made),
    ):
        page = edits.add(page, one)
    project.save(page, edit="made")
    small = edits.add(Page("b.jpg", 320, 200), Annotation(0, rectangle(20, 20, 24, 24), "Bar", **made))
    project.save(small, edit="made")


@pytest.fixture
def labelled(make_studio, folder):
    pages(folder)

    def open_in(lang="en"):
        studio = make_studio(lang)
        studio.open(folder)
        wait_until(lambda: studio.session.page is not None and studio.assistant.photo is not None)
        studio.window.settings.set("show_history", True)
        return studio

    return open_in


def drag(studio, *points, keys=NONE):
    view = studio.canvas.viewport()
    QTest.mousePress(view, LEFT, keys, studio.at(*points[0]))
    for x, y in points[1:]:
        here = studio.at(x, y).toPointF()
        event = QMouseEvent(QEvent.Type.MouseMove, here, view.mapToGlobal(here), Qt.MouseButton.NoButton, LEFT, keys)
        QCoreApplication.sendEvent(view, event)
    QTest.mouseRelease(view, LEFT, keys, studio.at(*points[-1]))


def act(*keys):
    def do(studio):
        for key in keys:
            studio.window.actions_.by_key[key].trigger()

    return do


def tool(key, *points, keys=NONE):
    def do(studio):
        studio.window.actions_.by_key[key].trigger()
        drag(studio, *points, keys=keys)
        studio.canvas.cancel_gesture()

    return do


def polygon(studio):
    act("polygon")(studio)
    for at in ((150, 60), (220, 60), (220, 130)):
        studio.click(*at)
    studio.key(Qt.Key.Key_Return)


def tidy(studio):
    act("tidy")(studio)
    studio.window.editing.tidy.specks.setValue(200)
    studio.settle()
    studio.window.editing.tidy.accept()


def scale(studio):
    act("ruler")(studio)
    drag(studio, (50, 200), (150, 200))
    studio.window.editing.ruler.length.setValue(500)
    studio.window.editing.ruler.set_scale()


def comment(studio):
    panel = studio.window.flow.show_review()
    panel.comment.setFocus()
    panel.comment.setText("bent")
    panel.comment.setModified(True)
    panel._save_comment()


def take_better(studio):
    act("compare")(studio)
    dialog = studio.window.flow._compare
    for name in list(dialog.chosen):
        dialog.choose(name, False)
    for name in ("nano", "other"):
        dialog.choose(name)
    dialog.ask()
    wait_until(lambda: [one.segmenter.card.id for one in dialog.answers] == ["nano", "other"], what="answers")
    dialog.take(1)
    dialog.close()


def bulk_here(studio):
    """As the gallery, the import and the naming again do it."""
    studio.window.flow.bulk.edit("change to U", {"a.jpg": lambda page: edits.relabel(page, [1], "U")})


MUTATIONS = {  # what is selected before, what is done, what the history says
    "class": ((1,), lambda s: s.key("3"), "change to Billet"),
    "accept": ((2,), act("accept"), "accept"),
    "delete": ((1, 3), act("delete"), "delete 2 objects"),
    "draw": ((), lambda s: (s.box(220, 20, 300, 100), act("accept")(s)), "add Pipe"),
    "lock": ((1,), act("lock"), "lock"),
    "partly hidden": ((1,), act("occluded"), "mark as partly hidden"),
    "front": ((1,), act("to_front"), "to the front"),
    "forward": ((1,), act("forward"), "forward"),
    "backward": ((3,), act("backward"), "backward"),
    "back": ((3,), act("to_back"), "to the back"),
    "merge": ((1, 2), act("merge"), "merge 2 objects"),
    "split": ((1,), act("split"), "split"),
    "subtract": ((1, 2), act("cut_out"), "cut out"),
    "intersect": ((1, 2), act("intersect"), "keep what they share"),
    "holes": ((1,), act("fill_holes"), "fill holes"),
    "largest": ((1,), act("largest"), "keep the largest part"),
    "smooth": ((1,), act("smooth"), "smooth"),
    "tidy": ((1,), tidy, "clean up"),
    "copy": ((1,), act("copy", "paste"), "paste"),
    "duplicate": ((1,), act("duplicate"), "duplicate"),
    "brush": ((3,), tool("brush", (300, 230), (370, 230)), "add pixels"),
    "rubber": ((3,), tool("brush", (270, 230), (370, 230), keys=CTRL), "erase"),
    "lasso": ((3,), tool("lasso", (300, 210), (380, 210), (380, 250), (300, 250), (300, 212)), "add pixels"),
    "polygon": ((1,), polygon, "add pixels"),
    "cut": ((3,), tool("knife", (300, 190), (300, 270)), "cut"),
    "corner": ((3,), tool("corners", (340, 260), (370, 280)), "move a corner"),
    "move": ((3,), tool("select", (300, 230), (310, 240)), "move"),
    "done": ((), act("done"), "mark as done"),
    "right": ((1,), act("right"), "mark as reviewed"),
    "wrong": ((1,), act("wrong"), "reject"),
    "photo right": ((), act("photo_right"), "photo reviewed"),
    "photo wrong": ((), act("photo_wrong"), "photo sent back"),
    "comment": ((1,), comment, "comment"),
    "comment on the photo": ((), comment, "comment on the photo"),
    "better mask": ((1,), take_better, "take the mask of other"),
    "scale": ((), scale, "set the scale"),
    "many photos": ((), bulk_here, "change to U"),
}


def steps(studio) -> list[str]:
    shown = studio.window.objects.history.list
    return [shown.model().index(row, 0).data() for row in range(1, shown.model().rowCount())]


def content(studio):
    page = studio.session.page
    return page_to_json(replace(page, digest=""), studio.session.labels)


def away_and_back(studio):
    studio.session.go("c.png")
    studio.settle()
    studio.session.go("a.jpg")
    studio.settle()


def do(studio, name):
    selected, mutate, title = MUTATIONS[name]
    if studio.session.image != "a.jpg":
        studio.session.go("a.jpg")
    studio.settle()
    studio.assistant.clear(for_good=True)
    act("select")(studio)
    studio.session.select(selected)
    before, known = content(studio), steps(studio)
    mutate(studio)
    studio.settle()
    if studio.session.image != "a.jpg":  # a verdict leads on
        studio.session.go("a.jpg")
        studio.settle()
    return before, known, title


def take_back(studio):
    studio.window.actions_.by_key["undo"].trigger()
    studio.settle()


def give_again(studio):
    studio.window.actions_.by_key["redo"].trigger()
    studio.settle()


@pytest.mark.parametrize("name", MUTATIONS)
def test_one_step_taken_back_and_given_again(labelled, name):
    studio = labelled()
    before, known, title = do(studio, name)
    after = content(studio)
    assert steps(studio) == [*known, title] and after != before
    for go in (lambda _: None, away_and_back):
        go(studio)
        assert content(studio) == after
        take_back(studio)
        assert content(studio) == before
        assert page_to_json(replace(studio.on_disk(), digest=""), studio.session.labels) == before
        go(studio)
        give_again(studio)
        assert content(studio) == after
        assert page_to_json(replace(studio.on_disk(), digest=""), studio.session.labels) == after


def test_every_step_has_a_chinese_name(labelled):
    studio = labelled("zh")
    for name in MUTATIONS:
        if name == "many photos":
            continue
        before, _, title = do(studio, name)
        said = studio.session.undo_group.undoText()
        assert re.search("[\u4e00-\u9fff]", said), f"{name}: {title!r} is {said!r} in Chinese"
        take_back(studio)
        assert content(studio) == before, name


def labels_on_disk(studio):
    project = Project.open(studio.session.project.folder)
    return {rel: [a.label for a in project.load(rel).annotations] for rel in ("a.jpg", "b.jpg")}


def test_what_the_gallery_did_to_many_photos_is_taken_back_and_given_again(labelled):
    studio = labelled()
    act("gallery")(studio)
    shown = studio.window.flow._gallery
    wait_until(lambda: shown.model.rowCount() == 4, what="the pictures")
    shown.grid.selectAll()
    before = labels_on_disk(studio)
    QTest.keyClick(shown.grid, "7")
    studio.settle()
    after = labels_on_disk(studio)
    assert after == {"a.jpg": ["U"] * 3, "b.jpg": ["U"]}
    for key, found in (("z", before), ("y", after), ("z", before), ("y", after)):
        QTest.keyClick(shown.grid, key, CTRL)
        studio.settle()
        assert labels_on_disk(studio) == found
    take_back(studio)  # in the window: of the photo there
    assert labels_on_disk(studio) == {**after, "a.jpg": before["a.jpg"]}
    studio.session.go("b.jpg")
    studio.settle()
    take_back(studio)
    assert labels_on_disk(studio) == before
    QTest.keyClick(shown.grid, "z", CTRL)  # nothing is left of it
    studio.settle()
    assert labels_on_disk(studio) == before


def offered(studio):
    """What is offered about the other photos."""
    return next((one for one in studio.window.messages.notices if one.key == "bulk"), None)


@pytest.fixture
def renamed(labelled):
    """Four objects of two photos have been called U in the gallery."""
    studio = labelled()
    act("gallery")(studio)
    shown = studio.window.flow._gallery
    wait_until(lambda: shown.model.rowCount() == 4, what="the pictures")
    shown.grid.selectAll()
    QTest.keyClick(shown.grid, "7")
    studio.settle()
    return studio, shown


def test_ctrl_z_after_a_change_of_many_photos_offers_the_others(renamed):
    studio, _ = renamed
    take_back(studio)
    assert labels_on_disk(studio) == {"a.jpg": ["Bar", "Pipe", "Plate"], "b.jpg": ["U"]}
    notice = offered(studio)
    assert "this photo alone" in notice.text and notice.detail.endswith(": 1.")
    notice.run()
    studio.settle()
    assert labels_on_disk(studio)["b.jpg"] == ["Bar"]
    give_again(studio)
    assert labels_on_disk(studio) == {"a.jpg": ["U"] * 3, "b.jpg": ["Bar"]}
    assert "Done again on this photo alone" in offered(studio).text
    offered(studio).run()
    studio.settle()
    assert labels_on_disk(studio) == {"a.jpg": ["U"] * 3, "b.jpg": ["U"]}


def test_what_is_offered_about_other_photos_goes_when_it_holds_no_longer(renamed):
    studio, shown = renamed
    take_back(studio)
    give_again(studio)
    assert offered(studio) is None, "all are as they were"
    take_back(studio)
    QTest.keyClick(shown.grid, "z", CTRL)
    studio.settle()
    assert offered(studio) is None and labels_on_disk(studio)["b.jpg"] == ["Bar"]
    studio.session.select((1,))
    studio.window.commands.set_label("Billet")
    take_back(studio)
    assert offered(studio) is None, "a step of one photo"


def test_an_edit_in_the_place_of_a_step_taken_back_is_not_mistaken_for_it(renamed):
    studio, shown = renamed
    take_back(studio)
    studio.session.select((1,))
    studio.window.commands.set_label("Billet")
    studio.settle()
    QTest.keyClick(shown.grid, "z", CTRL)
    studio.settle()
    assert labels_on_disk(studio) == {"a.jpg": ["Billet", "Pipe", "Plate"], "b.jpg": ["Bar"]}


def test_a_mend_on_a_photo_still_being_read_is_taken_back_from_the_next(labelled):
    """As with a slow drive: the key is quicker than the page."""
    studio = labelled()
    act("checks")(studio)
    panel, checks = studio.window.side.page("checks"), studio.window.flow.checks
    wait_until(lambda: studio.window.flow.index.ready and not checks.left, what="the checks")
    studio.settle()
    order = [entry.image for entry in panel.list.facts.entries]
    panel.list.go(order.index("b.jpg"))
    assert studio.session.image == "b.jpg" and studio.session.page is None
    panel.mend_it()
    studio.settle()
    wait_until(lambda: studio.session.image != "b.jpg", what="the next finding")
    assert labels_on_disk(studio)["b.jpg"] == []
    take_back(studio)
    assert studio.session.image == "b.jpg" and labels_on_disk(studio)["b.jpg"] == ["Bar"]
    give_again(studio)
    assert labels_on_disk(studio)["b.jpg"] == []


def test_undo_goes_on_beside_what_somebody_else_changed_meanwhile(labelled, folder):
    studio = labelled()
    do(studio, "class")
    mine = content(studio)
    other = Project.open(folder)
    other.save(edits.relabel(other.load("a.jpg"), [3], "U"), edit="theirs", author="wang")
    away_and_back(studio)
    theirs = content(studio)
    assert steps(studio) == ["change to Billet", "changed on disk"]
    for go in (take_back, take_back, give_again, give_again):
        go(studio)
        assert page_to_json(replace(studio.on_disk(), digest=""), studio.session.labels) == content(studio)
    assert content(studio) == theirs != mine
    assert not Project.open(folder).kept(), "all one after the other: nobody's work is in the way"


def test_steps_taken_back_are_paler_in_the_history(labelled):
    studio = labelled()
    do(studio, "class")
    act("lock")(studio)
    take_back(studio)
    shown = studio.window.objects.history.list

    def colour(row):
        option = QStyleOptionViewItem()
        shown.itemDelegate().initStyleOption(option, shown.model().index(row, 0))
        return option.palette.color(QPalette.ColorRole.Text).name()

    assert [colour(row) == studio.window.look.colours.faint for row in range(3)] == [False, False, True]
    give_again(studio)
    assert colour(2) == colour(1)
