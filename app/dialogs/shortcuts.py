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
from app.actions import CANVAS_ONLY, TABLE, Actions
from app.look import Look
from app.settings import Settings, chosen_keys

_DIGITS = frozenset("0123456789")


class KeysDialog(QDialog):
    """Choose an action, press its new key. A key that is taken is refused with the name of its owner, until one says
    that it shall move."""

    def __init__(self, table: Actions, settings: Settings, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._actions, self._settings, self._look = table, settings, look
        self.setWindowTitle(self.tr("Change keys"))
        self.resize(620, 620)
        self._own = chosen_keys(settings)
        self._rows = [row for row in TABLE if row.key not in CANVAS_ONLY]
        self.search = QLineEdit(clearButtonEnabled=True, placeholderText=self.tr("Search"))
        self.search.setAccessibleName(self.tr("Search"))
        self.search.textChanged.connect(self._filter)
        self.list = QTableWidget(len(self._rows), 2)
        self.list.setAccessibleName(self.tr("Actions"))
        self.list.setHorizontalHeaderLabels([self.tr("Action"), self.tr("Keys")])
        self.list.verticalHeader().hide()
        self.list.setShowGrid(False)
        self.list.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.list.setColumnWidth(1, 210)
        self.list.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.list.currentCellChanged.connect(lambda *_at: self._show_current())
        self.list.activated.connect(lambda _at: self.edit.setFocus())
        self.edit = QKeySequenceEdit()
        QT_TRANSLATE_NOOP("QKeySequenceEdit", "Press shortcut")  # what it says itself: Qt's Chinese for it is odd
        self.edit.setMaximumSequenceLength(1)
        self.edit.setAccessibleName(self.tr("New key"))
        self.edit.keySequenceChanged.connect(self._try)
        self.use, self.clear, self.default, self.reset = (QPushButton() for _ in range(4))
        self.says = QLabel(wordWrap=True)
        self.use.setText(self.tr("Use this key"))
        self.clear.setText(self.tr("No key"))
        self.default.setText(self.tr("As before"))
        self.default.setToolTip(self.tr("The key this program came with"))
        self.reset.setText(self.tr("All as before"))
        close = QPushButton(self.tr("Close"))
        for button, run in (
            (self.use, self._use),
            (self.clear, lambda: self._set(())),
            (self.default, self._restore),
            (self.reset, self._restore_all),
            (close, self.accept),
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
        foot.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 16)
        column.setSpacing(10)
        column.addWidget(self.search)
        column.addWidget(self.list, 1)
        column.addLayout(line)
        column.addWidget(self.says)
        column.addLayout(foot)
        self._show()
        self.list.setCurrentCell(0, 0)

    # --- what is shown -----------------------------------------------------------------------------------------

    def keys(self, key: str) -> tuple[str, ...]:
        row = next(row for row in self._rows if row.key == key)
        return self._own.get(key, row.keys)

    def _show(self) -> None:
        used = Counter(_plain(one) for row in TABLE for one in self._own.get(row.key, row.keys))
        for at, row in enumerate(self._rows):
            keys = self.keys(row.key)
            conflict = any(used[_plain(one)] > 1 or one in _DIGITS for one in keys)
            text = "   ".join(dict.fromkeys(map(actions.native, keys))) + ("   ⚠" if conflict else "")
            name = QTableWidgetItem(actions.plain(actions.words(row.text)))
            shown = QTableWidgetItem(text)
            if conflict:
                shown.setToolTip(self.tr("This key is used twice: it will do nothing"))
            if row.key in self._own:
                font = shown.font()
                font.setBold(True)
                shown.setFont(font)
            self.list.setItem(at, 0, name)
            self.list.setItem(at, 1, shown)
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
        self.default.setEnabled(self.current in self._own)
        self._say(self.tr("Press Enter on an action, or click into the field, then press the new key."))

    def _say(self, text: str, colour: str = "muted") -> None:
        self.says.setText(text)
        self.says.setStyleSheet(f"color: {getattr(self._look.colours, colour)};")

    # --- what is done ------------------------------------------------------------------------------------------

    def owner(self, key: str) -> str:
        """Name of the other action that has this key; "" when it is free."""
        if key in _DIGITS:
            return self.tr("the classes")
        for row in TABLE:
            if row.key != self.current and _plain(key) in map(_plain, self._own.get(row.key, row.keys)):
                return actions.plain(actions.words(row.text))
        return ""

    def _try(self, sequence: QKeySequence) -> None:
        key = sequence.toString(QKeySequence.SequenceFormat.PortableText)
        self.use.setEnabled(bool(key) and key not in _DIGITS)
        if key:  # every further key would be taken for a new one, Tab and Esc too
            (self.use if self.use.isEnabled() else self.list).setFocus()
        owner = self.owner(key) if key else ""
        if owner:
            text = self.tr("{key} belongs to “{name}”. Using it here takes it away there.")
            self._say(text.format(key=actions.native(key), name=owner), "warn")
        elif key:
            self._say(self.tr("{key} is free.").format(key=actions.native(key)), "ok")

    def _use(self) -> None:
        key = self.edit.keySequence().toString(QKeySequence.SequenceFormat.PortableText)
        if not key or key in _DIGITS:
            return
        for row in self._rows:
            keys = self.keys(row.key)
            if row.key != self.current and _plain(key) in map(_plain, keys):
                self._own[row.key] = tuple(one for one in keys if _plain(one) != _plain(key))
        self._set((key,))
        self.list.setFocus()

    def _set(self, keys: tuple[str, ...]) -> None:
        self._own[self.current] = keys
        self._apply()

    def _restore(self) -> None:
        self._own.pop(self.current, None)
        self._apply()

    def _restore_all(self) -> None:
        self._own.clear()
        self._apply()

    def _apply(self) -> None:
        self._settings.set("keys", json.dumps(self._own) if self._own else "")
        self._actions.set_keys(self._own)
        self._show()


def _plain(key: str) -> str:
    """One spelling for each key: "Return" and "Enter" differ, "ctrl+z" and "Ctrl+Z" do not."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.PortableText)
