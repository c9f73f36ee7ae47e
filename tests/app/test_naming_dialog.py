"""The naming dialog shows what other names would change before it changes them, measures how sure the names are, and
edits the words that a text-and-image model compares with."""

from __future__ import annotations

import json
import shutil
import sys
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shiboken6
from labelled import instance
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from studio_driver import wait_until

from app import child
from app.dialogs.naming import NamingDialog
from app.stock import Row
from sscore import edits
from sscore.catalogue import card
from sscore.labels import load
from sscore.naming import Naming
from sscore.project import Project
from sscore.types import Page, Scores
from sscore.weight_store import state

PLAYED = """
import json, sys
open({asked!r}, "w", encoding="utf-8").write(json.dumps(sys.argv[1:]))
for line in open({script!r}, encoding="utf-8"):
    print(line.strip(), flush=True)
sys.exit({code})
"""
REAL = f"""
import sys
sys.path.append({str(Path(__file__).parents[1] / "core")!r})
from fake_models import Hues
from sscore import cli, models
models.load_classifier = lambda model_id: Hues()
cli.main()
"""
KEYS = load().keys


@pytest.fixture
def studio(make_studio, folder):
    """a.jpg: two proposed pipes and an accepted one; b.jpg: a proposed bar."""
    project = Project.open(folder)
    for name, (height, width), boxes in (
        (
            "a.jpg",
            (300, 400),
            [((20, 20, 120, 80), "Pipe"), ((150, 40, 250, 120), "Pipe"), ((20, 200, 90, 290), "Pipe")],
        ),
        ("b.jpg", (200, 320), [((20, 20, 160, 60), "Bar")]),
    ):
        page = Page(name, width, height)
        for number, (box, label) in enumerate(boxes, start=1):
            scores = Scores((label, "Angle"), np.array([0.6, 0.4], np.float32))
            status = "accepted" if number == 3 else "proposed"
            page = edits.add(page, replace(instance(box, label, 0.2), status=status, scores=scores))
        project.save(page, edit="made", author="li")
    made = make_studio()
    made.open(folder)
    wait_until(lambda: made.session.page is not None)
    return made


@pytest.fixture
def dialog(studio):
    studio.window.stock.rows = [Row(card(one), state(card(one))) for one in ("nano-cls", "nano", "cn-clip-rn50")]
    studio.window.actions_.by_key["naming"].trigger()
    found = studio.window.findChild(NamingDialog)
    yield found
    if shiboken6.isValid(found):
        found.close()


@pytest.fixture
def play(monkeypatch, tmp_path):
    """Let the child print these events instead of working; gives what it was asked."""

    def make(*events, code=0):
        script, asked = tmp_path / "events.jsonl", tmp_path / "asked.json"
        script.write_text("".join(json.dumps(event) + "\n" for event in events), encoding="utf-8")
        program = PLAYED.format(script=str(script), asked=str(asked), code=code)
        monkeypatch.setattr(child, "command", lambda: [sys.executable, "-c", program])
        return lambda: json.loads(asked.read_text(encoding="utf-8"))

    return make


def move(image, number, before, after, sure=0.8):
    rest = [key for key in KEYS if key != after]
    scores = {after: sure, **{key: (1 - sure) / len(rest) for key in rest}}
    return {"image": image, "id": number, "before": before, "after": after, "scores": scores}


def rescored(*changes, problems=()):
    made = {"classifier": "nano-cls", "view": "masked", "unknown_below": 0.3}
    return {"event": "result", "instances": 3, "changes": changes, "made_by": made, "problems": problems}


MOVES = (
    move("a.jpg", 1, "Pipe", "Bar"),
    move("a.jpg", 2, "Pipe", "Plate", 0.5),
    move("a.jpg", 3, "Pipe", "U"),  # it has been accepted meanwhile
    move("b.jpg", 1, "Bar", "Plate", 0.6),
)


def press(button):
    assert button.isEnabled() and button.isVisible()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def look_up(dialog):
    press(dialog.again.look_up)
    wait_until(lambda: dialog.again.pairs.count() > 0, seconds=60, what="the changes")


