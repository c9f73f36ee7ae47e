"""Cleaning masks up: what would go and what would come is shown on the photo while the numbers are turned."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QLabel, QPushButton, QSpinBox

from app.actions import native
from app.canvas.foot_bar import FootBar
from app.canvas.view import CanvasView
from app.jobs import Lane
from app.look import Look
from app.object_commands import ObjectCommands
from app.session import Session
from app.settings import Settings
from sscore import masks
from sscore.types import Mask

_LOST, _GAINED = QColor(240, 60, 60, 215), QColor(60, 210, 120, 215)
_FIELDS = ("specks", "holes", "smooth")


class TidyBar(FootBar):
    """At the foot of the canvas while masks are cleaned up. Enter (or F) does it, Esc does not."""

    def __init__(
        self, session: Session, objects: ObjectCommands, settings: Settings, look: Look, lane: Lane, canvas: CanvasView
    ) -> None:
        super().__init__(canvas.viewport())
        self._objects, self._settings, self._lane, self._canvas = objects, settings, lane, canvas
        self._old: dict[int, Mask] = {}
        self._new: dict[int, Mask] | None = None
        self._wanted = False
        self.news = QLabel()
        self.news.setProperty("role", "muted")
        self.names = {key: QLabel() for key in _FIELDS}
        self.specks, self.holes, self.smooth = QSpinBox(), QSpinBox(), QDoubleSpinBox()
        for field in (self.specks, self.holes):
            field.setRange(0, 10_000_000)
            field.setStepType(QSpinBox.StepType.AdaptiveDecimalStepType)
        self.smooth.setRange(0.0, 50.0)
        self.smooth.setSingleStep(0.5)
        self.smooth.setDecimals(1)
        self.fields = {"specks": self.specks, "holes": self.holes, "smooth": self.smooth}
        for key, field in self.fields.items():
            field.setSuffix(" px")
            field.setMaximumWidth(112)
            field.lineEdit().setTextMargins(6, 0, 0, 0)
            field.setValue(settings.get(f"tidy_{key}"))
            field.valueChanged.connect(lambda value, k=key: self._on_value(k, value))
        self.apply, self.leave = QPushButton(), QPushButton()
        self.apply.setProperty("primary", "true")
        self.apply.clicked.connect(self.accept)
        self.leave.clicked.connect(self.cancel)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.news, 1)
        foot.addWidget(self.apply)
        foot.addWidget(self.leave)
        pairs = [(self.names[key], field) for key, field in self.fields.items()]
        self.arrange(*pairs, foot=foot, wrapping=(self.news,))
        session.selection_changed.connect(self._on_change)
        session.page_changed.connect(self._on_change)
        look.changed.connect(self.refresh)
        self.refresh()
        self.hide()

    def refresh(self) -> None:
        """Words anew."""
        words = {
            "specks": (
                self.tr("Specks below"),
                self.tr("Smaller separate parts go; the largest always stays"),
            ),
            "holes": (self.tr("Holes up to"), self.tr("Holes of at most so many pixels are filled")),
            "smooth": (self.tr("Smooth by"), self.tr("Bumps and notches narrower than about this go")),
        }
        for key, (name, tip) in words.items():
            self.names[key].setText(name)
            self.fields[key].setToolTip(tip)
            self.fields[key].setAccessibleName(name)
        self.apply.setText(self.tr("Clean up ({key})").format(key=native("Enter")))
        self.leave.setText(self.tr("Cancel ({key})").format(key=native("Esc")))
        self._tell()

    def open(self) -> None:
        """For the selected objects that are not locked."""
        self._old = {a.id: a.mask for a in self._objects.free()}
        if not self._old:
            return
        self.show()
        self._canvas.overlays.place()
        self.specks.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.specks.selectAll()
        self._compute()

    def accept(self) -> bool:
        """Do it, as soon as it is worked out; False when the bar is not open."""
        if self.isHidden():
            return False
        if self._new is None:
            self._wanted = True
            return True
        old, new = self._old, self._new
        self.cancel()
        self._objects.put(self.tr("clean up"), old, new)
        return True

    def cancel(self) -> bool:
        """False when the bar is not open."""
        if self.isHidden():
            return False
        self._canvas.setFocus()  # before the field that has it goes: Tab's business is to step through objects
        self.hide()
        self._lane.cancel("tidy")
        self._new, self._wanted = None, False
        self._canvas.stage.ghost.show_masks([])
        return True

    def _on_change(self, *_: object) -> None:
        """Another selection or another mask."""
        if self.isHidden():
            return
        now = {a.id: a.mask for a in self._objects.selected if a.id in self._old}
        if len(now) < len(self._old) or any(now[i] is not mask for i, mask in self._old.items()):
            self.cancel()

    def _on_value(self, key: str, value: float) -> None:
        self._settings.set(f"tidy_{key}", value)
        if self.isVisible():
            self._compute()

    def _compute(self) -> None:
        """The newest numbers win."""
        old, specks, holes, radius = self._old, self.specks.value(), self.holes.value(), self.smooth.value()
        self._new = None

        def work() -> tuple[dict[int, Mask], list[Mask], list[Mask]]:
            new = {i: masks.tidy(m, specks_px=specks, holes_px=holes, radius=radius) for i, m in old.items()}
            changed = [(old[i], mask) for i, mask in new.items() if mask is not old[i]]
            lost = [gone for before, after in changed if (gone := masks.subtract(before, after))]
            gained = [more for before, after in changed if (more := masks.subtract(after, before))]
            return new, lost, gained

        self._lane.submit("tidy", work, self._on_computed, priority=1)

    def _on_computed(self, found: tuple[dict[int, Mask], list[Mask], list[Mask]]) -> None:
        self._new, lost, gained = found
        shown = [(mask, _LOST, False) for mask in lost] + [(mask, _GAINED, False) for mask in gained]
        self._canvas.stage.ghost.show_masks(shown)
        self._tell(sum(mask.area for mask in lost), sum(mask.area for mask in gained))
        if self._wanted:
            self.accept()

    def _tell(self, lost: int = 0, gained: int = 0) -> None:
        if lost or gained:
            text = self.tr("{lost} px would go (red), {gained} px would come (green)")
            self.news.setText(text.format(lost=lost, gained=gained))
        else:
            self.news.setText(self.tr("Nothing would change"))

    def entered(self) -> None:
        self.accept()

    def left(self) -> None:
        self.cancel()
