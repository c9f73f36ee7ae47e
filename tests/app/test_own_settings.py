"""Settings take effect at once; keys of one's own, with conflicts shown; a new project in one step."""

from __future__ import annotations

import os

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from shiboken6 import isValid
from studio_driver import wait_until

from app.dialogs.settings import apply_threads
from app.settings import Settings, chosen_keys, recent_folders
from app.stock import Row
from sscore.project import Project
from sscore.types import ModelCard
from sscore.weight_store import State


@pytest.fixture
def settings(studio):
    return studio, studio.window.flow.show_settings()


def test_every_control_has_a_name_and_shows_its_value(settings):
    studio, dialog = settings
    assert all(control.accessibleName() for control in dialog.controls.values())
    assert dialog.controls["author"].text() == studio.window.settings.get("author")
    assert dialog.controls["segmenter"].currentData() == "nano"


def test_what_is_changed_counts_at_once(settings):
    studio, dialog = settings
    name = dialog.controls["author"]
    name.setText(" 王芳 ")
    name.editingFinished.emit()
    dialog.controls["unknown_below"].setValue(55)
    dialog.controls["prefetch"].setChecked(False)
    values = studio.window.settings
    assert (values.get("author"), values.get("unknown_below"), values.get("prefetch")) == ("王芳", 0.55, False)
    studio.window.activateWindow()
    studio.add(20, 20, 120, 120)
    assert studio.on_disk().annotations[0].author == "王芳"


def test_another_language_is_spoken_by_the_dialog_itself(settings):
    _, dialog = settings
    box = dialog.controls["language"]
    box.setCurrentIndex(box.findData("zh"))
    box.activated.emit(box.currentIndex())
    wait_until(lambda: dialog.windowTitle() == "设置", what="the other language")
    assert dialog.controls["language"].currentData() == "zh"


def test_models_are_loaded_again_for_other_threads(settings, monkeypatch):
    monkeypatch.setenv("SSC_THREADS", "")
    studio, dialog = settings
    dialog._set_threads(1)
    assert os.environ["SSC_THREADS"] == "1"
    assert studio.assistant.loading.keys() == {"segmenter", "classifier"}
    studio.settle()
    studio.window.settings.set("threads", 0)
    apply_threads(studio.window.settings)
    assert "SSC_THREADS" not in os.environ


@pytest.fixture
def keys(studio):
    return studio, studio.window.flow.show_keys()


def choose(dialog, action: str) -> None:
    dialog.list.setCurrentCell([row.key for row in dialog._rows].index(action), 0)


def test_a_key_of_ones_own(keys, make_studio):
    studio, dialog = keys
    choose(dialog, "box")
    dialog.edit.setKeySequence("Ctrl+B")
    assert "free" in dialog.says.text()
    QTest.mouseClick(dialog.use, Qt.MouseButton.LeftButton)
    assert chosen_keys(studio.window.settings) == {"box": ("Ctrl+B",)}
    assert studio.window.actions_.by_key["box"].toolTip().startswith("Draw a box  (Ctrl+B)")
    studio.window.activateWindow()
    studio.key("v")
    studio.key("b", Qt.KeyboardModifier.ControlModifier)
    assert studio.canvas.tool == "box"
    studio.window.settings.sync()
    again = make_studio()
    assert again.window.actions_.by_key["box"].shortcut().toString() == "Ctrl+B"


def test_a_conflict_is_named_and_can_be_settled(keys):
    studio, dialog = keys
    choose(dialog, "fit")
    dialog.edit.setKeySequence("F")
    assert "Accept the mask" in dialog.says.text()
    QTest.mouseClick(dialog.use, Qt.MouseButton.LeftButton)
    assert dialog.keys("fit") == ("F",) and dialog.keys("accept") == ("Return", "Enter")
    assert not any("⚠" in dialog.list.item(row, 1).text() for row in range(dialog.list.rowCount()))
    QTest.mouseClick(dialog.reset, Qt.MouseButton.LeftButton)
    assert chosen_keys(studio.window.settings) == {} and dialog.keys("accept")[0] == "F"


def test_a_key_is_changed_by_keyboard_alone(keys):
    studio, dialog = keys
    dialog.activateWindow()
    wait_until(lambda: dialog.search.hasFocus(), what="the window's turn")
    QTest.keyClicks(dialog.search, "Fit the photo")
    QTest.keyClick(dialog.search, Qt.Key.Key_Tab)
    assert dialog.list.hasFocus()
    assert dialog.current == "fit", "what is found is in hand"
    QTest.keyClick(dialog.list, Qt.Key.Key_Return)
    assert dialog.edit.hasFocus()
    QTest.keyClick(dialog.edit, Qt.Key.Key_J, Qt.KeyboardModifier.AltModifier)
    wait_until(dialog.use.hasFocus, what="the field let go")
    QTest.keyClick(dialog.use, Qt.Key.Key_Return)
    assert chosen_keys(studio.window.settings) == {"fit": ("Alt+J",)} and dialog.list.hasFocus()
    QTest.keyClick(dialog.list, Qt.Key.Key_Return)
    QTest.keyClick(dialog.edit, Qt.Key.Key_5)
    wait_until(dialog.list.hasFocus, what="the field let go")
    assert 'always means "Classes"' in dialog.says.text()
    assert chosen_keys(studio.window.settings) == {"fit": ("Alt+J",)}


def test_a_key_that_is_held_or_of_the_canvas_alone_stays_as_it_is(keys):
    studio, dialog = keys
    choose(dialog, "fit")
    for key in ("H", "Space", "Tab", "Left", "Backspace"):
        dialog.edit.setKeySequence(key)
        assert "always means" in dialog.says.text() and not dialog.use.isEnabled(), key
        dialog._use()
    assert chosen_keys(studio.window.settings) == {}