def rows_of(table):
    lines = (table.topLevelItem(n) for n in range(table.topLevelItemCount()))
    return [[line.text(column) for column in range(table.columnCount())] for line in lines]


def test_changes_are_shown_with_the_way_to_each(dialog, studio, folder, play):
    asked = play({"event": "progress", "done": 1, "total": 2}, rescored(*MOVES, problems=[{"image": "c.png"}]))
    assert dialog.classifier.currentText() == "nano-cls" and dialog.classifier.count() == 1
    look_up(dialog)
    assert asked()[:2] == ["rescore", str(folder)] and "--apply" not in asked()
    assert asked()[asked().index("--unknown-below") + 1] == "0.3"
    assert "4 would get another name" in dialog.says.text() and "c.png" in dialog.says.text()
    pairs = [dialog.again.pairs.item(n).text() for n in range(dialog.again.pairs.count())]
    moves = {"Pipe → Bar: 1", "Pipe → Plate: 1", "Pipe → U-channel: 1", "Bar → Plate: 1"}
    assert pairs[0] == "All: 4" and set(pairs[1:]) == moves
    table = dialog.again.table
    assert rows_of(table)[0] == ["a.jpg", "Pipe", "Plate", "50 %", "0.42"], "the least sure first"
    dialog.again.pairs.setCurrentRow(pairs.index("Bar → Plate: 1"))
    assert rows_of(table) == [["b.jpg", "Bar", "Plate", "60 %", "0.53"]]
    table.setCurrentItem(table.topLevelItem(0))
    QTest.keyClick(table, Qt.Key.Key_Return)
    wait_until(lambda: studio.session.image == "b.jpg" and studio.session.selection == (1,), what="the way there")
    studio.settle()
    assert studio.on_disk().annotations[0].label == "Pipe", "looking changes nothing"


def test_only_the_unconfirmed_change_the_screen_follows_and_it_can_be_taken_back(dialog, studio, play):
    play(rescored(*MOVES))
    look_up(dialog)
    studio.session.edit("accept", edits.set_status(studio.session.page, [2], "accepted"))
    press(dialog.again.apply)
    wait_until(lambda: "Objects changed: 2" in dialog.says.text(), what="the changes")
    assert studio.labels == ["Bar", "Pipe", "Pipe"], "the page on screen follows"
    studio.settle()
    assert [one.label for one in studio.on_disk().annotations] == ["Bar", "Pipe", "Pipe"]
    piece = studio.on_disk("b.jpg").annotations[0]
    assert (piece.label, piece.status, piece.scores.best) == ("Plate", "proposed", "Plate")
    assert piece.made_by["classifier"] == "nano-cls" and piece.made_by["segmenter"] == "nano"
    assert not dialog.again.apply.isEnabled()
    press(dialog.again.back)
    studio.settle()
    assert studio.labels == ["Pipe", "Pipe", "Pipe"] and studio.on_disk("b.jpg").annotations[0].label == "Bar"
    assert studio.session.page.find(2).status == "accepted"


def test_errors_are_one_line_and_another_folder_ends_it(dialog, studio, play, folder):
    play({"event": "error", "message": "the label set is damaged", "code": 2}, code=2)
    press(dialog.again.look_up)
    wait_until(lambda: "the label set is damaged" in dialog.says.text(), what="the reason")
    assert dialog.says.text().count("\n") == 0 and not dialog.again.apply.isEnabled()
    assert dialog.again.look_up.isEnabled()
    studio.open(folder)
    wait_until(lambda: not shiboken6.isValid(dialog) or not dialog.isVisible())


def test_the_real_verb_is_understood(dialog, studio, monkeypatch):
    """Only its classifier is a cheap one, which goes by the colour of a piece."""
    monkeypatch.setattr(child, "command", lambda: [sys.executable, "-c", REAL])
    look_up(dialog)
    assert "3 unconfirmed objects looked at" in dialog.says.text()
    press(dialog.again.apply)
    wait_until(lambda: "Objects changed: 3" in dialog.says.text(), what="the changes")
    studio.settle()
    made = studio.on_disk("b.jpg").annotations[0]
    assert made.made_by["classifier"] == "hues" and set(made.scores.labels) == {"Angle", "Bar", "Plate"}
    assert studio.on_disk().annotations[2].scores.labels == ("Pipe", "Angle"), "confirmed: as it was"


