"""Whoever changes a key is told the new one, wherever a text names it."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from labelled import label
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit
from studio_driver import wait_until

from app import actions, keys
from app.settings import Settings

TS = Path(__file__).parents[2] / "resources" / "translations" / "studio_zh_CN.ts"
OWN = {
    "accept": ["Ctrl+Alt+1"],
    "clear": [],
    "delete": ["Ctrl+Alt+2"],
    "cancel": ["Ctrl+Alt+3"],
    "box": ["Ctrl+Alt+4"],
    "points": ["Ctrl+Alt+5"],
    "right": ["Ctrl+Alt+6"],
    "wrong": [],
    "comment": ["Ctrl+Alt+7"],
    "undo": ["Ctrl+Alt+8"],
    "mend": ["Ctrl+Alt+9"],
    "excuse": [],
    "show_masks": ["Alt+1"],
    "minimap": ["Alt+2"],
}
# Keys that are nobody's to change: of a list, of a field, of the polygon, or held.
FIXED = {
    "Click corner by corner. {accept} closes, Backspace takes one back, Shift snaps to 45°",
    "Click the corners of a new object. {accept} closes, Backspace takes one back",
    "Type a few letters of the class and press Enter",
    "The pieces themselves stay in sight. Without any objects while H is held",
    "Press Enter on an action, or click into the field, then press the new key.",
    "Double click or Enter shows the object on its photo",
    "Enter: show on the photo",
    "Close Tab",
}


@pytest.fixture
def settings(tmp_path) -> Settings:
    return Settings(tmp_path / "keys.ini")


def test_a_text_names_the_users_own_key(app, settings):
    text = "{n} discarded. {undo} brings them back  ({accept})"
    assert keys.told(settings, text, n=3) == "3 discarded. Ctrl+Z brings them back  (F)"
    settings.set("keys", json.dumps({"undo": ["Alt+Q"], "accept": []}))
    assert keys.told(settings, text, n=3) == "3 discarded. Alt+Q brings them back"
    settings.set("keys", json.dumps({"undo": [], "accept": ["{"]}))
    assert keys.told(settings, text, n=3) == '3 discarded. "Undo" brings them back  ({)'
    assert keys.told(settings, "撤销（{undo}）") == "撤销"


def test_no_text_names_a_key_that_can_be_changed():
    """Texts take keys as `{action}`, or as `{key}` where a dialog has keys of its own."""
    named = r"\b(Esc|Enter|Return|Delete(?=\W|$)|Del|Tab|Backspace|PgUp|PgDown)\b(?! the| 1| \{n\}| it\b| the| all)"
    joined = r"\b(Ctrl|Alt|Shift)\+\w"
    function = r"\bF\d+\b(?! of)"
    bracketed = r"[(（]([A-Z]|[1-9]|Space)[)）]"
    single = r"(?<![\w.{/-])(?!A\b|I\b|H \{|U\b)[B-Z](?![\w'’/.<-])"
    wrong = re.compile("|".join((named, joined, function, bracketed, single)))
    known = {row.text for row in actions.TABLE} | {"Delete"}
    sources = {m.findtext("source", "") for m in ElementTree.parse(TS).getroot().iter("message")}
    assert len(sources) > 500
    found = {text for text in sources - known if wrong.search(text)}
    assert sorted(found - FIXED) == []


def texts(place) -> str:
    """All that can be read there."""
    found = [w.placeholderText() for w in place.findChildren(QLineEdit)]
    for widget in (w for kind in (QLabel, QAbstractButton) for w in place.findChildren(kind)):
        found += [widget.text(), widget.toolTip()]
    return "\n".join(found)


def change(studio) -> None:
    studio.window.settings.set("keys", json.dumps(OWN))


def test_hints_buttons_and_tips_follow_a_change_of_keys(make_studio, folder):
    label(folder)
    studio = make_studio()
    studio.open(folder)
    wait_until(lambda: studio.session.page is not None)
    flow = studio.window.flow
    places = [flow.show_checks(), flow.show_review(), flow.show_gallery(), flow.show_compare(), flow.show_shortcuts()]
    findings = places[0].list
    wait_until(lambda: findings.facts.entries, what="findings")
    findings.go(0)
    studio.settle()
    change(studio)
    checks, review, gallery, compare, sheet = map(texts, places)
    assert "  (Ctrl+Alt+9)" in checks and "It is right\n" in checks and "Ctrl+Alt+8 takes it back" in checks
    assert "Right  (Ctrl+Alt+6)" in review and "Wrong\n" in review and "(Ctrl+Alt+7)" in review
    assert "Ctrl+Alt+6: right" in gallery and "wrong" not in gallery and "made here  (Ctrl+Alt+8)" in gallery
    assert "Ctrl+Alt+8" in compare or "Select one object" in compare
    assert "Ctrl+Alt+9" in sheet and "\nY\n" not in sheet
    studio.window.settings.set("keys", "")
    assert "Right  (Y)" in texts(places[1]) and "X: wrong" in texts(places[2])


def test_the_canvas_tells_the_users_own_keys(studio):
    change(studio)
    hint = studio.canvas.hint
    studio.canvas.setFocus()
    studio.key("4", Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
    assert studio.canvas.tool == "box"
    wait_until(lambda: hint._text.text() == "Draw a box around a piece. Points instead: Ctrl+Alt+5", what="the hint")
    assert hint._key.text() == "Ctrl+Alt+4"
    assert "Alt+2 hides it" in studio.canvas.minimap.toolTip()
    studio.drag(20, 20, 120, 120)
    wait_until(lambda: studio.assistant.pending.settled, what="the mask")
    wait_until(lambda: studio.canvas.card._foot == "Ctrl+Alt+1 accept", what="the card")
    studio.window.settings.set("keys", json.dumps({"box": []}))
    studio.window.commands.cancel()
    wait_until(lambda: hint._key.text() == "Draw a box", what="the name in the place of the key")
    studio.window.commands.accept()


def test_a_wrong_try_is_told_the_users_own_key(studio):
    change(studio)
    studio.window.settings.set("keys", json.dumps({"find_all": ["Alt+F"], "hide": ["Alt+H"]}))
    QTest.keyClick(studio.canvas, Qt.Key.Key_F, Qt.KeyboardModifier.ShiftModifier)
    assert studio.canvas.whisper.text == "There are no proposals. Alt+F finds all pieces."


def test_the_gallery_goes_by_the_users_own_keys(make_studio, folder):
    label(folder)
    studio = make_studio()
    studio.open(folder)
    gallery = studio.window.flow.show_gallery()
    wait_until(lambda: gallery.model.rowCount() > 0, what="the pictures")
    studio.settle()
    pressed: list[str] = []
    gallery.grid.pressed_key.connect(pressed.append)
    studio.window.settings.set("keys", json.dumps({"right": ["J"], "wrong": [], "undo": ["U"]}))
    for key in "jyxu":
        QTest.keyClicks(gallery.grid, key)
    assert pressed == ["right", "undo"]
    compare = studio.window.flow.show_compare()
    assert compare._take_back.keys() == [QKeySequence("U")]


def test_a_change_of_keys_leaves_the_model_manager_as_it_is(studio):
    manager = studio.window.show_models()
    change(studio)
    assert studio.window._models_dialog is manager and manager.isVisible()
    studio.window.settings.set("theme", "light")
    assert studio.window._models_dialog is not manager
