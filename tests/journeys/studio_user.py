"""A user of the real window, run as a program of its own: `studio_user.py FOLDER STORY X0,Y0,X1,Y1`.

Drives what app.__main__.main opens with mouse and keys, one step each time the window has settled, and prints what it
saw as one JSON line.
"""

from __future__ import annotations

import json
import os
import sys

os.environ["QT_QPA_PLATFORM"] = "offscreen"  # before Qt is imported

from PySide6.QtCore import QCoreApplication, QEvent, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.__main__ import main
from app.window import Window

CTRL = Qt.KeyboardModifier.ControlModifier


class User:
    def __init__(self, story: str, box: list[float]) -> None:
        self.saw: dict[str, object] = {}
        self._steps = getattr(self, story)(box)
        self._timer = QTimer()
        self._timer.timeout.connect(self._next)
        self._timer.start(50)

    def _next(self) -> None:
        windows = [w for w in QApplication.topLevelWidgets() if isinstance(w, Window)]
        if not windows or not windows[0].session.page or not windows[0].settled:
            return
        self.window = windows[0]
        if next(self._steps, "end") == "end":
            self._timer.stop()
            self.window.close()

    @property
    def labels(self) -> list[str]:
        return [a.label for a in self.window.session.page.annotations]

    def key(self, key: str, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.window.canvas, key, modifier)

    def drag(self, box: list[float]) -> None:
        canvas = self.window.canvas
        first, last = (canvas.mapFromScene(QPointF(*corner)) for corner in (box[:2], box[2:]))
        plain = Qt.KeyboardModifier.NoModifier
        QTest.mousePress(canvas.viewport(), Qt.MouseButton.LeftButton, plain, first)
        for share in (0.5, 1.0):
            here = (first + (last - first) * share).toPointF()
            there = canvas.viewport().mapToGlobal(here)
            kind, left, none = QEvent.Type.MouseMove, Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
            QCoreApplication.sendEvent(canvas.viewport(), QMouseEvent(kind, here, there, none, left, plain))
        QTest.mouseRelease(canvas.viewport(), Qt.MouseButton.LeftButton, plain, last)

    def label(self, box: list[float]):
        """Box, accept, relabel, undo, redo."""
        yield
        self.key("w")
        self.drag(box)
        yield
        pending = self.window.assistant.pending
        self.saw["proposed"] = pending.best_label(0.0)
        self.saw["probabilities"] = len(pending.current_scores.labels)
        self.key("f")
        yield
        self.saw["accepted"] = self.labels
        self.key("5" if self.labels != ["Pipe"] else "2")
        self.saw["relabelled"] = self.labels
        self.key("z", CTRL)
        self.saw["undone"] = self.labels
        self.key("y", CTRL)
        self.saw["redone"] = self.labels
        self.saw["imported"] = [name for name in ("torch", "openvino") if name in sys.modules]
        yield

    def work(self, box: list[float]):
        """Box, accept; once that is saved the program is killed."""
        yield
        self.key("w")
        self.drag(box)
        yield
        self.key("f")
        yield
        print("saved", flush=True)
        while True:
            yield

    def come_back(self, box: list[float]):
        """What the program says at its start."""
        yield
        self.saw["said"] = [f"{notice.text} {notice.detail}" for notice in self.window.messages.notices]
        self.saw["found"] = self.labels

    def look(self, box: list[float]):
        """Only look at what is there."""
        yield
        self.saw["found"] = self.labels
        page = self.window.session.page
        self.saw["box"] = page.annotations[0].mask.box.as_tuple()
        self.saw["prompt"] = page.annotations[0].prompt.box.as_tuple()


if __name__ == "__main__":
    folder, story, box = sys.argv[1:]
    application = QApplication([])
    user = User(story, [float(v) for v in box.split(",")])
    QTimer.singleShot(110_000, lambda: os._exit(3))
    code = main([folder, "--lang", "zh", "--theme", "dark", "--size", "1280x800"])
    print(json.dumps(user.saw))
    sys.exit(code)