def curve(*counts):
    return [
        {"low": n / 4, "high": (n + 1) / 4, "count": count, "confidence": n / 4 + 0.1, "accuracy": n / 4 + 0.05}
        for n, count in enumerate(counts)
    ]


def calibrated(threshold):
    shares = {"accuracy": 0.75, "error": 0.21, "error_after": 0.04, "wanted": 0.9, "named": 0.6}
    bins = {"bins": curve(3, 4, 5), "after": curve(4, 8)}
    return {"event": "result", "count": 12, "temperature": 1.75, "threshold": threshold, **shares, **bins}


def measure(dialog):
    dialog.tabs.setCurrentIndex(1)
    press(dialog.sure.measure)
    wait_until(lambda: dialog.sure.facts.text() != "", seconds=60, what="the measurement")


def test_how_sure_it_is_is_shown_and_what_is_used_holds_at_once(dialog, studio, folder, play):
    asked = play(calibrated(0.437))
    dialog.sure.wanted.setValue(80)
    measure(dialog)
    assert asked()[:2] == ["calibrate", str(folder)] and "--apply" not in asked()
    assert asked()[asked().index("--wanted") + 1] == "0.8"
    said = dialog.sure.facts.text()
    assert "12 confirmed objects, 75 % named rightly" in said and "0.210, corrected 0.040" in said
    assert "unknown below 44 %" in said and "60 % get one" in said
    assert dialog.sure.figure.isVisible() and dialog.sure.figure.shown == 2
    assert "(8)" in dialog.sure.figure.accessibleDescription()
    assert Project.open(folder).naming.temperature == 1, "measuring writes nothing"
    press(dialog.sure.use)
    wait_until(lambda: "In use: unknown below 44 %" in dialog.says.text(), what="that it is in use")
    naming = Project.open(folder).naming
    assert (naming.temperature, naming.unknown_below, naming.classifier) == (1.75, 0.437, "nano-cls")
    assert studio.window.settings.get("unknown_below") == 0.437
    studio.box(260, 150, 380, 280)
    first = studio.assistant.pending.current_scores.values[0]
    assert float(first) == pytest.approx(0.7 ** (1 / 1.75) / sum(p ** (1 / 1.75) for p in (0.7, 0.2, *[0.02] * 5)))
    assert studio.assistant.accept()
    studio.settle()
    made = studio.on_disk().annotations[-1].made_by
    assert (made["temperature"], made["unknown_below"]) == (1.75, 0.437)


def test_a_projects_threshold_comes_and_goes_with_the_project(studio, folder, tmp_path):
    def below():
        return studio.window.settings.get("unknown_below")

    other = tmp_path / "另一 项目"
    other.mkdir()
    shutil.copy(folder / "b.jpg", other)
    Project.open(other).set_naming(Naming(unknown_below=0.62))
    studio.open(other)
    wait_until(lambda: below() == 0.62, what="the project's own threshold")
    studio.window.settings.set("unknown_below", 0.55)
    wait_until(lambda: Project.open(other).naming.unknown_below == 0.55, what="that the project follows")
    Project.open(other).set_naming(Naming(unknown_below=0.81))
    studio.open(folder)
    assert below() == 0.55, "what was set by hand, not what is written elsewhere"
    studio.open(other)
    wait_until(lambda: below() == 0.81, what="the project's own again")
    assert Project.open(folder).naming.unknown_below == 0


def test_without_a_threshold_the_present_one_stays(dialog, studio, folder, play):
    play(calibrated(None))
    measure(dialog)
    assert "The present one, 30 %, stays" in dialog.sure.facts.text()
    press(dialog.sure.use)
    wait_until(lambda: "In use" in dialog.says.text(), what="that it is in use")
    assert Project.open(folder).naming.unknown_below == studio.window.settings.get("unknown_below") == 0.3


