"""The canvas widget: pan, zoom, and mouse gestures handed to the tool in hand."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QResizeEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QGraphicsView, QWidget

from app import rows
from app.assistant import Assistant
from app.canvas.card import PendingCard
from app.canvas.found import FindsBar, FindsLayer
from app.canvas.guide import Guide, Hint, advice
from app.canvas.stage import Stage
from app.canvas.tags import tag_text
from app.canvas.tools import Answer, BoxTool, Pointer, PointsTool, SelectTool, Tool, ToolKey, clamped, hit
from app.finder import Finder
from app.finds import Find
from app.jobs import Lane
from app.look import Look
from app.pending import Pending
from app.photos import Photo
from app.session import Session
from app.settings import Settings
from sscore.types import Annotation, Page

_LARGEST, _FIT_MARGIN = 64.0, 24
_SLOW_MS = 350
_STEP = 1.25  # one notch of the wheel


class CanvasView(QGraphicsView):
    """Shows the session's page and the assistant's pending mask; asks them, never writes to them otherwise."""

    zoom_changed = Signal(float)
    pointer_moved = Signal(object)
    tool_changed = Signal(str)

    def __init__(
        self,
        session: Session,
        assistant: Assistant,
        finder: Finder,
        settings: Settings,
        look: Look,
        lane: Lane,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._session, self._assistant, self._settings, self._look = session, assistant, settings, look
        self._finder = finder
        self._tools: dict[str, Tool] = {tool.key: tool for tool in (SelectTool(), BoxTool(), PointsTool())}
        self._tool: Tool = self._tools["box"]
        self._space = False
        self._pan_from: QPoint | None = None
        self._fitted = True
        self._wait_photo = ""
        self._slow = QTimer(self, singleShot=True, interval=_SLOW_MS)
        self._slow.timeout.connect(self._on_slow)
        self._slow_shown = False
        self.stage = Stage(lane, self._colour_of, self._tag_of, self)
        self.setScene(self.stage)
        self.setObjectName("canvas")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.MinimalViewportUpdate)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontSavePainterState)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.card = PendingCard(look, self.viewport())
        self.guide = Guide(look, self.viewport())
        self.hint = Hint(look, self.viewport())
        self.finds_bar = FindsBar(finder, look, self.viewport())
        self._finds_layer = FindsLayer(finder, session, settings, self.stage, self._colour_of, self._name_of)
        session.image_changed.connect(self._on_image)
        session.page_changed.connect(self._on_page)
        session.selection_changed.connect(self.stage.set_selection)
        assistant.pending_changed.connect(self._on_pending)
        assistant.models_changed.connect(self._teach)
        finder.changed.connect(self._teach)
        look.changed.connect(self.refresh)
        settings.changed.connect(self._on_setting)
        self.refresh()
        self.guide.show_state("none")

    # --- what is shown -----------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """New theme or language."""
        self.setBackgroundBrush(QColor(self._look.colours.canvas))
        self.setAccessibleName(self.tr("Photo with its objects"))
        self._restyle()
        self._on_pending(self._assistant.pending)
        self._teach()

    def _colour_of(self, label: str) -> str:
        return rows.colour_of(self._session.labels, label)

    def _name_of(self, label: str) -> str:
        return rows.name_of(self._session.labels, label, self._look.lang)

    def _tag_of(self, annotation: Annotation) -> str:
        return tag_text(annotation, self._session.labels, self._look.lang)

    def set_photo(self, photo: Photo) -> None:
        if photo.image != self._session.image:
            return
        same = self.stage.photo_rect.size() == photo.levels[0].size().toSizeF() and not self._wait_photo
        self._wait_photo = ""
        self.stage.set_photo(photo)
        self.guide.show_state("")
        if not same:
            self.fit()
        self._teach()

    def show_bad_photo(self, image: str, detail: str) -> None:
        if image == self._session.image:
            self.stage.set_photo(None)
            self.guide.show_state("bad", detail)
            self._teach()

    def show_guide(self, state: str) -> None:
        self.guide.show_state(state)
        self._teach()

    def _on_image(self, image: str) -> None:
        self._wait_photo = image
        self.stage.set_photo(None)
        self._tool.cancel()
        if image:
            self.guide.show_state("loading")
        self._teach()

    def _on_page(self, page: Page | None) -> None:
        self.stage.set_page(page)
        self._teach()

    def _on_pending(self, pending: Pending) -> None:
        label = pending.best_label(self._settings.get("unknown_below"))
        self.stage.set_pending(pending, label)
        self.card.show_pending(pending, self._session.labels, label)
        self._place_card()
        self._watch(pending)
        self._teach()

    def _on_setting(self, key: str) -> None:
        if key in ("opacity", "show_masks", "show_names"):
            self._restyle()

    def _restyle(self) -> None:
        value = self._settings.get
        self.stage.set_style(opacity=value("opacity"), shown=value("show_masks"), names=value("show_names"))

    def _teach(self) -> None:
        self.hint.say(*self._advise())
        self._place_overlays()

    def _advise(self) -> tuple[str, str]:
        if self.guide.isVisible() or not self.finds_bar.isHidden():
            return "", ""
        return advice(self._session, self._assistant, self._tool.key, slow=self._slow_shown)

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

    # --- tools -------------------------------------------------------------------------------------------------

    @property
    def tool(self) -> ToolKey:
        return self._tool.key

    def set_tool(self, key: ToolKey) -> None:
        if key != self._tool.key:
            self.cancel_gesture()
            self._tool = self._tools[key]
            self.tool_changed.emit(key)
        self._set_cursor()
        self._teach()

    def cancel_gesture(self) -> bool:
        """Call off a drag under way."""
        active = self._tool.cancel()
        if active:
            self._assistant.drop_draft()
        return active

    def _answer(self, answer: Answer) -> None:
        if (answer.draft or answer.prompt) and self._assistant.pending.empty:
            self._session.select(())  # from now on the keys mean the new mask
        if answer.draft is not None:
            self._assistant.draft(answer.draft)
        if answer.prompt is not None:
            if answer.prompt.empty:
                self._assistant.clear()
            else:
                self._assistant.ask(answer.prompt)
        if answer.cancelled:
            self._assistant.drop_draft()
        if answer.pick is not None and self._finds_layer.accept(self._find_at(QPointF(*answer.pick))):
            return
        if answer.pick is not None and self._session.page is not None:
            found = hit(self._session.page, *answer.pick) if self._settings.get("show_masks") else None
            kept = self._session.selection if answer.extend else ()
            if found is None:
                self._session.select(kept)
            else:
                self._session.select(tuple(i for i in kept if i != found) + (() if found in kept else (found,)))

    def _find_at(self, at: QPointF) -> Find | None:
        """The proposal that the mouse means; none while a mask is in the making."""
        return self._finds_layer.at(at.x(), at.y()) if self._assistant.pending.empty else None

    def _decide(self, event: QMouseEvent) -> bool:
        """Right click says no to a proposal, a click with the point tool says yes."""
        find = self._find_at(self.mapToScene(event.position().toPoint()))
        if event.button() == Qt.MouseButton.RightButton:
            return self._finds_layer.reject(find)
        plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
        return plain and self._tool.key == "points" and self._finds_layer.accept(find)

    def _pointer(self, event: QMouseEvent) -> Pointer:
        at = self.mapToScene(event.position().toPoint())
        raw = Pointer(at.x(), at.y(), self.zoom)
        page = self._session.page
        x, y = clamped(raw, page) if page else (raw.x, raw.y)
        modifiers = event.modifiers()
        right = event.button() == Qt.MouseButton.RightButton or bool(event.buttons() & Qt.MouseButton.RightButton)
        shift = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
        return Pointer(x, y, self.zoom, right or shift, bool(modifiers & Qt.KeyboardModifier.ControlModifier))

    def _ready(self) -> bool:
        return self._session.page is not None and not self.guide.isVisible()

    # --- mouse and keys ----------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name, as below)
        left, right = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
        if event.button() == Qt.MouseButton.MiddleButton or (event.button() == left and self._space):
            self._pan_from = event.position().toPoint()
            self._set_cursor()
        elif event.button() in (left, right) and self._ready() and not self._decide(event):
            self._answer(self._tool.press(self._pointer(event), self._assistant.pending.prompt))
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        here = event.position().toPoint()
        if self._pan_from is not None:
            self._pan(here - self._pan_from)
            self._pan_from = here
            return
        at = self.mapToScene(here)
        inside = self.stage.photo_rect.contains(at)
        self.pointer_moved.emit((int(at.x()), int(at.y())) if inside else None)
        if not self._ready():
            return
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._answer(self._tool.move(self._pointer(event)))
        elif self._session.page is not None:
            find = self._find_at(at)
            self._finds_layer.hover(find)
            shown = self._settings.get("show_masks") and find is None
            self.stage.set_hovered(hit(self._session.page, at.x(), at.y()) if shown else None)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if self._pan_from is not None and event.button() in (Qt.MouseButton.MiddleButton, Qt.MouseButton.LeftButton):
            self._pan_from = None
            self._set_cursor()
        elif event.button() == Qt.MouseButton.LeftButton and self._ready():
            self._answer(self._tool.release(self._pointer(event)))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self.mousePressEvent(event)  # two fast clicks are two points

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        self.pointer_moved.emit(None)
        self.stage.set_hovered(None)
        self._finds_layer.hover(None)
        super().leaveEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        notches = event.angleDelta().y() / 120
        if notches:
            self.zoom_at(_STEP**notches, event.position())
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space = True
            self._set_cursor()
        elif event.key() != Qt.Key.Key_Space:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space = False
            self._set_cursor()
        super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        self._space = False
        self._set_cursor()
        super().focusOutEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802
        """Tab belongs to the objects here (or to the candidate masks); F6 moves between the parts of the window."""
        step = 1 if forward else -1
        if not self._assistant.pending.empty:
            self._assistant.step_candidate(step)
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

    def _set_cursor(self) -> None:
        if self._pan_from is not None:
            shape = Qt.CursorShape.ClosedHandCursor
        elif self._space:
            shape = Qt.CursorShape.OpenHandCursor
        else:
            shape = Qt.CursorShape.ArrowCursor if self._tool.key == "select" else Qt.CursorShape.CrossCursor
        self.viewport().setCursor(shape)

    # --- zoom and pan ------------------------------------------------------------------------------------------

    @property
    def zoom(self) -> float:
        """Screen px per image px."""
        return float(self.transform().m11())

    def fit(self) -> None:
        rect = self.stage.photo_rect
        if rect.isEmpty():
            return
        room = self.viewport().rect().adjusted(_FIT_MARGIN, _FIT_MARGIN, -_FIT_MARGIN, -_FIT_MARGIN)
        scale = min(max(room.width(), 1) / rect.width(), max(room.height(), 1) / rect.height(), 4.0)
        self._set_zoom(scale)
        self.centerOn(rect.center())
        self._fitted = True
        self._place_overlays()

    def actual_size(self) -> None:
        self.zoom_at(1.0 / self.zoom, QPointF(self.viewport().rect().center()))

    def zoom_at(self, factor: float, at: QPointF) -> None:
        """Zoom so that the image point under `at` (viewport px) stays there."""
        rect = self.stage.photo_rect
        if rect.isEmpty():
            return
        smallest = min(1.0, 60 / max(rect.width(), rect.height()))
        scale = min(max(self.zoom * factor, smallest), _LARGEST)
        before = self.mapToScene(at.toPoint())
        self._set_zoom(scale)
        moved = self.mapFromScene(before) - at.toPoint()
        self._pan(-moved)
        self._fitted = False

    def _set_zoom(self, scale: float) -> None:
        rect = self.stage.photo_rect
        room = self.viewport().size()
        # The photo can be pushed aside, but a strip of it always stays in sight.
        across, down = 0.85 * room.width() / scale, 0.85 * room.height() / scale
        self.setSceneRect(rect.adjusted(-across, -down, across, down))
        self.setTransform(QTransform.fromScale(scale, scale))
        self.zoom_changed.emit(scale)

    def _pan(self, by: QPoint) -> None:
        bars = self.horizontalScrollBar(), self.verticalScrollBar()
        bars[0].setValue(bars[0].value() - by.x())
        bars[1].setValue(bars[1].value() - by.y())
        self._fitted = False
        self._place_card()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        if self._fitted:
            self.fit()
        self._place_overlays()

    # --- overlays ----------------------------------------------------------------------------------------------

    def _place_overlays(self) -> None:
        room = self.viewport().rect()
        self.guide.setGeometry(room)
        if self.hint.isVisible():
            self.hint.move((room.width() - self.hint.width()) // 2, room.height() - self.hint.height() - 16)
        self.finds_bar.place_in(room)
        self._place_card()

    def _place_card(self) -> None:
        pending = self._assistant.pending
        if pending.mask is None or self.card.isHidden():
            return
        area = QRectF()
        for box in (pending.mask.box, pending.prompt.box):
            if box is not None:
                area = area.united(QRectF(box.x0, box.y0, box.width, box.height))
        for x, y in pending.prompt.points.tolist():
            area = area.united(QRectF(x - 0.5, y - 0.5, 1, 1))
        on_screen = self.mapFromScene(area).boundingRect()
        self.card.place_beside(on_screen, self.viewport().rect().adjusted(8, 8, -8, -8))
