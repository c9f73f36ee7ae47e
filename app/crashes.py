"""What follows when a model has ended the process in which models run: once more, then with the standard model."""

from __future__ import annotations

import logging
import weakref

from PySide6.QtCore import QObject, Signal

from app.assistant import Assistant
from app.shelf import STANDARD, Kind
from sscore.errors import ModelCrashed

log = logging.getLogger("app.crashes")

_PATIENCE = 2
"""Crashes of a model without an answered prompt in between, from which it is not tried again by itself."""


class Crashes(QObject):
    """The process itself is started again by whatever is asked next. `happened`: the error, the model in use from now
    on ("" for none), and whether the one that crashed is tried again."""

    happened = Signal(object, str, bool)

    def __init__(self, assistant: Assistant, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._assistant = assistant
        self._counts: dict[str, int] = {}
        self._handled: weakref.WeakSet[Exception] = weakref.WeakSet()  # its frames hold photos
        assistant.proposed.connect(lambda _proposal: self._counts.clear())
        assistant.load_crashed.connect(self._on_load_crashed)
        assistant.lane.broke.connect(self._on_broke)

    def _on_load_crashed(self, kind: Kind, model_id: str, error: ModelCrashed) -> None:
        assistant = self._assistant
        again = self._count(error)
        if again:
            assistant.load(kind, model_id)
        self._tell(kind, error, again)

    def _on_broke(self, error: Exception) -> None:
        """Whatever it was doing; models that are not in use (those compared) are told by who asked them."""
        if not isinstance(error, ModelCrashed) or error in self._handled:
            return
        kind: Kind = "segmenter" if error.kind == "segmenter" else "classifier"
        if self._assistant.present(kind) != error.model:
            return
        again = self._count(error)
        if again:
            self._assistant.go_on()
        self._tell(kind, error, again)
        if not again and kind not in self._assistant.loading and not self._assistant.pending.empty:
            self._assistant.give_up()

    def _count(self, error: ModelCrashed) -> bool:
        """Whether it may be tried again."""
        log.error("%s crashed", error.model, exc_info=error)
        self._handled.add(error)
        self._counts[error.model] = self._counts.get(error.model, 0) + 1
        return self._counts[error.model] < _PATIENCE

    def _tell(self, kind: Kind, error: ModelCrashed, again: bool) -> None:
        assistant, standard = self._assistant, STANDARD[kind]
        goes_on = assistant.present(kind)
        if not again and goes_on in ("", error.model):  # none is left that works
            goes_on = standard
            if error.model != standard and kind not in assistant.loading:
                assistant.load(kind, standard)
        self.happened.emit(error, goes_on, again)
