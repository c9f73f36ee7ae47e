"""A new project in one step: which photos, which classes, which models."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app import fit, model_words
from app.assistant import Assistant
from app.dialogs.says import fit_height
from app.jobs import Lane
from app.look import Look
from app.notices import facts, of_error
from app.stock import Stock
from sscore import images, labels
from sscore.errors import SscError
from sscore.labels import LabelSet
from sscore.project import Project

_OWN = "…"


class ProjectWizard(QDialog):
    """Says at once what it found in the folder; a folder that is a project already is simply opened."""

    def __init__(
        self,
        open_folder: Callable[[Path], None],
        assistant: Assistant,
        stock: Stock,
        disk: Lane,
        look: Look,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._open_folder, self._assistant, self._stock = open_folder, assistant, stock
        self._disk, self._look = disk, look
        self._exists = False
        self._found: LabelSet | None = None  # of a folder that is a project already
        self.setWindowTitle(self.tr("New project"))
        self.setMinimumWidth(580)
        self.folder = QLineEdit()
        self.folder.setPlaceholderText(self.tr("The folder that holds the photos"))
        self.folder.setAccessibleName(self.tr("Photos"))
        choose = QPushButton(self.tr("Choose…"))
        choose.setAutoDefault(False)
        choose.clicked.connect(self._choose)
        folder_row = QHBoxLayout()
        folder_row.setSpacing(8)
        folder_row.addWidget(self.folder, 1)
        folder_row.addWidget(choose)
        self.labels = QComboBox()
        self.labels.setAccessibleName(self.tr("Classes"))
        for key in sorted(labels.available(), key=lambda one: one != "scrap_shapes"):
            found = labels.load(key)
            self.labels.addItem(found.zh if look.lang == "zh" else found.en, key)
        self.labels.addItem(self.tr("A file of your own (.toml)…"), _OWN)
        self.labels.activated.connect(self._on_labels)
        self.names = QLabel(wordWrap=True)
        self.names.setProperty("role", "muted")
        self.models = {kind: QComboBox() for kind in ("segmenter", "classifier")}
        for kind, box in self.models.items():
            for card in assistant.cards:
                if card.kind == kind:
                    row = stock.row(card.id)
                    here = row is None or row.here
                    box.addItem(card.id if here else f"{card.id}  –  {model_words.place(row)}", card.id)
            box.activated.connect(self._show_fit)
            box.setCurrentIndex(max(box.findData(assistant.present(kind)), 0))
        self.models["segmenter"].setAccessibleName(self.tr("Model for masks"))
        self.models["classifier"].setAccessibleName(self.tr("Model for classes"))
        self.fits = QLabel(wordWrap=True)
        self.says = QLabel(wordWrap=True)
        form = QFormLayout()
        form.setHorizontalSpacing(18)
        form.setVerticalSpacing(12)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignRight)
        form.addRow(self.tr("Photos"), folder_row)
        form.addRow(self.tr("Classes"), self.labels)
        form.addRow("", self.names)
        form.addRow(self.tr("Model for masks"), self.models["segmenter"])
        form.addRow(self.tr("Model for classes"), self.models["classifier"])
        form.addRow("", self.fits)
        self.create = QPushButton(self.tr("Create and open"))
        self.create.setDefault(True)
        self.create.setMinimumWidth(150)
        self.create.setEnabled(False)
        self.create.clicked.connect(self._create)
        cancel = QPushButton(self.tr("Cancel"))
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addStretch()
        foot.addWidget(cancel)
        foot.addWidget(self.create)
        column = QVBoxLayout(self)
        column.setContentsMargins(22, 20, 22, 18)
        column.setSpacing(14)
        column.addLayout(form)
        column.addWidget(self.says)
        column.addLayout(foot)
        self.folder.textChanged.connect(lambda _text: self._look_into())
        self._show_names()
        self._say_promise()

    # --- what is chosen ----------------------------------------------------------------------------------------

    def _choose(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, self.tr("The folder that holds the photos"), self.folder.text())
        if chosen:
            self.folder.setText(chosen)

    def _on_labels(self) -> None:
        if self.labels.currentData() == _OWN:
            title = self.tr("A file of your own (.toml)…")
            chosen, _ = QFileDialog.getOpenFileName(self, title, self.folder.text(), "TOML (*.toml)")
            self.set_own_labels(Path(chosen) if chosen else None)
        self._show_names()

    def set_own_labels(self, file: Path | None) -> None:
        """A label file becomes a choice of its own, if it is a good one."""
        self.labels.setCurrentIndex(0)
        if file is None:
            return
        try:
            found = labels.load(file)
        except SscError as error:
            self._say(facts(error), "danger")
            return
        self.labels.insertItem(0, found.zh if self._look.lang == "zh" else found.en, str(file))
        self.labels.setCurrentIndex(0)
        self._show_names()

    def _show_names(self) -> None:
        found = self._chosen
        self.names.setText(" · ".join(found.name(key, self._look.lang) for key in found.keys))
        self._show_fit()

    @property
    def _chosen(self) -> LabelSet:
        return self._found or labels.load(self.labels.currentData())

    def _show_fit(self) -> None:
        """Whether the models are here and the one for classes knows these, said before anything is made."""
        strangers = self._stock.strangers(self.models["classifier"].currentData(), self._chosen)
        said = [fit.advice(self._chosen, strangers, self._look.lang)] if strangers else []
        for kind, box in self.models.items():
            row = self._stock.row(box.currentData())
            if row is not None and not row.here:
                text = self.tr(
                    "{name} is not on this computer yet: get it under Tools, Models…. Until then {other} works."
                )
                said.append(text.format(name=box.currentData(), other=self._assistant.present(kind) or box.itemData(0)))
        text = "\n".join(said)
        self.fits.setText(text)
        self.fits.setStyleSheet(f"color: {self._look.colours.warn};")
        self.fits.setVisible(bool(text))
        QTimer.singleShot(0, self, self._fit)

    def _fit(self) -> None:
        """The names take the lines they need here; by itself the form leaves room for those of half the width."""
        self.names.setMaximumHeight(self.names.heightForWidth(self.names.width()))
        fit_height(self, shrink=True)

    def _look_into(self) -> None:
        """Count the photos on the disk lane: a shared drive may take its time."""
        folder = Path(self.folder.text().strip()).expanduser()
        self.create.setEnabled(False)
        self._disk.cancel("wizard")
        if self._found is not None:  # what was said of the folder before
            self._show_found(None)
        if not self.folder.text().strip():
            self._say_promise()
            return

        def work() -> tuple[int, LabelSet | None]:
            exists = (folder / "project.toml").exists() or (folder / "pages").is_dir()
            return len(images.list_images(folder)), Project.open(folder).labels if exists else None

        def done(found: tuple[int, LabelSet | None]) -> None:
            count, own = found
            self._show_found(own)
            self.create.setEnabled(count > 0)
            if not count:
                self._say(self.tr("There are no photos in this folder."), "warn")
            elif self._exists:
                self._say(self.tr("This is a project already, with its own classes: it will be opened."))
            else:
                self._say(self.tr("{n} photos found.").format(n=count), "ok")

        self._disk.submit("wizard", work, done, lambda error: self._say(facts(error), "danger"))

    def _show_found(self, own: LabelSet | None) -> None:
        """own: the classes of a folder that is a project already."""
        self._found, self._exists = own, own is not None
        self._show_names()
        self.create.setText(self.tr("Open") if self._exists else self.tr("Create and open"))
        self.labels.setEnabled(not self._exists)

    def _say_promise(self) -> None:
        self._say(self.tr("Nothing in the photos is ever changed. Annotations lie in the same folder."))

    def _say(self, text: str, colour: str = "muted") -> None:
        self.says.setText(text)
        why = text if self.folder.text().strip() else self.tr("Choose the folder that holds the photos first")
        self.create.setToolTip("" if self.create.isEnabled() else why)
        self.says.setStyleSheet(f"color: {getattr(self._look.colours, colour)};")

    # --- what is done ------------------------------------------------------------------------------------------

    def _create(self) -> None:
        folder, chosen = Path(self.folder.text().strip()).expanduser(), self.labels.currentData()
        self.create.setEnabled(False)

        def work() -> None:
            if not self._exists:
                Project.create(folder, chosen)

        self._disk.submit("wizard", work, lambda _done: self._open(folder), self._on_failed)

    def _open(self, folder: Path) -> None:
        for kind, box in self.models.items():
            if box.currentData() and box.currentData() != self._assistant.present(kind):
                self._assistant.load("segmenter" if kind == "segmenter" else "classifier", box.currentData())
        self.accept()
        self._open_folder(folder)

    def done(self, result: int) -> None:
        self._disk.cancel("wizard")
        super().done(result)

    def _on_failed(self, error: Exception) -> None:
        shown = of_error(error)
        self._say(self.tr("{what}. {detail}").format(what=shown.text, detail=shown.detail), "danger")
        self.create.setEnabled(True)
