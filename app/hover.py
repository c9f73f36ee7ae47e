"""The mask that a click would give, shown while the mouse moves: one try at a time, always the newest place next."""

from __future__ import annotations

import logging

from PySide6.QtCore import QObject, Signal

from app.assistant import Assistant
from sscore.types import Mask, Prompt

log = logging.getLogger("app.hover")


class Hover(QObject):
    """`changed` with the mask under the mouse, None when there is none."""

    changed = Signal(object)

    def __init__(self, assistant: Assistant, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._assistant = assistant
        self.mask: Mask | None = None
        self._wanted: tuple[float, float] | None = None
        self._asked: tuple[float, float] | None = None
        assistant.pending_changed.connect(lambda pending: None if pending.empty else self.clear())

    def ask(self, x: float, y: float) -> None:
        """The mouse is at this image point."""
        self._wanted = (x, y)
        if self._asked is None:
            self._start()

    def clear(self) -> None:
        """The mouse has gone, or means something else."""
        self._wanted = None
        self._show(None)

    def _start(self) -> None:
        photo, segmenter, wanted = self._assistant.photo, self._assistant.segmenter, self._wanted
        if photo is None or segmenter is None or wanted is None or not self._assistant.pending.empty:
            return
        self._asked = wanted

        def work() -> Mask | None:
            embedding = self._assistant.embedding(segmenter, photo)
            found = segmenter.predict(embedding, Prompt(points=[wanted], positive=[True]))  # type: ignore[arg-type]
            return found[0].mask if found else None

        # After prompts and their classes, before embeddings made ahead.
        done = lambda mask: self._on_mask(mask, here=photo is self._assistant.photo)  # noqa: E731
        self._assistant.lane.submit("hover", work, done, self._on_failed, priority=4)

    def _on_mask(self, mask: Mask | None, *, here: bool) -> None:
        """here: it is of the photo on screen."""
        asked, self._asked = self._asked, None
        if self._wanted is None or not self._assistant.pending.empty:
            return
        if here:
            self._show(mask)
        if not here or self._wanted != asked:
            self._start()

    def _on_failed(self, error: Exception) -> None:
        """A preview that fails is no news: the click itself will say what is wrong."""
        log.info("no preview: %s", error)
        self._asked = None

    def _show(self, mask: Mask | None) -> None:
        if mask is not self.mask:
            self.mask = mask
            self.changed.emit(mask)
