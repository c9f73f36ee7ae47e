"""The last step of a change of language: words that nobody has said anew are put into the new language as they are.

Windows that stay redo their own words. Answers, titles of steps, messages and dialogs in the middle of something were
made of what was known then, and would go on in the old language.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from itertools import chain

from PySide6.QtCore import QT_TRANSLATE_NOOP, QObject, Qt
from PySide6.QtGui import QAction, QStandardItemModel, QUndoStack
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QGroupBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QTabBar,
    QTableWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QTreeWidgetItemIterator,
    QWidget,
)

from app import phrasebook
from sscore.labels import LabelSet, available, load
from sscore.types import UNKNOWN

_Part = tuple[str, Callable[[str], object]]
# What Qt has said itself and does not say anew.
QT_TRANSLATE_NOOP("CloseButton", "Close Tab")
QT_TRANSLATE_NOOP("QTabBar", "Scroll Left")
QT_TRANSLATE_NOOP("QTabBar", "Scroll Right")
_ROLES = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole)


def retell(lang: str, labels: LabelSet, place: QWidget, given: Collection[str]) -> None:
    """All words on screen in `lang`, and the steps of `place`; what people have typed stays. labels: classes, by whose
    names objects are called. given: names of folders and the like, which may be words."""
    book = words(labels)
    tops = [top for top in QApplication.topLevelWidgets() if top is place or top.parent() is not None]
    for thing in chain.from_iterable((top, *top.findChildren(QObject)) for top in tops):
        contexts: list[str] | None = None
        for text, put in _parts(thing):
            if not text or text in given:
                continue
            contexts = _contexts(thing) if contexts is None else contexts
            if (said := book.say(text, lang, contexts)) != text:
                put(said)


def words(labels: LabelSet) -> phrasebook.Phrasebook:
    """All that is said, and the classes. Made once, in any thread; that takes a tenth of a second."""
    sets = [load(key) for key in available()]
    names = [(labels.name(key, "en"), labels.name(key, "zh")) for key in (*labels.keys, UNKNOWN)]
    return phrasebook.book((*names, *((one.en, one.zh) for one in (*sets, labels))))


def _contexts(thing: QObject | None) -> list[str]:
    """Translations go by the class that asked for them."""
    found = []
    while thing is not None:
        found += [kind.__name__ for kind in type(thing).__mro__ if kind.__module__.startswith("app.")]
        thing = thing.parent()
    return found


def _parts(thing: QObject) -> Iterator[_Part]:
    """The words of one thing, and how they are replaced."""
    if isinstance(thing, QUndoStack):
        for at in range(thing.count()):
            step = thing.command(at)
            yield step.text(), step.setText
    if isinstance(thing, QAction) and not thing.objectName():  # those of the table speak for themselves
        yield thing.text(), thing.setText
        yield thing.toolTip(), thing.setToolTip
    if not isinstance(thing, QWidget):
        return
    yield thing.windowTitle(), thing.setWindowTitle
    yield thing.toolTip(), thing.setToolTip
    yield thing.accessibleName(), thing.setAccessibleName
    yield thing.accessibleDescription(), thing.setAccessibleDescription
    if isinstance(thing, QLabel):
        yield thing.text(), thing.setText
    elif isinstance(thing, QAbstractButton):
        yield thing.text(), lambda text: _name(thing, text)
    elif isinstance(thing, QLineEdit):
        yield thing.placeholderText(), thing.setPlaceholderText
    elif isinstance(thing, QAbstractSpinBox):
        yield thing.specialValueText(), thing.setSpecialValueText
    elif isinstance(thing, QPlainTextEdit) and thing.isReadOnly():
        yield thing.toPlainText(), thing.setPlainText
    elif isinstance(thing, QGroupBox):
        yield thing.title(), thing.setTitle
    elif isinstance(thing, QTabBar):
        for at in range(thing.count()):
            yield thing.tabText(at), lambda text, at=at: thing.setTabText(at, text)
    else:
        yield from _items(thing)


def _items(thing: QWidget) -> Iterator[_Part]:
    """Those of lists, tables, trees and choices; other lists are asked whenever they are painted."""
    found: list[tuple[Callable[[int], object], Callable[[int, object], object]]] = []
    if isinstance(thing, QComboBox):
        if isinstance(thing.model(), QStandardItemModel):
            for at in range(thing.count()):
                found.append(
                    (lambda role, n=at: thing.itemData(n, role), lambda role, v, n=at: thing.setItemData(n, v, role))
                )
        yield thing.placeholderText(), thing.setPlaceholderText
    elif isinstance(thing, QListWidget):
        found = [(item.data, item.setData) for item in map(thing.item, range(thing.count()))]
    elif isinstance(thing, QTableWidget):
        heads = [thing.horizontalHeaderItem(at) for at in range(thing.columnCount())]
        cells = [thing.item(row, column) for row in range(thing.rowCount()) for column in range(thing.columnCount())]
        found = [(item.data, item.setData) for item in (*heads, *cells) if item is not None]
    elif isinstance(thing, QTreeWidget):
        rows: list[QTreeWidgetItem] = [thing.headerItem()]
        walk = QTreeWidgetItemIterator(thing)
        while walk.value():
            rows.append(walk.value())
            walk += 1
        for row in rows:
            for at in range(thing.columnCount()):
                found.append(
                    (lambda role, r=row, n=at: r.data(n, role), lambda role, v, r=row, n=at: r.setData(n, role, v))
                )
    for read, write in found:
        for role in _ROLES:
            if isinstance(text := read(role), str):
                yield text, lambda said, put=write, role=role: put(role, said)


def _name(button: QAbstractButton, text: str) -> None:
    """Qt takes a button's key away with its text."""
    key = button.shortcut()
    button.setText(text)
    button.setShortcut(key)
