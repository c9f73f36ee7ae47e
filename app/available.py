"""Which actions can be used at the moment, and how they look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.soon import Soon

if TYPE_CHECKING:
    from app.window import Window


class Available(QObject):
    """What keys do is right at once, so that none is lost that follows another quickly; ticks and tool tips follow
    before the next painting."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        self._soon = Soon(self, self._dress)
        session, assistant = window.session, window.assistant
        for told in (
            session.page_changed,
            session.selection_changed,
            assistant.pending_changed,
            session.undo_group.indexChanged,
            session.undo_group.activeStackChanged,
            window.finder.changed,
            window.canvas.tool_changed,
            window.settings.changed,
        ):
            told.connect(self.renew)

    def renew(self, *_: object) -> None:
        session, finder, pending = self._window.session, self._window.finder, self._window.assistant.pending
        available = {
            name
            for name, there in (
                ("project", session.project is not None),
                ("page", session.page is not None),
                ("objects", bool(session.selection)),
                ("selection", bool(session.selection) or finder.target is not None),
                ("photo", session.page is not None and not finder.running),
                ("finds", bool(finder.shown)),
            )
            if there
        }
        self._window.actions_.enable(available)
        act = self._window.actions_.by_key
        act["undo"].setEnabled(bool(pending.at) or session.undo_group.canUndo())
        act["redo"].setEnabled(pending.at < len(pending.prompts) or session.undo_group.canRedo())
        act["accept"].setEnabled(session.page is not None)
        act["clear"].setEnabled(not pending.empty)
        self._soon.ask()

    def _dress(self) -> None:
        window = self._window
        session, act = window.session, window.actions_.by_key
        if not window.assistant.pending.at and session.undo_group.canUndo():
            act["undo"].setToolTip(self.tr("Undo: {step}  (Ctrl+Z)").format(step=session.undo_group.undoText()))
        else:
            act["undo"].setToolTip(self.tr("Undo  (Ctrl+Z)"))
        act[window.canvas.tool].setChecked(True)
        act["done"].setChecked(bool(session.page is not None and session.page.extra.get("done")))
        for key in ("show_masks", "show_names", "zoom_small"):
            act[key].setChecked(window.settings.get(key))
        for key, on in window.editing.checked().items():
            act[key].setChecked(on)
