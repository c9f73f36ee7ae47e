"""Work that a crash cut off is done once more, when a model is there again."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from app.assistant import Assistant
from sscore.errors import Cancelled, ModelCrashed

CRASHED = (ModelCrashed, Cancelled)
"""Errors of work that a crash cut off, its own or that of what was done meanwhile in the same process."""


class SecondTry(QObject):
    """Which model is there again is for app.crashes to say. Whoever comes here counts: there is no third try."""

    def __init__(self, assistant: Assistant, parent: QObject) -> None:
        super().__init__(parent)
        self._assistant = assistant
        self._waiting: list[Callable[[], None]] = []
        assistant.models_changed.connect(self._go_on)

    def later(self, run: Callable[[], None]) -> None:
        self._waiting.append(run)
        QTimer.singleShot(0, self, self._go_on)  # by then app.crashes has heard of it too, and loads a model

    def _go_on(self) -> None:
        if self._waiting and not self._assistant.loading:
            waiting, self._waiting = self._waiting, []
            for run in waiting:
                run()

    def refused(self) -> str:
        """After the second crash, for the user to decide."""
        return self.tr("The model crashed at it twice. You can try again with the model that is in use now.")
