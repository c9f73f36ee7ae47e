"""The undo commands: a page before and after (pages share what was not touched, so a step costs one mask), and what is
no part of a page."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtGui import QUndoCommand

from sscore.types import Page

if TYPE_CHECKING:
    from app.session import Session


class EditPage(QUndoCommand):
    """Shows `after` when done or redone and `before` when undone. Steps with the same gesture number become one.
    beside: called then with True or False, for what goes along with the page."""

    def __init__(
        self,
        session: Session,
        title: str,
        before: Page,
        after: Page,
        gesture: int = -1,
        beside: Callable[[bool], None] | None = None,
    ) -> None:
        super().__init__(title)
        self._session = session
        self._before = before
        self._after = after
        self._gesture = gesture
        self._beside = beside or (lambda _done: None)

    def redo(self) -> None:
        self._session.show_page(self._after, self.text())
        self._beside(True)

    def undo(self) -> None:
        self._session.show_page(self._before, self.text())
        self._beside(False)

    def id(self) -> int:
        return self._gesture

    def mergeWith(self, other: QUndoCommand) -> bool:  # noqa: N802 (Qt's name)
        if not isinstance(other, EditPage) or self._gesture < 0 or other._gesture != self._gesture:
            return False
        self._after = other._after
        return True


class Step(QUndoCommand):
    """Something beside the page, such as a proposal that was rejected: done at once, and again with redo."""

    def __init__(self, session: Session, title: str, do: Callable[[], None], take_back: Callable[[], None]) -> None:
        super().__init__(title)
        self._session, self._do, self._take_back = session, do, take_back

    def redo(self) -> None:
        self._do()
        self._session.stepped.emit()

    def undo(self) -> None:
        self._take_back()
        self._session.stepped.emit()
