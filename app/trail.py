"""Ctrl+Z after a step that led on to another photo: back to that photo, and the step is undone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QUndoStack

from app.session import Session


class _Step(NamedTuple):
    """What was done where: `index` of the photo's undo stack right after it."""

    image: str
    number: int
    stack: QUndoStack
    index: int


class Trail(QObject):
    """Every photo has its own undo stack, and verdicts and mends go from photo to photo. They can be taken back one by
    one, the last first, until something else is edited or another photo is chosen. `back`: (photo, instance) to be
    shown again; `changed` when there is more or less to take back."""

    back = Signal(str, int)
    changed = Signal()

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._past: list[_Step] = []
        self._coming: dict[str, _Step] = {}  # steps of photos that are still being read, by photo
        self._leading = False
        session.page_edited.connect(lambda page: page.image in self._coming or self._on_other())
        session.stepped.connect(self._on_other)
        session.image_changed.connect(lambda _image: self._on_other())
        session.project_opened.connect(self._on_project)

    @contextmanager
    def leading_on(self, image: str, number: int) -> Iterator[None]:
        """Around one edit of a photo and what goes on to the next."""
        stack = self._session.stack(image)
        before, self._leading = stack.index(), True
        try:
            yield
        finally:
            self._leading = False
            step = _Step(image, number, stack, before + 1)
            if stack.index() > before:
                self._add(step)
            elif self._session.image != image or self._session.page is None:
                self._coming[image] = step
                stack.indexChanged.connect(lambda _index: self._on_come(image), Qt.ConnectionType.SingleShotConnection)

    def _add(self, step: _Step) -> None:
        self._past.append(step)
        self.changed.emit()

    def _on_come(self, image: str) -> None:
        step = self._coming.pop(image, None)
        if step is not None and step.stack.index() == step.index:
            self._add(step)

    @property
    def title(self) -> str:
        """Of the step that would be taken back, "" for none."""
        return self._past[-1].stack.undoText() if self._past else ""

    def undo(self) -> bool:
        """Take back the last step and show where it was; False when there is none."""
        if not self._past:
            return False
        step = self._past.pop()
        self._leading = True
        try:
            step.stack.undo()
            self.back.emit(step.image, step.number)
        finally:
            self._leading = False
        self.changed.emit()
        return True

    def _on_project(self) -> None:
        self._coming.clear()
        self._on_other()

    def _on_other(self) -> None:
        if not self._leading and self._past:
            self._past.clear()
            self.changed.emit()
