"""Export the folder as one COCO file, and the report of what was written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from app.dialogs.says import beside_first
from app.jobs import Lane
from app.look import Look
from app.notices import of_error
from app.session import Session
from sscore.coco import ExportOptions, ExportReport
from sscore.errors import Cancelled
from sscore.types import STATUSES

_NAME = "coco.json"


class ExportDialog(QDialog):
    """Options above, report below. Writing runs on the disk lane after all saves; closing stops it."""

    progressed = Signal(int, int)

    def __init__(self, session: Session, disk: Lane, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        assert session.project is not None
        self._project, self._saver, self._disk, self._look = session.project, session.saver, disk, look
        self._stopped = False
        self._running = False
        self._written = self._project.folder
        self.setWindowTitle(self.tr("Export COCO"))
        self.setMinimumWidth(560)

        self.path = QLineEdit(str(self._project.folder / _NAME))
        self.path.setAccessibleName(self.tr("File"))
        choose = QPushButton(self.tr("Choose…"))
        choose.setAutoDefault(False)
        choose.clicked.connect(self._choose)
        file_row = QHBoxLayout()
        file_row.setSpacing(8)
        file_row.addWidget(self.path, 1)
        file_row.addWidget(choose)

        self.rle = QRadioButton(self.tr("Exact masks (RLE)"))
        self.rle.setToolTip(self.tr("Every pixel is kept, with holes and separate parts."))
        self.rle.setChecked(True)
        self.polygon = QRadioButton(self.tr("Polygons"))
        self.polygon.setToolTip(
            self.tr("For programs that read outlines only. Holes cannot be kept; the report counts them.")
        )
        shape_row = QHBoxLayout()
        shape_row.setSpacing(18)
        shape_row.addWidget(self.rle)
        shape_row.addWidget(self.polygon)
        shape_row.addStretch()

        names = {
            "proposed": self.tr("Proposed"),
            "accepted": self.tr("Accepted"),
            "reviewed": self.tr("Reviewed"),
            "rejected": self.tr("Rejected"),
        }
        self.statuses = {status: QCheckBox(names[status]) for status in STATUSES}
        status_row = QHBoxLayout()
        status_row.setSpacing(18)
        for status, box in self.statuses.items():
            box.setChecked(status in ("accepted", "reviewed"))
            box.toggled.connect(self._show_ready)
            status_row.addWidget(box)
        status_row.addStretch()

        self.include_unknown = QCheckBox(self.tr("Objects of unknown class too, as a category of their own"))
        self.include_empty = QCheckBox(self.tr("List photos without objects too"))
        self.strict = QCheckBox(self.tr("Plain COCO only, without scores, prompts and authors"))
        extra = QVBoxLayout()
        extra.setSpacing(6)
        for box in (self.include_unknown, self.include_empty, self.strict):
            extra.addWidget(box)

        form = QFormLayout()
        form.setHorizontalSpacing(18)
        form.setVerticalSpacing(14)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignRight)
        form.addRow(self.tr("File"), file_row)
        form.addRow(self.tr("Masks as"), shape_row)
        form.addRow(self.tr("Objects"), status_row)
        form.addRow(self.tr("Also"), extra)
        beside_first(form, extra)

        self.bar = QProgressBar(textVisible=False)
        self.bar.setObjectName("work")
        self.bar.hide()
        self.verdict = QLabel(wordWrap=True)
        self.verdict.setProperty("role", "title")
        self.verdict.hide()
        self.report = QPlainTextEdit(readOnly=True)
        self.report.setAccessibleName(self.tr("Report"))
        self.report.setMinimumHeight(190)
        self.report.hide()

        self.start = QPushButton(self.tr("Export"))
        self.start.setDefault(True)
        self.start.clicked.connect(self._export)
        self.show_file = QPushButton(self.tr("Show the folder"))
        self.show_file.setAutoDefault(False)
        self.show_file.clicked.connect(self._show_folder)
        self.show_file.hide()
        close = QPushButton(self.tr("Close"))
        close.setAutoDefault(False)
        close.clicked.connect(self.close)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.show_file)
        buttons.addStretch()
        buttons.addWidget(close)
        buttons.addWidget(self.start)

        column = QVBoxLayout(self)
        column.setContentsMargins(22, 20, 22, 18)
        column.setSpacing(16)
        column.addLayout(form)
        column.addWidget(self.bar)
        column.addWidget(self.verdict)
        column.addWidget(self.report, 1)
        column.addLayout(buttons)
        self.progressed.connect(self._on_progress)

    def options(self) -> ExportOptions:
        return ExportOptions(
            segmentation="polygon" if self.polygon.isChecked() else "rle",
            include_unknown=self.include_unknown.isChecked(),
            include_empty=self.include_empty.isChecked(),
            strict=self.strict.isChecked(),
            statuses=tuple(status for status, box in self.statuses.items() if box.isChecked()),
        )

    def _show_ready(self) -> None:
        self.start.setEnabled(not self._running and any(box.isChecked() for box in self.statuses.values()))

    def _choose(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(self, self.tr("Export COCO"), self.path.text(), "COCO (*.json)")
        if chosen:
            self.path.setText(chosen)

    def _export(self) -> None:
        options, project = self.options(), self._project
        out = project.folder / Path(self.path.text().strip() or _NAME).expanduser()  # a mere name lies with the photos
        out = out if out.suffix else out.with_name(f"{out.name}.json")
        self.path.setText(str(out))
        self._running, self._stopped = True, False
        self._show_ready()
        self.bar.setRange(0, 0)
        self.bar.show()
        for widget in (self.verdict, self.report, self.show_file):
            widget.hide()
        progress = self._progress()

        def work() -> ExportReport:
            self._saver.settle()
            return project.export(out, options=options, progress=progress)

        self._disk.submit("export", work, self._on_done, self._on_failed)

    def _progress(self) -> Callable[[int, int], None]:
        def report(done: int, total: int) -> None:  # runs on the disk lane
            if self._stopped:
                raise Cancelled
            self.progressed.emit(done, total)

        return report

    def _on_progress(self, done: int, total: int) -> None:
        self.bar.setRange(0, max(total, 1))
        self.bar.setValue(done)

    def _on_done(self, report: ExportReport) -> None:
        left = sum(project is self._project for project, _page in self._saver.unsaved())
        if left:
            text = self.tr("Written, but without what is not saved yet, on photos: {n}. Export again when it is saved.")
            text = text.format(n=left)
        elif not report.instances:
            text = self.tr("There is no object in the file. Accept some, or choose other states above.")
        elif report.complete:
            text = self.tr("Written, read back and compared.")
        else:
            text = self.tr("Written, but see below.")
        self._written = report.path
        self.show_file.show()
        good = report.complete and report.instances and not left
        self._finish(text, report.text(self._look.lang), "ok" if good else "warn")

    def _show_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._written.parent)))

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, Cancelled):
            shown = of_error(error)
            self._finish(shown.text, shown.detail, "danger")

    def _finish(self, verdict: str, text: str, colour: str) -> None:
        self._running = False
        self._show_ready()
        self.bar.hide()
        self.verdict.setText(verdict)
        self.verdict.setStyleSheet(f"color: {getattr(self._look.colours, colour)};")
        self.verdict.show()
        self.report.setPlainText(text)
        self.report.show()
        self.adjustSize()

    def done(self, result: int) -> None:
        """By whatever way it is closed; Esc sends no close event."""
        self._stopped = True
        if self._running:
            self._disk.cancel("export")
        super().done(result)
