"""The evaluation dialog runs `ssc evaluate` beside the window, shows how far it is, and leads to each object."""

from __future__ import annotations

import json
import sys
from dataclasses import replace

import pytest
import shiboken6
from PySide6.QtCore import Qt, QUrl
from PySide6.QtTest import QTest
from studio_driver import wait_until

from app import child
from app.dialogs import evaluate
from app.stock import Row
from sscore.catalogue import card
from sscore.weight_store import state

PLAYED = """
import json, sys, time
for line in open({script!r}, encoding="utf-8"):
    event = json.loads(line)
    if event.get("event") == "wait":
        time.sleep(60)
    print(line.strip(), flush=True)
sys.exit({code})
"""


@pytest.fixture
def dialog(studio):
    """On a project with one accepted object; the models are those that come with the program."""
    studio.add(20, 20, 120, 120)
    studio.window.stock.rows = [Row(card(one), state(card(one))) for one in ("nano", "grabcut", "sam-vit-b")]
    studio.window.actions_.by_key["evaluate"].trigger()
    found = studio.window.findChild(evaluate.EvaluateDialog)
    wait_until(lambda: found.objects == 1, what="the count of objects")
    yield found
    if shiboken6.isValid(found):
        found.close()


@pytest.fixture
def play(monkeypatch, tmp_path):
    """Let the child print these events instead of doing the work."""

    def make(*events, code=0):
        script = tmp_path / "events.jsonl"
        script.write_text("".join(json.dumps(event) + "\n" for event in events), encoding="utf-8")
        monkeypatch.setattr(
            child, "command", lambda: [sys.executable, "-c", PLAYED.format(script=str(script), code=code)]
        )

    return make


def press(dialog):
    QTest.mouseClick(dialog.start, Qt.MouseButton.LeftButton)


def test_what_is_asked_of_the_command(dialog, folder, tmp_path):
    assert list(dialog.segmenters) == ["nano", "grabcut"]
    dialog.folder.setText(str(tmp_path / "结果"))
    dialog.careless.setChecked(True)
    words = dialog.arguments()
    assert words[:2] == ["evaluate", str(folder)]
    asked = dict(zip(words[2::2], words[3::2], strict=False))
    assert asked["--segmenters"] == "nano" and asked["--strategies"] == "S2,S5,S6"
    assert asked["--out"] == str(tmp_path / "结果") and "--report" in words and "0-10,10-20,20-30" in words
    for box in dialog.strategies.values():
        box.setChecked(False)
    assert not dialog.start.isEnabled()


def test_other_options_are_measured_beside_what_is_there(dialog, play, tmp_path):
    (tmp_path / "结果-2").mkdir()
    dialog.folder.setText(str(tmp_path / "结果"))
    why = "the rows in it are of another run: --strategies was S2, not S2,S5 (name another folder)"
    play({"event": "error", "message": f"{tmp_path / '结果'}: {why}", "code": 2}, code=2)
    press(dialog)
    wait_until(lambda: "of another run" in dialog.says.text(), what="the refusal")
    assert dialog.folder.text() == str(tmp_path / "结果-3") and dialog.start.isEnabled()
    play({"event": "error", "message": "there is nothing to measure", "code": 2}, code=2)
    press(dialog)
    wait_until(lambda: "nothing to measure" in dialog.says.text(), what="another error")
    assert dialog.folder.text() == str(tmp_path / "结果-3")


def test_without_accepted_objects_there_is_no_truth(studio):
    studio.window.actions_.by_key["evaluate"].trigger()
    dialog = studio.window.findChild(evaluate.EvaluateDialog)
    wait_until(lambda: "Accept some objects" in dialog.truth.text())
    assert not dialog.start.isEnabled()
    dialog.close()


