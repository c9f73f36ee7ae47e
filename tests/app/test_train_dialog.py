"""The training dialog: whether the data are enough, what is asked of `ssc train decoder`, curves, pause, the switch."""

from __future__ import annotations

import json
import sys

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from studio_driver import wait_until

from app import child
from app.dialogs import train, train_runs
from app.stock import Row
from sscore.catalogue import card
from sscore.weight_store import state

PLAYED = """
import json, pathlib, sys, time
for line in open({script!r}, encoding="utf-8"):
    event = json.loads(line)
    if "until" in event:
        while not pathlib.Path(event["until"]).exists():
            time.sleep(0.01)
        continue
    print(line.strip(), flush=True)
sys.exit({code})
"""
PLAN = {"event": "plan", "epochs": 4, "name": "nano-tuned"}
FIRST = {"event": "epoch", "epoch": 0, "of": 4, "train": {}, "validation": {"dice": 0.7}}
SECOND = {"event": "epoch", "epoch": 1, "of": 4, "train": {"loss": 0.5}, "validation": {"dice": 0.8}}


@pytest.fixture
def dialog(studio, monkeypatch):
    studio.add(20, 20, 120, 120)
    # The studio's models here are fakes, which cannot learn.
    monkeypatch.setattr(studio.window.stock, "refresh", lambda: None)
    studio.window.stock.rows = [Row(card(one), state(card(one))) for one in ("nano", "grabcut", "sam-vit-b")]
    studio.window.actions_.by_key["train"].trigger()
    found = studio.window.findChild(train.TrainDialog)
    wait_until(lambda: found.objects == 1, what="the count of objects")
    yield found
    if shiboken6.isValid(found):
        found.close()


@pytest.fixture
def enough(dialog, monkeypatch):
    """As if there were sixty accepted objects."""
    fact = next(fact for fact in dialog._index.facts())
    other = type(fact)(**{name: getattr(fact, name) for name in fact.__slots__} | {"image": "b.jpg"})
    monkeypatch.setattr(dialog._index, "facts", lambda: [fact, other] * 30)
    dialog._show_data()
    return dialog


@pytest.fixture
def play(monkeypatch, tmp_path):
    """Let the child print these events instead of doing the work; {"until": file} waits for one."""

    def make(*events, code=0):
        script = tmp_path / "events.jsonl"
        script.write_text("".join(json.dumps(event) + "\n" for event in events), encoding="utf-8")
        played = [sys.executable, "-c", PLAYED.format(script=str(script), code=code)]
        monkeypatch.setattr(child, "command", lambda: played)

    return make


def measured(after, low, high):
    """As the core tells it."""
    overall = {"before": 0.8, "after": after, "gain": after - 0.8, "interval": [low, high]}
    box = {"strategy": "S5", "shift": "none", "before": 0.9, "after": 0.89, "gain": -0.01, "interval": [None, None]}
    error = {"before": 0.134, "after": 0.12}
    rows = {"overall": {**overall, "strategy": "", "shift": ""}, "rows": [box]}
    return {**rows, "photos": 3, "instances": 20, "iou_error": error}


def press(button):
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_too_few_objects_are_refused(dialog):
    assert "too few" in dialog.data.text() and not dialog.start.isEnabled()
    assert [dialog.form.model.itemText(i) for i in range(dialog.form.model.count())] == ["nano"]


def test_what_is_asked_of_the_command(enough, folder):
    assert "60 accepted objects on 2 photos: enough" in enough.data.text()
    quick = enough.data.text()
    enough.form.recipe.setCurrentIndex(2)
    assert "about" in quick and enough.data.text() != quick and enough.start.isEnabled()
    enough.form.together.setCurrentIndex(1)
    words = enough.arguments()
    assert words[:3] == ["train", "decoder", str(folder)]
    asked = dict(zip(words[3::2], words[4::2], strict=True))
    assert asked == {"--model": "nano", "--recipe": "paper", "--group-by": "folder", "--out": str(enough.folder)}


def test_curves_pause_and_going_on(enough, play):
    enough.folder.mkdir()
    play(PLAN, FIRST, SECOND, {"until": str(enough.folder / "order")}, {"event": "result", "state": "paused"}, code=1)
    press(enough.start)
    wait_until(lambda: enough.curves.best == 0.8, what="the curve")
    assert enough.start.text() == "Pause" and enough.finish.isVisible() and not enough.form.isEnabled()
    (enough.folder / "last.pt").write_bytes(b"")
    press(enough.start)
    wait_until(lambda: not enough.child.running, what="the pause")
    assert (enough.folder / "order").read_text(encoding="utf-8") == "pause"
    assert "Paused" in enough.says.text() and enough.start.text() == "Go on"
    assert enough.arguments() == ["train", "decoder", "--resume", "--out", str(enough.folder)]


