"""Every action of the window, as a table: words, icon, keys, menu. Window and shortcut list are made of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, QObject
from PySide6.QtGui import QAction, QActionGroup, QKeySequence

from app.action_row import ActionRow
from app.edit_actions import CLASSES, CLIPBOARD, DRAWING, OBJECTS, POINTER, VIEWS
from app.flow_actions import GUIDE, KEYS, PROJECTS, REVIEW, SETTINGS

if TYPE_CHECKING:
    from app.look import Look

MENUS: tuple[tuple[str, str], ...] = (
    ("file", QT_TRANSLATE_NOOP("Actions", "&File")),
    ("edit", QT_TRANSLATE_NOOP("Actions", "&Edit")),
    ("tools", QT_TRANSLATE_NOOP("Actions", "&Tools")),
    ("object", QT_TRANSLATE_NOOP("Actions", "&Object")),
    ("class", QT_TRANSLATE_NOOP("Actions", "&Class")),
    ("review", QT_TRANSLATE_NOOP("Actions", "&Review")),
    ("go", QT_TRANSLATE_NOOP("Actions", "&Go")),
    ("view", QT_TRANSLATE_NOOP("Actions", "&View")),
    ("help", QT_TRANSLATE_NOOP("Actions", "&Help")),
)
TABLE: tuple[ActionRow, ...] = (
    ActionRow("open", "file", QT_TRANSLATE_NOOP("Actions", "Open folder…"), "folder", ("Ctrl+O",)),
    *PROJECTS,
    ActionRow("samples", "file", QT_TRANSLATE_NOOP("Actions", "Open the sample scenes"), "samples"),
    ActionRow(
        "save", "file", QT_TRANSLATE_NOOP("Actions", "Save now"), "save", ("Ctrl+S",), needs="project", separator=True
    ),
    ActionRow(
        "import",
        "file",
        QT_TRANSLATE_NOOP("Actions", "Import COCO…"),
        needs="project",
        tip=QT_TRANSLATE_NOOP("Actions", "Objects for the photos of this folder, labelled elsewhere or by ssc label"),
    ),
    ActionRow(
        "export", "file", QT_TRANSLATE_NOOP("Actions", "Export COCO…"), "export", ("Ctrl+Shift+E",), needs="photos"
    ),
    *SETTINGS,
    ActionRow("quit", "file", QT_TRANSLATE_NOOP("Actions", "Quit"), "", ("Ctrl+Q",), separator=True),
    ActionRow("undo", "edit", QT_TRANSLATE_NOOP("Actions", "Undo"), "undo", ("Ctrl+Z",)),
    ActionRow("redo", "edit", QT_TRANSLATE_NOOP("Actions", "Redo"), "redo", ("Ctrl+Y", "Ctrl+Shift+Z")),
    ActionRow(
        "accept",
        "edit",
        QT_TRANSLATE_NOOP("Actions", "Accept the mask"),
        "accept",
        ("F", "Return", "Enter"),
        separator=True,
        tip=QT_TRANSLATE_NOOP("Actions", "Also the proposal under the mouse, a polygon being drawn, a clean-up"),
    ),
    ActionRow(
        "clear",
        "edit",
        QT_TRANSLATE_NOOP("Actions", "Clear the prompt"),
        "clear",
        ("B",),
        tip=QT_TRANSLATE_NOOP("Actions", "Box and points go; undo brings them back"),
    ),
    ActionRow("cancel", "edit", QT_TRANSLATE_NOOP("Actions", "Cancel"), "close", ("Esc",)),
    ActionRow(
        "delete",
        "edit",
        QT_TRANSLATE_NOOP("Actions", "Delete the selected objects"),
        "delete",
        ("Delete",),
        needs="selection",
        separator=True,
        tip=QT_TRANSLATE_NOOP("Actions", "Also the proposal under the mouse, or the prompt in hand"),
    ),
    *CLIPBOARD,
    ActionRow("select_all", "edit", QT_TRANSLATE_NOOP("Actions", "Select all objects"), "", ("Ctrl+A",), needs="page"),
    ActionRow(
        "done",
        "edit",
        QT_TRANSLATE_NOOP("Actions", "Photo is done"),
        "done",
        ("Ctrl+Alt+K",),
        checkable=True,
        needs="page",
        separator=True,
    ),
    ActionRow(
        "done_next",
        "edit",
        QT_TRANSLATE_NOOP("Actions", "Done, and on to the next"),
        "",
        ("Ctrl+Return",),
        needs="page",
    ),
    ActionRow(
        "select",
        "tools",
        QT_TRANSLATE_NOOP("Actions", "Select objects"),
        "select",
        ("V", "Ctrl+J"),
        True,
        "tool",
        tip=QT_TRANSLATE_NOOP(
            "Actions", "Shift adds to the selection, a drag moves it, right click offers what can be done"
        ),
    ),
    ActionRow(
        "box",
        "tools",
        QT_TRANSLATE_NOOP("Actions", "Draw a box"),
        "box",
        ("W", "R"),
        True,
        "tool",
        tip=QT_TRANSLATE_NOOP("Actions", "With Ctrl several, one after the other: each becomes a proposal"),
    ),
    ActionRow(
        "points",
        "tools",
        QT_TRANSLATE_NOOP("Actions", "Click points"),
        "points",
        ("Q",),
        True,
        "tool",
        tip=QT_TRANSLATE_NOOP("Actions", "Left: part of the piece. Right click or Shift: not part of it"),
    ),
    *DRAWING,
    ActionRow(
        "find_all",
        "tools",
        QT_TRANSLATE_NOOP("Actions", "Find all pieces"),
        "find",
        ("G",),
        needs="photo",
        tip=QT_TRANSLATE_NOOP("Actions", "They come as proposals to accept or reject"),
    ),
    ActionRow(
        "accept_all",
        "tools",
        QT_TRANSLATE_NOOP("Actions", "Accept all proposals shown"),
        "",
        ("Shift+F",),
        needs="finds",
    ),
    ActionRow(
        "discard_all",
        "tools",
        QT_TRANSLATE_NOOP("Actions", "Discard all proposals"),
        "",
        ("Shift+Delete",),
        needs="finds",
    ),
    ActionRow("next_mask", "tools", QT_TRANSLATE_NOOP("Actions", "Next mask or object"), "", ("Tab",), separator=True),
    ActionRow("previous_mask", "tools", QT_TRANSLATE_NOOP("Actions", "Previous mask or object"), "", ("Shift+Tab",)),
    ActionRow(
        "zoom_small",
        "tools",
        QT_TRANSLATE_NOOP("Actions", "Look closer at small pieces"),
        checkable=True,
        separator=True,
    ),
    ActionRow("models", "tools", QT_TRANSLATE_NOOP("Actions", "Models…"), "model", ("Ctrl+Shift+M",), separator=True),
    *OBJECTS,
    *CLASSES,
    *REVIEW,
    ActionRow("next", "go", QT_TRANSLATE_NOOP("Actions", "Next photo"), "next", ("D", "PgDown"), needs="photos"),
    ActionRow(
        "previous", "go", QT_TRANSLATE_NOOP("Actions", "Previous photo"), "previous", ("A", "PgUp"), needs="photos"
    ),
    ActionRow(
        "next_open", "go", QT_TRANSLATE_NOOP("Actions", "Next photo not done"), "", ("Ctrl+Shift+D",), needs="photos"
    ),
    ActionRow("pane", "go", QT_TRANSLATE_NOOP("Actions", "Next part of the window"), "", ("F6",), separator=True),
    *POINTER,
    ActionRow("fit", "view", QT_TRANSLATE_NOOP("Actions", "Fit the photo"), "fit", ("Ctrl+F",)),
    ActionRow("actual", "view", QT_TRANSLATE_NOOP("Actions", "One to one"), "actual", ("Ctrl+0",)),
    ActionRow("zoom_in", "view", QT_TRANSLATE_NOOP("Actions", "Zoom in"), "", ("Ctrl+=", "Ctrl++")),
    ActionRow("zoom_out", "view", QT_TRANSLATE_NOOP("Actions", "Zoom out"), "", ("Ctrl+-",)),
    ActionRow(
        "show_masks",
        "view",
        QT_TRANSLATE_NOOP("Actions", "Show objects"),
        "eye",
        ("Ctrl+H",),
        checkable=True,
        separator=True,
    ),
    ActionRow("show_names", "view", QT_TRANSLATE_NOOP("Actions", "Show all names"), "tag", ("Ctrl+L",), checkable=True),
    *VIEWS,
    *GUIDE,
    ActionRow("shortcuts", "help", QT_TRANSLATE_NOOP("Actions", "Keys and mouse"), "keyboard", ("F1",)),
    *KEYS,
    ActionRow("about", "help", QT_TRANSLATE_NOOP("Actions", "About Scrap-SAM-CLIP"), "info"),
)
# These keys belong to the canvas alone, so that Tab still works in lists and dialogs.
CANVAS_ONLY = frozenset({"next_mask", "previous_mask"})
# Keys that are held, or of which each means another thing: no action has them, and nothing can take them away.
FIXED: tuple[tuple[tuple[str, ...], str], ...] = (
    (tuple("1234567890"), QT_TRANSLATE_NOOP("Actions", "Classes")),
    (("H",), QT_TRANSLATE_NOOP("Actions", "Without any objects, while it is held")),
    (("Space",), QT_TRANSLATE_NOOP("Actions", "Move the photo, while it is held; with the keyboard pointer: click")),
    (("Backspace",), QT_TRANSLATE_NOOP("Actions", "Polygon: one corner back")),
    (
        ("Left", "Right", "Up", "Down"),
        QT_TRANSLATE_NOOP("Actions", "Move the keyboard pointer, the selection or the photo"),
    ),
)


def words(text: str) -> str:
    """A text of the tables in the user's language."""
    return QCoreApplication.translate("Actions", text)


