"""Working on objects by hand: commands, ways of looking, and the small panels that belong to them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QWidget

from app.canvas.legend import Legend
from app.canvas.ruler_bar import RulerBar
from app.canvas.tidy_bar import TidyBar
from app.canvas.view import CanvasView
from app.dialogs.class_picker import ClassPicker
from app.jobs import Lane
from app.look import Look
from app.object_commands import ObjectCommands
from app.panels.display import DisplayPanel
from app.panels.objects import ObjectsPanel
from app.session import Session
from app.settings import Settings
from app.veil import Veil
from app.view_commands import ViewCommands


class Editing(QObject):
    """Belongs to the window, which gives it the canvas once that is made."""

    def __init__(
        self,
        session: Session,
        veil: Veil,
        settings: Settings,
        look: Look,
        lane: Lane,
        canvas: CanvasView,
        set_label: Callable[[str], object],
    ) -> None:
        super().__init__(canvas)
        self._canvas, self._session, self._look, self._set_label = canvas, session, look, set_label
        self.veil = veil
        self.views = ViewCommands(session, settings, self)
        self.objects = ObjectCommands(session, veil, settings, lane, self)
        self.tidy = TidyBar(session, self.objects, settings, look, lane, canvas)
        self.ruler = RulerBar(session, look, canvas)
        self.display = DisplayPanel(settings, look, canvas)
        self.legend = Legend(session, settings, look, canvas)
        self.panel = ObjectsPanel(session, veil, settings, look)
        for bar in (self.tidy, self.ruler):
            canvas.overlays.add(bar)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """By the key of the action."""
        return {
            **self.objects.handlers(),
            **self.views.handlers(),
            **self._canvas.handlers(),
            "tidy": self.tidy.open,
            "pick_class": self.pick_class,
            "display": self.show_display,
        }

    def checked(self) -> dict[str, bool]:
        """What is on, by the key of the action."""
        return {**self.objects.checked(), **self.views.checked(), "pointer": self._canvas.pointer.on}

    def accept(self) -> bool:
        """Enter or F: whatever is being done by hand is done with; False when nothing is."""
        return self.tidy.accept() or self._canvas.pointer.finish() or self._canvas.gestures.finish()

    def cancel(self) -> bool:
        """Esc."""
        return self._canvas.cancel_gesture() or self.tidy.cancel()

    def undo(self) -> bool:
        """A step of what is being drawn, or the drag under way as a whole, before any step of the page."""
        return self._canvas.gestures.step_back() or self._canvas.cancel_gesture()

    def pick_class(self) -> None:
        """A class for whatever the number keys would mean, by its name."""
        view = self._canvas.viewport()
        picker = ClassPicker(self._session.labels, self._look, self._set_label, self._canvas)
        picker.open_at(view.mapToGlobal(QPoint(view.width() // 2, view.height() // 4)))

    def show_display(self, button: QWidget | None = None) -> None:
        """Under its button, or at the canvas's upper right corner."""
        place = button or self._canvas.viewport()
        corner = QPoint(place.width(), place.height() + 4) if button else QPoint(place.width() - 12, 12)
        self.display.open_below(place.mapToGlobal(corner))
