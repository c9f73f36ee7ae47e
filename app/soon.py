"""Once, when all has been said."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer


class Soon(QTimer):
    """`ask` as often as you like; `work` is done once, when the window has nothing else to do. One edit tells of itself
    in four ways (page, selection, steps, pending mask), and what shows it need not be painted four times."""

    def __init__(self, parent: QObject, work: Callable[[], object]) -> None:
        super().__init__(parent, singleShot=True, interval=0)
        self.timeout.connect(work)

    def ask(self) -> None:
        self.start()
