"""Another language while everything is open: nothing on screen goes on in the old one."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from labelled import label
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QAbstractTableModel, QEvent, QModelIndex, QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QTabBar,
    QTextBrowser,
    QTextEdit,
    QWidget,
)
from shiboken6 import isValid
from studio_driver import NAME, wait_until
from test_accessible import PLACES

from app import notices, phrasebook
from sscore import errors, presence

_LICENCES = ("Programs it is made of, and their licences", "所用软件及其许可证")
_SHOWN = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole)
_HAN = re.compile("[\u3400-\u9fff]")
_ENGLISH = re.compile(r"[A-Za-z]{2,}")
# Names of things, keys and files are the same in both languages.
_NAMES = re.compile(
    r"""(?x) <[^>]*> | &nbsp; | \b(?:other|missing|fake|root|li|iou|NoC|doubt|ssc\s\w+|toml|TrashNet|a-rather-\S+)\b
    | \b[\w.-]+\.(?:jpg|png|ini|toml|json|xlsx|html|md|log|whl)\b | /[\w./\- 一-龥]+ | \bnano[\w-]*
    | \b(?:Ctrl|Shift|Alt|Esc|Del|Delete|Tab|Enter|Return|Space|Backspace|PgUp|PgDown|Home|End)\b
    | \b(?:COCO|IoU|DICE|Dice|SAM\S*|CLIP|CN-CLIP|Scrap-SAM-CLIP|RLE|YOLO|VOC|LabelMe|ISAT|COLMAP|MIT)\b
    | \b(?:px|mm|GB|MB|ms|GPU|CPU|NVIDIA|Intel|TOML|JSON|CSV|HTML|USB|AdamW|English|EdgeSAM|MobileSAM|ECE|ROC|AUC|PR)\b
    """
)


def texts(thing: QObject) -> Iterator[tuple[str, str]]:
    """All that one thing says: which part, and its words."""
    if isinstance(thing, QAction):
        yield from (("text", thing.text()), ("tip", thing.toolTip()), ("icon text", thing.iconText()))
    if not isinstance(thing, QWidget):
        return
    yield from (("title", thing.windowTitle()), ("tip", thing.toolTip()), ("status", thing.statusTip()))
    yield from (("name", thing.accessibleName()), ("description", thing.accessibleDescription()))
    if isinstance(thing, (QLabel, QAbstractButton)):
        yield "text", thing.text()
    elif isinstance(thing, QMenu):
        yield "title", thing.title()
    elif isinstance(thing, QLineEdit):
        yield "placeholder", thing.placeholderText()
    elif isinstance(thing, QAbstractSpinBox):
        yield from (("special", thing.specialValueText()), ("value", thing.text()))
    elif isinstance(thing, (QTextEdit, QPlainTextEdit)):
        yield from (
            ("text", thing.toPlainText() if thing.isReadOnly() else ""),
            ("placeholder", thing.placeholderText()),
        )
    elif isinstance(thing, QTabBar):
        for at in range(thing.count()):
            yield from ((f"tab {at}", thing.tabText(at)), (f"tip of tab {at}", thing.tabToolTip(at)))
    elif isinstance(thing, (QComboBox, QAbstractItemView)) and thing.model() is not None:
        if isinstance(thing, QComboBox):
            yield "placeholder", thing.placeholderText()
        if not isinstance(thing, QHeaderView):
            yield from _cells(thing.model(), QModelIndex())


def _cells(model: QAbstractItemModel, parent: QModelIndex) -> Iterator[tuple[str, str]]:
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount(parent)  # private in lists
    for column in range(columns):
        yield f"head {column}", str(model.headerData(column, Qt.Orientation.Horizontal) or "")
    for row in range(min(model.rowCount(parent), 200)):
        for column in range(columns):
            index = model.index(row, column, parent)
            for role in _SHOWN:
                yield f"{role.name} of {row}, {column}", str(model.data(index, role) or "")
            if column == 0 and not isinstance(model, (QAbstractListModel, QAbstractTableModel)):
                yield from _cells(model, index)


def foreign(lang: str) -> list[str]:
    """What is said in the other language."""
    found = []
    for top in QApplication.topLevelWidgets():
        for thing in (top, *top.findChildren(QObject)):
            if (
                isinstance(thing, QTextBrowser) or thing.accessibleName() in _LICENCES
                if isinstance(thing, QWidget)
                else False
            ):
                continue  # the guide: a text of its own in each language
            for part, text in texts(thing):
                bare = (
                    _NAMES.sub(" ", text.replace(NAME, "").replace("中文", "").replace(presence.host(), ""))
                    if text
                    else ""
                )
                if (_HAN if lang == "en" else _ENGLISH).search(bare):
                    where = f"{type(top).__name__} ▸ {type(thing.parent()).__name__} ▸ {type(thing).__name__}"
                    found.append(f"{where} {thing.objectName()} {part}: {text!r}")
    return found


def busy(studio) -> None:
    """All that the window can be in the middle of: proposals, a mask in hand, steps, messages, hidden objects."""
    session, window = studio.session, studio.window
    window.settings.set("show_history", True)
    session.select((1,))
    window.commands.set_label("Plate")
    window.actions_.by_key["lock"].trigger()
    window.actions_.by_key["hide"].trigger()
    window.settings.set("show_names", True)
    studio.add(200, 20, 260, 90)
    window.actions_.by_key["occluded"].trigger()
    studio.box(20, 20, 120, 120)
    window.commands.set_label("U")


def told(studio) -> None:
    """Messages of three kinds."""
    window = studio.window
    error = errors.BadImage("there is no such file", path="/照片/a.jpg", remedy="choose another folder")
    window.messages.show_notice(notices.of_error(error, key="one"))
    window.messages.show_notice(notices.of_error(OSError(28, "No space left on device", "/x"), key="two"))
    crash = errors.ModelCrashed("there is no such file", model="nano", kind="segmenter")
    window.flow.crashes.happened.emit(crash, "nano", True)


@pytest.mark.parametrize("first", ["zh", "en"])
def test_nothing_goes_on_in_the_old_language(make_studio, folder, first):
    label(folder)
    studio = make_studio(first)
    studio.open(folder)
    wait_until(lambda: studio.session.page is not None)
    busy(studio)
    for opened in (PLACES["versions"], *(one for name, one in PLACES.items() if name != "versions")):
        opened(studio)
        studio.settle()
    told(studio)
    assert len(studio.window.messages.notices) == 3
    before = {place: sorted(texts(place)) for place in studio.window.findChildren(QAbstractButton)}
    for lang in ("en", "zh") if first == "zh" else ("zh", "en"):
        studio.window.settings.set("language", lang)
        studio.settle()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        QApplication.processEvents()
        assert foreign(lang) == []
    after = {place: sorted(texts(place)) for place in before if isValid(place)}
    assert len(after) > 100
    assert [(was, after[place]) for place, was in before.items() if place in after and after[place] != was] == []


def test_words_are_put_into_the_other_language_and_names_stay(app):
    book = phrasebook.book((("Pipe", "钢管"),))
    pairs = (
        ("change to Pipe", "改为钢管"),
        ("delete 3 objects", "删除 3 个目标"),
        ("Undo: delete 3 objects  (Ctrl+Z)", "撤销：删除 3 个目标（Ctrl+Z）"),
        ("a.jpg: there is no such file", "a.jpg：没有这个文件"),
    )
    for english, chinese in pairs:
        assert (book.say(english, "zh"), book.say(chinese, "en")) == (chinese, english)
    for name in ("nano", "我的 车间 3", "yard of Wang, gate 4: (left)"):
        assert {book.say(name, "zh"), book.say(name, "en")} == {name}


def test_a_message_is_as_high_as_its_new_words(studio):
    told(studio)
    for lang in ("zh", "en", "zh"):
        studio.window.settings.set("language", lang)
        QApplication.processEvents()
        labels = studio.window.messages.findChildren(QLabel)
        assert [one.text() for one in labels if one.height() < one.heightForWidth(one.width())] == []


def test_a_folder_that_is_called_like_a_class_keeps_its_name(studio, folder):
    place = folder.rename(folder.with_name("Pipe"))
    studio.open(place)
    wait_until(lambda: studio.session.page is not None)
    shown = [one for one in studio.window.findChildren(QLabel) if one.text() == "Pipe"]
    assert shown
    studio.window.settings.set("language", "zh")
    assert [one.text() for one in shown] == ["Pipe"] * len(shown) and studio.window.windowTitle().count("Pipe") == 1


def test_what_is_painted_on_the_canvas_follows_too(studio):
    studio.box(20, 20, 120, 120)
    card = studio.canvas.card
    wait_until(lambda: card._foot == "F accept   ·   B clear", what="the card")
    studio.session.whisper.emit("Type the true length first.")
    studio.window.settings.set("language", "zh")
    QApplication.processEvents()
    assert card._foot == "F 接受   ·   B 清除" and "钢管" in card._rows[0].name
    assert not studio.canvas.whisper.text
    studio.window.settings.set("keys", '{"accept": ["J"], "clear": []}')
    QApplication.processEvents()
    assert card._foot == "J 接受"
