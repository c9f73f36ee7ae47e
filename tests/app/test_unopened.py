"""Folders that cannot be opened, named at the start or later: the window says which, why, and what to do."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QPushButton
from studio_driver import NAME, wait_until

from sscore import images
from sscore.project import Project


def guide(studio):
    """What stands on the canvas, and its buttons."""
    assert studio.canvas.guide.isVisible()
    shown = studio.canvas.guide
    buttons = {b.text(): b for b in shown.findChildren(QPushButton) if not b.isHidden()}
    return f"{shown._heading.text()}\n{shown._line.text()}", buttons


def started(make_studio, path, lang="en"):
    studio = make_studio(lang=lang)
    studio.window.start(path)
    studio.settle()
    return studio


@pytest.mark.parametrize(("lang", "word", "again"), [("en", "not there", "Try again"), ("zh", "不存在", "重试")])
def test_a_folder_that_is_not_there_can_be_tried_again(make_studio, tmp_path, folder, lang, word, again):
    drive = tmp_path / "drive"
    studio = started(make_studio, drive / NAME, lang)
    text, buttons = guide(studio)
    assert word in text and str(drive / NAME) in text
    assert studio.window.messages.notices == []
    drive.mkdir()
    folder.rename(drive / NAME)
    buttons[again].click()
    wait_until(lambda: studio.session.page is not None)
    studio.settle()
    assert not studio.canvas.guide.isVisible()
    studio.window.settings.set("language", "en")


def test_a_folder_that_may_not_be_read(make_studio, folder, monkeypatch):
    def refuse(_path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(images.os, "scandir", refuse)
    text, buttons = guide(started(make_studio, folder))
    assert "This folder cannot be opened" in text and "Permission denied" in text and NAME in text
    assert {"Try again", "Open folder…", "Show the samples"} <= buttons.keys()


def test_a_folder_without_photos(make_studio, tmp_path):
    text, buttons = guide(started(make_studio, tmp_path))
    assert "no photos in this folder" in text
    assert {"Open folder…", "Show the samples"} == buttons.keys()


def test_a_photo_is_shown_first_in_its_folder(make_studio, folder):
    studio = started(make_studio, folder / "b.jpg")
    wait_until(lambda: studio.session.image == "b.jpg")
    studio.settle()
    assert studio.window.messages.notices == []


def test_the_first_photo_of_the_folder_shows_its_state_also_when_another_was_named(make_studio, folder):
    project = Project.open(folder)
    project.save(replace(project.load("a.jpg"), extra={"done": True}), edit="done")
    studio = started(make_studio, folder / "b.jpg")
    wait_until(lambda: studio.session.image == "b.jpg")
    studio.settle()
    assert studio.session.state("a.jpg").progress == "done" and studio.session.done_count == 1


def test_a_file_that_is_no_photo(make_studio, folder):
    (folder / "notes.txt").write_text("three bars", encoding="utf-8")
    studio = started(make_studio, folder / "notes.txt")
    text, buttons = guide(studio)
    assert "notes.txt is nothing to open here" in text and "COCO" in text
    assert {"Open folder…", "Show the samples"} <= buttons.keys()
    assert studio.session.project is None


def test_a_folder_that_is_not_there_leaves_the_present_one(studio, tmp_path):
    studio.window.open_folder(tmp_path / "nowhere")
    wait_until(lambda: bool(studio.window.messages.notices))
    (notice,) = studio.window.messages.notices
    assert "nowhere" in notice.detail and notice.action == "Try again"
    assert studio.session.page is not None
    (tmp_path / "nowhere").mkdir()
    notice.run()
    wait_until(lambda: studio.session.project.folder == tmp_path / "nowhere")
    studio.settle()
