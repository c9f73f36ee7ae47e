"""The line at the foot: place and zoom, the model's speed, whether everything is saved."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStatusBar, QWidget

from app import rows
from app.assistant import Assistant
from app.look import Look

_SLOW_MS = 300  # saves quicker than this are not worth a flicker


class StatusLine(QStatusBar):
    def __init__(self, assistant: Assistant, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._assistant, self._look = assistant, look
        self._saving = "saved"
        self._slow = QTimer(self, singleShot=True, interval=_SLOW_MS)
        self._slow.timeout.connect(lambda: self._say_saving("saving"))
        self.setSizeGripEnabled(False)
        self._place, self._zoom, self._model, self._saved = (QLabel() for _ in range(4))
        self._dot = QLabel()
        self.addWidget(self._place)
        self.addWidget(self._zoom)
        # As these change with every move of the mouse, they keep their size: a new one lays out the whole line.
        for label, width, longest in ((self._place, 110, "9999, 9999 px"), (self._zoom, 64, "6400 %")):
            label.setText(longest)
            label.setFixedSize(max(width, label.sizeHint().width()), label.sizeHint().height())
            label.setText("")
        self.addPermanentWidget(self._model)
        state = QWidget()
        line = QHBoxLayout(state)
        line.setContentsMargins(6, 0, 8, 0)
        line.setSpacing(0)
        line.addWidget(self._dot)
        line.addWidget(self._saved)
        self.addPermanentWidget(state)
        assistant.models_changed.connect(self.refresh)
        assistant.proposed.connect(lambda _proposal: self.refresh())
        look.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        segmenter = self._assistant.segmenter
        if self._assistant.loading:
            self._model.setText(self.tr("Loading models…"))
        elif segmenter is None:
            self._model.setText(self.tr("No model"))
        else:
            seconds = self._assistant.seconds
            took = f"  {rows.time(sum(seconds.values()))}" if seconds else ""
            self._model.setText(segmenter.card.id + took)
        self._model.setToolTip(self.tr("Model that draws masks, and its time for the last prompt"))
        self._say_saving(self._saving)

    def show_pointer(self, at: tuple[int, int] | None) -> None:
        """at: image px, or None outside the photo."""
        self._place.setText(f"{at[0]}, {at[1]} px" if at else "")

    def show_zoom(self, scale: float) -> None:
        self._zoom.setText(f"{scale * 100:.0f} %")

    def show_saving(self, state: str) -> None:
        """state: "saved", "saving" or "failed"."""
        if state != "saving":
            self._slow.stop()
            if state != self._saving:
                self._say_saving(state)
        elif not self._slow.isActive():
            self._slow.start()

    def _say_saving(self, state: str) -> None:
        self._saving = state
        words = {"saved": self.tr("All saved"), "saving": self.tr("Saving…"), "failed": self.tr("Not saved")}
        icon, colour = {"saved": ("done", "ok"), "saving": ("save", "muted"), "failed": ("warning", "danger")}[state]
        self._saved.setText(words[state])
        self._dot.setPixmap(self._look.pixmap(icon, colour, 16))

    def explain_saving(self, why: str) -> None:
        """why saving fails at present, "" when it does not; also for who has closed the message."""
        for part in (self._saved, self._dot):
            part.setToolTip(why)
