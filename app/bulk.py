"""Edits of several photos at once, as one thing to take back."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from app.session import Session
from sscore.types import Page

Change = Callable[[Page], Page]


class Bulk(QObject):
    """Each photo keeps its own steps; `undo` takes back the last bulk on every photo where nothing came after it."""

    done = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._past: list[list[tuple[QUndoStack, int]]] = []
        session.project_opened.connect(self._past.clear)

    @property
    def can_undo(self) -> bool:
        return bool(self._past)

    def edit(self, title: str, changes: Mapping[str, Change]) -> None:
        """changes: photo → what to do with its page. One photo after the other, since there may be thousands; `done`
        follows when all are edited."""
        session, project = self._session, self._session.project
        steps: list[tuple[QUndoStack, int]] = []
        todo = iter(changes.items())

        def go_on() -> None:
            rel, change = next(todo, ("", None))
            if session.project is not project:
                return
            if change is None:
                if steps:
                    self._past.append(steps)
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
            for stack, index in self._past.pop():
                if stack.index() == index:
                    stack.undo()
            self.done.emit()
