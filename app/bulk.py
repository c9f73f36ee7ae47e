"""Edits of several photos at once, as one thing to take back."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from app.session import Session
from sscore.types import Page

Change = Callable[[Page], Page]
_Steps = list[tuple[QUndoStack, int]]  # of each photo, and its index right after it


class Bulk(QObject):
    """Each photo keeps its own steps; `undo` takes back the last bulk on every photo where nothing came after it, and
    `redo` gives it again where nothing came after that."""

    done = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._past: list[_Steps] = []
        self._taken_back: list[_Steps] = []
        session.project_opened.connect(self._forget)

    @property
    def can_undo(self) -> bool:
        return bool(self._past)

    def edit(self, title: str, changes: Mapping[str, Change]) -> None:
        """changes: photo → what to do with its page. One photo after the other, since there may be thousands; `done`
        follows when all are edited."""
        session, project = self._session, self._session.project
        steps: _Steps = []
        todo = iter(changes.items())

        def go_on() -> None:
            rel, change = next(todo, ("", None))
            if session.project is not project:
                return
            if change is None:
                if steps:
                    self._past.append(steps)
                    self._taken_back.clear()
                self.done.emit()
                return
            before = session.stack(rel).index()
            session.edit_elsewhere(rel, title, change, lambda: finish(rel, before))

        def finish(rel: str, before: int) -> None:
            stack = session.stack(rel)
            if stack.index() > before:
                steps.append((stack, stack.index()))
            go_on()

        go_on()

    def undo(self) -> None:
        """Photos that were edited since keep both edits."""
        if self._past:
            back = [(stack, index) for stack, index in self._past.pop() if stack.index() == index]
            for stack, _ in back:
                stack.undo()
            self._taken_back.append(back)
            self.done.emit()

    def redo(self) -> None:
        """Photos that were edited since stay as they are."""
        if self._taken_back:
            again = [(s, at) for s, at in self._taken_back.pop() if s.index() == at - 1 and s.canRedo()]
            for stack, _ in again:
                stack.redo()
            self._past.append(again)
            self.done.emit()

    def _forget(self) -> None:
        self._past.clear()
        self._taken_back.clear()
