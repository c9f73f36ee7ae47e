"""The canvas widget: what is shown on it, and which tool is in hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args

from PySide6.QtCore import QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QWidget

from app import colouring, rows
from app.assistant import Assistant
from app.canvas import paint
from app.canvas.card import PendingCard
from app.canvas.events import EventView
from app.canvas.focus_ring import FocusRing
from app.canvas.found import FindsBar, FindsLayer
from app.canvas.gestures import Gestures
from app.canvas.guide import Guide, Hint, advice
from app.canvas.items import draw_grid
from app.canvas.key_pointer import KeyPointer
from app.canvas.minimap import MiniMap
from app.canvas.overlays import Overlays
from app.canvas.spoken import Spoken
from app.canvas.stage import Stage
from app.canvas.tags import tag_text
from app.canvas.tools import ToolKey, hit
from app.canvas.whisper import Whisper
from app.drawing import Drawing
from app.finder import Finder
from app.hover import Hover
from app.jobs import Lane
from app.look import Look
from app.pending import Pending
from app.photos import Photo
from app.session import Session
from app.settings import Settings
from app.soon import Soon
from app.veil import Veil
from sscore.types import Annotation, Mask, Page

_SLOW_MS = 350
_IN_THE_WAY = ("show_masks", "show_hidden", "lock")  # actions that must come before anything else
_NO_KEYS = Qt.KeyboardModifier.NoModifier
_GRID_FROM = 12.0  # screen dots per image px from which pixels get lines between them


class CanvasView(EventView):
    """Shows the session's page and the assistant's pending mask; asks them, never writes to them otherwise."""

    measured = Signal(tuple)
    tool_changed = Signal(str)

    def __init__(
        self,
        session: Session,
        assistant: Assistant,
        finder: Finder,
        settings: Settings,
        look: Look,
        veil: Veil,
        lane: Lane,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._session, self._assistant, self._settings, self._look = session, assistant, settings, look
        self._finder, self._veil = finder, veil
        self._wait_photo = ""
        self._slow = QTimer(self, singleShot=True, interval=_SLOW_MS)
        self._slow.timeout.connect(self._on_slow)
        self._slow_shown = False
        self._soon = Soon(self, self._advise_now)
        self.stage = Stage(lane, self._object_colour, self._tag_of, self)
        self.setScene(self.stage)
        self.setObjectName("canvas")
        self.card = PendingCard(look, self.viewport())
        self.guide = Guide(look, self.viewport())
        self.hint = Hint(look, self.viewport())
        self.finds_bar = FindsBar(finder, look, self.viewport())
        self.minimap = MiniMap(self, settings, look)
        self.overlays = Overlays(self, self.guide, self.hint, self.card, self.minimap, self.finds_bar, self._neighbours)
        self._finds_layer = FindsLayer(finder, session, settings, self.stage, self._colour_of, self._name_of)
        self._hover = Hover(assistant, self)
        self.drawing = Drawing(session, assistant, finder, settings, self)
        self._hover.changed.connect(self._on_hover)
        self.spoken = Spoken(self, self._under)
        self.whisper = Whisper(self.viewport())
        session.whisper.connect(self.spoken.say)
        session.whisper.connect(lambda text: self.whisper.say(text, self._mouse or self.viewport().rect().center()))
        self.gestures = Gestures(
            session, assistant, settings, self.stage, self._finds_layer, veil, self._hover, self.drawing, self
        )
        self.gestures.measured.connect(self.measured)
        self.gestures.menu_wanted.connect(self.menu_wanted)
        self.pointer = KeyPointer(self, self._play, lambda: self.gestures.dragging, self.overlays.room)
        self.pointer.changed.connect(self._on_pointer)
        self._ring = FocusRing(look, self)
        self.gestures.called_off.connect(self.pointer.renew)
        self.moved.connect(self.overlays.place)
        self.moved.connect(self.stage.layer.scrolled)
        self.zoom_changed.connect(self.stage.zoomed)
        session.image_changed.connect(self._on_image)
        session.page_changed.connect(self._on_page)
        session.selection_changed.connect(self._on_selection)
        assistant.pending_changed.connect(self._on_pending)
        assistant.models_changed.connect(self._teach)
        finder.changed.connect(self._teach)
        veil.changed.connect(lambda: self.stage.set_hidden(veil.hidden))
        veil.changed.connect(self._teach)
        look.changed.connect(self.refresh)
        settings.changed.connect(self._on_setting)
        self.refresh()
        self._tone()
        self._guide("none")

    # --- what is shown -----------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """New theme or language."""
        self.setBackgroundBrush(QColor(self._look.colours.canvas))
        self.setAccessibleName(self.tr("Photo with its objects"))
        self._restyle()
        self._on_pending(self._assistant.pending)
        self._teach()

    def _object_colour(self, annotation: Annotation) -> str:
        return colouring.colour_of(annotation, self._session.labels, self._settings.get("colour_by"))

    def _colour_of(self, label: str) -> str:
        return rows.colour_of(self._session.labels, label)

    def _name_of(self, label: str) -> str:
        return rows.name_of(self._session.labels, label, self._look.lang)

    def _tag_of(self, annotation: Annotation) -> str:
        return tag_text(annotation, self._session.labels, self._look.lang)

    def _neighbours(self) -> list[Mask]:
        """All pieces but the one in the making."""
        page = self._session.page
        shown = page.annotations if page is not None and self._settings.get("show_masks") else ()
        return [*(one.mask for one in shown), *(find.mask for find in self._finder.shown)]

    def set_photo(self, photo: Photo) -> None:
        if photo.image != self._session.image:
            return
        self.minimap.set_levels(photo.levels)
        same = self.stage.photo_rect.size() == photo.levels[0].size().toSizeF() and not self._wait_photo
        self._wait_photo = ""
        self.stage.set_photo(photo)
        self._guide("")
        if not same:
            self.fit()
        self.pointer.settle()
        self._teach()

    def show_bad_photo(self, image: str, detail: str) -> None:
        if image == self._session.image:
            self.stage.set_photo(None)
            self._guide("bad", detail)
            self._teach()

    def show_guide(self, state: str, detail: str = "", heading: str = "") -> None:
        self._guide(state, detail, heading)
        self._teach()

    def _guide(self, state: str, detail: str = "", heading: str = "") -> None:
        self.guide.show_state(state, detail, heading)
        self.set_cursor()

    def _on_image(self, image: str) -> None:
        self._wait_photo = image
        self.stage.set_photo(None)
        self.minimap.set_levels(())
        self._hover.clear()
        self.gestures.cancel()
        if image:
            self._guide("loading")
        self._teach()

    def _on_page(self, page: Page | None) -> None:
        self.stage.set_page(page)
        self._teach()

    def _on_selection(self, ids: tuple[int, ...]) -> None:
        self.stage.set_selection(ids)
        self._teach()
        found = self._session.page.find(ids[0]) if self._session.page is not None and len(ids) == 1 else None
        if found is not None and self.hasFocus():  # else from the list, which is read out
            self.spoken.say(f"{self._tag_of(found)}, #{found.id}")

    def _under(self, x: float, y: float) -> str:
        """What lies at this image point, in words."""
        page, find = self._session.page, self._finds_layer.at(x, y)
        if find is not None:
            return self.tr("proposal: {name}").format(
                name=self._name_of(find.best_label(self._settings.get("unknown_below")))
            )
        if page is None or not self._settings.get("show_masks"):
            return ""
        found = page.find(hit(page, x, y, self._veil.hidden) or 0)
        return self._tag_of(found) if found is not None else self.tr("no object")

    def _on_pending(self, pending: Pending) -> None:
        label = pending.best_label(self._settings.get("unknown_below"))
        self.stage.set_pending(pending, self._colour_of(label))
        self.card.show_pending(pending, self._session.labels, label)
        self.overlays.show_pending(pending)
        self.card.make_way(self._mouse)
        self._watch(pending)
        self._teach()

    def _on_hover(self, mask: Mask | None) -> None:
        colour = QColor("#3b82f6")
        colour.setAlphaF(0.34)
        self.stage.ghost.show_masks([(mask, colour, True)] if mask is not None else [])

    def _on_setting(self, key: str) -> None:
        if key in ("brightness", "contrast", "gamma"):
            self._tone()
        if key == "pixel_grid":
            self.viewport().update()
        if key == "minimap":
            self.overlays.place()
        if key == "hover_preview":
            self._hover.clear()
        if key == "unknown_below":
            self._on_pending(self._assistant.pending)
        if key == "show_masks":
            self._teach()
        if key in ("opacity", "show_masks", "show_names", "outline_only", "colour_by"):
            self._restyle()

    def _tone(self) -> None:
        value = self._settings.get
        self.stage.photo.set_tone(paint.tone_table(value("brightness"), value("contrast"), value("gamma")))

    def drawForeground(self, painter: QPainter, rect: QRectF | QRect) -> None:  # noqa: N802 (Qt's name)
        """Lines between pixels, where those are large."""
        if self.zoom * self.devicePixelRatioF() >= _GRID_FROM and self._settings.get("pixel_grid"):
            draw_grid(painter, QRectF(rect).intersected(self.photo_rect))

    def _restyle(self) -> None:
        value = self._settings.get
        opacity = 0.0 if value("outline_only") else value("opacity")
        shown = value("show_masks") and not self._peeking
        self.stage.set_style(opacity=opacity, shown=shown, names=value("show_names"))
        self.gestures.sync()

    def _teach(self) -> None:
        self._soon.ask()

    def _advise_now(self) -> None:
        self.hint.say(*self._advise())
        self.overlays.place()

    def _advise(self) -> tuple[str, str]:
        if self.guide.isVisible() or not self.overlays.free:
            return "", ""
        shown = self._settings.get("show_masks")
        said = advice(self._session, self._assistant, self.tool, self._veil.hidden, shown=shown, slow=self._slow_shown)
        idle = self._session.page is not None and self._assistant.pending.at == 0
        if idle and said[0] not in _IN_THE_WAY and (self.pointer.on or self._ring.isVisible()):
            return self.pointer.advice()
        return said

    def _watch(self, pending: Pending) -> None:
        """A model that takes its time is shown to be at work; a quick one must not flicker."""
        working = bool(pending.at) and not pending.settled
        if not working:
            self._slow.stop()
            self._slow_shown = False
        elif not self._slow.isActive() and not self._slow_shown:
            self._slow.start()

    def _on_slow(self) -> None:
        self._slow_shown = True
        self._teach()

    @property
    def photo_rect(self) -> QRectF:
        return self.stage.photo_rect

    # --- tools and candidates ----------------------------------------------------------------------------------------

    @property
    def tool(self) -> ToolKey:
        return self.gestures.tool

    def set_tool(self, key: ToolKey) -> None:
        if self.gestures.set_tool(key):
            if self._mouse is not None:
                self.gestures.show_brush(self._mouse.toPointF(), _NO_KEYS, Qt.MouseButton.NoButton)
            self.finds_bar.set_tool(key)
            self.tool_changed.emit(key)
        self.set_cursor()
        self._teach()

    def cancel_gesture(self) -> bool:
        """Call off a drag under way."""
        return self.gestures.cancel()

    def handlers(self) -> dict[str, Callable[[], object]]:
        """What the canvas itself does, by the key of the action."""
        return {
            **{key: lambda k=key: self.set_tool(k) for key in get_args(ToolKey)},
            "pointer": self.pointer.switch,
            "pointer_right": lambda: self.pointer.press(Qt.MouseButton.RightButton),
            "pointer_ctrl": lambda: self.pointer.press(keys=Qt.KeyboardModifier.ControlModifier),
            "brush_smaller": lambda: self.gestures.resize_brush(-1),
            "brush_larger": lambda: self.gestures.resize_brush(1),
        }

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802
        """Tab belongs to the objects here (or to the candidate masks); F6 moves between the parts of the window. What
        stands on the canvas asks here too, and without a photo it leads to what can be done then."""
        if not self.hasFocus() or self.guide.isVisible():
            return super().focusNextPrevChild(forward)
        step = 1 if forward else -1
        if not self._assistant.pending.empty:
            if not self._assistant.step_candidate(step) and self._assistant.pending.mask is not None:
                self._session.whisper.emit(self.tr("The model has no other mask for this prompt."))
        elif self._finder.step(step):
            self._show_target()
        else:
            self._session.step_selection(step)
        return True

    def _show_target(self) -> None:
        """Bring the proposal in hand into sight."""
        find = self._finder.target
        if find is not None and not self.viewport().rect().contains(self.mapFromScene(find.art.place.center())):
            self.centerOn(find.art.place.center())
