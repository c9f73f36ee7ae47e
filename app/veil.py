"""Which objects are hidden on the canvas. A way of looking, not an edit: nothing of it is saved."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal

from app.session import Session


class Veil(QObject):
    """`hidden`: ids on the photo on screen. Remembered for each photo until another folder is opened."""

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._hidden: dict[str, frozenset[int]] = {}
        session.project_opened.connect(self._hidden.clear)
        session.image_changed.connect(lambda _image: self.changed.emit())

    @property
    def hidden(self) -> frozenset[int]:
        return self._hidden.get(self._session.image, frozenset())

    def set_hidden(self, ids: Iterable[int], hide: bool) -> None:
        """Hide or show these objects; hidden ones cannot stay selected."""
        wanted = self.hidden | set(ids) if hide else self.hidden - set(ids)
        if wanted != self.hidden:
            self._hidden[self._session.image] = frozenset(wanted)
            self._session.select(i for i in self._session.selection if i not in wanted)
            self.changed.emit()

    def show_all(self) -> None:
        self.set_hidden(self.hidden, False)