def test_what_cannot_be_written_is_told(dialog, folder, play):
    play(calibrated(0.4))
    measure(dialog)
    (folder / "project.toml").write_text("labels = [", encoding="utf-8")
    press(dialog.sure.use)
    wait_until(lambda: "is not a valid project file" in dialog.says.text(), what="the reason")
    assert dialog.says.text().count("\n") == 0


def test_too_few_confirmed_objects_are_told_by_the_verb(dialog, monkeypatch):
    monkeypatch.setattr(child, "command", lambda: [sys.executable, "-c", REAL])
    dialog.tabs.setCurrentIndex(1)
    press(dialog.sure.measure)
    wait_until(lambda: "too few" in dialog.says.text(), seconds=60, what="the reason")
    assert not dialog.sure.use.isEnabled() and not dialog.sure.figure.isVisible()


def test_a_project_is_opened_with_the_temperature_it_was_given(studio, folder):
    project = Project.open(folder)
    project.set_naming(Naming(("masked",), 0.5, 1.5, "nano-cls"))
    studio.open(folder)
    wait_until(lambda: studio.assistant.naming.temperature == 1.5, what="what the project says")


@pytest.fixture
def words(dialog, studio):
    """The page of words, with a model that goes by them come to this computer."""
    clip = card("cn-clip-rn50")
    studio.window.stock.rows = [*studio.window.stock.rows, Row(clip, replace(state(clip), place="installed"))]
    studio.window.stock.changed.emit()
    dialog.tabs.setCurrentIndex(2)
    return dialog.words


def test_a_model_without_words_says_so(dialog, words):
    assert "nano-cls knows its classes by itself" in words.intro.text()
    assert not words.lines["Angle"].isEnabled() and not words.save.isEnabled()
    dialog.classifier.setCurrentIndex(dialog.classifier.findText("cn-clip-rn50"))
    assert "these Chinese words" in words.intro.text() and words.lines["Angle"].isEnabled()
    assert words.lines["H"].text() == "H型钢; 工字钢" and "废钢中的{}" in words.templates.toPlainText()


def test_words_are_saved_for_this_project_and_hold_at_once(dialog, words, studio, folder):
    dialog.classifier.setCurrentIndex(dialog.classifier.findText("cn-clip-rn50"))
    assert not words.save.isEnabled(), "nothing was typed yet"
    words.lines["H"].setText("工字钢； H 型梁;;")
    words.lines["U"].setText("槽铁")
    QTest.mouseClick(words.back, Qt.MouseButton.LeftButton)
    assert words.lines["U"].text() == "槽钢; U型钢" and not words.save.isEnabled()
    words.lines["H"].setText("工字钢； H 型梁;;")
    words.templates.setPlainText("一根{}\n")
    press(words.save)
    wait_until(lambda: "Saved" in dialog.says.text(), what="that the words are saved")
    assert words.lines["H"].text() == "工字钢; H 型梁" and not words.save.isEnabled()
    assert studio.session.labels.prompts("H") == ("一根工字钢", "一根H 型梁")
    assert studio.assistant.labels is studio.session.labels
    assert load().prompts("H")[0] == "一张H型钢的照片", "the set that ships stays"
    studio.session.edit("accept", edits.set_status(studio.session.page, [1], "accepted"))
    studio.settle()
    again = Project.open(folder)
    assert again.labels == studio.session.labels and again.load("a.jpg").find(1).status == "accepted"


def test_what_the_model_sees_is_chosen_for_the_project(dialog, studio, folder, play):
    assert dialog.sees.views == ()
    dialog.sees.boxes["masked"].click()
    dialog.sees.boxes["context"].click()
    wait_until(lambda: Project.open(folder).naming.views == ("masked", "context"), what="the choice in project.toml")
    wait_until(lambda: dialog.again.look_up.isEnabled(), what="that it can be asked")
    assert studio.assistant.how.views == ("masked", "context") and studio.assistant.how.unknown_below == 0.3
    studio.box(260, 150, 380, 280)
    assert studio.assistant.accept()
    studio.settle()
    assert studio.on_disk().annotations[-1].made_by["view"] == "masked+context"
    dialog.close()
    studio.window.actions_.by_key["naming"].trigger()
    again = next(one for one in studio.window.findChildren(NamingDialog) if one.isVisible())
    assert again.sees.views == ("masked", "context")
    again.close()


