"""Before another folder is opened: what is begun here and kept nowhere is named first."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.notices import Notice

if TYPE_CHECKING:
    from app.window import Window


class Leaving(QObject):
    """Asks with a message, so that one can go on and finish it instead."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window

    def ask(self, name: str, go: Callable[[], None]) -> None:
        """`go` at once when nothing would be lost, else as soon as the user says so. name: of the other folder."""
        begun = self.begun()
        if not begun:
            go()
            return
        text = self.tr("{folder} is not opened yet").format(folder=name)
        what = self.tr("; ").join(begun)
        detail = self.tr("Still here: {what}. That would be gone with this folder.").format(what=what)
        if trouble := self._window.session.saver.trouble:
            detail += "\n" + trouble
        self._window.session.notice.emit(Notice("warning", text, detail, "open", self.tr("Open it all the same"), go))

    def begun(self) -> list[str]:
        """What would be gone, or might be, in words."""
        window = self._window
        if window.session.project is None:
            return []
        finder = window.finder
        counts = (
            (window.session.saver.failing, self.tr("photos that are not saved: {n}")),
            (window.assistant.begun, self.tr("masks that are not accepted: {n}")),
            (finder.undecided, self.tr("proposals nobody has decided on: {n}")),
            (finder.asked, self.tr("boxes without an answer: {n}")),
            (int(finder.running), self.tr("a search for pieces")),
        )
        return [words.format(n=count) for count, words in counts if count]
