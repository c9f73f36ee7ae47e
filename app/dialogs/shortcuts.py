"""Keys of one's own: every action with its keys, conflicts shown as they arise."""

from __future__ import annotations

import json
from collections import Counter

from PySide6.QtCore import QT_TRANSLATE_NOOP, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QKeySequenceEdit,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app import actions
from app.actions import CANVAS_ONLY, FIXED, TABLE
from app.look import Look
from app.on_screen import open_at
from app.settings import Settings, chosen_keys

_FIXED = {key: name for keys, name in FIXED for key in keys}
_FIXED |= {key: row.text for row in TABLE if row.key in CANVAS_ONLY for key in row.keys}


class KeysDialog(QDialog):
    """Choose an action, press its new key. A key that is taken is refused with the name of its owner, until one says
    that it shall move."""

    def __init__(self, settings: Settings, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings, self._look = settings, look
        open_at(self, 620, 600)
        self._own = chosen_keys(settings)
        self._gone: dict[str, tuple[str, ...]] = {}  # what "restore all" took away
        self._rows = [row for row in TABLE if row.key not in CANVAS_ONLY]
        self.search = QLineEdit(clearButtonEnabled=True)
        self.search.textChanged.connect(self._filter)
        self.list = QTableWidget(len(self._rows), 2)
        self.list.verticalHeader().hide()
        self.list.setShowGrid(False)
        self.list.setTabKeyNavigation(False)  # Tab would go through all cells and never leave
        self.list.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.list.setColumnWidth(1, 210)
        self.list.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for at in range(len(self._rows)):
            for column in (0, 1):
                self.list.setItem(at, column, QTableWidgetItem())
        self.list.currentCellChanged.connect(lambda *_at: self._show_current())
        self.list.activated.connect(lambda _at: self.edit.setFocus())
        self.edit = QKeySequenceEdit()
        QT_TRANSLATE_NOOP("QKeySequenceEdit", "Press shortcut")  # what it says itself: Qt's Chinese for it is odd
        self.edit.setMaximumSequenceLength(1)
        self.edit.keySequenceChanged.connect(self._try)
        self.use, self.clear, self.default, self.reset, self.close_ = (QPushButton() for _ in range(5))
        self.says = QLabel(wordWrap=True)
        for button, run in (
            (self.use, self._use),
            (self.clear, lambda: self._set(())),
            (self.default, self._restore),
            (self.reset, self._restore_all),
            (self.close_, self.accept),
        ):
            button.setAutoDefault(False)
            button.clicked.connect(lambda _on=False, r=run: r())
        for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):  # not as the dialog's default: Enter chooses in the list too
            enter = QShortcut(QKeySequence(key), self.use, self._use)
            enter.setContext(Qt.ShortcutContext.WidgetShortcut)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.edit, 1)
        for button in (self.use, self.clear, self.default):
            line.addWidget(button)
        foot = QHBoxLayout()
        foot.addWidget(self.reset)
        foot.addStretch()
        foot.addWidget(self.close_)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 16)
        column.setSpacing(10)
        column.addWidget(self.search)
        column.addWidget(self.list, 1)
        column.addLayout(line)
        column.addWidget(self.says)
        column.addLayout(foot)
        look.changed.connect(self._refresh)
        self._refresh()
        self.list.setCurrentCell(0, 0)

    # --- what is shown -----------------------------------------------------------------------------------------

    def keys(self, key: str) -> tuple[str, ...]:
        row = next(row for row in self._rows if row.key == key)
        return self._own.get(key, row.keys)

    def _refresh(self) -> None:
        """Words anew."""
        self.setWindowTitle(self.tr("Change keys"))
        self.search.setPlaceholderText(self.tr("Search"))
        self.search.setAccessibleName(self.tr("Search"))
        self.list.setAccessibleName(self.tr("Actions"))
        self.list.setHorizontalHeaderLabels([self.tr("Action"), self.tr("Keys")])
        self.edit.setAccessibleName(self.tr("New key"))
        self.use.setText(self.tr("Use this key"))
        self.clear.setText(self.tr("No key"))
        self.default.setText(self.tr("Restore"))
        self.default.setToolTip(self.tr("The key this program came with"))
        self.close_.setText(self.tr("Close"))
        self._show()

    def _show(self) -> None:
        self.reset.setText(self.tr("Take it back") if self._gone else self.tr("Restore all"))
        self.reset.setEnabled(bool(self._own or self._gone))
        used = Counter(_plain(one) for row in TABLE for one in self._own.get(row.key, row.keys))
        for at, row in enumerate(self._rows):
            keys = self.keys(row.key)
            conflict = any(used[_plain(one)] > 1 or _plain(one) in _FIXED for one in keys)
            text = "   ".join(dict.fromkeys(map(actions.native, keys))) + ("   ⚠" if conflict else "")
            name, shown = self.list.item(at, 0), self.list.item(at, 1)
            name.setText(actions.plain(actions.words(row.text)))
            shown.setText(text)
            shown.setToolTip(self.tr("This key is used twice: it will do nothing") if conflict else "")
            font = shown.font()
            font.setBold(row.key in self._own)
            shown.setFont(font)
        self._filter(self.search.text())
        self._show_current()

    def _filter(self, text: str) -> None:
        for at in range(len(self._rows)):
            said = " ".join(self.list.item(at, column).text() for column in (0, 1))
            self.list.setRowHidden(at, text.casefold() not in said.casefold())
        shown = [at for at in range(len(self._rows)) if not self.list.isRowHidden(at)]
        if shown and self.list.currentRow() not in shown:  # what is changed is what one sees
            self.list.setCurrentCell(shown[0], 0)

    @property
    def current(self) -> str:
        return self._rows[max(self.list.currentRow(), 0)].key

    def _show_current(self) -> None:
        self.edit.clear()
        self.use.setEnabled(False)
        self.clear.setEnabled(bool(self.keys(self.current)))
        self.default.setEnabled(self.current in self._own)
        self._say(self.tr("Press Enter on an action, or click into the field, then press the new key."))

    def _say(self, text: str, colour: str = "muted") -> None:
        self.says.setText(text)
        self.says.setStyleSheet(f"color: {getattr(self._look.colours, colour)};")

    # --- what is done ------------------------------------------------------------------------------------------

    def owner(self, key: str) -> str:
        """Name of the other action that has this key; "" when it is free."""
        rows = (row for row in self._rows if row.key != self.current)
        taken = (row.text for row in rows if _plain(key) in map(_plain, self.keys(row.key)))
        text = _FIXED.get(_plain(key)) or next(taken, "")
        return actions.plain(actions.words(text)) if text else ""

    def _try(self, sequence: QKeySequence) -> None:
        key = sequence.toString(QKeySequence.SequenceFormat.PortableText)
        self.use.setEnabled(bool(key) and _plain(key) not in _FIXED)
        if key:  # every further key would be taken for a new one, Tab and Esc too
            (self.use if self.use.isEnabled() else self.list).setFocus()
        owner, shown = self.owner(key) if key else "", actions.native(key)
        if key and _plain(key) in _FIXED:
            self._say(self.tr('{key} always means "{name}". Choose another key.').format(key=shown, name=owner), "warn")
        elif owner:
            text = self.tr('{key} belongs to "{name}". Using it here takes it away there.')
            self._say(text.format(key=shown, name=owner), "warn")
        elif key:
            self._say(self.tr("{key} is free.").format(key=shown), "ok")

    def _use(self) -> None:
        key = self.edit.keySequence().toString(QKeySequence.SequenceFormat.PortableText)
        if not key or _plain(key) in _FIXED:
            return
        bare = []
        for row in self._rows:
            keys = self.keys(row.key)
            if row.key != self.current and _plain(key) in map(_plain, keys):
                self._own[row.key] = tuple(one for one in keys if _plain(one) != _plain(key))
                if not self._own[row.key]:
                    bare.append(actions.plain(actions.words(row.text)))
        self._set((key,))
        if bare:
            self._say(self.tr('"{name}" has no key now.').format(name=bare[0]), "warn")
        self.list.setFocus()

    def _set(self, keys: tuple[str, ...]) -> None:
        self._own[self.current] = keys
        if [*map(_plain, keys)] == [*map(_plain, next(row.keys for row in self._rows if row.key == self.current))]:
            del self._own[self.current]
        self._apply()

    def _restore(self) -> None:
        """The keys it came with; whoever has one of them by now keeps it, and the list says so."""
        self._own.pop(self.current, None)
        self._apply()

    def _restore_all(self) -> None:
        self._own, gone = self._gone, self._own
        self._apply()
        self._gone = gone
        self._show()

    def _apply(self) -> None:
        self._gone = {}
        self._settings.set("keys", json.dumps(self._own) if self._own else "")
        self._show()


def _plain(key: str) -> str:
    """One spelling for each key: "Return" and "Enter" differ, "ctrl+z" and "Ctrl+Z" do not."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.PortableText)
