"""Objects nobody has confirmed, named again: what would change, the way to each, and the changes made."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app import rows
from app.dialogs.says import lead
from app.panels.empty import EmptyHint
from sscore.naming import ranked
from sscore.rescore import Change, renamed
from sscore.types import Page

if TYPE_CHECKING:
    from app.dialogs.naming import NamingDialog

_SHOWN = 2000
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_ROLE = Qt.ItemDataRole.UserRole


class NameAgain(QWidget):
    """Pairs of old and new name at the left, the objects at the right. Changes go through the session: pages on screen
    follow, and they can be taken back."""

    def __init__(self, dialog: NamingDialog) -> None:
        super().__init__(dialog)
        self._dialog = dialog
        self._changes: list[Change] = []
        self._made: dict[str, Any] = {}
        self._working = False
        text = self.tr(
            "Names all proposed objects again, those that nobody has confirmed. What would change is shown first; "
            "nothing is changed before you apply it."
        )
        intro = QLabel(text, wordWrap=True)
        intro.setProperty("role", "muted")
        self.look_up = self._button(self.tr("See what would change"), self._look_up)
        self.apply = self._button(self.tr("Apply"), self._apply)
        self.apply.setToolTip(self.tr("Only objects still unconfirmed are changed; it can be taken back"))
        self.back = self._button(self.tr("Take it back"), self._take_back)
        self.back.hide()
        self.pairs = QListWidget()
        self.pairs.setAccessibleName(self.tr("Old and new names"))
        self.pairs.setFixedWidth(230)
        self.pairs.setIconSize(QSize(14, 14))
        self.pairs.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.pairs.currentItemChanged.connect(lambda _now, _before: self._list())
        self.table = QTreeWidget()
        self.table.setAccessibleName(self.tr("Objects whose name would change"))
        self.table.setToolTip(self.tr("Double click or Enter shows the object on its photo"))
        self.table.setRootIsDecorated(False)
        self.table.setUniformRowHeights(True)
        self.table.setMinimumHeight(200)
        self.table.setHeaderLabels(
            [self.tr("Photo"), self.tr("Now"), self.tr("Would be"), self.tr("Sure"), self.tr("Margin")]
        )
        for column in (3, 4):
            self.table.headerItem().setTextAlignment(column, _RIGHT)
        self.table.header().setStretchLastSection(False)
        self.table.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.table.itemActivated.connect(self._go)
        self.hint = EmptyHint(self.table)
        self.note = QLabel(wordWrap=True)
        self.note.setProperty("role", "muted")
        self.note.hide()
        lists = QHBoxLayout()
        lists.setSpacing(8)
        lists.addWidget(self.pairs)
        lists.addWidget(self.table, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.look_up)
        buttons.addStretch()
        buttons.addWidget(self.back)
        buttons.addWidget(self.apply)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(10)
        column.addWidget(intro)
        column.addLayout(lists, 1)
        column.addWidget(self.note)
        column.addLayout(buttons)
        dialog.bulk.done.connect(self._on_bulk)
        self.forget()

    def _button(self, text: str, run: Any) -> QPushButton:
        button = QPushButton(text)
        button.setAutoDefault(False)
        button.clicked.connect(run)
        return button

    # --- asking ------------------------------------------------------------------------------------------------

    def arguments(self) -> list[str]:
        """Of `ssc`. The threshold is the one the user sees in the class panel."""
        dialog, card = self._dialog, self._dialog.card
        below = dialog.assistant.how.unknown_below
        words = ["rescore", str(dialog.project.folder), "--scores", "--unknown-below", f"{below:g}"]
        return [*words, "--classifier", card.id if card else ""]

    def forget(self) -> None:
        """What was found does not hold any more."""
        self._changes = []
        self.pairs.clear()
        self.table.clear()
        self.hint.say(
            self.tr('Press "{button}": what would get another name is listed here.').format(button=self.look_up.text())
        )
        self.note.hide()
        self._show_apply()

    def set_ready(self, ready: bool) -> None:
        self.look_up.setEnabled(ready)
        self._working = not ready
        self._show_apply()

    def _show_apply(self) -> None:
        self.apply.setEnabled(bool(self._changes) and not self._working)
        lead(self.apply if self._changes else self.look_up, self.look_up, self.apply)
        self.pairs.setVisible(bool(self.moved))

    def _look_up(self) -> None:
        self.forget()
        self.hint.say("")
        self.back.hide()
        self._dialog.ask(self.arguments(), self.show_found)

    def show_found(self, result: dict[str, Any]) -> None:
        """result: of `ssc rescore --scores`."""
        self._changes = [_change(one) for one in result["changes"]]
        self._made = dict(result["made_by"])
        moved = self.moved
        below = self.tr("unknown below {share}").format(share=rows.percent(self._made.get("unknown_below", 0.0)))
        head = self.tr("{n} unconfirmed objects looked at, {moved} would get another name ({below}).").format(
            n=result["instances"], moved=len(moved), below=below
        )
        if left := result["problems"]:
            head += " " + self.tr("Photos left out: {names}").format(names=", ".join(one["image"] for one in left[:5]))
        self._dialog.say(head, "warn" if left else "ok")
        self._show_pairs(Counter((one.before, one.after) for one in moved))
        self.hint.say("" if moved else self.tr("No object would get another name."))
        if rest := len(self._changes) - len(moved):
            self.note.setText(self.tr("{n} more keep their name and get new probabilities.").format(n=rest))
            self.note.show()
        self._show_apply()

    @property
    def moved(self) -> list[Change]:
        """Changes of the name, the least sure first."""
        found = (one for one in self._changes if one.before != one.after)
        return sorted(found, key=lambda one: one.scores.margin)

    # --- showing -----------------------------------------------------------------------------------------------

    def _name(self, label: str) -> str:
        return rows.name_of(self._dialog.session.labels, label, self._dialog.look.lang)

    def _show_pairs(self, pairs: Counter[tuple[str, str]]) -> None:
        self.pairs.clear()
        whole = QListWidgetItem(self.tr("All: {n}").format(n=pairs.total()), self.pairs)
        for (before, after), count in pairs.most_common():
            text = self.tr("{before} → {after}: {n}").format(
                before=self._name(before), after=self._name(after), n=count
            )
            item = QListWidgetItem(rows.swatch(rows.colour_of(self._dialog.session.labels, after)), text, self.pairs)
            item.setData(_ROLE, (before, after))
            item.setToolTip(text)
        self.pairs.setCurrentItem(whole)

    def _list(self) -> None:
        """The objects of the chosen pair."""
        self.table.clear()
        item = self.pairs.currentItem()
        wanted = item.data(_ROLE) if item is not None else None
        chosen = [one for one in self.moved if wanted is None or (one.before, one.after) == tuple(wanted)]
        for one in chosen[:_SHOWN]:
            sure = rows.percent(float(one.scores.values[0]))
            words = [one.image, self._name(one.before), self._name(one.after), sure, f"{one.scores.margin:.2f}"]
            line = QTreeWidgetItem(words)
            line.setData(0, _ROLE, (one.image, one.id))
            line.setToolTip(0, one.image)
            for column in (3, 4):
                line.setTextAlignment(column, _RIGHT)
            self.table.addTopLevelItem(line)
        if len(chosen) > _SHOWN:
            more = self.tr("… and {n} more").format(n=len(chosen) - _SHOWN)
            self.table.addTopLevelItem(QTreeWidgetItem([more]))
        for column in range(1, 5):
            self.table.resizeColumnToContents(column)
            self.table.setColumnWidth(column, self.table.columnWidth(column) + 14)

    def _go(self, item: QTreeWidgetItem) -> None:
        if (target := item.data(0, _ROLE)) is not None:
            self._dialog.jump.emit(*target)

    # --- changing ----------------------------------------------------------------------------------------------

    def _apply(self) -> None:
        """Through the session, photo by photo; what was confirmed, renamed or removed meanwhile is left as it is."""
        by_image: dict[str, list[Change]] = {}
        for one in self._changes:
            by_image.setdefault(one.image, []).append(one)
        made, photos = self._made, set(self._dialog.session.images)
        self._count = 0

        def change(page: Page, of_it: list[Change]) -> Page:
            after, count = renamed(page, of_it, made)
            self._count += count
            return after

        todo = {
            rel: (lambda page, of_it=of_it: change(page, of_it)) for rel, of_it in by_image.items() if rel in photos
        }
        self.forget()
        if todo:
            self._own = True
            self._dialog.say(self.tr("Changing…"), "muted")
            self._dialog.bulk.edit(self.tr("name again"), todo)

    _own = False
    _count = 0

    def _on_bulk(self) -> None:
        """Ours is through; or another came after it, and it cannot be taken back from here any more."""
        self.back.setVisible(self._own and self._count > 0)
        if self._own:
            self._own = False
            self._dialog.say(self.tr("Objects changed: {n}").format(n=self._count), "ok")

    def _take_back(self) -> None:
        self._dialog.bulk.undo()
        self._dialog.say(self.tr("Taken back. Photos edited since then keep their names."), "muted")


def _change(found: dict[str, Any]) -> Change:
    said = found["scores"]  # Qt's dictionaries have their keys in the order of the alphabet
    scores = ranked(tuple(said), np.array(list(said.values()), np.float32))
    return Change(str(found["image"]), int(found["id"]), str(found["before"]), str(found["after"]), scores)
