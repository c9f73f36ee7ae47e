"""The model manager: which models there are, which are here, and everything that can be done with their files."""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QInputDialog,
    QLabel,
    QMessageBox,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app import model_words
from app.assistant import Assistant
from app.dialogs.model_detail import ModelDetail
from app.dialogs.model_list import ModelList
from app.look import Look
from app.notices import Kind
from app.on_screen import open_at
from app.stock import WEIGHT_SUFFIXES, Outcome, Stock, Work
from sscore.errors import Cancelled, SscError

_COLOURS = {"done": "ok", "error": "danger", "info": "muted", "warning": "warn"}


class ModelsDialog(QDialog):
    """List at the left, the model in hand at the right, the last message below. Closing it stops nothing."""

    def __init__(self, stock: Stock, assistant: Assistant, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stock, self._assistant, self._look = stock, assistant, look
        self._wanted_id = ""
        self._own_name_for, self._own_name_of = Path(), ""
        self.setWindowTitle(self.tr("Models"))
        self.setAcceptDrops(True)
        open_at(self, 900, 640)
        self.list = ModelList(stock, look)
        self.list.setAccessibleName(self.tr("Models"))
        self.list.setFixedWidth(270)
        self.detail = ModelDetail()
        tip = QLabel(self.tr("With every model, a box and a point together are the surest prompt."))
        tip.setProperty("role", "muted")
        self.headline, self.explanation = QLabel(wordWrap=True), QLabel(wordWrap=True)
        self.explanation.setProperty("role", "muted")
        self.explanation.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.own_name = QPushButton(self.tr("Add it under a name of its own…"))
        self.own_name.setProperty("primary", "true")
        self.bar = QProgressBar(textVisible=False)
        self.bar.setObjectName("work")
        self.halt = QPushButton(self.tr("Stop"))
        self.add, self.unpack, self.pack, close = (
            QPushButton(text)
            for text in (self.tr("Add a file…"), self.tr("Unpack…"), self.tr("Pack…"), self.tr("Close"))
        )
        self.add.setToolTip(self.tr("A checkpoint you have. Its contents tell which model it is. Or drop it here."))
        self.unpack.setToolTip(self.tr("Take the models of a pack, from a USB stick for instance."))
        self.pack.setToolTip(self.tr("Write the selected models into one file for a USB stick. Ctrl selects several."))
        for button, run in (
            (self.own_name, self._ask_own_name),
            (self.halt, self._halt),
            (self.add, self._choose_file),
            (self.unpack, self._choose_pack),
            (self.pack, self._choose_target),
            (close, self.close),
        ):
            button.setAutoDefault(False)
            button.clicked.connect(lambda _on=False, r=run: r())
        right = QVBoxLayout()
        right.setContentsMargins(6, 4, 4, 0)
        right.setSpacing(12)
        right.addWidget(self.detail, 1)
        upper = QHBoxLayout()
        upper.setSpacing(18)
        upper.addWidget(self.list)
        upper.addLayout(right, 1)
        lower = QHBoxLayout()
        lower.setSpacing(8)
        for button in (self.add, self.unpack, self.pack):
            lower.addWidget(button)
        lower.addStretch()
        lower.addWidget(close)
        words = QHBoxLayout()
        words.addWidget(self.explanation, 1)
        words.addWidget(self.own_name, 0, Qt.AlignmentFlag.AlignTop)
        way = QHBoxLayout()
        way.setSpacing(12)
        way.addWidget(self.bar, 1)
        way.addWidget(self.halt)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 16)
        column.setSpacing(12)
        column.addWidget(tip)
        column.addLayout(upper, 1)
        said = QVBoxLayout()
        said.setSpacing(3)
        said.addWidget(self.headline)
        said.addLayout(words)
        said.addLayout(way)
        column.addLayout(said)
        column.addLayout(lower)
        self._say("info", "")
        self.list.current_changed.connect(self._on_row)
        self.list.itemSelectionChanged.connect(self._enable)
        self.detail.wanted.connect(self._do)
        stock.changed.connect(self.refresh)
        stock.progressed.connect(self._on_progress)
        stock.ended.connect(self._on_end)
        assistant.models_changed.connect(self.refresh)
        assistant.load_failed.connect(self._on_load_failed)
        self.refresh()
        stock.refresh()

    # --- what is shown -----------------------------------------------------------------------------------------

    def go(self, model_id: str) -> None:
        """The row in hand, now or as soon as the rows are known."""
        self._wanted_id = model_id
        self.refresh()

    def refresh(self) -> None:
        used = frozenset(m.card.id for m in (self._assistant.segmenter, self._assistant.classifier) if m is not None)
        self.list.show_rows(used)
        if self._wanted_id and self._stock.row(self._wanted_id):
            self.list.go(self._wanted_id)
            self._wanted_id = ""
        elif self.list.currentItem() is None:
            self.list.go(self._assistant.present("segmenter"))
        self._show_detail()
        self._show_way()
        self._enable()

    def _show_way(self) -> None:
        """How far a file is that no row shows."""
        work = self._stock.carrying
        for widget in (self.bar, self.halt):
            widget.setVisible(work is not None)
        if work is not None:
            self.bar.setRange(0, 1000 if work.total else 0)
            self.bar.setValue(round(1000 * work.done / work.total) if work.total else 0)

    def _halt(self) -> None:
        if (work := self._stock.carrying) is not None:
            self._stock.stop(work.subject)
            self._say("info", self.tr("Stopped."))

    def _on_row(self, _model_id: str) -> None:
        self._show_detail()

    def _show_detail(self) -> None:
        row = self._stock.row(self.list.current_id)
        name = row.card.id if row else ""
        loading = name in self._assistant.loading.values()
        self.detail.show_row(
            row,
            self._stock.work_on(name),
            used=name in self.list.in_use,
            loading=loading,
            damaged=name in self._stock.damaged,
        )

    def _enable(self) -> None:
        self.pack.setEnabled(any(row.state.place == "installed" for row in self.list.chosen))

    def _say(self, kind: Kind, text: str, detail: str = "", *, own_name: bool = False) -> None:
        self.headline.setText(text)
        self.headline.setStyleSheet(f"font-weight: 600; color: {getattr(self._look.colours, _COLOURS[kind])};")
        self.headline.setVisible(bool(text))
        self.explanation.setText(detail)
        self.explanation.setVisible(bool(detail))
        self.own_name.setVisible(own_name)

    # --- what the user asks for --------------------------------------------------------------------------------

    def _do(self, verb: str) -> None:
        row = self._stock.row(self.list.current_id)
        if row is None:
            return
        self._say("info", "")
        if verb == "use":
            self._assistant.load(row.card.kind, row.card.id)
        elif verb == "download":
            self._stock.download(row.card)
        elif verb == "stop":
            self._stock.stop(row.card.id)
        elif verb == "verify":
            self._stock.verify(row.card)
        elif verb == "remove" and self._sure(row.card.id, model_words.size(row.state.bytes)):
            self._stock.remove(row.card)

    def _sure(self, name: str, size: str) -> bool:
        box = QMessageBox(self)
        box.setIcon(QMessageBox.Icon.Question)
        box.setText(self.tr("Remove {name} from this computer?").format(name=name))
        box.setInformativeText(
            self.tr("{size} become free. What it has annotated stays.").format(size=size)
            if size
            else self.tr("What it has annotated stays.")
        )
        keep = box.addButton(self.tr("Keep"), QMessageBox.ButtonRole.RejectRole)
        remove = box.addButton(self.tr("Remove"), QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(keep)
        box.exec()
        return box.clickedButton() is remove

    def _choose_file(self) -> None:
        kinds = self.tr("Checkpoints") + " (" + " ".join(f"*{suffix}" for suffix in WEIGHT_SUFFIXES) + ")"
        files, _ = QFileDialog.getOpenFileNames(self, self.tr("Add a file"), "", kinds)
        for file in files:
            self.add_file(Path(file))

    def add_file(self, file: Path, as_id: str = "") -> None:
        """Take in a checkpoint, or a pack of them (.zip)."""
        self._say("info", self.tr("Reading {file}…").format(file=file.name))
        if file.suffix.lower() == ".zip":
            self._stock.unpack(file)
        else:
            self._stock.add(file, as_id)

    def _ask_own_name(self) -> None:
        file = self._own_name_for
        name, sure = QInputDialog.getText(
            self,
            self.tr("A model of your own"),
            self.tr("Its name, of letters, digits, - and .:"),
            text=self._free_name(f"{self._own_name_of or file.stem.replace(' ', '-')}-own"),
        )
        if sure and name.strip():
            self.add_file(file, name.strip())

    def _free_name(self, name: str) -> str:
        """The name, or the first of NAME-2, NAME-3 … that no model has."""
        number, tried = 1, name
        while self._stock.row(tried):
            number += 1
            tried = f"{name}-{number}"
        return tried

    def _choose_pack(self) -> None:
        file, _ = QFileDialog.getOpenFileName(self, self.tr("Unpack"), "", self.tr("Packs of models") + " (*.zip)")
        if file:
            self.add_file(Path(file))

    def _choose_target(self) -> None:
        cards = [row.card for row in self.list.chosen if row.state.place == "installed"]
        kinds = self.tr("Packs of models") + " (*.zip)"
        file, _ = QFileDialog.getSaveFileName(self, self.tr("Pack"), "models.zip", kinds)
        if file:
            self._say("info", self.tr("Packing {n} models…").format(n=len(cards)))
            self._stock.pack(cards, Path(file))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 (Qt's name)
        if weight_files(event, also=(".zip",)):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        for file in weight_files(event, also=(".zip",)):
            self.add_file(file)

    # --- what became of it -------------------------------------------------------------------------------------

    def _on_progress(self, work: Work) -> None:
        self.list.viewport().update()
        if work.subject == self.list.current_id:
            self.detail.show_work(work)
        elif work.verb in ("add", "pack", "unpack"):
            self._say("info", model_words.progress(work))
            self._show_way()

    def _on_end(self, outcome: Outcome) -> None:
        error = outcome.error
        if isinstance(error, Cancelled):
            self._say(
                "info",
                self.tr("Stopped. What has come so far is kept.")
                if outcome.verb == "download"
                else self.tr("Stopped."),
            )
        elif error is not None:
            subject = Path(outcome.subject).name if outcome.verb in ("add", "pack", "unpack") else outcome.subject
            if outcome.verb == "add" and isinstance(error, SscError) and model_words.wants_own_name(error):
                self._offer_own_name(Path(outcome.subject), error)
                return
            text, detail = model_words.trouble(error)
            # Instead of a name that cannot be taken, another one can be given at once.
            own_name = outcome.verb == "add" and Path(outcome.subject) == self._own_name_for
            self._say("error", f"{subject}: {text}" if subject else text, detail, own_name=own_name)
        else:
            self._tell_done(outcome)

    def _offer_own_name(self, file: Path, error: SscError) -> None:
        """The file has the structure of a known model and is another one: no mistake, if it is meant so."""
        named = re.search(r"'([^']+)'", error.problem)
        self._own_name_for, self._own_name_of = file, named[1] if named else ""
        text = self.tr("{file} has the structure of {model}, but is not its official file")
        detail = self.tr(
            "Fine-tuned, perhaps: under a name of its own it can be used. If it should be the official one, download "
            "that again."
        )
        self._say("warning", text.format(file=file.name, model=self._own_name_of), detail, own_name=True)
        self.go(self._own_name_of)

    def _tell_done(self, outcome: Outcome) -> None:
        name, detail = outcome.subject, ""
        if outcome.verb in ("download", "add"):
            name = outcome.result.card.id
            text = self.tr("{name} is on this computer and can be used.").format(name=name)
            card = outcome.result.card
            if outcome.verb == "add" and card.noncommercial:
                detail = self.tr("Its licence forbids commercial use: {licence}").format(licence=card.licence)
            elif card.urls and outcome.result.against == "nothing":
                detail = self.tr("Nobody publishes a check sum for it; that of this file is recorded.")
            self._wanted_id = name
        elif outcome.verb == "verify":
            text = self.tr("{name} is whole.").format(name=name)
            if outcome.result.against == "nothing":
                detail = self.tr("Nobody publishes a check sum for it; that of this file is recorded.")
        elif outcome.verb == "remove":
            text = self.tr("{name} is removed.").format(name=name)
        elif outcome.verb == "pack":
            text = self.tr("Packed: {file}").format(file=outcome.result)
            detail = self.tr("On the other computer: Models, Unpack.")
        else:
            names = ", ".join(one.card.id for one in outcome.result)
            text = self.tr("Unpacked: {names}").format(names=names)
            self._wanted_id = outcome.result[0].card.id if outcome.result else ""
        self._say("done", text, detail)

    def _on_load_failed(self, kind: str, model_id: str, error: Exception) -> None:
        present = self._assistant.present(kind)
        self._say("error", *model_words.load_trouble(error, model_id, present))


def weight_files(event: QDragEnterEvent | QDropEvent, also: tuple[str, ...] = ()) -> list[Path]:
    """The dropped files that look like checkpoints by their names."""
    files = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
    return [file for file in files if file.suffix.lower() in (*WEIGHT_SUFFIXES, *also) and file.is_file()]
