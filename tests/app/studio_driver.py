"""A user of the window in tests: what they do with mouse and keys, and models that cost nothing."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from app.window import Window
from sscore import masks
from sscore.errors import BadPrompt, ModelMissing
from sscore.types import Box, Candidate, Embedding, ModelCard, Prompt, Scores

NAME = "废钢 照片"


def wait_until(happened: Callable[[], bool], seconds: float = 10.0, what: str = "it") -> None:
    """Let Qt work until `happened()`; fails when it does not."""
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, f"{what} did not happen within {seconds} s"
        QCoreApplication.processEvents()
        time.sleep(0.002)


class FakeSegmenter:
    """The ellipse that fills the box, or a disc around the first positive point; two smaller ones besides."""

    def __init__(self, model_id: str = "fake") -> None:
        self.card = ModelCard(model_id, "segmenter", "fake", note="ellipse in the box")
        self.gate = threading.Event()
        self.gate.set()
        self.asked: list[Prompt] = []
        self.encoded = 0
        self.threads: set[str] = set()

    def encode(self, rgb):
        self.encoded += 1
        self.threads.add(threading.current_thread().name)
        return Embedding(f"fake-{rgb.shape}", rgb.shape[:2], {})

    def predict(self, embedding, prompt, *, multimask=True):
        self.threads.add(threading.current_thread().name)
        assert self.gate.wait(10)
        self.asked.append(prompt)
        if prompt.empty:
            raise BadPrompt("the prompt is empty")
        height, width = embedding.image_hw
        box = prompt.box
        if box is None:
            if not prompt.positive.any():
                return (Candidate(None, 0.0, np.zeros((256, 256), np.float32), 0),)
            x, y = prompt.points[prompt.positive][0].tolist()
            box = Box(x - 20, y - 20, x + 20, y + 20)
        found = []
        for index, share in enumerate((1.0, 0.6, 0.3)):
            bits = np.zeros((height, width), np.uint8)
            axes = (max(int(box.width / 2 * share), 1), max(int(box.height / 2 * share), 1))
            cv2.ellipse(bits, tuple(int(v) for v in box.centre), axes, 0, 0, 360, 1, -1)
            mask = masks.tight(bits.astype(bool))
            found.append(Candidate(mask, 0.9 - 0.1 * index, np.zeros((256, 256), np.float32), index))
        return tuple(found)

    def predict_many(self, embedding, prompts, *, multimask=True):
        return [self.predict(embedding, prompt, multimask=multimask) for prompt in prompts]


class FakeClassifier:
    """Always Pipe, rather sure."""

    view = "masked"

    def __init__(self, model_id: str = "fake-cls") -> None:
        self.card = ModelCard(model_id, "classifier", "fake")

    def scores(self, crops, labels):
        keys = ("Pipe", *(key for key in labels.keys if key != "Pipe"))
        values = np.array([0.7, 0.2, *[0.1 / (len(keys) - 2)] * (len(keys) - 2)], np.float32)
        return [Scores(keys, values) for _ in crops]

    def features(self, crops):
        return np.ones((len(crops), 1), np.float32)


class FakeShelf:
    def __init__(self) -> None:
        self.segmenters = {"nano": FakeSegmenter("nano"), "other": FakeSegmenter("other")}

    def cards(self):
        names = ("nano", "other", "missing")
        return [ModelCard(name, "segmenter", "fake") for name in names] + [FakeClassifier("nano-cls").card]

    def segmenter(self, model_id):
        if model_id not in self.segmenters:
            raise ModelMissing(f"{model_id} is not on this computer", remedy=f"ssc models get {model_id}")
        return self.segmenters[model_id]

    def classifier(self, model_id):
        return FakeClassifier(model_id)

    def close(self):
        pass


class Studio:
    """A window on a folder, driven as a user would."""

    def __init__(self, window: Window, shelf: FakeShelf) -> None:
        self.window, self.shelf = window, shelf
        self.session, self.assistant, self.canvas = window.session, window.assistant, window.canvas

    def settle(self) -> None:
        wait_until(lambda: self.window.settled, what="the window settling")

    def open(self, folder: Path) -> None:
        self.window.open_folder(folder)
        wait_until(lambda: self.session.project is not None and self.session.project.folder == folder)
        self.settle()

    def key(self, key: Qt.Key | str, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.canvas, key, modifier)

    def at(self, x: float, y: float) -> QPoint:
        """Screen point of an image point."""
        return self.canvas.mapFromScene(QPointF(x, y))

    def press(self, x: float, y: float, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.mousePress(self.canvas.viewport(), Qt.MouseButton.LeftButton, modifier, self.at(x, y))

    def move(self, x: float, y: float) -> None:
        # QTest.mouseMove does not say that a button is down.
        from PySide6.QtGui import QMouseEvent

        here = self.at(x, y).toPointF()
        event = QMouseEvent(
            QEvent.Type.MouseMove,
            here,
            self.canvas.viewport().mapToGlobal(here),
            Qt.MouseButton.NoButton,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
        QCoreApplication.sendEvent(self.canvas.viewport(), event)

    def release(self, x: float, y: float) -> None:
        QTest.mouseRelease(
            self.canvas.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, self.at(x, y)
        )

    def click(self, x: float, y: float, button=Qt.MouseButton.LeftButton, modifier=Qt.KeyboardModifier.NoModifier):
        QTest.mouseClick(self.canvas.viewport(), button, modifier, self.at(x, y))
        self.settle()

    def drag(self, x0: float, y0: float, x1: float, y1: float) -> None:
        self.press(x0, y0)
        self.move((x0 + x1) / 2, (y0 + y1) / 2)
        self.move(x1, y1)
        self.release(x1, y1)

    def box(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """Draw a box and wait for its mask."""
        self.key("w")
        self.drag(x0, y0, x1, y1)
        wait_until(lambda: self.assistant.pending.settled, what="the mask")

    def add(self, x0: float, y0: float, x1: float, y1: float) -> int:
        """Draw a box, accept, and wait until it is on disk; the new object's id."""
        self.box(x0, y0, x1, y1)
        self.key("f")
        self.settle()
        return self.session.page.annotations[-1].id

    @property
    def labels(self) -> list[str]:
        return [a.label for a in self.session.page.annotations]

    def on_disk(self, image: str = "a.jpg"):
        """The page as a fresh reader sees it."""
        from sscore.project import Project

        return Project.open(self.session.project.folder).load(image)
