"""From the mouse to the tool in hand, and from the tool's answer to whoever it is for."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent

from app.assistant import Assistant
from app.canvas.draw_tools import BrushTool, CornersTool, KnifeTool, LassoTool, PolygonTool, RulerTool
from app.canvas.found import FindsLayer
from app.canvas.sketch import NO_SKETCH
from app.canvas.stage import Stage
from app.canvas.tools import DRAWING, Answer, BoxTool, Pointer, PointsTool, SelectTool, Tool, ToolKey, clamped, hit
from app.canvas.viewport import Viewport
from app.drawing import Drawing
from app.finds import Find
from app.hover import Hover
from app.session import Session
from app.settings import Settings
from app.veil import Veil
from sscore.types import Prompt

_WITHIN = 0.01  # px: how far inside the photo's far edges a point stays
_NUDGE = 1_000_000  # gesture numbers of arrow keys lie above those of drawing


class Gestures(QObject):
    """Asks the tool in hand with a frozen `Pointer` and does what its `Answer` says. `measured`: the two ends of the
    ruler's line, image px; () when there is none. `ruled`: that line is finished.
    `menu_wanted`: of the selection, at this point of the screen. `called_off`: what was under way."""

    measured = Signal(tuple)
    ruled = Signal()
    menu_wanted = Signal(QPoint)
    called_off = Signal()

    def __init__(
        self,
        session: Session,
        assistant: Assistant,
        settings: Settings,
        stage: Stage,
        finds: FindsLayer,
        veil: Veil,
        hover: Hover,
        drawing: Drawing,
        view: Viewport,
    ) -> None:
        super().__init__(view)
        self._session, self._assistant, self._settings = session, assistant, settings
        self._stage, self._finds, self._veil, self._view = stage, finds, veil, view
        self._hover = hover
        self._drawing = drawing
        self._nudges = 0
        self._held = Qt.MouseButton.NoButton  # that began what is under way
        self.movable = False  # a drag from where the mouse is would move what is selected
        self.polygon = PolygonTool()
        tools: tuple[Tool, ...] = (
            SelectTool(self._grabs),
            BoxTool(),
            PointsTool(),
            BrushTool(lambda: settings.get("brush_px")),
            LassoTool(),
            self.polygon,
            KnifeTool(),
            CornersTool(lambda: drawing.rings(view.zoom)),
            RulerTool(),
        )
        self._tools = {tool.key: tool for tool in tools}
        self._tool: Tool = self._tools["box"]
        session.selection_changed.connect(lambda _ids: self.sync())
        session.page_changed.connect(lambda _page: self.sync())

    @property
    def tool(self) -> ToolKey:
        return self._tool.key

    @property
    def dragging(self) -> bool:
        """A button is held down, and its release will mean something."""
        return self._tool.dragging

    def set_tool(self, key: ToolKey) -> bool:
        """Take another tool in hand; False when it is already."""
        if key == self._tool.key:
            return False
        self.cancel()
        self._hover.clear()
        self._tool, self.movable = self._tools[key], False
        self.sync()
        return True

    def cancel(self) -> bool:
        """Call off a drag under way."""
        active = self._tool.cancel()
        if active:
            self._assistant.drop_draft()
            self._stage.sketch.show_sketch(NO_SKETCH)
            self._stage.shift_selected(0, 0)
            self.called_off.emit()
        return active

    def finish(self) -> bool:
        """Enter: close the polygon; False when none is being drawn."""
        if not self.polygon.drawing:
            return False
        self._answer(self.polygon.close())
        return True

    def step_back(self) -> bool:
        """Take back the last corner of the polygon; False when none is being drawn."""
        if not self.polygon.drawing:
            return False
        self._answer(self.polygon.step_back())
        return True

    def nudge(self, dx: int, dy: int, *, far: bool, on: bool) -> None:
        """Arrow keys: move the selection by 1 px, or 10; on: the key is held, so it stays one step."""
        self._nudges += not on
        reach = 10 if far else 1
        self._drawing.move(dx * reach, dy * reach, gesture=_NUDGE + self._nudges)

    def sync(self) -> None:
        """Another tool, selection or mask: show what can be taken hold of, and the tint of what is painted on."""
        corners = self._tool.key == "corners"
        self._stage.sketch.show_rings(self._drawing.rings(self._view.zoom) if corners else ())
        if self._tool.key != "ruler":
            self._stage.sketch.forget_ruler()
        if self._tool.key != "brush":
            self._stage.sketch.show_brush(None)
        self._stage.sketch.set_tint(*self._stage.tint())

    def press(self, event: QMouseEvent) -> None:
        if event.button() not in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            return
        if event.buttons() & self._held & ~event.button():
            return  # the other button slipped in
        self._held = event.button()
        if self._tool.key in DRAWING or not self._decide(event):
            answer = self._tool.press(self._pointer(event), self._assistant.pending.prompt)
            self._answer(answer)
            if answer.menu and self._session.selection:
                self.menu_wanted.emit(event.globalPosition().toPoint())

    def move(self, event: QMouseEvent) -> None:
        page = self._session.page
        self.show_brush(event.position(), event.modifiers(), event.buttons())
        left, right = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
        held = event.buttons() & (left | right if self._tool.key in DRAWING else left)
        if held or self.polygon.drawing:
            self._answer(self._tool.move(self._pointer(event)))
        elif page is not None:
            at = self._view.image_at(event.position())
            find = self._find_at(at)
            self._finds.hover(find)
            shown = self._settings.get("show_masks") and find is None
            self._stage.set_hovered(hit(page, at.x(), at.y(), self._veil.hidden) if shown else None)
            self._preview(at, find)
            self.movable = self._tool.key == "select" and self._grabs(at.x(), at.y())

    def release(self, event: QMouseEvent) -> None:
        if event.button() != self._held:
            return
        self._held = Qt.MouseButton.NoButton
        right = event.button() == Qt.MouseButton.RightButton and self._tool.key in DRAWING
        if event.button() == Qt.MouseButton.LeftButton or right:
            answer = self._tool.release(self._pointer(event))
            self._answer(answer)
            if answer.ruler:
                self.ruled.emit()

    def show_brush(self, at: QPointF, keys: Qt.KeyboardModifier, buttons: Qt.MouseButton) -> None:
        """The brush around the mouse (viewport px), red when it would erase."""
        if self._tool.key == "brush":
            here = self._view.image_at(at)
            erase = bool(keys & Qt.KeyboardModifier.ControlModifier or buttons & Qt.MouseButton.RightButton)
            self._stage.sketch.show_brush((here.x(), here.y(), self._settings.get("brush_px"), erase))

    def resize_brush(self, notches: float) -> None:
        """Larger (above 0) or smaller."""
        radius = self._settings.get("brush_px") * 1.2**notches
        self._settings.set("brush_px", min(max(radius, 0.5), 1000.0))
        self._stage.sketch.resize_brush(self._settings.get("brush_px"))

    def leave(self) -> None:
        """The mouse has left the canvas."""
        self._stage.sketch.show_brush(None)
        self._stage.set_hovered(None)
        self._finds.hover(None)
        self._hover.clear()

    def _grabs(self, x: float, y: float) -> bool:
        """Whether a drag from this image point moves the selection: nobody moves what they do not see."""
        return self._settings.get("show_masks") and self._drawing.grabs(x, y)

    def _preview(self, at: QPointF, find: Find | None) -> None:
        """The mask that a click here would give."""
        wanted = self._settings.get("hover_preview") and self._tool.key == "points" and find is None
        if wanted and self._assistant.pending.empty and self._view.photo_rect.contains(at):
            self._hover.ask(at.x(), at.y())
        else:
            self._hover.clear()

    # --- answers -----------------------------------------------------------------------------------------------

    def _answer(self, answer: Answer) -> None:
        if (answer.draft or answer.prompt) and self._assistant.pending.empty:
            self._session.select(())  # from now on the keys mean the new mask
        if answer.draft is not None:
            self._assistant.draft(answer.draft)
        if answer.prompt is not None:
            if answer.prompt.empty:
                self._assistant.clear()
            else:
                self._assistant.ask(self._refined(answer.prompt))
        if answer.cancelled:
            self._assistant.drop_draft()
        if answer.piece is not None:
            self._finds.ask(answer.piece)
        if answer.sketch is not None:
            self._stage.sketch.show_sketch(answer.sketch)
        if answer.patch is not None:
            self._drawing.put(answer.patch)
        if answer.redraw is not None:
            self._drawing.redraw(*answer.redraw)
        if answer.ruler is not None:
            self.measured.emit(answer.ruler)
        if answer.shift_by is not None:
            self._shift(*answer.shift_by)
        if answer.pick is not None and not self._finds.accept(self._find_at(QPointF(*answer.pick))):
            self._pick(answer.pick, extend=answer.extend)

    def _refined(self, prompt: Prompt) -> Prompt:
        """One point more refines the mask in sight: the model gets its own answer back. Anything else starts anew."""
        pending = self._assistant.pending
        before, candidate = pending.prompt, pending.candidate
        more = len(prompt.points) > len(before.points) and prompt.box == before.box
        if not (more and pending.settled and candidate is not None and candidate.mask is not None):
            return prompt
        return replace(prompt, logits=candidate.logits) if self._settings.get("refine") else prompt

    def _shift(self, dx: int, dy: int, final: bool) -> None:
        """Show the selected objects moved, and at last move them; locked ones do not budge, and say so."""
        if not self._drawing.targets():
            return
        self._stage.shift_selected(0 if final else dx, 0 if final else dy)
        if final:
            self._drawing.move(dx, dy)

    def _pick(self, at: tuple[float, float], *, extend: bool) -> None:
        """Select what lies at this image point."""
        if self._session.page is None:
            return
        found = hit(self._session.page, *at, self._veil.hidden) if self._settings.get("show_masks") else None
        kept = self._session.selection if extend else ()
        if found is None:
            self._session.select(kept)
        else:
            self._session.select(tuple(i for i in kept if i != found) + (() if found in kept else (found,)))
            if self._tool.key == "corners":
                self._drawing.targets()  # says so when it is locked

    def _find_at(self, at: QPointF) -> Find | None:
        """The proposal that the mouse means; none while a mask is in the making."""
        return self._finds.at(at.x(), at.y()) if self._assistant.pending.empty else None

    def _decide(self, event: QMouseEvent) -> bool:
        """Right click says no to a proposal, a click with the point tool says yes."""
        find = self._find_at(self._view.image_at(event.position()))
        if event.button() == Qt.MouseButton.RightButton:
            return self._finds.reject(find)
        plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
        return plain and self._tool.key == "points" and self._finds.accept(find)

    def _pointer(self, event: QMouseEvent) -> Pointer:
        at = self._view.image_at(event.position())
        raw = Pointer(at.x(), at.y(), self._view.zoom)
        page = self._session.page
        modifiers = event.modifiers()
        right = event.button() == Qt.MouseButton.RightButton or bool(event.buttons() & Qt.MouseButton.RightButton)
        shift = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
        point = self._tool.key == "points" or (self._tool.key == "box" and (right or shift))
        # What is drawn beside the photo must not come to lie on its edge.
        beyond = {"brush": self._settings.get("brush_px") + 1, "lasso": 1.0, "polygon": 1.0}.get(self._tool.key, 0.0)
        x, y = clamped(raw, page, _WITHIN if point else 0.0, beyond) if page else (raw.x, raw.y)
        ctrl = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
        return Pointer(x, y, raw.scale, right or shift, ctrl, right, shift)