def test_who_loses_the_only_key_is_named_and_all_can_be_restored_and_brought_back(keys):
    studio, dialog = keys
    choose(dialog, "fit")
    dialog.edit.setKeySequence("G")
    dialog.use.click()
    assert dialog.says.text() == '"Find all pieces" has no key now.'
    mine = chosen_keys(studio.window.settings)
    assert mine == {"fit": ("G",), "find_all": ()}
    dialog.reset.click()
    assert chosen_keys(studio.window.settings) == {} and dialog.reset.text() == "Take it back"
    dialog.reset.click()
    assert chosen_keys(studio.window.settings) == mine and dialog.reset.text() == "Restore all"


def test_the_editor_of_keys_speaks_the_new_language(keys):
    studio, dialog = keys
    dialog.search.setText("Fit the photo")
    studio.window.settings.set("language", "zh")
    assert dialog.windowTitle() == "自定义快捷键" and dialog.list.horizontalHeaderItem(0).text() == "操作"
    studio.window.settings.set("language", "en")


def test_number_keys_stay_with_the_classes(keys):
    _, dialog = keys
    choose(dialog, "fit")
    dialog.edit.setKeySequence("3")
    assert not dialog.use.isEnabled()


def test_damaged_settings_count_as_none(tmp_path):
    file = tmp_path / "studio.ini"
    file.write_text('[General]\nkeys="[1"\nrecent="{"\nthreads=many\n', encoding="utf-8")
    damaged = Settings(file)
    assert chosen_keys(damaged) == {} and recent_folders(damaged) == [] and damaged.get("threads") == 0


@pytest.fixture
def wizard(studio, tmp_path, folder):
    place = tmp_path / "新 项目"
    place.mkdir()
    (place / "b.jpg").write_bytes((folder / "b.jpg").read_bytes())
    return studio, studio.window.flow.show_wizard(), place


def test_a_new_project_with_its_classes_and_models(wizard):
    studio, dialog, place = wizard
    assert not dialog.create.isEnabled()
    dialog.folder.setText(str(place))
    wait_until(dialog.create.isEnabled, what="the count")
    assert "1 photos" in dialog.says.text()
    dialog.labels.setCurrentIndex(dialog.labels.findData("trashnet"))
    dialog._show_names()
    assert "Paper" in dialog.names.text()
    box = dialog.models["segmenter"]
    box.setCurrentIndex(box.findData("other"))
    dialog.create.click()
    wait_until(lambda: studio.session.project is not None and studio.session.project.folder == place)
    studio.settle()
    assert studio.session.labels.key == "trashnet" and studio.assistant.present("segmenter") == "other"
    assert Project.open(place).labels.key == "trashnet"


def test_a_project_that_exists_is_opened(wizard, folder):
    studio, dialog, place = wizard
    Project.create(place, "scrap_metals")
    dialog.folder.setText(str(place))
    wait_until(dialog.create.isEnabled)
    assert dialog.create.text() == "Open" and not dialog.labels.isEnabled()
    dialog.create.click()
    wait_until(lambda: studio.session.project.folder == place)
    assert studio.session.labels.key == "scrap_metals"


def test_what_was_said_of_one_folder_does_not_stay_for_the_next(wizard, folder):
    _, dialog, place = wizard
    Project.create(place, "scrap_metals")
    for next_one in ("", str(place / "none")):
        dialog.folder.setText(str(place))
        wait_until(dialog.create.isEnabled)
        assert not dialog.labels.isEnabled() and "already" in dialog.says.text()
        dialog.folder.setText(next_one)
        wait_until(lambda: "already" not in dialog.says.text(), what="other words")
        assert dialog.labels.isEnabled() and dialog.create.text() == "Create and open" and "Pipe" in dialog.names.text()
        assert not dialog.create.isEnabled()
    dialog.folder.clear()
    assert "ever changed" in dialog.says.text()


@pytest.mark.parametrize("kind", ["segmenter", "classifier"])
def test_a_model_that_is_not_here_is_named_before_anything_is_made(wizard, monkeypatch, kind):
    _, dialog, _ = wizard
    box = dialog.models[kind]
    box.addItem("far", "far")
    monkeypatch.setattr(dialog._stock, "rows", [Row(ModelCard("far", kind, "fake"), State("to download"))])
    assert not dialog.fits.isVisible()
    box.setCurrentIndex(box.findData("far"))
    box.activated.emit(box.currentIndex())
    assert "far is not on this computer yet" in dialog.fits.text() and "nano" in dialog.fits.text()


def test_a_wrong_label_file_or_folder_is_explained(wizard, tmp_path):
    _, dialog, _ = wizard
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("labels = 5", encoding="utf-8")
    dialog.set_own_labels(wrong)
    assert "wrong.toml" in dialog.says.text() and dialog.labels.currentData() == "scrap_shapes"
    dialog.folder.setText(str(tmp_path / "none"))
    wait_until(lambda: "none" in dialog.says.text() or "no photos" in dialog.says.text())
    assert not dialog.create.isEnabled()


def test_a_closed_dialog_hears_nothing_more(settings):
    """A change of language after the dialog has gone."""
    studio, dialog = settings
    dialog.close()
    wait_until(lambda: not isValid(dialog), what="the end of the dialog")
    studio.window.settings.set("language", "zh")
    studio.settle()
    assert studio.window.look.lang == "zh"
    studio.window.settings.set("language", "en")


def test_a_dialog_that_is_open_is_not_opened_twice(settings):
    studio, dialog = settings
    flow = studio.window.flow
    assert flow.show_settings() is dialog
    assert flow.show_keys() is flow.show_keys() and flow.show_shortcuts() is flow.show_shortcuts()
    dialog.close()
    assert flow.show_settings() is not dialog
