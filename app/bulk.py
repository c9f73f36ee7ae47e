"""Edits of several photos at once, as one thing to take back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from app.notices import Notice
from app.session import Session
from sscore.types import Page

Change = Callable[[Page], Page]


class _Step(NamedTuple):
    """Of one photo: its undo stack, the stack's index right after it, and the step itself."""

    stack: QUndoStack
    after: int
    command: QUndoCommand

    @property
    def done(self) -> bool:
        """Nothing came after it."""
        return self.stack.index() == self.after and self.there

    @property
    def waits(self) -> bool:
        """It has been taken back, and nothing before it."""
        return self.stack.index() == self.after - 1 and self.there

    @property
    def there(self) -> bool:
        """Once it has been taken back, another edit may be in its place."""
        return self.stack.command(self.after - 1) is self.command


_Steps = list[_Step]


class Bulk(QObject):
    """Each photo keeps its own steps; `undo` takes back the last bulk on every photo where nothing came after it, and
    `redo` gives it again where nothing came after that. Ctrl+Z in the window is of the photo on screen alone: the other
    photos are offered then. `lapsed`: there is nothing to offer any more."""

    done = Signal()
    lapsed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._past: list[_Steps] = []
        self._taken_back: list[_Steps] = []
        self._at: tuple[QUndoStack | None, int] = (None, 0)  # steps of the photo on screen, as last seen
        self._own = self._offered = False
        session.project_opened.connect(self._forget)
        session.undo_group.activeStackChanged.connect(lambda stack: self._see(stack))
        session.undo_group.indexChanged.connect(self._on_step)

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
                steps.append(_Step(stack, stack.index(), stack.command(stack.index() - 1)))
            go_on()

        go_on()

    def undo(self) -> None:
        """Photos that were edited since keep both edits."""
        if self._past:
            self._undo(self._past[-1])

    def redo(self) -> None:
        """Photos that were edited since stay as they are."""
        if self._taken_back:
            self._redo(self._taken_back[-1])

    def _undo(self, steps: _Steps) -> None:
        self._past.remove(steps)
        self._taken_back.append([step for step in steps if step.done or step.waits])
        self._move([step.stack.undo for step in steps if step.done])

    def _redo(self, steps: _Steps) -> None:
        self._taken_back.remove(steps)
        self._past.append([step for step in steps if step.done or step.waits])
        self._move([step.stack.redo for step in steps if step.waits])

    def _move(self, steps: Sequence[Callable[[], None]]) -> None:
        self._own = True
        try:
            for step in steps:
                step()
        finally:
            self._own = False
        self._lapse()
        self.done.emit()

    # --- one photo's step alone --------------------------------------------------------------------------------

    def _see(self, stack: QUndoStack | None) -> None:
        self._at = stack, stack.index() if stack is not None else 0

    def _on_step(self, now: int) -> None:
        """The photo on screen went a step back or on."""
        stack, before = self._at
        self._see(self._session.undo_group.activeStack())
        if self._own or stack is None or stack is not self._at[0]:
            return
        if now < before:
            steps = next((one for one in reversed(self._past) if _crossed(one, stack, now, before)), [])
            if rest := sum(step.done for step in steps if step.stack is not stack):
                text = self.tr("Taken back on this photo alone: {step}").format(step=stack.redoText())
                detail = self.tr("The same change is on more photos: {n}.").format(n=rest)
                self._offer(text, detail, self.tr("Take it back there too"), self._past, steps, self._undo)
            return
        steps = next((one for one in reversed(self._taken_back) if _crossed(one, stack, before, now)), [])
        if rest := sum(step.waits for step in steps if step.stack is not stack):
            text = self.tr("Done again on this photo alone: {step}").format(step=stack.undoText())
            detail = self.tr("It was taken back on more photos: {n}.").format(n=rest)
            self._offer(text, detail, self.tr("Do it again there too"), self._taken_back, steps, self._redo)
        else:
            self._lapse()

    def _offer(
        self, text: str, detail: str, action: str, among: list[_Steps], steps: _Steps, move: Callable[[_Steps], None]
    ) -> None:
        def run() -> None:
            if steps in among:
                move(steps)

        self._offered = True
        self._session.notice.emit(Notice("info", text, detail, "bulk", action, run))

    def _forget(self) -> None:
        self._past.clear()
        self._taken_back.clear()
        self._lapse()

    def _lapse(self) -> None:
        if self._offered:
            self._offered = False
            self.lapsed.emit()


def _crossed(steps: _Steps, stack: QUndoStack, low: int, high: int) -> bool:
    """Whether one of these lies between two indices of the stack."""
    return any(step.stack is stack and low < step.after <= high and step.there for step in steps)
