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
    on, and whether that is the one that crashed, tried once more."""

    happened = Signal(object, str, bool)

    def __init__(self, assistant: Assistant, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._assistant = assistant
        self._counts: dict[str, int] = {}
        self._handled: weakref.WeakSet[Exception] = weakref.WeakSet()  # its frames hold photos
        assistant.proposed.connect(lambda _proposal: self.forgive())
        assistant.load_crashed.connect(self._on_load_crashed)
        assistant.lane.broke.connect(self._on_broke)

    def forgive(self) -> None:
        """The models have answered: a crash after that counts as the first."""
        self._counts.clear()

    def _on_load_crashed(self, kind: Kind, model_id: str, error: ModelCrashed) -> None:
        self._answer(kind, error)

    def _on_broke(self, error: Exception) -> None:
        """Whatever it was doing; models that are not in use (those compared) are told by who asked them."""
        if not isinstance(error, ModelCrashed) or error in self._handled:
            return
        kind: Kind = "segmenter" if error.kind == "segmenter" else "classifier"
        if self._assistant.present(kind) != error.model:
            return
        self._answer(kind, error)

    def _answer(self, kind: Kind, error: ModelCrashed) -> None:
        """Load it, or the standard model, which then goes on with the photo and the prompt in hand."""
        log.error("%s crashed", error.model, exc_info=error)
        self._handled.add(error)
        self._counts[error.model] = self._counts.get(error.model, 0) + 1
        again = self._counts[error.model] < _PATIENCE
        assistant = self._assistant
        present = assistant.present(kind)
        # The one that crashed, another that is in use already, or the standard model.
        following = error.model if again else present if present not in ("", error.model) else STANDARD[kind]
        if again or following not in (present, error.model):
            if kind not in assistant.loading:  # unless the user has chosen already
                assistant.load(kind, following)
        elif following == error.model and not assistant.pending.empty:
            assistant.give_up()
        self.happened.emit(error, following, again)