def test_a_run_that_waits_is_shown_as_it_was_begun_and_can_be_left(dialog, studio):
    waiting = dialog.folder
    dialog.close()
    waiting.mkdir()
    (waiting / "last.pt").write_bytes(b"")
    asked = {"model": "nano", "recipe": "paper", "group_by": "folder"}
    (waiting / "request.json").write_text(json.dumps(asked), encoding="utf-8")
    studio.window.actions_.by_key["train"].trigger()
    again = next(one for one in studio.window.findChildren(train.TrainDialog) if one.isVisible())
    assert again.start.text() == "Go on" and again.start.isEnabled() and "waits here" in again.says.text()
    assert [again.form.recipe.currentData(), again.form.together.currentData()] == ["paper", "folder"]
    press(again.anew)
    assert again.folder.name == waiting.name + "-2" and again.start.text() == "Start" and again.form.isEnabled()
    assert (waiting / "last.pt").exists() and not again.anew.isVisible()
    again.close()


def test_a_run_that_goes_on_shows_its_whole_curve_and_what_speaks_against_it(enough, play):
    enough.folder.mkdir()
    (enough.folder / "last.pt").write_bytes(b"")
    resumed = {"event": "resumed", "of": 4, "curve": [FIRST, SECOND]}
    doubts = [{"event": "warning", "message": f"doubt {n}"} for n in range(5)]
    third = {**SECOND, "epoch": 2, "validation": {"dice": 0.75}}
    play(*doubts, PLAN, resumed, third, {"event": "result", "state": "paused"}, code=1)
    press(enough.start)
    wait_until(lambda: "Paused" in enough.says.text(), what="the end")
    assert enough.curves.points == {0: 0.7, 1: 0.8, 2: 0.75}
    assert enough.doubts.text().splitlines() == ["doubt 0", "doubt 1", "doubt 2", "… and 2 more"]


def test_pausing_while_it_measures_does_not_wait(enough, play):
    enough.folder.mkdir()
    (enough.folder / "last.pt").write_bytes(b"")
    play(PLAN, FIRST, {"event": "measuring", "model": "other"}, {"until": str(enough.folder / "never")})
    press(enough.start)
    wait_until(lambda: enough.start.text() == "Pause" and not enough.finish.isVisible(), what="the measuring")
    press(enough.start)
    wait_until(lambda: not enough.child.running, what="the pause")
    assert "Paused" in enough.says.text() and enough.start.text() == "Go on"


def test_models_that_are_found_later_are_offered(dialog, studio):
    stock = studio.window.stock
    stock.rows = []
    stock.changed.emit()
    assert dialog.form.card is None and not dialog.start.isEnabled()
    stock.rows = [Row(card("nano"), state(card("nano")))]
    stock.changed.emit()
    assert dialog.form.card == card("nano")


def test_the_new_model_is_offered_with_what_it_gained(enough, play, studio, monkeypatch):
    enough.folder.mkdir()
    result = {"event": "result", "state": "done", "model": "other", "out": str(enough.folder)}
    play(PLAN, FIRST, SECOND, {**result, "report": measured(0.88, 0.05, 0.11)})
    press(enough.start)
    wait_until(lambda: enough.switch.isVisible(), what="the offer")
    assert "0.800 before, 0.880 after" in enough.says.text() and "chance" not in enough.says.text()
    table = enough.gain.table
    lines = [table.topLevelItem(row) for row in range(table.topLevelItemCount())]
    texts = [[line.text(column) for column in range(6)] for line in lines]
    assert texts[0] == ["all of them", "", "0.800", "0.880", "+0.050 … +0.110", "+0.080"]
    assert texts[1] == ["box (S5)", "exact", "0.900", "0.890", "–", "-0.010"]
    assert "20 objects of 3 photos" in enough.gain.note.text() and "0.134" in enough.gain.note.text()
    press(enough.switch)
    wait_until(lambda: studio.window.assistant.present("segmenter") == "other", what="the new model")


def test_a_gain_within_chance_and_a_failure_are_said(enough, play):
    result = {"event": "result", "state": "done", "model": "other", "out": str(enough.folder)}
    play(PLAN, {**result, "report": measured(0.81, -0.02, 0.04)})
    press(enough.start)
    wait_until(lambda: enough.switch.isVisible(), what="the offer")
    assert "within chance" in enough.says.text() and enough.switch.property("primary") == "false"
    play({"event": "error", "message": "the disk is full", "code": 2}, code=2)
    press(enough.start)
    wait_until(lambda: "the disk is full" in enough.says.text(), what="the reason")
    play(PLAN, {"event": "result", "state": "done", "model": "", "out": str(enough.folder)}, code=1)
    press(enough.start)
    wait_until(lambda: "No epoch was better" in enough.says.text(), what="the answer")
    assert not enough.switch.isVisible()


def test_a_run_without_a_gain_is_over(enough, play):
    enough.folder.mkdir()
    for name in ("last.pt", "result.json"):
        (enough.folder / name).write_bytes(b"{}")
    assert not enough.unfinished
    play(PLAN, {"event": "result", "state": "done", "model": "", "out": str(enough.folder)}, code=1)
    over = enough.folder
    press(enough.start)
    wait_until(lambda: "No epoch was better" in enough.says.text(), what="the answer")
    assert enough.start.text() == "Start" and enough.form.isEnabled() and enough.folder == train_runs.following(over)
