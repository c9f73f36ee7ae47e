"""The line above the photos picks some of them; next and previous then walk through these."""

from __future__ import annotations

import re

import pytest
from labelled import label
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from studio_driver import wait_until

from app.panels.images import EXAMPLES
from app.settings import recent_folders
from sscore import query


@pytest.fixture
def photos(make_studio, folder):
    label(folder)
    studio = make_studio()
    studio.open(folder)
    return studio


def shown(studio) -> list[str]:
    model = studio.window.images.model
    return [model.index(row).data() for row in range(model.rowCount())]


def ask(studio, text: str, wanted: list[str]) -> None:
    studio.window.images.filter.set(text)
    wait_until(lambda: shown(studio) == wanted, what=f"{text}: {wanted}, not {shown(studio)}")


def test_photos_by_what_is_on_them(photos):
    ask(photos, "class:Pipe margin<0.2", ["a.jpg"])
    assert "1 of 3" in photos.window.images._count.text()
    ask(photos, "类别：棒材", ["b.jpg"])
    ask(photos, "is:todo", ["c.png"])
    ask(photos, "-jpg", ["c.png"])
    ask(photos, "", ["a.jpg", "b.jpg", "c.png"])


def test_letters_typed_there_are_no_shortcuts(photos):
    line = photos.window.images.filter.line
    line.setFocus()
    QTest.keyClicks(line, "b.jpg")
    wait_until(lambda: shown(photos) == ["b.jpg"])
    assert photos.session.image == "a.jpg"


def test_a_wrong_word_is_explained_and_changes_nothing(photos):
    ask(photos, "b.jpg", ["b.jpg"])
    photos.window.images.filter.set("colour:red")
    assert photos.window.images.filter.wrong.isVisible()
    assert "colour" in photos.window.images.filter.wrong.text()
    assert shown(photos) == ["b.jpg"]


def test_next_walks_through_what_is_shown(photos):
    ask(photos, "-b.jpg", ["a.jpg", "c.png"])
    photos.key("d")
    photos.settle()
    assert photos.session.image == "c.png"
    ask(photos, "b.jpg", ["b.jpg"])
    photos.key("a")
    photos.settle()
    assert photos.session.image == "b.jpg"  # the nearest before c.png that is shown


def test_a_photo_stays_while_it_is_worked_on(photos):
    ask(photos, "is:todo", ["c.png"])
    photos.session.go("c.png")
    wait_until(lambda: photos.session.page is not None and photos.assistant.photo is not None)
    photos.settle()
    photos.add(20, 20, 120, 120)
    QTest.qWait(400)
    assert shown(photos) == ["c.png"]


def test_another_folder_is_asked_the_same(photos, tmp_path, folder):
    ask(photos, "b.jpg", ["b.jpg"])
    other = tmp_path / "other"
    other.mkdir()
    for name in ("b.jpg", "c.png"):
        (other / name).write_bytes((folder / name).read_bytes())
    photos.open(other)
    assert shown(photos) == ["b.jpg"]
    assert [place.rsplit("/", 1)[-1].rsplit("\\", 1)[-1] for place in recent_folders(photos.window.settings)] == [
        "other",
        folder.name,
    ]


def test_a_dropped_photo_is_shown(photos, folder):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(folder / "b.jpg"))])
    keys = (Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    photos.window.dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, *keys))
    wait_until(lambda: photos.session.image == "b.jpg" and photos.session.page is not None)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_examples_are_written_as_one_writes_and_understood(make_studio, folder, lang):
    label(folder)
    studio = make_studio(lang)
    studio.open(folder)
    line = studio.window.images.filter
    written = [action.text().split("\t")[1] for action in line._menu.actions()]
    assert len(written) == len(EXAMPLES)
    assert (written == list(EXAMPLES)) is (lang == "en")
    for action in line._menu.actions():
        action.trigger()
        assert line.wrong.isHidden() and not line.query.empty, action.text()
    listed = line.line.toolTip().splitlines()[1]
    keys = re.split(r"[,、，；;：:。.]\s*", re.sub("Keys:|of photos:|可用的键：|用于照片：", "", listed))
    assert len(keys) == len(query.KEYS)
    for key in keys:
        assert key.strip() in query._KEYS
    studio.window.settings.set("language", "en")  # what it installed in the application would stay for other tests


def test_a_filter_that_nothing_passes_says_how_to_go_on(photos):
    ask(photos, "count>200", [])
    hint = photos.window.images._empty
    assert hint.isVisible() and "see all 3" in hint.text()
    ask(photos, "", ["a.jpg", "b.jpg", "c.png"])
    assert not hint.isVisible()
    gallery = photos.window.flow.show_gallery("area>999999")
    wait_until(lambda: gallery._empty.isVisible(), what="the hint")
    assert "No object matches" in gallery._empty.text()
    gallery.ask("")
    wait_until(lambda: not gallery._empty.isVisible(), what="the objects")