def plain(text: str) -> str:
    """Without the menu mnemonic: "&File" or "文件(&F)"."""
    return re.sub(r"\(&.\)|&", "", text)


def native(key: str) -> str:
    """A key as this computer writes it."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)


class Actions(QObject):
    """The table as QActions; `by_key[...]` gives one."""

    def __init__(self, handlers: Mapping[str, Callable[[], object]], look: Look, parent: QObject) -> None:
        super().__init__(parent)
        self._look = look
        self._available: set[str] | None = None
        self.by_key: dict[str, QAction] = {}
        groups: dict[str, QActionGroup] = {}
        for row in TABLE:
            action = QAction(self)
            action.setObjectName(row.key)
            action.setCheckable(row.checkable)
            action.triggered.connect(lambda _on=False, run=handlers[row.key]: run())
            if row.group:
                groups.setdefault(row.group, QActionGroup(self)).addAction(action)
            self.by_key[row.key] = action

    def refresh(self) -> None:
        """Words, keys and icons anew."""
        for row in TABLE:
            action, keys = self.by_key[row.key], [QKeySequence(key) for key in self._look.keys(row.key)]
            if row.key not in CANVAS_ONLY and action.shortcuts() != keys:
                action.setShortcuts(keys)
            action.setText(words(row.text))
            name = self._look.told(f"{plain(words(row.text))}  ({{{row.key}}})")
            action.setToolTip(f"{name}\n{self._look.told(words(row.tip))}" if row.tip else name)
            if row.icon:
                action.setIcon(self._look.icon(row.icon))

    def enable(self, available: set[str]) -> None:
        """Switch on what has what it needs: "project", "page", "selection" … Those that need nothing are left alone:
        every change of an action lays out menus and bars anew."""
        before, self._available = self._available, available
        if available == before:
            return
        for row in TABLE:
            if row.needs and (before is None or (row.needs in available) != (row.needs in before)):
                self.by_key[row.key].setEnabled(row.needs in available)
