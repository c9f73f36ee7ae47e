"""Which actions can be used at the moment, and how they look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QHelpEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QToolTip, QWidget

from app.action_row import ActionRow
from app.actions import TABLE
from app.soon import Soon

if TYPE_CHECKING:
    from app.window import Window


class Available(QObject):
    """What can be done is on at once, so that no key is lost that follows another quickly. What cannot be done is off
    before the next painting, like ticks and tool tips: one edit takes and gives the same thing, and each change of an
    action lays out bars and menus anew."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        self._now: dict[str, bool] = {}
        self._soon = Soon(self, self._dress)
        self._buttons: dict[QObject, ActionRow] = {}
        for bar in (window.chrome.rail, window.chrome.bar):
            for row in TABLE:
                if (button := bar.widgetForAction(window.actions_.by_key[row.key])) is not None:
                    self._buttons[button] = row
                    button.installEventFilter(self)
        session, assistant = window.session, window.assistant
        for told in (
            session.page_changed,
            session.selection_changed,
            assistant.pending_changed,
            session.undo_group.indexChanged,
            session.undo_group.activeStackChanged,
            window.finder.changed,
            window.canvas.tool_changed,
            window.canvas.pointer.changed,
            window.settings.changed,
            window.flow.trail.changed,
        ):
            told.connect(self.renew)

    def renew(self, *_: object) -> None:
        session, finder, pending = self._window.session, self._window.finder, self._window.assistant.pending
        available = {
            name
            for name, there in (
                ("project", session.project is not None),
                ("photos", bool(session.images)),
                ("page", session.page is not None),
                ("objects", bool(session.selection)),
                ("selection", bool(session.selection) or finder.target is not None or not pending.empty),
                ("photo", session.page is not None and not finder.running),
                ("finds", bool(finder.shown)),
                ("pointer", self._window.canvas.pointer.on),
            )
            if there
        }
        self._window.actions_.enable(available)
        act = self._window.actions_.by_key
        self._now = {
            "undo": pending.can_undo or session.undo_group.canUndo() or bool(self._window.flow.trail.title),
            "redo": pending.can_redo or session.undo_group.canRedo(),
            "accept": session.page is not None,
            "clear": not pending.empty,
        }
        for key, on in self._now.items():
            if on:
                act[key].setEnabled(True)
        self._soon.ask()

    def explain(self, event: QKeyEvent) -> bool:
        """A key whose action is off at present: say what it needs. False for any other key."""
        pressed = QKeySequence(event.keyCombination())
        actions = self._window.actions_.by_key
        off = (row for row in TABLE if not actions[row.key].isEnabled() and pressed in actions[row.key].shortcuts())
        row = next(off, None)
        why = self._why(row) if row is not None else ""
        if why:
            self._window.session.whisper.emit(why)
        return bool(why)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        """The tool tip of a button that is off says why as well."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent) and isinstance(watched, QWidget):
            why = self._why(self._buttons[watched]) if not watched.isEnabled() else ""
            if why:
                QToolTip.showText(event.globalPos(), f"{watched.toolTip()}\n{why}", watched)
                return True
        return super().eventFilter(watched, event)

    def _why(self, row: ActionRow) -> str:
        """What an action that is off needs; "" for one that needs nothing to speak of."""
        words = {
            "project": self.tr("Open a folder of photos first."),
            "page": (no_photo := self.tr("There is no photo to work on.")),
            "photos": no_photo if self._window.session.project else self.tr("Open a folder of photos first."),
            "photo": self.tr("The search is going on already."),
            "objects": self.tr("Select an object first: {next_mask} takes the next one."),
            "selection": self.tr("Select an object first: {next_mask} takes the next one."),
            "finds": self.tr("There are no proposals. {find_all} finds all pieces."),
            "pointer": self.tr("This is for the keyboard pointer: {pointer} shows it."),
            "undo": self.tr("There is nothing to undo on this photo."),
            "redo": self.tr("There is nothing to redo on this photo."),
            "clear": self.tr("There is no prompt to clear."),
            "accept": no_photo,
        }
        need = "page" if row.needs == "photo" and self._window.session.page is None else row.needs or row.key
        return self._window.look.told(words[need]) if need in words else ""

    def _dress(self) -> None:
        window = self._window
        session, act = window.session, window.actions_.by_key
        for key, on in self._now.items():
            act[key].setEnabled(on)
        tip = window.look.told(self.tr("Undo  ({undo})"))
        step = window.flow.trail.title or session.undo_group.undoText()
        if not window.assistant.pending.can_undo and step:
            tip = window.look.told(self.tr("Undo: {step}  ({undo})"), step=step)
        window.chrome.bar.widgetForAction(act["undo"]).setToolTip(tip)  # of the action it would be a change of that
        act[window.canvas.tool].setChecked(True)
        act["done"].setChecked(bool(session.page is not None and session.page.extra.get("done")))
        for key in ("show_masks", "show_names", "zoom_small"):
            act[key].setChecked(window.settings.get(key))
        for key, on in window.editing.checked().items():
            act[key].setChecked(on)
