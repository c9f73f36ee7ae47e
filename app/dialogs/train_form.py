"""What a training is begun with: the model, the way, and which photos belong together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QWidget

from app.stock import Row
from sscore.types import ModelCard

_FAMILIES = ("nano", "sam", "sam_hq", "mobile_sam", "edge_sam")


class TrainForm(QWidget):
    """changed: another model or way was chosen."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = QComboBox()
        self.model.setAccessibleName(self.tr("Model"))
        self.recipe = QComboBox()
        self.recipe.setAccessibleName(self.tr("How"))
        for key, text in (
            ("quick", self.tr("Quick: minutes, to see whether it is worth it")),
            ("robust", self.tr("Robust: also for prompts that are not exact")),
            ("paper", self.tr("As in the paper: 100 epochs")),
        ):
            self.recipe.addItem(text, key)
        self.together = QComboBox()
        self.together.setAccessibleName(self.tr("Kept together"))
        self.together.addItem(self.tr("Each photo by itself"), "photo")
        self.together.addItem(self.tr("The photos of one folder (a truckload, a railcar)"), "folder")
        self.together.setToolTip(
            self.tr("Photos of the same pieces must not be both learnt from and judged by: it would flatter.")
        )
        for box in (self.model, self.recipe):
            box.currentIndexChanged.connect(lambda _index: self.changed.emit())
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(18)
        form.setVerticalSpacing(12)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignRight)
        form.addRow(self.tr("Model"), self.model)
        form.addRow(self.tr("How"), self.recipe)
        form.addRow(self.tr("Kept together"), self.together)

    @property
    def card(self) -> ModelCard | None:
        """Of the model chosen, None while there is none."""
        found: ModelCard | None = self.model.currentData()
        return found

    def show_models(self, rows: Sequence[Row], wanted: str) -> None:
        """Those that are here and can learn. wanted: chosen if nothing was yet."""
        cards = [r.card for r in rows if r.card.kind == "segmenter" and r.card.family in _FAMILIES and r.here]
        if [self.model.itemText(n) for n in range(self.model.count())] == [card.id for card in cards]:
            return
        chosen = self.model.currentText() or wanted
        with QSignalBlocker(self.model):
            self.model.clear()
            for card in cards:
                self.model.addItem(card.id, card)
            self.model.setCurrentIndex(max(self.model.findText(chosen), 0))
        self.changed.emit()

    def show_asked(self, asked: Mapping[str, Any]) -> None:
        """What a run was begun with, as its request.json says."""
        for box, index in (
            (self.model, self.model.findText(str(asked.get("model")))),
            (self.recipe, self.recipe.findData(asked.get("recipe"))),
            (self.together, self.together.findData(asked.get("group_by"))),
        ):
            if index >= 0:
                box.setCurrentIndex(index)

    def arguments(self) -> list[str]:
        """Of `ssc train decoder`."""
        words = ["--model", self.model.currentText(), "--recipe", str(self.recipe.currentData())]
        return [*words, "--group-by", str(self.together.currentData())]
