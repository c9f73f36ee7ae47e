"""Models measured against the objects that somebody has accepted; the report; the way to each object."""

from __future__ import annotations

import itertools
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QSpinBox,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app import rows
from app.child import ChildProcess
from app.dialogs.says import Says, beside_first, room
from app.index import Index
from app.jobs import Lane
from app.look import Look
from app.notices import in_words, of_error
from app.session import Session
from app.stock import Stock

_SHIFTS, _REPEATS = "0-10,10-20,20-30", 3
_TRUTH = ("accepted", "reviewed")
_SHOWN = 1000
_AROUND = 34  # px of a button beside its words

Weak = tuple[float, str, str, tuple[str, int], str]
"""DICE, segmenter, strategy, (photo, id), label."""


class EvaluateDialog(QDialog):
    """Options above, what was found below. The work is a process of its own; closing stops it, and it can go on later.

    jump: a photo and the id of an object on it.
    """

    jump = Signal(str, int)

    def __init__(
        self, session: Session, index: Index, stock: Stock, lane: Lane, look: Look, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        assert session.project is not None
        self._session, self._index, self._stock, self._lane, self._look = session, index, stock, lane, look
        self._project = session.project
        self._report: Path | None = None
        self._problems = 0
        self._stopped = False
        self._left = ""
        self.child = ChildProcess(self)
        self.child.event.connect(self._on_event)
        self.child.ended.connect(self._on_ended)
        self.setWindowTitle(self.tr("Evaluate models"))
        self.setMinimumWidth(640)
        self._build()
        self._list_models()
        stock.changed.connect(self._list_models)
        index.want()
        index.changed.connect(self._show_truth)
        self._show_truth()

    # --- building ----------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.truth = QLabel(wordWrap=True)
        self.segmenters: dict[str, QCheckBox] = {}
        self._models = self._grid(self.segmenters, (), columns=3)
        names = {
            "S2": self.tr("One point (S2)"),
            "S3": self.tr("Five points (S3)"),
            "S4": self.tr("Five points and five off it (S4)"),
            "S5": self.tr("A box (S5)"),
            "S6": self.tr("A box and a point (S6)"),
            "S1": self.tr("No prompt: find all (S1)"),
            "NoC": self.tr("Clicks until it fits"),
        }
        self.strategies = {key: QCheckBox(name) for key, name in names.items()}
        self.strategies["NoC"].setToolTip(self.tr("A simulated user clicks where most is wrong, 20 times at most."))
        prompts = self._grid(self.strategies, ("S2", "S5", "S6"), columns=2)

        self.careless = QCheckBox(self.tr("Also moved by up to 10, 20 and 30 px, as a careless hand would"))
        self.processes = QSpinBox()
        self.processes.setRange(0, max(os.cpu_count() or 1, 1))
        self.processes.setSpecialValueText(self.tr("as many as are sensible"))
        self.processes.lineEdit().setTextMargins(6, 0, 0, 0)
        self.processes.setToolTip(self.tr("More of them are faster and need more memory."))
        self.processes.setAccessibleName(self.tr("Processes"))
        self.folder = QLineEdit(str(self._project.folder.with_name(f"{self._project.folder.name}-evaluation")))
        self.folder.setAccessibleName(self.tr("Results in"))
        choose = QPushButton(self.tr("Choose…"))
        choose.setAutoDefault(False)
        choose.clicked.connect(self._choose)
        place_row = QHBoxLayout()
        place_row.setSpacing(8)
        place_row.addWidget(self.folder, 1)
        place_row.addWidget(choose)

        self.form = QWidget()
        form = QFormLayout(self.form)
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(18)
        form.setVerticalSpacing(9)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignRight)
        form.addRow(self.tr("Models"), self._models)
        form.addRow(self.tr("Prompts"), prompts)
        beside_first(form, prompts)
        form.addRow("", self.careless)
        form.addRow(self.tr("Processes"), self.processes)
        form.addRow(self.tr("Results in"), place_row)

        self.bar = QProgressBar(textVisible=False)
        self.bar.setObjectName("work")
        self.bar.hide()
        self.says = Says(self._look)
        self.caption = QLabel(self.tr("The weakest objects, each with its worst answer. Click one to see it."))
        self.caption.setProperty("role", "muted")
        self.caption.hide()
        self.weak = QTreeWidget()
        self.weak.setAccessibleName(self.tr("Objects, the weakest first"))
        self.weak.setRootIsDecorated(False)
        self.weak.header().setStretchLastSection(False)
        self.weak.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.weak.setUniformRowHeights(True)
        self.weak.setMinimumHeight(min(180, max(room(self) - 440, 90)))
        self.weak.setHeaderLabels(
            [self.tr("Photo"), self.tr("Class"), self.tr("Model"), self.tr("Prompt"), self.tr("DICE")]
        )
        self.weak.headerItem().setTextAlignment(4, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.weak.currentItemChanged.connect(lambda item, _before: self._go(item))
        self.weak.hide()

        self.open_report = QPushButton(self.tr("Open the report"))
        self.open_report.setAutoDefault(False)
        self.open_report.clicked.connect(self._open)
        self.open_report.hide()
        self.start = QPushButton()
        self.start.setDefault(True)
        self.start.clicked.connect(self._start_or_stop)
        close = QPushButton(self.tr("Close"))
        close.setAutoDefault(False)
        close.clicked.connect(self.close)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.open_report)
        buttons.addStretch()
        buttons.addWidget(close)
        buttons.addWidget(self.start)

        column = QVBoxLayout(self)
        column.setContentsMargins(22, 18, 22, 16)
        column.setSpacing(10)
        for widget in (self.truth, self.form, self.bar, self.says, self.caption):
            column.addWidget(widget)
        column.addWidget(self.weak, 1)
        column.addLayout(buttons)

    def _grid(self, boxes: Mapping[str, QCheckBox], chosen: Sequence[str], *, columns: int) -> QGridLayout:
        """The boxes in columns, some of them ticked."""
        grid = QGridLayout()
        grid.setHorizontalSpacing(18)
        for place, (key, box) in enumerate(boxes.items()):
            box.setChecked(key in chosen)
            box.toggled.connect(self._show_ready)
            grid.addWidget(box, place // columns, place % columns)
        return grid

    def _list_models(self) -> None:
        """Those that are on this computer, and come to it while the dialog is open."""
        for row in self._stock.rows:
            if row.card.kind == "segmenter" and row.here and row.card.id not in self.segmenters:
                place, box = len(self.segmenters), QCheckBox(row.card.id)
                box.setChecked(not place)
                box.toggled.connect(self._show_ready)
                self._models.addWidget(box, place // 3, place % 3)
                self.segmenters[row.card.id] = box

    # --- what is asked -----------------------------------------------------------------------------------------

    @property
    def objects(self) -> int:
        """Accepted and reviewed ones of the project."""
        return sum(fact.status in _TRUTH for fact in self._index.facts())

    def _show_truth(self) -> None:
        if self._index.ready and not self.objects:
            text = self.tr("Accept some objects first: they are the truth that models are measured against.")
        elif self._index.ready:
            text = self.tr("Models are measured against accepted and reviewed objects: {n}.").format(n=self.objects)
        else:
            text = self.tr("Counting the objects…")
        self.truth.setText(text)
        self._show_ready()

    def chosen(self) -> tuple[list[str], list[str]]:
        """Ids of the models, keys of the strategies."""
        models, strategies = (
            [key for key, box in boxes.items() if box.isChecked()] for boxes in (self.segmenters, self.strategies)
        )
        return models, strategies

    def arguments(self) -> list[str]:
        """Of `ssc`."""
        models, strategies = self.chosen()
        words = ["evaluate", str(self._project.folder), "--segmenters", ",".join(models)]
        out = self._project.folder.parent / Path(self.folder.text().strip()).expanduser()
        words += ["--strategies", ",".join(strategies), "--out", str(out)]
        words += ["--workers", str(self.processes.value()), "--report"]
        return words + (["--shifts", _SHIFTS, "--repeats", str(_REPEATS)] if self.careless.isChecked() else [])

    def _show_ready(self) -> None:
        running = self.child.running
        self.start.setText(self.tr("Stop") if running else self.tr("Start"))
        self.start.setEnabled(running or (all(self.chosen()) and bool(self.objects)))
        missing = self.truth.text() if not self.objects else self.tr("Tick a model and a prompt first")
        self.start.setToolTip("" if self.start.isEnabled() else missing)
        self.form.setEnabled(not running)

    def _choose(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, self.tr("Folder for the results"), self.folder.text())
        if chosen:
            self.folder.setText(chosen)

    # --- what happens ------------------------------------------------------------------------------------------

    def _start_or_stop(self) -> None:
        if self.child.running:
            self._stopped = True
            self.child.stop()
            return
        self._session.saver.save_now()
        self._stopped, self._report, self._left = False, None, ""
        for widget in (self.weak, self.caption, self.open_report):
            widget.hide()
        self._urge(self.start)
        self.bar.setRange(0, 0)
        self.bar.show()
        self.says.say(self.tr("Starting…"), "muted")
        # After all saves that wait: the process reads the pages from the disk.
        self._lane.submit("evaluate", self._session.saver.settle, lambda _nothing: self._start())

    def _start(self) -> None:
        self.child.start(self.arguments())
        self._show_ready()

    def _on_event(self, event: dict[str, Any]) -> None:
        kind = event.get("event")
        if kind == "progress":
            done, total = int(event["done"]), max(int(event["total"]), 1)
            if done < total:
                self.bar.setRange(0, total)
                self.bar.setValue(done)
                text = self.tr("{done} of {total} prompts").format(done=done, total=total)
                self.says.say(f"{text}{self._left}", "muted")
            else:
                self.bar.setRange(0, 0)
                self.says.say(self.tr("Writing the report…"), "muted")
        elif kind == "image" and event.get("seconds_left") is not None:
            self._left = self.tr(", about {time} left").format(time=self._time(float(event["seconds_left"])))
        elif kind == "result":
            self._report = Path(event["report"])
            self._problems = len(event["problems"])

    def _time(self, seconds: float) -> str:
        minutes = round(seconds / 60)
        if minutes < 1:
            return self.tr("{n} s").format(n=max(round(seconds), 1))
        if minutes < 90:
            return self.tr("{n} min").format(n=minutes)
        return self.tr("{n} h").format(n=f"{seconds / 3600:.1f}")

    def _on_ended(self, code: int, error: str) -> None:
        self.bar.hide()
        if self._stopped:
            self.says.say(self.tr("Stopped. Start goes on where it was."), "muted")
        elif self._report is None:
            text = self.tr("It could not be done.")
            self.says.say(f"{text} {in_words(error)}".rstrip(), "danger")
            if _other_run(error):  # the next start measures beside it, and nothing is lost
                self.folder.setText(str(_free_beside(Path(self.folder.text()))))
        else:
            done = self.tr("Done.")
            if self._problems:
                done = self.tr("Done. Left out: {n}; the report names them.").format(n=self._problems)
            self.says.say(done, "warn" if self._problems else "ok")
            self.open_report.show()
            self._urge(self.open_report)
            run = self._report.parent.parent
            self._lane.submit("evaluated", lambda: _weakest(run), self._show_weak, self._on_unread)
        self._show_ready()

    def _urge(self, button: QPushButton) -> None:
        """One button stands out: what comes next."""
        for one in (self.start, self.open_report):
            one.setDefault(one is button)
        strong = rows.font_like(button.font(), strong=True)[1]  # what stands out is bold, and Qt leaves no room for it
        button.setMinimumWidth(strong.horizontalAdvance(button.text()) + _AROUND)

    def _show_weak(self, answer: tuple[dict[str, dict[str, float]], list[Weak]]) -> None:
        means, found = answer
        lines = [f"{name}: {'  '.join(f'{key} {dice:.3f}' for key, dice in of.items())}" for name, of in means.items()]
        if lines:
            head = self.tr("{first} {second}").format(first=self.says.text(), second=self.tr("Mean DICE:"))
            self.says.setText("\n".join([head, *lines]))
        self.weak.clear()
        for dice, segmenter, strategy, (image, number), label in found[:_SHOWN]:
            name = rows.name_of(self._session.labels, label, self._look.lang)
            item = QTreeWidgetItem([image, name, segmenter, strategy, f"{dice:.3f}"])
            item.setData(0, Qt.ItemDataRole.UserRole, (image, number))
            item.setTextAlignment(4, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.weak.addTopLevelItem(item)
        for column in range(1, 5):
            self.weak.resizeColumnToContents(column)
            self.weak.setColumnWidth(column, self.weak.columnWidth(column) + 10)
        self.caption.show()
        self.weak.show()
        self.adjustSize()

    def _on_unread(self, error: Exception) -> None:
        shown = of_error(error)
        self.says.say(f"{shown.text} {shown.detail}".rstrip(), "danger")

    def _go(self, item: QTreeWidgetItem | None) -> None:
        if item is not None:
            image, number = item.data(0, Qt.ItemDataRole.UserRole)
            self.jump.emit(image, number)

    def _open(self) -> None:
        if self._report is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._report)))

    def done(self, result: int) -> None:
        """By whatever way it is closed; Esc sends no close event."""
        self._stopped = True
        self.child.stop()
        self._lane.cancel("evaluate")
        self._lane.cancel("evaluated")
        super().done(result)


def _other_run(error: str) -> bool:
    from sscore.evaluate.runs import OTHER_RUN

    return OTHER_RUN in error


def _free_beside(folder: Path) -> Path:
    """The first of FOLDER-2, FOLDER-3 … that is not there."""
    name, _, number = folder.name.rpartition("-")
    name = name if number.isdecimal() and name else folder.name
    numbers = itertools.count(2)
    return next(one for one in (folder.with_name(f"{name}-{n}") for n in numbers) if not one.exists())


def _weakest(run: Path) -> tuple[dict[str, dict[str, float]], list[Weak]]:
    """Mean DICE by segmenter and strategy of the exact prompts; every object with its worst answer, worst first."""
    from sscore.report import gallery, measured

    found = measured.load([run])
    by: dict[str, dict[str, list[float]]] = {}
    for (segmenter, strategy, _), dice in sorted(found.dices.items()):
        by.setdefault(segmenter, {}).setdefault(strategy, []).append(dice)
    means = {name: {key: sum(dices) / len(dices) for key, dices in of.items()} for name, of in by.items()}
    return means, [(*entry, found.truths[entry[3]].label) for entry in gallery.ranking(found, best=False)]
