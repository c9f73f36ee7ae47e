"""Every action of the window, as a table: words, icon, keys, menu. Window and shortcut list are made of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, QObject
from PySide6.QtGui import QAction, QActionGroup, QKeySequence

from app.look import Look


@dataclass(frozen=True, slots=True)
class ActionRow:
    """keys: first is the one shown. group: actions of which one is on. needs: what must be there to use it."""

    key: str
    menu: str
    text: str
    icon: str = ""
    keys: tuple[str, ...] = ()
    checkable: bool = False
    group: str = ""
    needs: str = ""
    separator: bool = False


_T = QT_TRANSLATE_NOOP
MENUS: tuple[tuple[str, str], ...] = (
    ("file", _T("Actions", "&File")),
    ("edit", _T("Actions", "&Edit")),
    ("tools", _T("Actions", "&Tools")),
    ("class", _T("Actions", "&Class")),
    ("go", _T("Actions", "&Go")),
    ("view", _T("Actions", "&View")),
    ("help", _T("Actions", "&Help")),
)
TABLE: tuple[ActionRow, ...] = (
    ActionRow("open", "file", _T("Actions", "Open folder…"), "folder", ("Ctrl+O",)),
    ActionRow("samples", "file", _T("Actions", "Open the sample scenes"), "samples"),
    ActionRow("save", "file", _T("Actions", "Save now"), "save", ("Ctrl+S",), needs="project", separator=True),
    ActionRow("export", "file", _T("Actions", "Export COCO…"), "export", ("Ctrl+Shift+E",), needs="project"),
    ActionRow("quit", "file", _T("Actions", "Quit"), "", ("Ctrl+Q",), separator=True),
    ActionRow("undo", "edit", _T("Actions", "Undo"), "undo", ("Ctrl+Z",)),
    ActionRow("redo", "edit", _T("Actions", "Redo"), "redo", ("Ctrl+Y", "Ctrl+Shift+Z")),
    ActionRow("accept", "edit", _T("Actions", "Accept the mask"), "accept", ("F", "Return", "Enter"), separator=True),
    ActionRow("clear", "edit", _T("Actions", "Clear the prompt"), "clear", ("B",)),
    ActionRow("cancel", "edit", _T("Actions", "Cancel"), "close", ("Esc",)),
    ActionRow(
        "delete",
        "edit",
        _T("Actions", "Delete the selected objects"),
        "delete",
        ("Delete",),
        needs="selection",
        separator=True,
    ),
    ActionRow("select_all", "edit", _T("Actions", "Select all objects"), "", ("Ctrl+A",), needs="page"),
    ActionRow(
        "done",
        "edit",
        _T("Actions", "Photo is done"),
        "done",
        ("Ctrl+Alt+K",),
        checkable=True,
        needs="page",
        separator=True,
    ),
    ActionRow("done_next", "edit", _T("Actions", "Done, and on to the next"), "", ("Ctrl+Return",), needs="page"),
    ActionRow("select", "tools", _T("Actions", "Select objects"), "select", ("V", "Ctrl+J"), True, "tool"),
    ActionRow("box", "tools", _T("Actions", "Draw a box"), "box", ("W", "R"), True, "tool"),
    ActionRow("points", "tools", _T("Actions", "Click points"), "points", ("Q",), True, "tool"),
    ActionRow("next_mask", "tools", _T("Actions", "Next mask or object"), "", ("Tab",), separator=True),
    ActionRow("previous_mask", "tools", _T("Actions", "Previous mask or object"), "", ("Shift+Tab",)),
    ActionRow("next", "go", _T("Actions", "Next photo"), "next", ("D", "PgDown"), needs="project"),
    ActionRow("previous", "go", _T("Actions", "Previous photo"), "previous", ("A", "PgUp"), needs="project"),
    ActionRow("next_open", "go", _T("Actions", "Next photo not done"), "", ("Ctrl+Shift+D",), needs="project"),
    ActionRow("pane", "go", _T("Actions", "Next part of the window"), "", ("F6",), separator=True),
    ActionRow("fit", "view", _T("Actions", "Fit the photo"), "fit", ("Ctrl+F",)),
    ActionRow("actual", "view", _T("Actions", "One to one"), "actual", ("Ctrl+0",)),
    ActionRow("zoom_in", "view", _T("Actions", "Zoom in"), "", ("Ctrl+=", "Ctrl++")),
    ActionRow("zoom_out", "view", _T("Actions", "Zoom out"), "", ("Ctrl+-",)),
    ActionRow("show_masks", "view", _T("Actions", "Show objects"), "eye", ("Ctrl+H",), checkable=True, separator=True),
    ActionRow("show_names", "view", _T("Actions", "Show all names"), "tag", ("Ctrl+L",), checkable=True),
    ActionRow("shortcuts", "help", _T("Actions", "Keys and mouse"), "keyboard", ("F1",)),
    ActionRow("about", "help", _T("Actions", "About Scrap-SAM-CLIP"), "info"),
)
# These keys belong to the canvas alone, so that Tab and Space still work in lists and dialogs.
CANVAS_ONLY = frozenset({"next_mask", "previous_mask"})


def words(text: str) -> str:
    """A text of the tables in the user's language."""
    return QCoreApplication.translate("Actions", text)


def plain(text: str) -> str:
    """Without the menu mnemonic."""
    return text.replace("&", "")


def keys_text(row: ActionRow) -> str:
    """The first key as this computer writes it."""
    return QKeySequence(row.keys[0]).toString(QKeySequence.SequenceFormat.NativeText) if row.keys else ""


class Actions(QObject):
    """The table as QActions; `by_key[...]` gives one."""

    def __init__(self, handlers: Mapping[str, Callable[[], object]], look: Look, parent: QObject) -> None:
        super().__init__(parent)
        self._look = look
        self.by_key: dict[str, QAction] = {}
        groups: dict[str, QActionGroup] = {}
        for row in TABLE:
            action = QAction(self)
            action.setObjectName(row.key)
            action.setCheckable(row.checkable)
            if row.key not in CANVAS_ONLY:
                action.setShortcuts([QKeySequence(key) for key in row.keys])
            action.triggered.connect(lambda _on=False, run=handlers[row.key]: run())
            if row.group:
                groups.setdefault(row.group, QActionGroup(self)).addAction(action)
            self.by_key[row.key] = action
        self.refresh()

    def refresh(self) -> None:
        """Words and icons anew."""
        for row in TABLE:
            action = self.by_key[row.key]
            text, keys = words(row.text), keys_text(row)
            action.setText(text)
            action.setToolTip(f"{plain(text)}  ({keys})" if keys else plain(text))
            if row.icon:
                action.setIcon(self._look.icon(row.icon))

    def enable(self, available: set[str]) -> None:
        """Switch on what has what it needs: "project", "page", "selection"."""
        for row in TABLE:
            self.by_key[row.key].setEnabled(not row.needs or row.needs in available)
