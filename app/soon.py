"""Once, when all has been said."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt


class Soon(QObject):
    """`ask` as often as you like; `work` is done once, after what is being done and before anything is painted. One
    edit tells of itself in four ways (page, selection, steps, pending mask), and what shows it need not be made and
    painted four times."""

    def __init__(self, parent: QObject, work: Callable[[], object]) -> None:
        super().__init__(parent)
        self._work, self._waiting = work, False

    def ask(self, *_: object) -> None:
        if not self._waiting:
            self._waiting = True
            # Before whatever waits to be laid out or painted; scenes ask for that in the same way, and often earlier.
            QCoreApplication.postEvent(self, QEvent(QEvent.Type.User), Qt.EventPriority.HighEventPriority.value)

    def customEvent(self, event: QEvent) -> None:  # noqa: N802 (Qt's name)
        self._waiting = False
        self._work()
