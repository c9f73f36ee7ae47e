"""From the mouse to the tool in hand, and from the tool's answer to whoever it is for."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPointF, Qt
from PySide6.QtGui import QMouseEvent

from app.assistant import Assistant
from app.canvas.found import FindsLayer
from app.canvas.stage import Stage
from app.canvas.tools import Answer, BoxTool, Pointer, PointsTool, SelectTool, Tool, ToolKey, clamped, hit
from app.canvas.viewport import Viewport
from app.finds import Find
from app.hover import Hover
from app.session import Session
from app.settings import Settings
from app.veil import Veil


class Gestures(QObject):
    """Asks the tool in hand with a frozen `Pointer` and does what its `Answer` says."""

    def __init__(
        self,
        session: Session,
        assistant: Assistant,
        settings: Settings,
        stage: Stage,
        finds: FindsLayer,
        veil: Veil,
        hover: Hover,
        view: Viewport,
    ) -> None:
        super().__init__(view)
        self._session, self._assistant, self._settings = session, assistant, settings
        self._stage, self._finds, self._veil, self._view = stage, finds, veil, view
        self._hover = hover
        self._tools: dict[str, Tool] = {tool.key: tool for tool in (SelectTool(), BoxTool(), PointsTool())}
        self._tool: Tool = self._tools["box"]

    @property
    def tool(self) -> ToolKey:
        return self._tool.key

    def set_tool(self, key: ToolKey) -> bool:
        """Take another tool in hand; False when it is already."""
        if key == self._tool.key:
            return False
        self.cancel()
        self._hover.clear()
        self._tool = self._tools[key]
        return True

    def cancel(self) -> bool:
        """Call off a drag under way."""
        active = self._tool.cancel()
        if active:
            self._assistant.drop_draft()
        return active

    def press(self, event: QMouseEvent) -> None:
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton) and not self._decide(event):
            self._answer(self._tool.press(self._pointer(event), self._assistant.pending.prompt))

    def move(self, event: QMouseEvent) -> None:
        page = self._session.page
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._answer(self._tool.move(self._pointer(event)))
        elif page is not None:
            at = self._view.mapToScene(event.position().toPoint())
            find = self._find_at(at)
            self._finds.hover(find)
            shown = self._settings.get("show_masks") and find is None
            self._stage.set_hovered(hit(page, at.x(), at.y(), self._veil.hidden) if shown else None)
            self._preview(at, find)

    def release(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._answer(self._tool.release(self._pointer(event)))

    def leave(self) -> None:
        """The mouse has left the canvas."""
        self._stage.set_hovered(None)
        self._finds.hover(None)
        self._hover.clear()

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
                self._assistant.ask(answer.prompt)
        if answer.cancelled:
            self._assistant.drop_draft()
        if answer.pick is not None and not self._finds.accept(self._find_at(QPointF(*answer.pick))):
            self._pick(answer.pick, extend=answer.extend)

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

    def _find_at(self, at: QPointF) -> Find | None:
        """The proposal that the mouse means; none while a mask is in the making."""
        return self._finds.at(at.x(), at.y()) if self._assistant.pending.empty else None

    def _decide(self, event: QMouseEvent) -> bool:
        """Right click says no to a proposal, a click with the point tool says yes."""
        find = self._find_at(self._view.mapToScene(event.position().toPoint()))
        if event.button() == Qt.MouseButton.RightButton:
            return self._finds.reject(find)
        plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
        return plain and self._tool.key == "points" and self._finds.accept(find)

    def _pointer(self, event: QMouseEvent) -> Pointer:
        at = self._view.mapToScene(event.position().toPoint())
        raw = Pointer(at.x(), at.y(), self._view.zoom)
        page = self._session.page
        x, y = clamped(raw, page) if page else (raw.x, raw.y)
        modifiers = event.modifiers()
        right = event.button() == Qt.MouseButton.RightButton or bool(event.buttons() & Qt.MouseButton.RightButton)
        shift = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
        return Pointer(x, y, raw.scale, right or shift, bool(modifiers & Qt.KeyboardModifier.ControlModifier))
