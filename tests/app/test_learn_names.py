"""Learning class names in the window: when it is offered, what is enough, the figures, the switch, trouble."""

from __future__ import annotations

import json
import sys
from dataclasses import replace

import pytest
import shiboken6
from labelled import SIZES, instance
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from studio_driver import wait_until

from app import child
from app.dialogs.learn_names import LearnNamesDialog
from app.learn_offer import name_of
from sscore import catalogue, edits, paths
from sscore.project import Project
from sscore.train import head_data
from sscore.types import Page

PLAYED = """
import pathlib, sys, time
for line in open({script!r}, encoding="utf-8"):
    if line.startswith("wait"):
        while not pathlib.Path({script!r} + ".go").exists():
            time.sleep(0.01)
        continue
    print(line.strip(), flush=True)
sys.exit({code})
"""
DONE = {
    "event": "result",
    "name": "mine",
    "pieces": 45,
    "photos": 3,
    "cross_validated": {"accuracy": 0.9, "macro_f1": 0.85},
    "compared": {
        "prototypes": {"accuracy": 0.88, "macro_f1": 0.8},
        "nano-cls": {"accuracy": 0.7, "macro_f1": 0.6},
    },
    "gain": {"accuracy": 0.2, "interval": [0.1, 0.3]},
}


@pytest.fixture
def accepted(folder):
    """Write pages: each of the three photos gets these labels, the model's guess is always a pipe."""

    def make(*labels):
        project = Project.open(folder)
        for name, (height, width) in SIZES.items():
            page = Page(name, width, height)
            for n, label in enumerate(labels):
                x, y = 20 * (n % 10), 20 * (n // 10)
                page = edits.add(page, instance((x, y, x + 18, y + 18), label, 0.4))
            project.save(page, edit="made", author="li")

    return make


@pytest.fixture
def play(monkeypatch, tmp_path):
    """Let the child print these lines instead of doing the work; "wait" waits for `go`."""
    script = tmp_path / "events.jsonl"

    def make(*events, code=0):
        lines = [event if isinstance(event, str) else json.dumps(event) for event in events]
        script.write_text("\n".join(lines), encoding="utf-8")
        played = [sys.executable, "-c", PLAYED.format(script=str(script), code=code)]
        monkeypatch.setattr(child, "command", lambda: played)
        return lambda: (tmp_path / "events.jsonl.go").touch()

    return make


@pytest.fixture
def opened(make_studio, folder, accepted):
    """The dialog on a project of such objects."""
    made = []

    def show(*labels, lang="en"):
        accepted(*labels)
        studio = make_studio(lang)
        studio.window.stock.refresh()
        studio.open(folder)
        studio.settle()
        studio.window.actions_.by_key["learn_names"].trigger()
        dialog = studio.window.findChild(LearnNamesDialog)
        made.append(dialog)
        wait_until(lambda: dialog._index.ready, what="the count of objects")
        return studio, dialog

    yield show
    for dialog in made:
        if shiboken6.isValid(dialog):
            dialog.close()


FIFTEEN = ("Pipe",) * 8 + ("Bar",) * 7


def press(button):
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def cells(table):
    items = [table.topLevelItem(n) for n in range(table.topLevelItemCount())]
    return [[item.text(column) for column in range(table.columnCount())] for item in items]


def offers(studio):
    return [notice for notice in studio.window.messages.notices if notice.key == "learn"]


def correct_one(studio):
    """Somebody names an object anew, and goes to the next photo."""
    wait_until(lambda: studio.session.page is not None, what="the page")
    studio.session.edit("relabel", edits.relabel(studio.session.page, [1], "U"))
    wait_until(lambda: studio.window.flow.index.ready, what="the index")
    studio.settle()
    studio.session.go("b.jpg" if studio.session.image == "a.jpg" else "a.jpg")
    studio.settle()


def test_offered_once_when_names_were_often_corrected(make_studio, folder, accepted):
    accepted(*FIFTEEN)
    studio = make_studio()
    studio.open(folder)
    studio.session.go("b.jpg")
    studio.settle()
    assert not studio.window.flow.index.ready and not offers(studio), "a folder is not read for nothing"
    correct_one(studio)
    (offer,) = offers(studio)
    assert "22 of 45 names" in offer.detail
    offer.run()
    dialog = studio.window.findChild(LearnNamesDialog)
    assert dialog.isVisible()
    dialog.close()
    studio.window.messages.clear("learn")
    correct_one(studio)
    assert not offers(studio), "it was offered"
    studio.window.settings.set("learning_offered", "damaged")
    correct_one(studio)
    assert offers(studio)


def test_not_offered_where_the_classifier_is_right(make_studio, folder, accepted):
    accepted(*("Pipe",) * 15)
    studio = make_studio()
    studio.open(folder)
    correct_one(studio)
    assert studio.window.flow.index.ready and not offers(studio)


def test_not_offered_where_a_head_has_learnt_from_as_many(make_studio, folder, accepted):
    accepted(*FIFTEEN)
    studio = make_studio()
    studio.window.stock.refresh()
    wait_until(lambda: studio.window.stock.row("nano-cls") is not None, what="the models")
    studio.open(folder)
    row = studio.window.stock.row("nano-cls")
    card = replace(row.card, id=name_of(folder.name), family="prototype", note=head_data.note("nano-cls", 45, 0.9))
    studio.window.stock.rows = [row, replace(row, card=card)]
    correct_one(studio)
    assert not offers(studio)
    smaller = replace(card, note=head_data.note("nano-cls", 29, 0.9))
    studio.window.stock.rows = [row, replace(row, card=smaller)]
    correct_one(studio)
    assert offers(studio)


def test_what_is_enough_is_said_of_each_class(opened):
    _studio, dialog = opened(*FIFTEEN, "U")
    said = {name: words for name, _pieces, _photos, words in cells(dialog.classes)}
    assert cells(dialog.classes)[1] == ["Bar", "21", "3", "enough"]
    assert said["U-channel"].startswith("few") and "never be proposed" in said["Plate"]
    assert "48 accepted objects on 3 photos: enough, but not for every class" in dialog.data.text()
    assert dialog.learn.isEnabled() and dialog.name.text() == "废钢-照片-head"


def test_too_few_and_names_that_cannot_be(opened):
    _studio, dialog = opened("Pipe")
    assert "too few" in dialog.data.text() and not dialog.learn.isEnabled()
    for name, trouble in (("nano-cls", "already"), ("a b/c", "makes no id"), ("fine-1", "")):
        dialog.name.setText(name)
        assert trouble in dialog.trouble.text() and bool(trouble) is dialog.trouble.isVisible()


def test_what_is_asked_progress_and_cancel(opened, play, folder):
    _studio, dialog = opened(*FIFTEEN)
    dialog.together.setCurrentIndex(1)
    words = dialog.arguments()
    assert words[:3] == ["train", "head", str(folder)]
    asked = dict(zip(words[3::2], words[4::2], strict=True))
    assert asked == {"--name": "废钢-照片-head", "--base": "nano-cls", "--group-by": "folder"}
    play({"event": "progress", "done": 1, "total": 3}, "wait", DONE)
    press(dialog.learn)
    wait_until(lambda: dialog.says.text() == "Looking at photo 1 of 3", what="progress")
    assert dialog.later.text() == "Cancel" and not dialog.learn.isEnabled() and not dialog.form.isEnabled()
    press(dialog.later)
    wait_until(lambda: not dialog.child.running, what="the end")
    assert "Stopped" in dialog.says.text() and dialog.learn.isEnabled() and dialog.later.text() == "Close"


def test_what_it_gained_is_shown_and_it_is_used(opened, play):
    studio, dialog = opened(*FIFTEEN)
    play({"event": "warning", "message": "doubt"}, {"event": "warning", "message": "the class U has no piece"}, DONE)
    press(dialog.learn)
    wait_until(lambda: dialog.switch.isVisible(), what="the result")
    assert cells(dialog.figures) == [["nano-cls", "70.0 %", "60.0 %"], ["mine", "90.0 %", "85.0 %"]]
    assert "Better by 20.0 percentage points (95 % interval 10.0 to 30.0)" in dialog.says.text()
    assert "45 objects of 3 photos" in dialog.doubts.text() and "never proposes: Angle" in dialog.doubts.text()
    assert "doubt" in dialog.doubts.text() and "no piece" not in dialog.doubts.text()
    assert dialog.switch.isDefault() and not dialog.learn.isVisible()
    press(dialog.switch)
    wait_until(lambda: studio.assistant.present("classifier") == "mine", what="the new classifier")
    assert studio.window.settings.get("classifier") == "mine"
    wait_until(lambda: not shiboken6.isValid(dialog), what="the dialog's end")
    assert not offers(studio) and "45" in studio.window.settings.get("learning_offered")


@pytest.mark.parametrize(
    ("gain", "said"),
    [
        ({"accuracy": 0.02, "interval": [-0.01, 0.05]}, "Perhaps better: 2.0 percentage points, which may be chance"),
        ({"accuracy": -0.02, "interval": [-0.05, 0.01]}, "Not better: −2.0 percentage points"),
        ({"accuracy": -0.2, "interval": [-0.3, -0.1]}, "Worse by 20.0 percentage points (95 % interval 10.0 to 30.0)"),
    ],
)
def test_what_is_not_better_is_not_urged(opened, play, gain, said):
    studio, dialog = opened(*FIFTEEN)
    play({**DONE, "gain": gain})
    press(dialog.learn)
    wait_until(lambda: dialog.switch.isVisible(), what="the result")
    assert said in dialog.says.text() and dialog.later.isDefault() and not dialog.switch.isDefault()
    press(dialog.later)
    wait_until(lambda: not shiboken6.isValid(dialog), what="the dialog's end")
    assert studio.assistant.present("classifier") == "nano-cls"


def test_nothing_to_compare_with(opened, play):
    _studio, dialog = opened(*FIFTEEN)
    play({**DONE, "gain": None, "compared": {}})
    press(dialog.learn)
    wait_until(lambda: dialog.switch.isVisible(), what="the result")
    assert len(cells(dialog.figures)) == 1 and "does not know these classes" in dialog.says.text()


def test_a_classifier_of_ones_own_may_have_learnt_the_same(opened, play, monkeypatch):
    _studio, dialog = opened(*FIFTEEN)
    monkeypatch.setattr(catalogue, "user_ids", lambda: ["nano-cls"])
    play(DONE)
    press(dialog.learn)
    wait_until(lambda: dialog.switch.isVisible(), what="the result")
    assert "its figures flatter it" in dialog.doubts.text()


def test_a_head_in_use_is_not_what_is_compared(opened, play):
    studio, dialog = opened(*FIFTEEN)
    dialog.close()
    model = studio.assistant.classifier
    model.card = replace(model.card, id="old-head", family="prototype", variant="nano-cls")
    again = studio.window.flow.learning.show()
    assert again.base == "nano-cls"
    play(DONE)
    press(again.learn)
    wait_until(lambda: again.switch.isVisible(), what="the result")
    assert "old-head learnt from such objects itself" in again.doubts.text()
    again.close()


def test_an_error_is_one_line_in_the_users_language(opened, play):
    studio, dialog = opened(*FIFTEEN, lang="zh")
    message = "there are pieces of one class only (accept pieces of at least two classes)"
    play({"event": "error", "message": message, "code": 2}, code=2)
    press(dialog.learn)
    wait_until(lambda: "所有目标都属于同一个类别" in dialog.says.text(), what="the reason")
    assert "\n" not in dialog.says.text() and dialog.learn.isEnabled() and not dialog.switch.isVisible()
    studio.window.settings.set("language", "en")


def test_in_earnest(opened, second_start):
    """The real command learns from the real features; figures are whatever they are on noise."""
    second_start(paths.cache())
    studio, dialog = opened(*FIFTEEN)
    dialog.name.setText("ernst")
    press(dialog.learn)
    wait_until(lambda: dialog.child.running, what="the start")
    wait_until(lambda: not dialog.child.running, 120, what="the result")
    assert dialog.switch.isVisible(), dialog.says.text()
    assert [row[0] for row in cells(dialog.figures)] == ["nano-cls", "ernst"]
    assert "45 objects of 3 photos" in dialog.doubts.text()
    assert head_data.pieces_of_note(catalogue.card("ernst", "classifier").note) == 45
    studio.settle()