def test_a_choice_that_is_still_being_written_when_the_dialog_closes_is_kept(dialog, studio, folder, monkeypatch):
    trouble = []
    monkeypatch.setattr(sys, "excepthook", lambda *facts: trouble.append(facts))
    gate = threading.Event()
    studio.window.disk_lane.submit("first", lambda: gate.wait(10))
    dialog.sees.boxes["context"].click()
    dialog.close()
    shiboken6.delete(dialog)
    gate.set()
    wait_until(lambda: "context" in studio.assistant.naming.views, what="naming by it")
    studio.settle()
    assert Project.open(folder).naming.views == studio.assistant.naming.views
    assert trouble == []


def test_words_that_were_saved_can_be_taken_back_however_often(dialog, words, studio, folder):
    dialog.classifier.setCurrentIndex(dialog.classifier.findText("cn-clip-rn50"))
    assert not words.back.isEnabled()
    for text in ("一", "二", "三"):
        words.lines["H"].setText(text)
        press(words.save)
        wait_until(lambda text=text: studio.session.labels.get("H").texts == (text,), what="the words")
        wait_until(lambda: not words.save.isEnabled())
    for text in ("二", "一", "H型钢; 工字钢", "H型钢; 工字钢"):
        QTest.mouseClick(words.back, Qt.MouseButton.LeftButton)
        assert words.lines["H"].text() == text
    words.lines["H"].setText("四")
    QTest.mouseClick(words.back, Qt.MouseButton.LeftButton)
    assert words.lines["H"].text() == "三", "first what holds now"
    QTest.mouseClick(words.back, Qt.MouseButton.LeftButton)
    press(words.save)
    wait_until(lambda: Project.open(folder).labels.get("H").texts == ("二",), what="the words before")


def test_words_that_ship_can_be_had_back(dialog, words, studio, folder):
    dialog.classifier.setCurrentIndex(dialog.classifier.findText("cn-clip-rn50"))
    assert words.shipped.isVisible() and not words.shipped.isEnabled(), "they hold already"
    words.lines["H"].setText("工字钢")
    press(words.save)
    wait_until(lambda: "Saved" in dialog.says.text(), what="that the words are saved")
    QTest.mouseClick(words.shipped, Qt.MouseButton.LeftButton)
    assert words.lines["H"].text() == "H型钢; 工字钢" and studio.session.labels.get("H").texts == ("工字钢",)
    assert not words.shipped.isEnabled() and words.save.isEnabled()
    QTest.mouseClick(words.back, Qt.MouseButton.LeftButton)
    assert words.lines["H"].text() == "工字钢" and words.shipped.isEnabled()


def test_wrong_words_are_told_in_one_line_and_nothing_is_written(dialog, words, studio, folder):
    dialog.classifier.setCurrentIndex(dialog.classifier.findText("cn-clip-rn50"))
    before = studio.session.labels
    for change, told in (
        (lambda: words.lines["H"].setText(" ; "), "Each class needs a word at least: H-beam"),
        (lambda: words.lines["H"].setText("工字钢" * 100), "tokens, the model reads 52 at most"),
        (
            lambda: words.templates.setPlainText("一张照片"),
            "Each sentence needs {} once, where the word goes: 一张照片",
        ),
        (lambda: words.templates.setPlainText("\n"), "One sentence at least"),
    ):
        change()
        press(words.save)
        wait_until(lambda told=told: told in dialog.says.text(), what=told)
        assert dialog.says.text().count("\n") == 0
        words._fill()
    assert studio.session.labels is before and not (folder / "labels.toml").exists()
