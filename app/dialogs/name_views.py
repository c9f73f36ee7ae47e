"""What of an object the classifier sees: its own view, or others, whose answers are averaged."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QWidget

from sscore.naming import VIEWS


class NameViews(QWidget):
    """A box to tick for each view; none: the view the model was made for. changed: the user ticked."""

    changed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        titles = {
            "tight": (self.tr("Tight box"), self.tr("The object and what lies in its box")),
            "masked": (self.tr("Mask on grey"), self.tr("The object alone, on neutral ground")),
            "context": (self.tr("Surroundings"), self.tr("The object with some of what is around it")),
        }
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        self.boxes: dict[str, QCheckBox] = {}
        for view in VIEWS:
            title, tip = titles[view]
            box = QCheckBox(title)
            box.setToolTip(
                tip + "\n" + self.tr("Of several, the answers are averaged; none: as the model was made for")
            )
            box.toggled.connect(lambda _on: self._on_box())
            row.addWidget(box)
            self.boxes[view] = box
        self.note = QLabel(self.tr("none ticked: the view it was made for"))
        self.note.setProperty("role", "muted")
        row.addWidget(self.note)
        row.addStretch()

    def _on_box(self) -> None:
        self.note.setVisible(not self.views)
        self.changed.emit()

    def show_views(self, views: tuple[str, ...]) -> None:
        for view, box in self.boxes.items():
            with QSignalBlocker(box):
                box.setChecked(view in views)
        self.note.setVisible(not views)

    @property
    def views(self) -> tuple[str, ...]:
        return tuple(view for view, box in self.boxes.items() if box.isChecked())
