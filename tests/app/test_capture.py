"""Frames of a video become photos of the folder."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from studio_driver import NAME, wait_until

from app import rows
from sscore import images


@pytest.fixture(scope="module")
def video(tmp_path_factory):
    """Eight frames, each brighter than the one before."""
    place = tmp_path_factory.mktemp("video")
    writer = cv2.VideoWriter(str(place / "made.avi"), cv2.VideoWriter.fourcc(*"MJPG"), 8, (160, 120))
    for n in range(8):
        writer.write(np.full((120, 160, 3), 30 * n + 10, np.uint8))
    writer.release()
    (place / NAME).mkdir()
    return (place / "made.avi").rename(place / NAME / "传送带.avi")


@pytest.fixture
def capture(studio, video):
    dialog = studio.window.flow.show_capture(video)
    wait_until(lambda: dialog._frame is not None, what="the first frame")
    return studio, dialog


def test_a_frame_becomes_a_photo_that_is_shown(capture, folder):
    studio, dialog = capture
    dialog.slider.setValue(6)
    wait_until(lambda: dialog._at == 6, what="the frame")
    assert dialog.place.text().startswith("7 / 8")
    QTest.mouseClick(dialog.take, Qt.MouseButton.LeftButton)
    name = "传送带_000007.png"
    wait_until(lambda: studio.session.image == name and studio.session.page is not None, what="the photo")
    assert abs(float(images.read(folder / name).mean()) - 190) < 10
    model = studio.window.images.model
    assert [model.index(row).data() for row in range(model.rowCount())] == ["a.jpg", "b.jpg", "c.png", name]


def test_the_same_frame_twice_is_two_photos(capture):
    studio, dialog = capture
    for _ in range(2):
        QTest.mouseClick(dialog.take, Qt.MouseButton.LeftButton)
    wait_until(lambda: len(studio.session.images) == 5, what="two photos")
    assert sorted(dialog.taken) == ["传送带_000001-2.png", "传送带_000001.png"]


def test_playing_stops_at_the_end(capture):
    _, dialog = capture
    dialog.play.setChecked(True)
    wait_until(lambda: not dialog.play.isChecked(), what="the end")
    assert dialog._at == 7
    dialog.play.setChecked(True)
    wait_until(lambda: dialog._at in range(4), what="the beginning, played again")
    wait_until(lambda: not dialog.play.isChecked(), what="the end once more")
    assert dialog._at == 7


def test_the_middle_is_named(capture):
    _, dialog = capture
    dialog.naming.setChecked(True)
    dialog.slider.setValue(3)
    wait_until(lambda: dialog._named is not None, what="the name")
    assert dialog._named[0] == "Pipe  70 %" == dialog.picture.accessibleDescription()


def test_the_name_stands_on_the_picture_and_a_doubtful_one_is_unknown(capture):
    studio, dialog = capture
    plain = dialog.picture.pixmap().toImage()
    dialog.naming.setChecked(True)
    wait_until(lambda: dialog._named is not None, what="the name")
    named = dialog.picture.pixmap().toImage()
    assert named != plain
    QTest.mouseClick(dialog.take, Qt.MouseButton.LeftButton)
    wait_until(lambda: "frames so far: 1" in dialog.says.text(), what="word of the frame, beside the name")
    studio.window.settings.set("unknown_below", 0.8)
    dialog.slider.setValue(5)
    wait_until(lambda: dialog._named[0] == "unknown: Pipe only 70 %", what="the doubt")
    assert dialog._named[1] == rows.UNKNOWN_COLOUR
    dialog.naming.setChecked(False)
    assert dialog._named is None
    studio.settle()


def test_first_a_video_then_a_frame_is_the_thing_to_do(studio, video):
    dialog = studio.window.flow.show_capture()
    assert (dialog.video.property("primary"), dialog.take.property("primary")) == ("true", "false")
    dialog.open_source(video)
    wait_until(lambda: dialog._frame is not None, what="the first frame")
    assert (dialog.video.property("primary"), dialog.take.property("primary")) == ("false", "true")


def test_what_is_no_video_is_explained(capture, tmp_path):
    _, dialog = capture
    (tmp_path / "坏.mp4").write_bytes(b"no")
    dialog.open_source(tmp_path / "坏.mp4")
    wait_until(lambda: "坏.mp4" in dialog.says.text(), what="the explanation")
    assert not dialog.take.isEnabled()
    assert dialog.place.text() == "" and "Choose a video" in dialog.picture.text(), "not a frame of the one before"


def test_all_of_it_by_keyboard(capture, monkeypatch):
    """Space takes a frame wherever one is, so the other controls have keys of their own."""
    studio, dialog = capture
    assert dialog.slider.hasFocus()
    QTest.keyClick(dialog.slider, Qt.Key.Key_Right)
    wait_until(lambda: dialog._at == 1, what="the next frame")
    QTest.keyClick(dialog, Qt.Key.Key_N)
    wait_until(lambda: dialog._named is not None, what="the name, though the video stands still")
    QTest.keyClick(dialog, Qt.Key.Key_P)
    wait_until(lambda: dialog.play.isChecked() and dialog.play.text() == "Pause  (P)", what="playing")
    QTest.keyClick(dialog, Qt.Key.Key_P)
    wait_until(lambda: not dialog.play.isChecked() and dialog.play.text() == "Play  (P)", what="the pause")
    asked = []
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args: (asked.append(1), ("", ""))[1])
    QTest.keyClick(dialog.slider, Qt.Key.Key_Return)
    assert not asked and not dialog.video.isDefault()
    dialog.video.setFocus()
    QTest.keyClick(dialog.video, Qt.Key.Key_Return)
    assert asked
    QTest.keyClick(dialog.play, Qt.Key.Key_Space)
    wait_until(lambda: len(studio.session.images) == 4, what="the photo")
    studio.settle()


def test_without_a_model_for_these_classes_it_says_why_nothing_is_named(capture, monkeypatch):
    _, dialog = capture
    monkeypatch.setattr(dialog._assistant, "classifier", None)
    dialog.naming.click()
    assert "No model in use knows the classes" in dialog.says.text()
