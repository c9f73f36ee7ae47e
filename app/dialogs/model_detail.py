"""One model in full: what it is good for, what may be done with it, and how it gets onto a computer without network."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QCheckBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app import model_words
from app.stock import Row, Work
from sscore import paths
from sscore.types import ModelCard


class ModelDetail(QWidget):
    """Shows a row of the stock; `wanted` names what the user asks for: use, download, stop, verify or remove."""

    wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown = ""
        self.title = QLabel()
        self.title.setProperty("role", "heading")
        self.good_for = QLabel(wordWrap=True)
        self.good_for.setStyleSheet("font-size: 14px;")
        self._names, self._values = {}, {}
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(7)
        for key in ("does", "place", "size", "licence"):
            name, value = QLabel(), QLabel(wordWrap=True)
            name.setProperty("role", "muted")
            self._names[key], self._values[key] = name, value
            form.addRow(name, value)
        self.accept = QCheckBox()
        self.accept.toggled.connect(self._enable)
        self.use, self.download, self.stop, self.verify, self.remove = (QPushButton() for _ in range(5))
        for button in (self.use, self.download):
            button.setProperty("primary", "true")
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for verb in ("use", "download", "stop", "verify", "remove"):
            button = getattr(self, verb)
            button.setAutoDefault(False)
            button.clicked.connect(lambda _on=False, v=verb: self.wanted.emit(v))
            buttons.addWidget(button)
        buttons.addStretch()
        self.bar = QProgressBar(textVisible=False)
        self.bar.setObjectName("work")
        self.progress = QLabel()
        self.progress.setProperty("role", "muted")
        self.offline = self._build_offline()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.title)
        column.addWidget(self.good_for)
        column.addLayout(form)
        column.addWidget(self.accept)
        column.addLayout(buttons)
        column.addWidget(self.bar)
        column.addWidget(self.progress)
        column.addStretch()
        column.addWidget(self.offline)

    def _build_offline(self) -> QFrame:
        card = QFrame()
        card.setObjectName("card")
        self._offline_title, self._offline_steps = QLabel(), QLabel(wordWrap=True)
        self._offline_title.setProperty("role", "title")
        self._offline_steps.setProperty("role", "muted")
        self._offline_steps.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.url = QLineEdit(readOnly=True)
        self.copy = QPushButton()
        self.copy.setAutoDefault(False)
        self.copy.clicked.connect(self._copy)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.url, 1)
        line.addWidget(self.copy)
        column = QVBoxLayout(card)
        column.setContentsMargins(14, 12, 14, 14)
        column.setSpacing(8)
        column.addWidget(self._offline_title)
        column.addLayout(line)
        column.addWidget(self._offline_steps)
        return card

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.url.text())
        self.copy.setText(self.tr("Copied"))

    def _licence(self, card: ModelCard) -> str:
        """Its name as it is, what is said about it in the user's language."""
        said = {
            "(code; nothing separate is said of the weights)": self.tr(
                "(code; nothing separate is said of the weights)"
            ),
            "(non-commercial use only)": self.tr("(non-commercial use only)"),
        }
        text = card.licence or self.tr("not known")
        for written, words in said.items():
            text = text.replace(written, words)
        return text

    def show_row(self, row: Row | None, work: Work | None, *, used: bool, loading: bool, damaged: bool) -> None:
        """used: this model works now; loading: it is on its way; damaged: its file was found to be."""
        self.setVisible(row is not None)
        if row is None:
            return
        card, place = row.card, row.state.place
        fresh, self._shown = self._shown != card.id, card.id
        self.title.setText(card.id)
        self.good_for.setText(model_words.good_for(card))
        segments = card.kind == "segmenter"
        values = {
            "does": self.tr("draws masks") if segments else self.tr("names classes"),
            "place": self.tr("in use") if used else model_words.place(row),
            "size": model_words.size(row.state.bytes) if card.file else self.tr("no file"),
            "licence": self._licence(card),
        }
        names = {
            "does": self.tr("Task"),
            "place": self.tr("Place"),
            "size": self.tr("Size"),
            "licence": self.tr("Licence"),
        }
        for key, value in values.items():
            self._names[key].setText(names[key])
            self._values[key].setText(value or self.tr("not known"))
        self._values["place"].setToolTip(str(row.state.path or ""))
        self.accept.setText(self.tr("My use is not commercial, and I accept this licence"))
        self.accept.setVisible(card.noncommercial and (not row.here or damaged))
        if fresh:
            self.accept.setChecked(False)
        own = place in ("installed", "started")
        self.use.setText(self.tr("Loading…") if loading else self.tr("Use"))
        self.use.setVisible(row.here and not damaged)
        self.use.setEnabled(not used and not loading)
        self.use.setToolTip(self.tr("It is in use") if used else "")
        words = {"started": self.tr("Go on downloading"), "installed": self.tr("Download again")}
        self.download.setText(words.get(place, self.tr("Download")))
        self.download.setVisible(bool(card.urls) and (not row.here or damaged) and work is None)
        self.stop.setText(self.tr("Stop"))
        self.stop.setVisible(work is not None)
        self.verify.setText(self.tr("Check the file"))
        self.verify.setVisible(bool(card.file) and row.here and work is None)
        self.remove.setText(self.tr("Remove…"))
        self.remove.setVisible((own or place == "missing") and work is None)
        self.remove.setEnabled(not used and not loading)
        self.remove.setToolTip(self.tr("Choose another model first") if used or loading else "")
        self._show_offline(row, fresh=fresh)
        self.show_work(work)
        self._enable()

    def show_work(self, work: Work | None) -> None:
        self.bar.setVisible(work is not None)
        self.progress.setVisible(work is not None)
        if work is not None:
            self.bar.setRange(0, 1000 if work.total else 0)
            self.bar.setValue(round(1000 * work.done / work.total) if work.total else 0)
            self.progress.setText(model_words.progress(work))

    def _show_offline(self, row: Row, *, fresh: bool) -> None:
        card = row.card
        self.offline.setVisible(bool(card.file) and not row.here)
        self._offline_title.setText(self.tr("Without a network"))
        url = card.urls[0] if card.urls else ""
        for widget in (self.url, self.copy):
            widget.setVisible(bool(url))
        self.url.setAccessibleName(self.tr("Address of the file"))
        if fresh:
            self.url.setText(url)
            self.url.setCursorPosition(0)
            self.copy.setText(self.tr("Copy"))
        folder = str(paths.user_weights())
        steps = self.tr(
            "Download the file on another computer, carry it here and drop it on this window. Or put it into this "
            "folder under the name {file}:\n{folder}"
        )
        self._offline_steps.setText(steps.format(file=card.file, folder=folder))

    def _enable(self) -> None:
        self.download.setEnabled(self.accept.isHidden() or self.accept.isChecked())
