"""One model's answer in the comparison: picture, figures, and the button that takes it."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage, QPixmap, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout

from app import rows
from app.look import Look
from app.notices import in_words
from sscore import compare
from sscore.compare import Answer
from sscore.types import ByteArray, Mask, Prompt

_SIDE = 1000  # px of a tile's picture, enough for two side by side on a large screen
_ROOM = 0.25  # of the box, shown around it


class Tile(QFrame):
    """One model's answer: picture, figures, and the button that takes it."""

    taken = Signal()
    resized = Signal()

    def __init__(self, number: int, look: Look) -> None:
        super().__init__()
        self.setObjectName("card")
        self.number, self._look = number, look
        self._picture: QPixmap | None = None
        self.name, self.figures = QLabel(), rows.ElidedLabel()
        self.name.setProperty("role", "title")
        self.figures.setProperty("role", "muted")
        self.picture = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self.picture.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.picture.setMinimumHeight(120)
        self.picture.setWordWrap(True)
        self.button = QPushButton()
        self.button.clicked.connect(self.taken)
        head = QHBoxLayout()
        head.addWidget(self.name)
        head.addWidget(self.figures, 1)
        head.addWidget(self.button)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 8, 10)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self.picture, 1)
        self.clear("")

    def clear(self, name: str, hint: str = "") -> None:
        """Of this model, "" for none. hint: what to do for a picture."""
        self._picture = None
        self.name.setText(name)
        self.figures.setText("")
        self.picture.setText(hint if name else self.tr("Choose another model at the upper left"))
        self.button.setText(self.tr("Take it  ({n})").format(n=self.number + 1))
        self.button.setEnabled(False)
        self.button.setToolTip(self.tr("There is no mask to take yet"))

    def show_answer(self, answer: Answer, picture: QImage) -> None:
        self.name.setText(answer.segmenter.card.id)
        self.button.setText(self.tr("Take it  ({n})").format(n=self.number + 1))
        self.button.setEnabled(answer.mask is not None)
        self.button.setToolTip("" if answer.mask is not None else self.tr("There is no mask to take"))
        if answer.problem:
            self.figures.setText(in_words(answer.problem))
        elif answer.candidate is None:
            self.figures.setText(self.tr("found nothing"))
        else:
            expected = self.tr("predicted IoU {value}").format(value=f"{answer.candidate.score:.2f}")
            parts = [f"DICE {answer.dice:.3f}"] if answer.dice is not None else []
            parts += [expected, rows.time(answer.seconds)]
            if answer.encode > 0.001:
                parts.append(self.tr("encoding {time}").format(time=rows.time(answer.encode)))
            self.figures.setText("  ·  ".join(parts))
        tip = self.tr("Predicted IoU: what the model itself expects. DICE: overlap with the object's mask, 0 to 1")
        self.figures.setToolTip(self.figures.text() if answer.problem else tip)
        self.picture.setAccessibleName(f"{self.name.text()}: {self.figures.text()}")
        self._picture = QPixmap.fromImage(picture)
        self._fit()

    @property
    def shape(self) -> float:
        """Width to height of its picture."""
        return max(self.picture.width(), 1) / max(self.picture.height(), 1)

    def _fit(self) -> None:
        if self._picture is not None:
            room, ratio = self.picture.size(), self.devicePixelRatioF()
            kept, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            shown = self._picture.scaled(room * ratio, kept, smooth)
            shown.setDevicePixelRatio(ratio)
            self.picture.setPixmap(shown)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        super().resizeEvent(event)
        self._fit()
        self.resized.emit()


def part_to_show(rgb: ByteArray, shown: list[Mask], prompt: Prompt, shape: float) -> tuple[int, int, int, int]:
    """x0, y0, x1, y1 of what the tiles show: all masks and the prompt, some room, and as much more of the photo as fits
    into a tile of this width to height."""
    boxes = [mask.box.as_tuple() for mask in shown]
    if prompt.box is not None:
        boxes.append(prompt.box.as_tuple())
    boxes += [(x - 20, y - 20, x + 20, y + 20) for x, y in prompt.points.tolist()]
    x0, y0 = (min(box[n] for box in boxes) for n in (0, 1))
    x1, y1 = (max(box[n] for box in boxes) for n in (2, 3))
    room = _ROOM * max(x1 - x0, y1 - y0)
    wide, high = x1 - x0 + 2 * room, y1 - y0 + 2 * room
    left, right = _span((x0 + x1) / 2, max(wide, high * shape), rgb.shape[1])
    top, bottom = _span((y0 + y1) / 2, max(high, wide / shape), rgb.shape[0])
    return left, top, right, bottom


def _span(middle: float, length: float, end: int) -> tuple[int, int]:
    """From and to, px: `length` around `middle`, moved and cut to lie in 0..end."""
    length = min(length, end)
    first = int(min(max(middle - length / 2, 0), end - length))
    return first, max(min(round(first + length), end), first + 1)


def picture(
    rgb: ByteArray, part: tuple[int, int, int, int], mask: Mask | None, reference: Mask | None, *, differ: bool
) -> QImage:
    """The part of the photo with the mask (or the difference to the reference) on it, at most `_SIDE` px wide."""
    x0, y0, x1, y1 = part
    cut = rgb[y0:y1, x0:x1]
    moved: Callable[[Mask | None], Mask | None] = lambda m: m and Mask(m.bits, m.left - x0, m.top - y0)  # noqa: E731
    mine, other = moved(mask), moved(reference)
    if differ:
        shown = compare.difference(cut, mine, other)
    else:
        shown = cut.copy()
        if mine is not None:
            inside = mine.full(*cut.shape[:2])
            shown[inside] = (0.55 * shown[inside] + 0.45 * np.array((59, 130, 246))).astype(np.uint8)
    scale = min(1.0, _SIDE / max(shown.shape[:2]))
    if scale < 1:
        size = (max(round(shown.shape[1] * scale), 1), max(round(shown.shape[0] * scale), 1))
        shown = cv2.resize(shown, size, interpolation=cv2.INTER_AREA)
    shown = np.ascontiguousarray(shown)
    height, width = shown.shape[:2]
    return QImage(shown.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
