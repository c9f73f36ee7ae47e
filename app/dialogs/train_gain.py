"""What a training gained, prompt by prompt: a table in the user's language of what the core measured."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from app.dialogs.learn_table import ReadTable
from app.look import Look

_ROWS, _LEAST = 9, 3
"""Seen at once, where the screen has room for them."""


class GainTable(QWidget):
    """DICE before and after on photos not learnt from: of all prompts, then of each kind, exact and shifted."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        heads = (
            self.tr("Prompt"),
            self.tr("Shifted by"),
            self.tr("Before"),
            self.tr("After"),
            self.tr("95 % interval"),
            self.tr("Gain"),
        )
        self.table = ReadTable(self.tr("Before and after"), heads)
        self.note = QLabel(wordWrap=True)
        self.note.setProperty("role", "muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.table)
        column.addWidget(self.note)

    def show_report(self, report: dict[str, Any]) -> None:
        """report: of `sscore.train.decoder_report.compare`."""
        names = {
            "": self.tr("all of them"),
            "S1": self.tr("find all (S1)"),
            "S2": self.tr("one point (S2)"),
            "S3": self.tr("five points (S3)"),
            "S4": self.tr("five points and five off it (S4)"),
            "S5": self.tr("box (S5)"),
            "S6": self.tr("box and point (S6)"),
        }
        self.table.clear()
        for row in (report["overall"], *report["rows"]):
            low, high = row["interval"]
            known = low is not None and high is not None
            colour = "" if not known or low <= 0 <= high else "ok" if low > 0 else "danger"
            shift = "" if not row["strategy"] else self.tr("exact") if row["shift"] == "none" else f"{row['shift']} px"
            values = (
                names[row["strategy"]],
                shift,
                f"{row['before']:.3f}",
                f"{row['after']:.3f}",
                f"{low:+.3f} … {high:+.3f}" if known else "–",
                f"{row['gain']:+.3f}",
            )
            self.table.add(values, getattr(self._look.colours, colour) if colour else "")
        off = report["iou_error"]
        note = self.tr(
            "DICE on {n} objects of {photos} photos that were not learnt from. The predicted IoU was {before} off, and "
            "is {after} off now. Coloured: more than chance."
        )
        self.fit(_ROWS)
        told = {"before": f"{off['before']:.3f}", "after": f"{off['after']:.3f}"}
        self.note.setText(note.format(n=report["instances"], photos=report["photos"], **told))

    def fit(self, rows: int) -> None:
        """As high as so many rows."""
        self.table.fit(max(rows, _LEAST))

    def fit_into(self, spare: int) -> None:
        """As many rows as there is room for: spare px beyond the height of now, negative where that is too much."""
        row = max(self.table.sizeHintForRow(0), 1)
        self.fit(min(_ROWS, _ROWS + spare // row))