def test_progress_result_and_the_way_to_an_object(dialog, studio, play, tmp_path, monkeypatch):
    report = tmp_path / "run" / "report" / "report.html"
    play(
        {"event": "progress", "done": 0, "total": 8},
        {"event": "image", "segmenter": "nano", "image": "a.jpg", "seconds_left": 200.0},
        {"event": "progress", "done": 4, "total": 8},
        {"event": "progress", "done": 8, "total": 8},
        {"event": "result", "report": str(report), "problems": [{}]},
        code=1,
    )
    number = studio.session.page.annotations[0].id
    studio.session.select(())
    means = {"nano": {"S2": 0.25, "S5": 0.875}}
    weakest = means, [(0.25, "nano", "S2", ("a.jpg", number), "Pipe")]
    monkeypatch.setattr(evaluate, "_weakest", lambda run: weakest)
    seen = []
    dialog.child.event.connect(lambda event: seen.append(dialog.says.text()))
    press(dialog)
    wait_until(lambda: dialog.weak.isVisible(), what="the objects")
    assert "4 of 8 prompts, about 3 min left" in seen and "Writing the report…" in seen
    assert "Left out: 1" in dialog.says.text() and dialog.open_report.isVisible()
    assert "nano: S2 0.250  S5 0.875" in dialog.says.text()
    assert dialog.open_report.isDefault() and not dialog.start.isDefault(), "what comes next"
    item = dialog.weak.topLevelItem(0)
    assert [item.text(i) for i in range(5)] == ["a.jpg", "Pipe", "nano", "S2", "0.250"]
    dialog.weak.setCurrentItem(item)
    assert studio.session.selection == (number,)
    opened = []
    monkeypatch.setattr(evaluate.QDesktopServices, "openUrl", lambda url: opened.append(url))
    QTest.mouseClick(dialog.open_report, Qt.MouseButton.LeftButton)
    assert opened == [QUrl.fromLocalFile(str(report))]


def test_stopped_and_failed(dialog, play):
    play({"event": "progress", "done": 1, "total": 8}, {"event": "wait"})
    press(dialog)
    wait_until(lambda: "1 of 8" in dialog.says.text(), what="progress")
    assert dialog.start.text() == "Stop" and not dialog.form.isEnabled()
    press(dialog)
    wait_until(lambda: not dialog.child.running)
    assert "goes on where it was" in dialog.says.text() and dialog.form.isEnabled()
    play({"event": "error", "message": "there is nothing to measure", "code": 2}, code=2)
    press(dialog)
    wait_until(lambda: "nothing to measure" in dialog.says.text(), what="the reason")
    assert dialog.start.text() == "Start" and not dialog.open_report.isVisible()


def test_closing_ends_the_process(dialog, play):
    play({"event": "progress", "done": 1, "total": 8}, {"event": "wait"})
    press(dialog)
    wait_until(lambda: dialog.child.running)
    process = dialog.child._process
    wait_until(lambda: process.processId() > 0)
    dialog.close()
    assert not dialog.child.running


def test_the_real_command_is_found(app):
    events, ended = [], []
    process = child.ChildProcess()
    process.event.connect(events.append)
    process.ended.connect(lambda *how: ended.append(how))
    process.start(["evaluate", "/nowhere/coco.json", "--out", "/nowhere/run"])
    wait_until(lambda: bool(ended), seconds=60, what="the end")
    (code, words), (event,) = ended[0], events
    assert code == 2 and "cannot be read" in words and event["event"] == "error"


def test_a_model_that_comes_while_the_dialog_is_open_is_listed(studio, dialog):
    assert list(dialog.segmenters) == ["nano", "grabcut"]
    one = card("sam-vit-b")
    studio.window.stock.rows = [*studio.window.stock.rows, Row(one, replace(state(one), place="installed"))]
    studio.window.stock.changed.emit()
    assert list(dialog.segmenters) == ["nano", "grabcut", "sam-vit-b"]
    assert [key for key, box in dialog.segmenters.items() if box.isChecked()] == ["nano"]
