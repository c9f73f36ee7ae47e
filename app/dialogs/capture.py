"""Frames of a video or camera become photos of the open folder; what is in the middle can be named as one looks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QImage, QKeySequence, QPainter, QPen, QPixmap, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSlider,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from app import rows
from app.actions import native
from app.assistant import Assistant
from app.dialogs.says import lead
from app.jobs import Lane
from app.look import Look
from app.notices import facts, of_error
from app.on_screen import open_at
from app.session import Session
from app.settings import Settings
from sscore import images
from sscore.errors import SscError
from sscore.frames import EXTENSIONS, Frames, frame_name
from sscore.types import UNKNOWN, ByteArray, Mask, Scores

_LIVE_MS, _PLAY_MS = 66, 40
_MIDDLE = 0.4  # of the shorter side: the box that is named


class CaptureDialog(QDialog):
    """Reading runs on the lane, one frame at a time, so a slow camera never holds up the window."""

    def __init__(
        self,
        session: Session,
        assistant: Assistant,
        settings: Settings,
        lane: Lane,
        look: Look,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._assistant, self._settings = session, assistant, settings
        self._lane, self._look = lane, look
        self._frames: Frames | None = None
        self._frame: ByteArray | None = None
        self._at = 0
        self._reading = False
        self._named: tuple[str, str] | None = None  # what is in the middle, and its colour
        self.taken: list[str] = []
        self.setWindowTitle(self.tr("Frames from a video or camera"))
        open_at(self, 820, 640)
        self.setAcceptDrops(False)
        self.picture = QLabel(alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        self.picture.setObjectName("canvas")
        self.picture.setMinimumSize(320, 240)
        self.picture.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName(self.tr("Frame"))
        self.slider.valueChanged.connect(self._seek)
        self.place = QLabel()
        self.place.setMinimumWidth(110)
        self.place.setProperty("role", "muted")
        self.video = QPushButton(self.tr("Video file…"))
        self.camera = QPushButton(self.tr("Camera"))
        self.play = QPushButton(self.tr("Play  ({key})").format(key=native("P")), checkable=True)
        self.play.setShortcut(Qt.Key.Key_P)
        self.play.toggled.connect(self._on_play)
        self.take = QPushButton(self.tr("Take this frame  ({key})").format(key=native("Space")))
        self.take.setShortcut(Qt.Key.Key_Space)
        self.naming = QCheckBox(self.tr("Name what is in the middle  ({key})").format(key=native("N")))
        self.naming.setShortcut(Qt.Key.Key_N)
        self.says = QLabel(wordWrap=True)
        self.says.setProperty("role", "muted")
        for button, run in (
            (self.video, self._choose),
            (self.camera, lambda: self.open_source(0)),
            (self.take, self._take),
        ):
            button.setAutoDefault(False)
            button.clicked.connect(lambda _on=False, r=run: r())
        for button in (self.video, self.camera):  # Space takes a frame wherever one is; so Enter presses these
            enter = QShortcut(QKeySequence(Qt.Key.Key_Return), button, button.click)
            enter.setContext(Qt.ShortcutContext.WidgetShortcut)
        self.play.setAutoDefault(False)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.video)
        top.addWidget(self.camera)
        top.addWidget(self.naming)
        top.addStretch()
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.play)
        line.addWidget(self.slider, 1)
        line.addWidget(self.place)
        line.addWidget(self.take)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(10)
        column.addLayout(top)
        column.addWidget(self.picture, 1)
        column.addLayout(line)
        column.addWidget(self.says)
        self._clock = QTimer(self)
        self._clock.timeout.connect(self._tick)
        self._enable()
        self.naming.toggled.connect(self._on_naming)
        self.naming.setToolTip(self.tr("The class of what lies in the frame drawn in the middle, as one looks"))
        self._show_nothing()
        self._say(self.tr("Every frame you take becomes a photo of this folder."))

    def _say(self, text: str, colour: str = "muted") -> None:
        self.says.setText(text)
        self.says.setStyleSheet(f"color: {getattr(self._look.colours, colour)};")

    def _show_nothing(self) -> None:
        self.picture.setText(self.tr("Choose a video file, or connect a camera."))
        self.place.clear()

    def _enable(self) -> None:
        there, live = self._frames is not None, self._frames is not None and self._frames.live
        self.take.setEnabled(self._frame is not None)
        lead(self.take if there else self.video, self.video, self.take)
        self.play.setEnabled(there and not live)
        self.slider.setEnabled(there and not live)
        first = self.tr("Choose a video file, or connect a camera.")
        by_itself = self.tr("A camera goes on by itself") if live else ""
        for one, tip in ((self.take, ""), (self.play, by_itself), (self.slider, by_itself)):
            one.setToolTip(tip if there else first)

    # --- source ------------------------------------------------------------------------------------------------

    def _choose(self) -> None:
        kinds = " ".join(f"*{one}" for one in EXTENSIONS)
        chosen, _ = QFileDialog.getOpenFileName(self, self.tr("Video file…"), "", f"{self.tr('Video')} ({kinds})")
        if chosen:
            self.open_source(Path(chosen))

    def open_source(self, source: Path | int) -> None:
        """A video file, or a camera by its number."""
        self._stop()
        self._say(self.tr("Opening…"))
        self._lane.submit("frames", lambda: Frames(source), self._on_open, self._on_failed, priority=1)

    def _on_open(self, frames: Frames) -> None:
        self._frames = frames
        self._say("")
        self.slider.blockSignals(True)
        self.slider.setRange(0, max(frames.count - 1, 0))
        self.slider.setValue(0)
        self.slider.blockSignals(False)
        self._at = 0
        self._enable()
        self.slider.setFocus()  # the arrow keys go from frame to frame
        if frames.live:
            self._clock.start(_LIVE_MS)
        self._read(0)

    def _on_failed(self, error: Exception) -> None:
        self._reading = False
        self._clock.stop()
        if self._frames is None:
            self._show_nothing()  # rather than a frame of the source before
        # What was foreseen says all in one sentence; its headline is about photos.
        self._say(facts(error) if isinstance(error, SscError) else of_error(error).detail, "danger")

    def _seek(self, at: int) -> None:
        if at != self._at:
            self._read(at)

    def _on_play(self, on: bool) -> None:
        text = self.tr("Pause  ({key})") if on else self.tr("Play  ({key})")
        self.play.setText(text.format(key=native("P")))
        self.play.setShortcut(Qt.Key.Key_P)  # goes with the text
        if on:
            if self._frames is not None and self._at >= self._frames.count - 1:
                self._at = -1  # from the end it begins anew
            self._clock.start(_PLAY_MS)
        elif self._frames is not None and not self._frames.live:
            self._clock.stop()

    def _tick(self) -> None:
        if not self._reading:
            self._read(self._at + 1)

    def _read(self, at: int) -> None:
        frames = self._frames
        if frames is None:
            return
        self._reading = True

        def work() -> ByteArray | None:
            return frames.read(None if frames.live else at)

        self._lane.submit("frame", work, lambda rgb: self._on_frame(at, rgb), self._on_failed, priority=1)

    def _on_frame(self, at: int, rgb: ByteArray | None) -> None:
        self._reading = False
        if rgb is None:  # the end
            self.play.setChecked(False)
            return
        self._frame, self._at = rgb, at
        self.slider.blockSignals(True)
        self.slider.setValue(at)
        self.slider.blockSignals(False)
        frames = self._frames
        if frames is not None and not frames.live:
            seconds = f"  {at / frames.fps:.1f} s" if frames.fps else ""
            self.place.setText(f"{at + 1} / {frames.count}{seconds}")
        self._show()
        self._enable()
        if self.naming.isChecked():
            self._name(rgb)

    def _show(self) -> None:
        if self._frame is None:
            return
        height, width = self._frame.shape[:2]
        image = QImage(self._frame.data, width, height, 3 * width, QImage.Format.Format_RGB888)
        room, ratio = self.picture.size(), self.devicePixelRatioF()
        shown = QPixmap.fromImage(image).scaled(
            room * ratio, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        if self.naming.isChecked():
            scale, middle = shown.height() / height, QRectF(*self._middle())
            painter = QPainter(shown)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            frame = QRectF(middle.topLeft() * scale, middle.size() * scale)
            for colour, thick in ((QColor(0, 0, 0, 150), 4 * ratio), (QColor("white"), 2 * ratio)):
                painter.setPen(QPen(colour, thick))
                painter.drawRect(frame)
            painter.end()
        shown.setDevicePixelRatio(ratio)
        if self.naming.isChecked() and self._named is not None:
            at = QRectF(middle.topLeft() * scale / ratio, middle.size() * scale / ratio)
            self._draw_name(shown, at, *self._named)
        self.picture.setPixmap(shown)

    def _draw_name(self, shown: QPixmap, box: QRectF, text: str, colour: str) -> None:
        """Above the box, where one looks anyway."""
        font, metrics = rows.font_like(self.font(), side=15, strong=True)
        tag = QRectF(0, 0, metrics.horizontalAdvance(text) + 38, 28)
        tag.moveBottomLeft(box.topLeft() - QPointF(0, 6))
        painter = QPainter(shown)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(15, 17, 21, 225))
        painter.drawRoundedRect(tag, 6, 6)
        rows.draw_swatch(painter, colour, tag.x() + 10, tag.center().y())
        painter.setFont(font)
        painter.setPen(QColor("white"))
        painter.drawText(tag.adjusted(28, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, text)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        super().resizeEvent(event)
        self._show()

    def _middle(self) -> tuple[int, int, int, int]:
        """Left, top, width and height of the box that is named, px of the frame."""
        height, width = self._frame.shape[:2] if self._frame is not None else (1, 1)
        side = max(int(_MIDDLE * min(height, width)), 1)
        return (width - side) // 2, (height - side) // 2, side, side

    # --- naming and taking -------------------------------------------------------------------------------------

    def _on_naming(self, on: bool) -> None:
        """At once, also while the video stands still."""
        self._named = None
        self._show()
        if on and self._frame is not None:
            self._name(self._frame)

    def _name(self, rgb: ByteArray) -> None:
        """Classify the middle of the frame on the model lane; the latest frame wins."""
        classifier, labels = self._assistant.namer, self._session.labels
        if classifier is None:
            self._say(
                self.tr("No model in use knows the classes of this folder. Choose one under Tools, Models…."), "warn"
            )
            return
        left, top, side, _ = self._middle()
        box = Mask(np.ones((side, side), np.bool_), left, top)

        def work() -> Scores:
            return classifier.scores([images.crop(rgb, box, "tight")], labels)[0]

        def done(scores: Scores) -> None:
            if self._frames is None or not self.naming.isChecked():
                return
            value, lang = float(scores.values[0]), self._look.lang
            sure = value >= self._settings.get("unknown_below")
            said = "{name}  {value}" if sure else self.tr("unknown: {name} only {value}")
            text = said.format(name=rows.name_of(labels, scores.best, lang), value=rows.percent(value))
            self._named = text, rows.colour_of(labels, scores.best if sure else UNKNOWN)
            self.picture.setAccessibleDescription(text)
            self._show()

        self._assistant.lane.submit("live", work, done, priority=7)

    def _take(self) -> None:
        project, frames, rgb = self._session.project, self._frames, self._frame
        if project is None or frames is None or rgb is None:
            return
        number = len(self.taken) + 1 if frames.live else self._at + 1
        name = frame_name(frames.source, number, {*self._session.images, *self.taken})
        self.taken.append(name)

        def work() -> list[str]:
            images.write_image(project.photos / name, rgb)
            return project.images()

        def done(listed: list[str]) -> None:
            if project is self._session.project:
                self._session.relist(listed, go=name)
            if isValid(self):  # it may have been closed meanwhile
                said = self.tr("Taken: {name} (frames so far: {n})")
                self._say(said.format(name=name, n=len(self.taken)), "ok")

        def failed(error: Exception) -> None:
            if isValid(self):
                self.taken.remove(name)
                self._on_failed(error)

        self._lane.submit(("take", name), work, done, failed, priority=0, always=True)

    def _stop(self) -> None:
        self._clock.stop()
        self.play.setChecked(False)
        frames, self._frames, self._frame, self._named = self._frames, None, None, None
        for key in ("frames", "frame"):
            self._lane.cancel(key)
        self._assistant.lane.cancel("live")
        self._reading = False
        self._enable()
        if frames is not None:
            self._lane.submit(("close", id(frames)), frames.close, priority=0, always=True)

    def done(self, result: int) -> None:
        """By whatever way it is closed; Esc sends no close event."""
        self._stop()
        super().done(result)
